{#- Generated from metrics/net_revenue_churn_rate.yml by `rollforward compile`: change it there. 88fd2256f05a -#}
{#- Net Revenue Churn Rate: (starting_revenue - existing_revenue) / starting_revenue -#}
{% macro net_revenue_churn_rate() -%}
    (
        cast(sum(starting_revenue) - sum(existing_revenue) as {{ rollforward.float_type() }})
        / nullif(cast(sum(starting_revenue) as {{ rollforward.float_type() }}), 0)
    )
{%- endmacro %}
