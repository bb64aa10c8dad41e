{#- Generated from metrics/gross_revenue_churn_rate.yml by `rollforward compile`: change it there. 2d549b1e41fe -#}
{#- Gross Revenue Churn Rate: (contraction_revenue + churned_revenue) / starting_revenue -#}
{% macro gross_revenue_churn_rate() -%}
    {{- adapter.dispatch('gross_revenue_churn_rate', 'rollforward')() -}}
{%- endmacro %}

{% macro default__gross_revenue_churn_rate() -%}
    (
        cast(sum(contraction_revenue) + sum(churned_revenue) as double)
        / nullif(cast(sum(starting_revenue) as double), 0)
    )
{%- endmacro %}

{% macro postgres__gross_revenue_churn_rate() -%}
    (
        cast(sum(contraction_revenue) + sum(churned_revenue) as double precision)
        / nullif(cast(sum(starting_revenue) as double precision), 0)
    )
{%- endmacro %}

{% macro bigquery__gross_revenue_churn_rate() -%}
    (
        cast(sum(contraction_revenue) + sum(churned_revenue) as float64)
        / nullif(cast(sum(starting_revenue) as float64), 0)
    )
{%- endmacro %}

{% macro clickhouse__gross_revenue_churn_rate() -%}
    (
        cast(sum(contraction_revenue) + sum(churned_revenue) as Nullable(Float64))
        / nullif(cast(sum(starting_revenue) as Nullable(Float64)), 0)
    )
{%- endmacro %}
