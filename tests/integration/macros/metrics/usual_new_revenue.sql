{#- Generated from metrics/large_accounts.yml by `rollforward compile`: change it there. 5d1389695f69 -#}
{#- Usual new revenue: mean of new_revenue over 3 periods (over several periods) -#}
{% macro usual_new_revenue() -%}
    {{- adapter.dispatch('usual_new_revenue', 'consumer')() -}}
{%- endmacro %}

{% macro default__usual_new_revenue() -%}
    cast(sum(case when periods_ago < 3 then new_revenue else 0 end) as double) / 3
{%- endmacro %}

{% macro postgres__usual_new_revenue() -%}
    cast(sum(case when periods_ago < 3 then new_revenue else 0 end) as double precision) / 3
{%- endmacro %}

{% macro bigquery__usual_new_revenue() -%}
    cast(sum(case when periods_ago < 3 then new_revenue else 0 end) as float64) / 3
{%- endmacro %}

{% macro clickhouse__usual_new_revenue() -%}
    cast(sum(case when periods_ago < 3 then new_revenue else 0 end) as Nullable(Float64)) / 3
{%- endmacro %}

{% macro usual_new_revenue__over() -%}
    several periods
{%- endmacro %}
