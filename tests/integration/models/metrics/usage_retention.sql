{#- Generated from metrics/customer_success.yml by `rollforward compile`: change it there. 7dd5bac62fc5 -#}
/* The periods of usage: each metric, and what it is made of. */
with cohorts as (
    select *
    from {{ ref('rollforward', 'rollforward__revenue_cohorts') }}
    where book = 'usage'
        and comparison in ('half_year')
)

select
    book,
    comparison,
    period_start,
    period_end,
    is_complete,

    {{ rollforward.net_expansion_rate() }} as net_expansion_rate,
    {{ rollforward.average_revenue_per_customer() }} as average_revenue_per_customer,
    cast({{ rollforward.net_new_revenue() }} as decimal(18, 4)) as net_new_revenue,

    cast(sum(existing_revenue) as decimal(18, 4)) as existing_revenue,
    cast(sum(starting_revenue) as decimal(18, 4)) as starting_revenue,
    cast(sum(ending_revenue) as decimal(18, 4)) as ending_revenue,
    cast(sum(ending_customers) as bigint) as ending_customers
from cohorts
group by book, comparison, period_start, period_end, is_complete
{{ rollforward.select_ending() }}
