{#- Pieces, none of which is 0, with two words on each. `is_run`: whether nothing is to be added up, because the unit has nothing else
    in the same months. `first_piece_period`: the month in which the unit's first piece begins.

    An amount below 0 can cancel out others, and a unit be active later than its first piece begins. So from the first such piece
    on, none of the unit is a run as it stands; before it, the unit is active from its first piece on. Payments have yet to be added
    up, and name their own month. -#}
{% macro placed_pieces(pieces) -%}
select
    series_id, unit_id, from_period, until_period, amount, given_set,
    /* `is_run` is never missing, and Sail has to see that in both branches. */
    case when overlaps_another or amount < 0 then false else true end as is_run,
    first_piece_period
from (
    select
        series_id, unit_id, from_period, until_period, amount, given_set,
        coalesce(max(case when amount < 0 then {{ rollforward.open_end() }} else until_period end) over (
            partition by unit_id order by from_period
            rows between unbounded preceding and 1 preceding
        ) > from_period, false)
        or coalesce(lead(from_period) over (partition by unit_id order by from_period) < until_period, false) as overlaps_another,
        min(from_period) over (partition by unit_id order by from_period rows unbounded preceding) as first_piece_period
    from {{ pieces }}
    where not is_payment
) as standing_pieces

union all

select series_id, unit_id, from_period, until_period, amount, given_set, false as is_run, from_period as first_piece_period
from {{ pieces }}
where is_payment
{%- endmacro %}
