{#- Generated from metrics/gross_expansion_rate.yml by `rollforward compile`: change it there. ab83dc3ade82 -#}
{#- Gross Expansion Rate: expansion_revenue / starting_revenue -#}
{% macro gross_expansion_rate() -%}
    {{- adapter.dispatch('gross_expansion_rate', 'rollforward')() -}}
{%- endmacro %}

{% macro default__gross_expansion_rate() -%}
    (
        cast(sum(expansion_revenue) as double)
        / nullif(cast(sum(starting_revenue) as double), 0)
    )
{%- endmacro %}

{% macro postgres__gross_expansion_rate() -%}
    (
        cast(sum(expansion_revenue) as double precision)
        / nullif(cast(sum(starting_revenue) as double precision), 0)
    )
{%- endmacro %}

{% macro bigquery__gross_expansion_rate() -%}
    (
        cast(sum(expansion_revenue) as float64)
        / nullif(cast(sum(starting_revenue) as float64), 0)
    )
{%- endmacro %}

{% macro clickhouse__gross_expansion_rate() -%}
    (
        cast(sum(expansion_revenue) as Nullable(Float64))
        / nullif(cast(sum(starting_revenue) as Nullable(Float64)), 0)
    )
{%- endmacro %}
