/* Amounts that belong to one period (snapshots, payments): one row a unit, period and attribute values. Payments
    are summed per month first; each window a comparison sums (a quarter, 12 months ending here) is a sum of months. */
{{ config(enabled=rollforward.is_configured(['snapshots', 'payments'])) }}
{%- set snapshots = rollforward.books('snapshots') -%}
{%- set payments = rollforward.books('payments') %}

with unit_months as (
    select book, unit, month_index, cast(sum(amount) as {{ rollforward.amount_type() }}) as amount
        {{- rollforward.attribute_columns() }}
    from {{ ref('int_rollforward__judged_rows') }}
    where shape in ('snapshots', 'payments') and reason is null
    group by book, unit, month_index {{- rollforward.attribute_columns() }}
)

{%- if payments %},

/* The windows that sum more than one month: which month is part of which period's sum. */
windows as (
    select distinct
        comparisons.book,
        comparisons.run_grain,
        comparisons.periods_summed,
        comparisons.run_months,
        case
            when comparisons.run_grain = 'month' then books.last_month
            else {{ rollforward.period_index('books.last_month', 'comparisons.run_months') }}
        end as last_period,
        case
            when comparisons.run_grain = 'month' then books.first_month
            else {{ rollforward.period_index('books.first_month', 'comparisons.run_months') }}
        end + comparisons.periods_summed - 1 as first_whole_period
    from {{ ref('int_rollforward__comparisons') }} as comparisons
    inner join {{ ref('int_rollforward__observed_books') }} as books on comparisons.book = books.book
    where comparisons.book in ({{ rollforward.quoted_names(payments) | join(', ') }})
        and not (comparisons.run_grain = 'month' and comparisons.periods_summed = 1)
),

own_periods as (
    select
        unit_months.book,
        windows.run_grain,
        windows.periods_summed,
        windows.first_whole_period,
        windows.last_period,
        unit_months.unit,
        case
            when windows.run_grain = 'month' then unit_months.month_index
            else {{ rollforward.period_index('unit_months.month_index', 'windows.run_months') }}
        end as own_period,
        unit_months.amount
        {{- rollforward.attribute_columns('unit_months.') }}
    from unit_months
    inner join windows on unit_months.book = windows.book
),

/* A sum of 12 periods holds each of them in its own period's sum and in those of the 11 after it. */
window_periods as (
    select own_periods.*, own_periods.own_period + ahead.month_number as period
    from own_periods
    inner join {{ ref('int_rollforward__months') }} as ahead
        on ahead.month_number < own_periods.periods_summed
        and own_periods.own_period + ahead.month_number between own_periods.first_whole_period and own_periods.last_period
)
{%- endif %}

/* The last snapshot stands until the next one is there. */
select
    unit_months.book,
    'month' as run_grain,
    1 as periods_summed,
    unit_months.unit,
    unit_months.month_index as from_period,
    {% if snapshots -%}
    case
        when unit_months.month_index = books.last_month
            and unit_months.book in ({{ rollforward.quoted_names(snapshots) | join(', ') }})
            then {{ rollforward.open_end() }}
        else unit_months.month_index + 1
    end as until_period,
    {%- else -%}
    unit_months.month_index + 1 as until_period,
    {%- endif %}
    unit_months.amount
    {{- rollforward.attribute_columns('unit_months.') }}
from unit_months
{%- if snapshots %}
inner join {{ ref('int_rollforward__observed_books') }} as books on unit_months.book = books.book
{%- endif %}

{%- if payments %}

union all

select book, run_grain, periods_summed, unit, period as from_period, period + 1 as until_period,
    cast(sum(amount) as {{ rollforward.amount_type() }}) as amount
    {{- rollforward.attribute_columns() }}
from window_periods
group by book, run_grain, periods_summed, unit, period {{- rollforward.attribute_columns() }}
{%- endif %}
