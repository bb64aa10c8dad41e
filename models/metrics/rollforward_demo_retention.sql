{#- Generated from metrics/demo_views.yml by `rollforward compile`: change it there. 8e6592deb1e9 -#}
/* The complete periods of recurring_revenue: each metric, and what it is made of. */
with cohorts as (
    select *
    from {{ ref('rollforward', 'rollforward__revenue_cohorts') }}
    where book = 'recurring_revenue'
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
    {{ rollforward.gross_expansion_rate() }} as gross_expansion_rate,
    {{ rollforward.contraction_rate() }} as contraction_rate,
    {{ rollforward.revenue_churn_rate() }} as revenue_churn_rate,
    {{ rollforward.gross_revenue_churn_rate() }} as gross_revenue_churn_rate,
    {{ rollforward.net_revenue_churn_rate() }} as net_revenue_churn_rate,
    {{ rollforward.customer_churn_rate() }} as customer_churn_rate,
    {{ rollforward.expanding_customer_share() }} as expanding_customer_share,
    {{ rollforward.survivor_net_expansion_rate() }} as survivor_net_expansion_rate,
    {{ rollforward.quick_ratio() }} as quick_ratio,
    {{ rollforward.average_revenue_per_customer() }} as average_revenue_per_customer,
    cast({{ rollforward.net_new_revenue() }} as decimal(18, 4)) as net_new_revenue,
    cast({{ rollforward.joined_revenue() }} as decimal(18, 4)) as joined_revenue,

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
    cast(sum(expansion_revenue) as decimal(18, 4)) as expansion_revenue,
    cast(sum(contraction_revenue) as decimal(18, 4)) as contraction_revenue,
    cast(sum(churned_revenue) as decimal(18, 4)) as churned_revenue,
    cast(sum(contraction_revenue) + sum(churned_revenue) as decimal(18, 4)) as gross_revenue_churn_rate_numerator,
    cast(sum(starting_revenue) - sum(existing_revenue) as decimal(18, 4)) as net_revenue_churn_rate_numerator,
    cast(sum(churned_customers) as bigint) as churned_customers,
    cast(sum(expanded_customers) as bigint) as expanded_customers,
    cast(sum(starting_revenue) - sum(churned_revenue) as decimal(18, 4)) as survivor_net_expansion_rate_denominator,
    cast(sum(new_revenue) + sum(reactivation_revenue) + sum(expansion_revenue) as decimal(18, 4)) as quick_ratio_numerator,
    cast(sum(contraction_revenue) + sum(churned_revenue) as decimal(18, 4)) as quick_ratio_denominator,
    cast(sum(ending_revenue) as decimal(18, 4)) as ending_revenue,
    cast(sum(ending_customers) as bigint) as ending_customers
from cohorts
group by book, comparison, period_start, period_end, is_complete
{{ rollforward.select_ending() }}
