-- A month without a single payment counts as one in which nobody paid: everyone is lost in it, and joins again afterwards. Most likely
-- it was not loaded yet, or `as_of_date` says that the book is known longer than it is. The first and the last month with payments
-- are likely to be cut short when they have less than a tenth of those of the month beside them.
{{ config(enabled=rollforward.is_configured(['payments']), severity='warn') }}

with payments as (
    select book, {{ rollforward.month_index('dated_on') }} as month_index, count(*) as row_count
    from {{ ref('stg_rollforward__payments') }}
    where reason is null
    group by book, {{ rollforward.month_index('dated_on') }}
),

observed_months as (
    select observed.book as book, months.month_index as month_index, months.first_day as first_day
    from {{ ref('rollforward__observed_books') }} as observed
    inner join {{ ref('int_rollforward__months') }} as months
        on months.month_index >= observed.first_month and months.last_day <= observed.observed_through
    where observed.book in ('{{ rollforward.books('payments') | map(attribute='name') | join("', '") }}')
),

counted_months as (
    select
        observed_months.book as book,
        observed_months.month_index as month_index,
        observed_months.first_day,
        coalesce(payments.row_count, 0) as row_count
    from observed_months
    left join payments on observed_months.book = payments.book and observed_months.month_index = payments.month_index
),

compared_months as (
    select
        counted_months.*,
        lag(row_count, 1) over (partition by book order by month_index) as row_count_before,
        lead(row_count) over (partition by book order by month_index) as row_count_after
    from counted_months
)

select book, first_day, row_count_before, row_count, row_count_after
from compared_months
where
    row_count = 0
    or (row_count_before is null and 10 * row_count < row_count_after)
    or (row_count_after is null and 10 * row_count < row_count_before)
