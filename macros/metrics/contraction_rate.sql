{#- Generated from metrics/contraction_rate.yml by `rollforward compile`: change it there. 1369e81d8744 -#}
{#- Contraction Rate: contraction_revenue / starting_revenue -#}
{% macro contraction_rate() -%}
    {{- adapter.dispatch('contraction_rate', 'rollforward')() -}}
{%- endmacro %}

{% macro default__contraction_rate() -%}
    (
        cast(sum(contraction_revenue) as double)
        / nullif(cast(sum(starting_revenue) as double), 0)
    )
{%- endmacro %}

{% macro postgres__contraction_rate() -%}
    (
        cast(sum(contraction_revenue) as double precision)
        / nullif(cast(sum(starting_revenue) as double precision), 0)
    )
{%- endmacro %}

{% macro bigquery__contraction_rate() -%}
    (
        cast(sum(contraction_revenue) as float64)
        / nullif(cast(sum(starting_revenue) as float64), 0)
    )
{%- endmacro %}

{% macro clickhouse__contraction_rate() -%}
    (
        cast(sum(contraction_revenue) as Nullable(Float64))
        / nullif(cast(sum(starting_revenue) as Nullable(Float64)), 0)
    )
{%- endmacro %}
