{#- Generated from metrics/large_accounts.yml by `rollforward compile`: change it there. 0680bfce517d -#}
{#- NER of the last three periods: ratio of sums of net_expansion_rate over 3 periods (over several periods) -#}
{% macro net_expansion_rate_smoothed() -%}
    cast(
        sum(case when periods_ago < 3 then existing_revenue else 0 end)
        as {{ rollforward.float_type() }}
    )
    / nullif(
        cast(
            sum(case when periods_ago < 3 then starting_revenue else 0 end)
            as {{ rollforward.float_type() }}
        )
        , 0
    )
{%- endmacro %}

{% macro net_expansion_rate_smoothed__over() -%}
    several periods
{%- endmacro %}
