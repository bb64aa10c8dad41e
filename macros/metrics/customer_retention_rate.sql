{#- Generated from metrics/customer_retention_rate.yml by `rollforward compile`: change it there. 9073d483b9ae -#}
{#- Customer Retention Rate (CRR): retained_customers / starting_customers -#}
{% macro customer_retention_rate() -%}
    (
        cast(sum(retained_customers) as {{ rollforward.float_type() }})
        / nullif(cast(sum(starting_customers) as {{ rollforward.float_type() }}), 0)
    )
{%- endmacro %}

{% macro crr() -%}
    {{- rollforward.customer_retention_rate() -}}
{%- endmacro %}

{% macro logo_retention() -%}
    {{- rollforward.customer_retention_rate() -}}
{%- endmacro %}
