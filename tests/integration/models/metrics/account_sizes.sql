{#- Generated from metrics/large_accounts.yml by `rollforward compile`: change it there. de9611a0346c -#}
/* The complete periods of account_mrr, by size_at_start, tier: each metric, and what it is made of.
   Worked out customer by customer, from the ledger. */
with movements as (
    select
        *,
        case
            when starting_amount = 0 then null
            when starting_amount < 100 then 'below 100'
            when starting_amount < 500 then '100 to 500'
            else '500 and above'
        end as size_at_start,
        starting_amount as starting_revenue,
        case when movement = 'churn' then 1 else 0 end as churned_customers,
        case when starting_amount > 0 then ending_amount else 0 end as existing_revenue
    from {{ ref('rollforward', 'rollforward__customer_movements') }}
    where book = 'account_mrr'
        and comparison in ('month_over_month', 'half_year')
        and is_complete
)

select
    book,
    comparison,
    period_start,
    period_end,
    is_complete,
    size_at_start,
    tier,

    cast({{ consumer.large_account_expansion() }} as decimal(18, 4)) as large_account_expansion,
    {{ consumer.large_account_expansion_rate() }} as large_account_expansion_rate,
    cast({{ consumer.large_accounts() }} as bigint) as large_accounts,
    cast({{ consumer.lost_accounts() }} as bigint) as lost_accounts,
    cast({{ consumer.largest_account() }} as decimal(18, 4)) as largest_account,
    {{ rollforward.net_expansion_rate() }} as net_expansion_rate,

    cast(sum(starting_revenue) as decimal(18, 4)) as starting_revenue,
    cast(sum(existing_revenue) as decimal(18, 4)) as existing_revenue
from movements
group by book, comparison, period_start, period_end, is_complete, size_at_start, tier
{{ rollforward.select_ending() }}
