{#- Generated from metrics/large_accounts.yml by `rollforward compile`: change it there. dd282a8b6515 -#}
/* The complete periods of account_mrr, by tier: each metric, and what it is made of. */
with cohorts as (
    select *
    from {{ ref('rollforward', 'rollforward__revenue_cohorts') }}
    where book = 'account_mrr'
        and comparison in ('month_over_month', 'quarter_over_quarter')
        and is_complete
),

/* What is followed: one row a comparison, period and tier. */
single_periods as (
    select
        comparison,
        period_start,
        tier,
        extract(year from period_start) * 12 + extract(month from period_start) as month_index,
        {{ rollforward.net_expansion_rate() }} as net_expansion_rate,
        cast(sum(new_revenue) as decimal(18, 4)) as new_revenue,
        cast({{ consumer.lost_accounts() }} as bigint) as lost_accounts,
        cast(sum(existing_revenue) as decimal(18, 4)) as existing_revenue,
        cast(sum(starting_revenue) as decimal(18, 4)) as starting_revenue
    from cohorts
    group by comparison, period_start, tier
),

/* The periods there are, by the month they begin with. */
observed_periods as (
    select
        book,
        comparison,
        period_start,
        period_end,
        is_complete,
        extract(year from period_start) * 12 + extract(month from period_start) as month_index,
        case comparison
            when 'month_over_month' then 1
            when 'quarter_over_quarter' then 3
        end as months_per_period
    from {{ ref('rollforward', 'rollforward__revenue_cohorts') }}
    where book = 'account_mrr'
        and comparison in ('month_over_month', 'quarter_over_quarter')
        and is_complete
    group by book, comparison, period_start, period_end, is_complete
),

/* Were the periods before each of them observed too, one after the other? */
periods as (
    select
        *,
        is_complete
            and month_index - 2 * months_per_period =
                lag(month_index, 2) over (partition by comparison order by period_start)
            as has_3_periods
    from observed_periods
),

/* Each period beside itself and those before it, as far back as anything is followed. */
spans as (
    select
        periods.*,
        (periods.month_index - single_periods.month_index) / months_per_period as periods_ago,
        single_periods.tier,
        single_periods.net_expansion_rate,
        single_periods.new_revenue,
        single_periods.lost_accounts,
        single_periods.existing_revenue,
        single_periods.starting_revenue
    from periods
    inner join single_periods
        on periods.comparison = single_periods.comparison
        and periods.month_index >= single_periods.month_index
        and periods.month_index <= single_periods.month_index + 2 * months_per_period
)

select
    book,
    comparison,
    period_start,
    period_end,
    is_complete,
    tier,

    case
        when has_3_periods
            then {{ consumer.net_expansion_rate_smoothed() }}
    end as net_expansion_rate_smoothed,
    case
        when has_3_periods
            then {{ consumer.usual_new_revenue() }}
    end as usual_new_revenue,
    max(case when periods_ago = 0 then net_expansion_rate end) as net_expansion_rate,
    cast(sum(case when periods_ago = 0 then lost_accounts else 0 end) as bigint) as lost_accounts,

    cast(
        case when has_3_periods then sum(case when periods_ago < 3 then existing_revenue else 0 end) end
        as decimal(18, 4)
    ) as net_expansion_rate_smoothed_numerator,
    cast(
        case when has_3_periods then sum(case when periods_ago < 3 then starting_revenue else 0 end) end
        as decimal(18, 4)
    ) as net_expansion_rate_smoothed_denominator,
    cast(sum(case when periods_ago = 0 then existing_revenue else 0 end) as decimal(18, 4)) as existing_revenue,
    cast(sum(case when periods_ago = 0 then starting_revenue else 0 end) as decimal(18, 4)) as starting_revenue
from spans
group by book, comparison, period_start, period_end, is_complete, tier, has_3_periods
{{ rollforward.select_ending() }}
