{#- Generated from metrics/customer_success.yml by `rollforward compile`: change it there. 0e2341c7e76d -#}
/* The complete periods of account_mrr, by tier: each metric, and what it is made of. */
with cohorts as (
    select *
    from {{ ref('rollforward', 'rollforward__revenue_cohorts') }}
    where book = 'account_mrr'
        and comparison in ('month_over_month', 'quarter_over_quarter', 'half_year')
        and is_complete
        and (tier <> 'internal' or tier is null)
)

select
    book,
    comparison,
    period_start,
    period_end,
    is_complete,
    tier,

    {{ rollforward.net_expansion_rate() }} as net_expansion_rate,
    {{ rollforward.gross_revenue_retention() }} as gross_revenue_retention,
    {{ consumer.lost_to_contraction_share() }} as lost_to_contraction_share,

    cast(sum(existing_revenue) as decimal(18, 4)) as existing_revenue,
    cast(sum(starting_revenue) as decimal(18, 4)) as starting_revenue,
    cast(sum(retained_revenue) as decimal(18, 4)) as retained_revenue,
    cast(sum(contraction_revenue) as decimal(18, 4)) as contraction_revenue,
    cast(sum(contraction_revenue) + sum(churned_revenue) as decimal(18, 4)) as lost_to_contraction_share_denominator
from cohorts
group by book, comparison, period_start, period_end, is_complete, tier
{{ rollforward.select_ending() }}
