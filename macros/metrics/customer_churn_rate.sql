{#- Generated from metrics/customer_churn_rate.yml by `rollforward compile`: change it there. e8fa19962ee9 -#}
{#- Customer Churn Rate: churned_customers / starting_customers -#}
{% macro customer_churn_rate() -%}
    (
        cast(sum(churned_customers) as {{ rollforward.float_type() }})
        / nullif(cast(sum(starting_customers) as {{ rollforward.float_type() }}), 0)
    )
{%- endmacro %}

{% macro logo_churn() -%}
    {{- rollforward.customer_churn_rate() -}}
{%- endmacro %}
