{#- Generated from metrics/average_revenue_per_customer.yml by `rollforward compile`: change it there. 814d68341043 -#}
{#- Average Revenue per Customer (ARPA): ending_revenue / ending_customers -#}
{% macro average_revenue_per_customer() -%}
    (
        cast(sum(ending_revenue) as {{ rollforward.float_type() }})
        / nullif(cast(sum(ending_customers) as {{ rollforward.float_type() }}), 0)
    )
{%- endmacro %}

{% macro arpa() -%}
    {{- rollforward.average_revenue_per_customer() -}}
{%- endmacro %}

{% macro arpu() -%}
    {{- rollforward.average_revenue_per_customer() -}}
{%- endmacro %}
