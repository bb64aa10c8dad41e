{#- Generated from metrics/large_accounts.yml by `rollforward compile`: change it there. 80173b2c9417 -#}
{#- NER of the last three periods: ratio of sums of net_expansion_rate over 3 periods (over several periods) -#}
{% macro net_expansion_rate_smoothed() -%}
    {{- adapter.dispatch('net_expansion_rate_smoothed', 'consumer')() -}}
{%- endmacro %}

{% macro default__net_expansion_rate_smoothed() -%}
    cast(sum(case when periods_ago < 3 then existing_revenue else 0 end) as double)
    / nullif(cast(sum(case when periods_ago < 3 then starting_revenue else 0 end) as double), 0)
{%- endmacro %}

{% macro postgres__net_expansion_rate_smoothed() -%}
    cast(sum(case when periods_ago < 3 then existing_revenue else 0 end) as double precision)
    / nullif(
        cast(sum(case when periods_ago < 3 then starting_revenue else 0 end) as double precision)
        , 0
    )
{%- endmacro %}

{% macro bigquery__net_expansion_rate_smoothed() -%}
    cast(sum(case when periods_ago < 3 then existing_revenue else 0 end) as float64)
    / nullif(cast(sum(case when periods_ago < 3 then starting_revenue else 0 end) as float64), 0)
{%- endmacro %}

{% macro clickhouse__net_expansion_rate_smoothed() -%}
    cast(sum(case when periods_ago < 3 then existing_revenue else 0 end) as Nullable(Float64))
    / nullif(
        cast(sum(case when periods_ago < 3 then starting_revenue else 0 end) as Nullable(Float64))
        , 0
    )
{%- endmacro %}

{% macro net_expansion_rate_smoothed__over() -%}
    several periods
{%- endmacro %}
