-- The ledger's rows of the latest period of every comparison, added up, are the cohorts' measures.
{{ config(enabled=rollforward.is_configured()) }}

with latest_days as (
    select book, comparison, max(period_end) as period_end
    from {{ ref('int_rollforward__periods') }}
    group by book, comparison
),

latest_periods as (
    select periods.*
    from {{ ref('int_rollforward__periods') }} as periods
    inner join latest_days
        on periods.book = latest_days.book
        and periods.comparison = latest_days.comparison
        and periods.period_end = latest_days.period_end
),

ledger as (
    {{ rollforward.ledger('latest_periods') }}
),

ledger_totals as (
    select
        ledger.book,
        ledger.comparison,
        ledger.period_end,
        sum(ledger.starting_amount) as starting_revenue,
        sum(ledger.ending_amount) as ending_revenue,
        sum(case when ledger.movement in ('expansion', 'contraction', 'unchanged') then ledger.ending_amount else 0 end)
            as existing_revenue,
        sum(case when ledger.movement = 'new' then ledger.ending_amount else 0 end) as new_revenue,
        sum(case when ledger.movement = 'churn' then ledger.starting_amount else 0 end) as churned_revenue,
        sum(case when ledger.movement = 'contraction' then ledger.starting_amount - ledger.ending_amount else 0 end)
            as contraction_revenue,
        cast(sum(case when ledger.starting_amount > 0 then 1 else 0 end) as {{ rollforward.data_type('bigint') }}) as starting_customers,
        cast(sum(case when ledger.movement = 'reactivation' then 1 else 0 end) as {{ rollforward.data_type('bigint') }}) as reactivated_customers,
        cast(sum(case when ledger.movement = 'expansion' then 1 else 0 end) as {{ rollforward.data_type('bigint') }}) as expanded_customers
    from ledger
    group by ledger.book, ledger.comparison, ledger.period_end
),

cohort_totals as (
    select
        cohorts.book,
        cohorts.comparison,
        cohorts.period_end,
        sum(cohorts.starting_revenue) as starting_revenue,
        sum(cohorts.ending_revenue) as ending_revenue,
        sum(cohorts.existing_revenue) as existing_revenue,
        sum(cohorts.new_revenue) as new_revenue,
        sum(cohorts.churned_revenue) as churned_revenue,
        sum(cohorts.contraction_revenue) as contraction_revenue,
        sum(cohorts.starting_customers) as starting_customers,
        sum(cohorts.reactivated_customers) as reactivated_customers,
        sum(cohorts.expanded_customers) as expanded_customers
    from {{ ref('rollforward__revenue_cohorts') }} as cohorts
    inner join latest_periods
        on cohorts.book = latest_periods.book
        and cohorts.comparison = latest_periods.comparison
        and cohorts.period_end = latest_periods.period_end
    group by cohorts.book, cohorts.comparison, cohorts.period_end
)

select only_in_ledger.*
from (
    select 'only in the ledger' as side, ledger_totals.* from ledger_totals
    {{ dbt.except() }}
    select 'only in the ledger' as side, cohort_totals.* from cohort_totals
) as only_in_ledger

union all

select only_in_cohorts.*
from (
    select 'only in the cohorts' as side, cohort_totals.* from cohort_totals
    {{ dbt.except() }}
    select 'only in the cohorts' as side, ledger_totals.* from ledger_totals
) as only_in_cohorts
