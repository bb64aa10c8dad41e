/* The ledger: one row a unit, comparison and period compared. It is a view, answered from the runs: ask for one
    period at a time and it reads just that. */
{{ config(enabled=rollforward.is_configured(), materialized='view') }}
{%- set amount_type = rollforward.amount_type() -%}
{%- set text_type = rollforward.text_type() -%}
{%- set attributes = rollforward.attributes() %}

with active_runs as (
    select * from {{ ref('int_rollforward__runs') }}
    where net_amount > 0
),

starting_units as (
    select periods.*, runs.unit, runs.net_amount as amount {{- rollforward.attribute_columns('runs.') }}
    from {{ ref('int_rollforward__periods') }} as periods
    inner join active_runs as runs
        on periods.book = runs.book
        and periods.run_grain = runs.run_grain
        and periods.periods_summed = runs.periods_summed
        and periods.starting_index >= runs.from_period
        and periods.starting_index < runs.until_period
),

ending_units as (
    select periods.*, runs.unit, runs.net_amount as amount {{- rollforward.attribute_columns('runs.') }}
    from {{ ref('int_rollforward__periods') }} as periods
    inner join active_runs as runs
        on periods.book = runs.book
        and periods.run_grain = runs.run_grain
        and periods.periods_summed = runs.periods_summed
        and periods.ending_index >= runs.from_period
        and periods.ending_index < runs.until_period
),

/* Both sides of every unit in one row; the side where it is not active is 0. */
compared_units as (
    select
        book, comparison, period_start, period_end, is_complete, run_grain, starting_index, unit,
        cast(sum(starting_amount) as {{ amount_type }}) as starting_amount,
        cast(sum(ending_amount) as {{ amount_type }}) as ending_amount
        {%- for name in attributes %},
        max(starting_{{ name }}) as starting_{{ name }},
        max(ending_{{ name }}) as ending_{{ name }}
        {%- endfor %}
    from (
        select
            starting_units.*, amount as starting_amount, 0 as ending_amount
            {%- for name in attributes %}, {{ name }} as starting_{{ name }}, cast(null as {{ text_type }}) as ending_{{ name }}{% endfor %}
        from starting_units
        union all
        select
            ending_units.*, 0 as starting_amount, amount as ending_amount
            {%- for name in attributes %}, cast(null as {{ text_type }}) as starting_{{ name }}, {{ name }} as ending_{{ name }}{% endfor %}
        from ending_units
    ) as sides
    group by book, comparison, period_start, period_end, is_complete, run_grain, starting_index, unit
),

first_months as (
    select book, unit, min(from_period) as first_month
    from active_runs
    where run_grain = 'month' and periods_summed = 1
    group by book, unit
),

first_periods as (
    select
        comparisons.book,
        comparisons.comparison,
        first_months.unit,
        case
            when comparisons.run_grain = 'month' then first_months.first_month
            else {{ rollforward.period_index('first_months.first_month', 'comparisons.run_months') }}
        end as first_index
    from first_months
    inner join {{ ref('int_rollforward__comparisons') }} as comparisons on first_months.book = comparisons.book
)

select
    compared_units.book,
    compared_units.comparison,
    compared_units.period_start,
    compared_units.period_end,
    compared_units.is_complete,
    compared_units.unit,
    {%- for name in attributes %}
    case when starting_amount > 0 then starting_{{ name }} else ending_{{ name }} end as {{ name }},
    {%- endfor %}
    compared_units.starting_amount,
    compared_units.ending_amount,
    case
        when starting_amount = 0 and {{ 'true' if rollforward.setting('reactivation') == 'new' else 'first_index > starting_index' }} then 'new'
        when starting_amount = 0 then 'reactivation'
        when ending_amount = 0 then 'churn'
        when ending_amount > starting_amount then 'expansion'
        when ending_amount < starting_amount then 'contraction'
        else 'unchanged'
    end as movement
from compared_units
inner join first_periods
    on compared_units.book = first_periods.book
    and compared_units.comparison = first_periods.comparison
    and compared_units.unit = first_periods.unit
