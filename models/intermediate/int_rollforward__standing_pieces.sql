/* Amounts that stand until something changes (intervals, movements), in months. An interval is in force at the ends of
   the months from the one it starts in up to, not including, the one it ends in; what joins and leaves within a month is
   not seen at any month's end. A movement stands for good: the amount in force is the sum of the movements so far. */
{{ config(enabled=rollforward.is_configured(['intervals', 'movements']), materialized='view') }}

with standing_rows as (
    select
        judged.*,
        case
            when ended_on is null then {{ rollforward.open_end() }}
            else {{ rollforward.month_index('ended_on') }}
        end as until_month
    from {{ ref('int_rollforward__judged_rows') }} as judged
    where shape in ('intervals', 'movements') and reason is null and amount <> 0
)

select
    series.series_id,
    units.unit_id,
    given.month_index as from_period,
    given.until_month as until_period,
    given.amount,
    sets.given_set
from standing_rows as given
inner join {{ ref('int_rollforward__series') }} as series on given.book = series.book and series.is_monthly
inner join {{ ref('int_rollforward__units') }} as units on given.book = units.book and given.unit = units.unit
inner join {{ ref('int_rollforward__given_sets') }} as sets on {{ rollforward.same_attributes('given', 'sets') }}
where given.month_index < given.until_month
