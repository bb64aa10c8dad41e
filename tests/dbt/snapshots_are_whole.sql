-- The last snapshot of a month speaks for all of it. One that holds less than half as many rows as the snapshot before it may be
-- cut short, and a month without a snapshot is not compared: nobody is taken for lost, but somebody should look.
{{ config(enabled=rollforward.is_configured(['snapshots']), severity='warn') }}

with snapshots as (
    select book, {{ rollforward.month_index('dated_on') }} as month_index, dated_on, count(*) as row_count
    from {{ ref('stg_rollforward__snapshots') }}
    where reason is null and dated_on <= {{ rollforward.horizon() }}
    group by book, {{ rollforward.month_index('dated_on') }}, dated_on
),

compared_snapshots as (
    select
        book,
        dated_on,
        min(dated_on) over (partition by book) as first_day,
        row_count,
        lag(row_count, 1) over (partition by book order by dated_on) as row_count_before,
        month_index - lag(month_index, 1) over (partition by book order by dated_on) - 1 as months_without_snapshot,
        case when lead(month_index) over (partition by book order by dated_on) = month_index then 0 else 1 end as is_last_of_month
    from snapshots
)

select book, dated_on, row_count, row_count_before, months_without_snapshot
from compared_snapshots
where dated_on > first_day and is_last_of_month = 1 and (2 * row_count < row_count_before or months_without_snapshot > 0)
