{#- Amounts that belong to one period (snapshots, payments): one row a unit, period and attribute values. Payments
    are summed per month first; each window a comparison sums (a quarter, 12 months ending here) is a sum of months. -#}
{%- set snapshots = rollforward.books('snapshots') -%}
{%- set payments = rollforward.books('payments') -%}
{{ config(enabled=(snapshots or payments) | length > 0) }}

with
{% if snapshots -%}
{#- The last snapshot of a month is the one that counts. #}
snapshot_days as (
    select
        given.book,
        {{ rollforward.month_index('given.dated_on') }} as month_index,
        max(given.dated_on) as last_day
    from {{ ref('stg_rollforward__snapshots') }} as given
    inner join {{ ref('int_rollforward__observed_books') }} as books on given.book = books.book
    where given.reason is null and given.dated_on <= books.observed_through
    group by given.book, {{ rollforward.month_index('given.dated_on') }}
),

snapshot_months as (
    select
        given.book,
        given.unit,
        days.month_index,
        given.amount
        {{- rollforward.attribute_columns('given.') }}
    from {{ ref('stg_rollforward__snapshots') }} as given
    inner join snapshot_days as days on given.book = days.book and given.dated_on = days.last_day
    where given.reason is null
),

{% endif %}
{%- if payments -%}
payment_months as (
    select
        given.book,
        given.unit,
        {{ rollforward.month_index('given.dated_on') }} as month_index,
        given.amount
        {{- rollforward.attribute_columns('given.') }}
    from {{ ref('stg_rollforward__payments') }} as given
    inner join {{ ref('int_rollforward__observed_books') }} as books on given.book = books.book
    where given.reason is null and given.dated_on <= books.observed_through
),

{% endif -%}
unit_months as (
    select book, unit, month_index, cast(sum(amount) as {{ rollforward.amount_type() }}) as amount
        {{- rollforward.attribute_columns() }}
    from (
        {%- if snapshots %}
        select * from snapshot_months
        {%- endif %}
        {{ "union all" if snapshots and payments }}
        {%- if payments %}
        select * from payment_months
        {%- endif %}
    ) as dated_amounts
    group by book, unit, month_index {{- rollforward.attribute_columns() }}
)

{%- if payments %},

{#- The windows that sum more than one month: which month is part of which period's sum. #}
windows as (
    select distinct book, run_grain, periods_summed, months_per_period
    from {{ ref('int_rollforward__comparisons') }}
    where book in ({{ rollforward.quoted_names(payments) | join(', ') }})
        and not (run_grain = 'month' and periods_summed = 1)
),

window_periods as (
    select
        unit_months.book,
        windows.run_grain,
        windows.periods_summed,
        unit_months.unit,
        case
            when windows.run_grain = 'month' then unit_months.month_index
            else {{ rollforward.period_index('unit_months.month_index', 'windows.months_per_period') }}
        end + ahead.value as period,
        unit_months.amount
        {{- rollforward.attribute_columns('unit_months.') }}
    from unit_months
    inner join windows on unit_months.book = windows.book
    inner join ({{ rollforward.numbers(2) }}) as ahead on ahead.value < windows.periods_summed
)
{%- endif %}

{#- The last snapshot stands until the next one is there. #}
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
