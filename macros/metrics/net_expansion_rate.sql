{#- Generated from metrics/net_expansion_rate.yml by `rollforward compile`: change it there. efc7473b4968 -#}
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

{% macro ner() -%}
    {{- rollforward.net_expansion_rate() -}}
{%- endmacro %}

{% macro net_revenue_retention() -%}
    {{- rollforward.net_expansion_rate() -}}
{%- endmacro %}

{% macro nrr() -%}
    {{- rollforward.net_expansion_rate() -}}
{%- endmacro %}

{% macro dollar_based_net_expansion() -%}
    {{- rollforward.net_expansion_rate() -}}
{%- endmacro %}
