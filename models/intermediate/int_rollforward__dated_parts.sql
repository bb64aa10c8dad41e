/* Amounts that belong to a period (snapshots, payments): one row a unit, period and given attribute values. Every series
   that sums more than a month is a sum of months: a sum of 12 holds each month in its own period and in the 11 after it. */
{{ config(enabled=rollforward.is_configured(['snapshots', 'payments']), materialized='view') }}

with unit_months as (
    select
        judged.book,
        judged.unit,
        judged.month_index,
        sets.given_set,
        cast(sum(judged.amount) as {{ rollforward.amount_type() }}) as amount
    from {{ ref('int_rollforward__judged_rows') }} as judged
    inner join {{ ref('int_rollforward__given_sets') }} as sets on {{ rollforward.same_attributes('judged', 'sets') }}
    where judged.shape in ('snapshots', 'payments') and judged.reason is null
    group by judged.book, judged.unit, judged.month_index, sets.given_set
),

numbered_months as (
    select unit_months.*, units.unit_id
    from unit_months
    inner join {{ ref('int_rollforward__units') }} as units
        on unit_months.book = units.book and unit_months.unit = units.unit
),

/* The last snapshot stands until the next one is there. */
monthly_parts as (
    select
        series.series_id,
        numbered_months.unit_id,
        numbered_months.month_index as from_period,
        case
            when numbered_months.month_index = series.last_period and not series.is_summed then {{ rollforward.open_end() }}
            else numbered_months.month_index + 1
        end as until_period,
        numbered_months.amount,
        numbered_months.given_set
    from numbered_months
    inner join {{ ref('int_rollforward__series') }} as series on numbered_months.book = series.book and series.is_monthly
)

{%- if rollforward.books('payments') %},

own_periods as (
    select
        series.series_id,
        series.first_whole_period,
        series.last_period,
        series.periods_summed,
        numbered_months.unit_id,
        {{ rollforward.series_period('numbered_months.month_index', 'series') }} as own_period,
        numbered_months.amount,
        numbered_months.given_set
    from numbered_months
    inner join {{ ref('int_rollforward__series') }} as series
        on numbered_months.book = series.book and not series.is_monthly
),

summed_periods as (
    select own_periods.*, own_periods.own_period + ahead.month_number as period
    from own_periods
    inner join {{ ref('int_rollforward__months') }} as ahead
        on ahead.month_number < own_periods.periods_summed
        and own_periods.own_period + ahead.month_number between own_periods.first_whole_period and own_periods.last_period
)
{%- endif %}

select * from monthly_parts

{%- if rollforward.books('payments') %}

union all

select
    series_id,
    unit_id,
    period as from_period,
    period + 1 as until_period,
    cast(sum(amount) as {{ rollforward.amount_type() }}) as amount,
    given_set
from summed_periods
group by series_id, unit_id, period, given_set
{%- endif %}
