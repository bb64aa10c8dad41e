-- What a period starts with is what the period it is compared with ended with.
{{ config(enabled=rollforward.is_configured()) }}

with period_totals as (
    select
        book,
        comparison,
        period_end,
        sum(starting_revenue) as starting_revenue,
        sum(ending_revenue) as ending_revenue,
        sum(starting_customers) as starting_customers,
        sum(ending_customers) as ending_customers
    from {{ ref('rollforward__revenue_cohorts') }}
    group by book, comparison, period_end
),

placed_totals as (
    select period_totals.*, periods.starting_index, periods.ending_index
    from period_totals
    inner join {{ ref('int_rollforward__periods') }} as periods
        on period_totals.book = periods.book
        and period_totals.comparison = periods.comparison
        and period_totals.period_end = periods.period_end
)

select
    later.book,
    later.comparison,
    later.period_end,
    later.starting_revenue,
    earlier.ending_revenue as ending_revenue_compared_with,
    later.starting_customers,
    earlier.ending_customers as ending_customers_compared_with
from placed_totals as later
inner join placed_totals as earlier
    on later.book = earlier.book
    and later.comparison = earlier.comparison
    and later.starting_index = earlier.ending_index
where later.starting_revenue <> earlier.ending_revenue or later.starting_customers <> earlier.ending_customers
