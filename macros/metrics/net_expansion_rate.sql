{#- Generated from metrics/net_expansion_rate.yml by `rollforward compile`: change it there. ca6bb3921eec -#}
{#- Net Expansion Rate (NER): existing_revenue / starting_revenue -#}
{% macro net_expansion_rate() -%}
    {{- adapter.dispatch('net_expansion_rate', 'rollforward')() -}}
{%- endmacro %}

{% macro default__net_expansion_rate() -%}
    (
        cast(sum(existing_revenue) as double)
        / nullif(cast(sum(starting_revenue) as double), 0)
    )
{%- endmacro %}

{% macro postgres__net_expansion_rate() -%}
    (
        cast(sum(existing_revenue) as double precision)
        / nullif(cast(sum(starting_revenue) as double precision), 0)
    )
{%- endmacro %}

{% macro bigquery__net_expansion_rate() -%}
    (
        cast(sum(existing_revenue) as float64)
        / nullif(cast(sum(starting_revenue) as float64), 0)
    )
{%- endmacro %}

{% macro clickhouse__net_expansion_rate() -%}
    (
        cast(sum(existing_revenue) as Nullable(Float64))
        / nullif(cast(sum(starting_revenue) as Nullable(Float64)), 0)
    )
{%- endmacro %}
