{#- Generated from metrics/revenue_churn_rate.yml by `rollforward compile`: change it there. 41ce9f191f2a -#}
{#- Revenue Churn Rate: churned_revenue / starting_revenue -#}
{% macro revenue_churn_rate() -%}
    {{- adapter.dispatch('revenue_churn_rate', 'rollforward')() -}}
{%- endmacro %}

{% macro default__revenue_churn_rate() -%}
    (
        cast(sum(churned_revenue) as double)
        / nullif(cast(sum(starting_revenue) as double), 0)
    )
{%- endmacro %}

{% macro postgres__revenue_churn_rate() -%}
    (
        cast(sum(churned_revenue) as double precision)
        / nullif(cast(sum(starting_revenue) as double precision), 0)
    )
{%- endmacro %}

{% macro bigquery__revenue_churn_rate() -%}
    (
        cast(sum(churned_revenue) as float64)
        / nullif(cast(sum(starting_revenue) as float64), 0)
    )
{%- endmacro %}

{% macro clickhouse__revenue_churn_rate() -%}
    (
        cast(sum(churned_revenue) as Nullable(Float64))
        / nullif(cast(sum(starting_revenue) as Nullable(Float64)), 0)
    )
{%- endmacro %}
