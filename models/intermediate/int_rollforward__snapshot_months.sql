/* The months of which a book of snapshots has one. Of a month's snapshots, the last day's stand for the month. */
{{ config(enabled=rollforward.is_configured(['snapshots'])) }}

select book, {{ rollforward.month_index('dated_on') }} as month_index, max(dated_on) as last_day
from {{ ref('stg_rollforward__snapshots') }}
where reason is null and dated_on <= {{ rollforward.horizon() }}
group by book, {{ rollforward.month_index('dated_on') }}
