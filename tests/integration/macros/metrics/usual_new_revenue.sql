{#- Generated from metrics/large_accounts.yml by `rollforward compile`: change it there. ffd1d4be5f92 -#}
{#- Usual new revenue: mean of new_revenue over 3 periods (over several periods) -#}
{% macro usual_new_revenue() -%}
    cast(
        sum(case when periods_ago < 3 then new_revenue else 0 end)
        as {{ rollforward.float_type() }}
    ) / 3
{%- endmacro %}

{% macro usual_new_revenue__over() -%}
    several periods
{%- endmacro %}
