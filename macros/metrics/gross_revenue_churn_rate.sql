{#- Generated from metrics/gross_revenue_churn_rate.yml by `rollforward compile`: change it there. dc81d42f819b -#}
{#- Gross Revenue Churn Rate: (contraction_revenue + churned_revenue) / starting_revenue -#}
{% macro gross_revenue_churn_rate() -%}
    (
        cast(sum(contraction_revenue) + sum(churned_revenue) as {{ rollforward.float_type() }})
        / nullif(cast(sum(starting_revenue) as {{ rollforward.float_type() }}), 0)
    )
{%- endmacro %}
