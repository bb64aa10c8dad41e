/* Amounts that stand until something changes (intervals, movements), cut at every month in which anything of the
    same unit changes, so that a unit's concurrent parts have the same months. */
{{ config(enabled=rollforward.is_configured(['intervals', 'movements'])) }}

/* In force at the ends of the months from the one it starts in up to, not including, the one it ends in; what joins
   and leaves within a month is not seen at any month's end. A movement stands for good: the amount in force is the
   sum of the movements so far. */
with pieces as (
    select
        book,
        unit,
        month_index as from_period,
        case
            when ended_on is null then {{ rollforward.open_end() }}
            else {{ rollforward.month_index('ended_on') }}
        end as until_period,
        amount
        {{- rollforward.attribute_columns() }}
    from {{ ref('int_rollforward__judged_rows') }}
    where
        shape in ('intervals', 'movements')
        and reason is null
        and amount <> 0
        and (ended_on is null or month_index < {{ rollforward.month_index('ended_on') }})
),

change_months as (
    select book, unit, from_period as month_index from pieces
    union
    select book, unit, until_period as month_index from pieces
),

segments as (
    select
        book,
        unit,
        month_index as from_period,
        lead(month_index) over (partition by book, unit order by month_index) as until_period
    from change_months
)

select
    pieces.book,
    pieces.unit,
    segments.from_period,
    segments.until_period,
    pieces.amount
    {{- rollforward.attribute_columns('pieces.') }}
from segments
inner join pieces
    on segments.book = pieces.book
    and segments.unit = pieces.unit
    and segments.from_period >= pieces.from_period
    and segments.until_period <= pieces.until_period
