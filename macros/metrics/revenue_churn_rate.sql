{#- Generated from metrics/revenue_churn_rate.yml by `rollforward compile`: change it there. 11b77d4fe6e8 -#}
{#- Revenue Churn Rate: churned_revenue / starting_revenue -#}
{% macro revenue_churn_rate() -%}
    (
        cast(sum(churned_revenue) as {{ rollforward.float_type() }})
        / nullif(cast(sum(starting_revenue) as {{ rollforward.float_type() }}), 0)
    )
{%- endmacro %}
