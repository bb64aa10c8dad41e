{#- Generated from metrics/revenue_growth_rate.yml by `rollforward compile`: change it there. f438e17b9759 -#}
{#- Revenue Growth Rate (RGR): (ending_revenue - starting_revenue) / starting_revenue -#}
{% macro revenue_growth_rate() -%}
    {{- adapter.dispatch('revenue_growth_rate', 'rollforward')() -}}
{%- endmacro %}

{% macro default__revenue_growth_rate() -%}
    (
        cast(sum(ending_revenue) - sum(starting_revenue) as double)
        / nullif(cast(sum(starting_revenue) as double), 0)
    )
{%- endmacro %}

{% macro postgres__revenue_growth_rate() -%}
    (
        cast(sum(ending_revenue) - sum(starting_revenue) as double precision)
        / nullif(cast(sum(starting_revenue) as double precision), 0)
    )
{%- endmacro %}

{% macro bigquery__revenue_growth_rate() -%}
    (
        cast(sum(ending_revenue) - sum(starting_revenue) as float64)
        / nullif(cast(sum(starting_revenue) as float64), 0)
    )
{%- endmacro %}

{% macro clickhouse__revenue_growth_rate() -%}
    (
        cast(sum(ending_revenue) - sum(starting_revenue) as Nullable(Float64))
        / nullif(cast(sum(starting_revenue) as Nullable(Float64)), 0)
    )
{%- endmacro %}

{% macro rgr() -%}
    {{- rollforward.revenue_growth_rate() -}}
{%- endmacro %}
