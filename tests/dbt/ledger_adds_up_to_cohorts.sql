-- The ledger's rows of the latest period of every comparison, added up, are the cohorts: every measure, for every combination of
-- attribute values.
{{ config(enabled=rollforward.is_configured()) }}
{%- set existed, stayed = "starting_amount > 0", "movement in ('expansion', 'contraction', 'unchanged')" %}
{#- What a measure adds up, and from which of the ledger's rows. -#}
{%- set measures = {
    'starting_revenue': ('starting_amount', existed),
    'ending_revenue': ('ending_amount', "movement <> 'churn'"),
    'existing_revenue': ('ending_amount', stayed),
    'retained_revenue': ('least(starting_amount, ending_amount)', stayed),
    'new_revenue': ('ending_amount', "movement = 'new'"),
    'reactivation_revenue': ('ending_amount', "movement = 'reactivation'"),
    'expansion_revenue': ('ending_amount - starting_amount', "movement = 'expansion'"),
    'contraction_revenue': ('starting_amount - ending_amount', "movement = 'contraction'"),
    'churned_revenue': ('starting_amount', "movement = 'churn'"),
    'starting_customers': (1, existed),
    'ending_customers': (1, "movement <> 'churn'"),
    'retained_customers': (1, stayed),
    'expanded_customers': (1, "movement = 'expansion'"),
    'contracted_customers': (1, "movement = 'contraction'"),
    'unchanged_customers': (1, "movement = 'unchanged'"),
    'churned_customers': (1, "movement = 'churn'"),
    'new_customers': (1, "movement = 'new'"),
    'reactivated_customers': (1, "movement = 'reactivation'"),
} %}

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
        book,
        comparison,
        period_end
        {{- rollforward.attribute_columns() }}
        {%- for name, (added, rows) in measures.items() %},
        cast(sum(case when {{ rows }} then {{ added }} else 0 end) as {{ rollforward.measure_type(name) }}) as {{ name }}
        {%- endfor %}
    from ledger
    group by book, comparison, period_end {{- rollforward.attribute_columns() }}
),

latest_cohorts as (
    select
        cohorts.book as book,
        cohorts.comparison as comparison,
        cohorts.period_end as period_end
        {{- rollforward.attribute_columns('cohorts.') }}
        {%- for name in measures %},
        cohorts.{{ name }}
        {%- endfor %}
    from {{ ref('rollforward__revenue_cohorts') }} as cohorts
    inner join latest_periods
        on cohorts.book = latest_periods.book
        and cohorts.comparison = latest_periods.comparison
        and cohorts.period_end = latest_periods.period_end
)

select only_in_ledger.*
from (
    select 'only in the ledger' as only__in, ledger_totals.* from ledger_totals
    {{ dbt.except() }}
    select 'only in the ledger' as only__in, latest_cohorts.* from latest_cohorts
) as only_in_ledger

union all

select only_in_cohorts.*
from (
    select 'only in the cohorts' as only__in, latest_cohorts.* from latest_cohorts
    {{ dbt.except() }}
    select 'only in the cohorts' as only__in, ledger_totals.* from ledger_totals
) as only_in_cohorts
