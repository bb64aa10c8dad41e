/* Amounts that stand until something changes (intervals, movements), in months. An interval is in force at the ends of
   the months from the one it starts in up to, not including, the one it ends in; what joins and leaves within a month is
   not seen at any month's end. A movement stands for good: the amount in force is the sum of the movements so far. */
{{ config(enabled=rollforward.is_configured(['intervals', 'movements']), materialized=rollforward.as_view()) }}

select
    series.series_id,
    given.unit_id,
    given.month_index as from_period,
    given.until_month as until_period,
    given.amount,
    given.given_set
from {{ ref('int_rollforward__used_rows') }} as given
inner join {{ ref('int_rollforward__series') }} as series on given.book = series.book and series.is_monthly
where given.shape in ('intervals', 'movements') and given.month_index < given.until_month
