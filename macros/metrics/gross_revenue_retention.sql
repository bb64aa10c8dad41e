{#- Generated from metrics/gross_revenue_retention.yml by `rollforward compile`: change it there. 4e37d2ddb0a5 -#}
{#- Gross Revenue Retention (GRR): retained_revenue / starting_revenue -#}
{% macro gross_revenue_retention() -%}
    {{- adapter.dispatch('gross_revenue_retention', 'rollforward')() -}}
{%- endmacro %}

{% macro default__gross_revenue_retention() -%}
    (
        cast(sum(retained_revenue) as double)
        / nullif(cast(sum(starting_revenue) as double), 0)
    )
{%- endmacro %}

{% macro postgres__gross_revenue_retention() -%}
    (
        cast(sum(retained_revenue) as double precision)
        / nullif(cast(sum(starting_revenue) as double precision), 0)
    )
{%- endmacro %}

{% macro bigquery__gross_revenue_retention() -%}
    (
        cast(sum(retained_revenue) as float64)
        / nullif(cast(sum(starting_revenue) as float64), 0)
    )
{%- endmacro %}

{% macro clickhouse__gross_revenue_retention() -%}
    (
        cast(sum(retained_revenue) as Nullable(Float64))
        / nullif(cast(sum(starting_revenue) as Nullable(Float64)), 0)
    )
{%- endmacro %}

{% macro grr() -%}
    {{- rollforward.gross_revenue_retention() -}}
{%- endmacro %}

{% macro revenue_retention() -%}
    {{- rollforward.gross_revenue_retention() -}}
{%- endmacro %}
