{#- Pieces with a word on each, `is_run`: whether the unit has nothing else in the same months. Payments of one month are yet to be
    added up. -#}
{% macro placed_pieces(pieces) -%}
select
    series_id, unit_id, from_period, until_period, amount, given_set,
    /* `is_run` is never missing, and Sail has to see that in both branches. */
    case when overlaps_another then false else true end as is_run
from (
    select
        series_id, unit_id, from_period, until_period, amount, given_set,
        coalesce(max(until_period) over (
            partition by unit_id order by from_period, until_period
            rows between unbounded preceding and 1 preceding
        ) > from_period, false)
        or coalesce(lead(from_period) over (
            partition by unit_id order by from_period, until_period
        ) < until_period, false) as overlaps_another
    from {{ pieces }}
    where not is_payment
) as standing_pieces

union all

select series_id, unit_id, from_period, until_period, amount, given_set, false as is_run
from {{ pieces }}
where is_payment
{%- endmacro %}
