{#- Generated from metrics/net_revenue_churn_rate.yml by `rollforward compile`: change it there. 7c91bcc2a891 -#}
{#- Net Revenue Churn Rate: (starting_revenue - existing_revenue) / starting_revenue -#}
{% macro net_revenue_churn_rate() -%}
    {{- adapter.dispatch('net_revenue_churn_rate', 'rollforward')() -}}
{%- endmacro %}

{% macro default__net_revenue_churn_rate() -%}
    (
        cast(sum(starting_revenue) - sum(existing_revenue) as double)
        / nullif(cast(sum(starting_revenue) as double), 0)
    )
{%- endmacro %}

{% macro postgres__net_revenue_churn_rate() -%}
    (
        cast(sum(starting_revenue) - sum(existing_revenue) as double precision)
        / nullif(cast(sum(starting_revenue) as double precision), 0)
    )
{%- endmacro %}

{% macro bigquery__net_revenue_churn_rate() -%}
    (
        cast(sum(starting_revenue) - sum(existing_revenue) as float64)
        / nullif(cast(sum(starting_revenue) as float64), 0)
    )
{%- endmacro %}

{% macro clickhouse__net_revenue_churn_rate() -%}
    (
        cast(sum(starting_revenue) - sum(existing_revenue) as Nullable(Float64))
        / nullif(cast(sum(starting_revenue) as Nullable(Float64)), 0)
    )
{%- endmacro %}
