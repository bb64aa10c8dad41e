{#- Generated from metrics/demo_views.yml by `rollforward compile`: change it there. a740761bab54 -#}
/* The complete periods of orders: each metric, and what it is made of. */
with cohorts as (
    select *
    from {{ ref('rollforward', 'rollforward__revenue_cohorts') }}
    where book = 'orders'
        and comparison in ('month_over_month', 'trailing_12_months')
        and is_complete
)

select
    book,
    comparison,
    period_start,
    period_end,
    is_complete,

    {{ rollforward.net_expansion_rate() }} as net_expansion_rate,
    {{ rollforward.gross_revenue_retention() }} as gross_revenue_retention,
    {{ rollforward.customer_expansion_rate() }} as customer_expansion_rate,
    {{ rollforward.customer_retention_rate() }} as customer_retention_rate,
    {{ rollforward.revenue_growth_rate() }} as revenue_growth_rate,
    {{ rollforward.average_revenue_per_customer() }} as average_revenue_per_customer,

    cast(sum(existing_revenue) as decimal(18, 4)) as existing_revenue,
    cast(sum(starting_revenue) as decimal(18, 4)) as starting_revenue,
    cast(sum(retained_revenue) as decimal(18, 4)) as retained_revenue,
    cast(
        sum(ending_revenue) - sum(starting_revenue) - sum(new_revenue) - sum(reactivation_revenue)
        as decimal(18, 4)
    ) as customer_expansion_rate_numerator,
    cast(sum(retained_customers) as bigint) as retained_customers,
    cast(sum(starting_customers) as bigint) as starting_customers,
    cast(sum(ending_revenue) - sum(starting_revenue) as decimal(18, 4)) as revenue_growth_rate_numerator,
    cast(sum(ending_revenue) as decimal(18, 4)) as ending_revenue,
    cast(sum(ending_customers) as bigint) as ending_customers
from cohorts
group by book, comparison, period_start, period_end, is_complete
{{ rollforward.select_ending() }}
