/* The runs of units with amounts that stand over the same months: pieces that overlap or come after an amount below 0, added up.
   Here are those of the units this build follows anew. */
{{ config(enabled=rollforward.is_configured(rollforward.shapes_measuring('point_in_time')), materialized=rollforward.as_view()) }}

with pieces_to_add as (
    select pieces.*
    from {{ ref('int_rollforward__changed_pieces') }} as pieces
    inner join {{ ref('int_rollforward__series') }} as series on pieces.series_id = series.series_id
    where not series.is_summed and not pieces.is_run
),

/* The unit's months are cut wherever any of its pieces changes, so that the parts of a segment can be added up. */
piece_ends as (
    select series_id, unit_id, from_period as month_index from pieces_to_add
    union all
    select series_id, unit_id, until_period as month_index from pieces_to_add
),

neighbouring_ends as (
    select
        series_id,
        unit_id,
        month_index,
        lead(month_index) over (partition by unit_id order by month_index) as next_index
    from piece_ends
),

segments as (
    select series_id, unit_id, month_index as from_period, next_index as until_period
    from neighbouring_ends
    where month_index < next_index
),

totals as (
    select
        segments.series_id as series_id,
        segments.unit_id as unit_id,
        segments.from_period as from_period,
        segments.until_period as until_period,
        cast(sum(pieces.amount) as {{ rollforward.amount_type() }}) as net_amount,
        min(pieces.given_set) as lowest_set,
        max(pieces.given_set) as highest_set,
        min(pieces.amount) as smallest_part,
        max(pieces.amount) as largest_part,
        min(pieces.first_piece_period) as first_piece_period
    from segments
    inner join pieces_to_add as pieces
        on segments.series_id = pieces.series_id
        and segments.unit_id = pieces.unit_id
        and segments.from_period >= pieces.from_period
        and segments.until_period <= pieces.until_period
    group by segments.series_id, segments.unit_id, segments.from_period, segments.until_period
),

{{ rollforward.decided_totals(
    'pieces_to_add', 'mixed_totals.from_period >= parts.from_period and mixed_totals.until_period <= parts.until_period',
    ['first_piece_period']
) }},

/* A unit is first active where its first piece begins, unless others cancel that out. */
later_beginnings as (
    select totals.unit_id as unit_id, min(totals.from_period) as first_period
    from totals
    inner join (select unit_id from totals where from_period = first_piece_period and net_amount <= 0) as cancelled
        on totals.unit_id = cancelled.unit_id
    where totals.net_amount > 0
    group by totals.unit_id
)

select
    totals.series_id,
    totals.unit_id as unit_id,
    totals.from_period,
    totals.until_period,
    totals.net_amount,
    case
        when totals.net_amount > 0 then coalesce(later_beginnings.first_period, totals.first_piece_period)
        else totals.from_period
    end as first_period
    {{- rollforward.attribute_columns('totals.', '__value') }}
from attributed_totals as totals
left join later_beginnings on totals.unit_id = later_beginnings.unit_id
where totals.net_amount <> 0
