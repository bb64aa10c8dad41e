{#- Generated from metrics/survivor_net_expansion_rate.yml by `rollforward compile`: change it there. ef6d24521669 -#}
{#- Net Expansion Rate of survivors: existing_revenue / (starting_revenue - churned_revenue) -#}
{% macro survivor_net_expansion_rate() -%}
    {{- adapter.dispatch('survivor_net_expansion_rate', 'rollforward')() -}}
{%- endmacro %}

{% macro default__survivor_net_expansion_rate() -%}
    (
        cast(sum(existing_revenue) as double)
        / nullif(cast(sum(starting_revenue) - sum(churned_revenue) as double), 0)
    )
{%- endmacro %}

{% macro postgres__survivor_net_expansion_rate() -%}
    (
        cast(sum(existing_revenue) as double precision)
        / nullif(cast(sum(starting_revenue) - sum(churned_revenue) as double precision), 0)
    )
{%- endmacro %}

{% macro bigquery__survivor_net_expansion_rate() -%}
    (
        cast(sum(existing_revenue) as float64)
        / nullif(cast(sum(starting_revenue) - sum(churned_revenue) as float64), 0)
    )
{%- endmacro %}

{% macro clickhouse__survivor_net_expansion_rate() -%}
    (
        cast(sum(existing_revenue) as Nullable(Float64))
        / nullif(cast(sum(starting_revenue) - sum(churned_revenue) as Nullable(Float64)), 0)
    )
{%- endmacro %}
