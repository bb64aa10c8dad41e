/* One row a book, comparison and period that can be compared: its days, and the two points on the runs that are
    compared. Calendars are small; nothing here grows with the number of customers. */
{{ config(enabled=rollforward.is_configured()) }}
{%- set snapshots = rollforward.books('snapshots') -%}

with months as (
    select * from {{ ref('int_rollforward__months') }}
),

/* A period is known by the month it begins with. */
candidate_periods as (
    select
        comparisons.book as book,
        comparisons.comparison,
        comparisons.months_per_period as months_per_period,
        comparisons.lookback,
        comparisons.series_id as series_id,
        comparisons.periods_summed as periods_summed,
        comparisons.window_id,
        comparisons.shift,
        books.first_month,
        books.last_month,
        books.observed_through,
        months.first_day as period_start,
        months.month_index as first_month_of_period,
        months.month_index + comparisons.months_per_period - 1 as last_month_of_period,
        series.grain,
        {{ rollforward.period_index('months.month_index', 'comparisons.months_per_period') }} as period_index,
        {{ rollforward.period_index('books.first_month', 'comparisons.months_per_period') }} as first_period_index
    from {{ ref('int_rollforward__comparisons') }} as comparisons
    inner join {{ ref('int_rollforward__series') }} as series on comparisons.series_id = series.series_id
    inner join {{ ref('rollforward__observed_books') }} as books on comparisons.book = books.book
    inner join months on months.month_index between books.first_month - 11 and books.last_month
    where mod(months.month_index - {{ rollforward.fiscal_shift() }}, comparisons.months_per_period) = 0
),

/* The period compared with, and everything summed into it, must have been observed too. */
comparable_periods as (
    select
        candidate_periods.*,
        months.last_day as period_end,
        case when grain = 'month' then last_month_of_period else period_index end as ending_index,
        case when grain = 'month' then last_month_of_period else period_index end - shift as starting_index
    from candidate_periods
    inner join months on candidate_periods.last_month_of_period = months.month_index
    where period_index - lookback - (periods_summed - 1) >= first_period_index
)

{%- if snapshots %},

snapshot_months as (
    select book as snapshot_book, month_index from {{ ref('int_rollforward__snapshot_months') }}
),

/* A month without a snapshot was not observed: there is nothing to compare with it. */
observed_periods as (
    select comparable_periods.*
    from comparable_periods
    inner join snapshot_months as at_start
        on comparable_periods.book = at_start.snapshot_book and comparable_periods.starting_index = at_start.month_index
    inner join snapshot_months as at_end
        on comparable_periods.book = at_end.snapshot_book
        and case when ending_index > last_month then last_month else ending_index end = at_end.month_index

    union all

    select comparable_periods.*
    from comparable_periods
    where book not in ('{{ snapshots | map(attribute='name') | join("', '") }}')
)
{%- endif %}

select
    book,
    comparison,
    period_start,
    period_end,
    cast(period_end <= observed_through as {{ rollforward.data_type('boolean') }}) as is_complete,
    series_id,
    window_id,
    starting_index,
    ending_index
from {{ 'observed_periods' if snapshots else 'comparable_periods' }}
