/* The calendar: one row a month from 1900 to 2199. Periods are counted in months since year 0 and never computed
   with dates, so month lengths and leap years cannot shift them. */
{{ config(enabled=rollforward.is_configured()) }}

with digits as (
    {%- for value in range(10) %}
    select {{ value }} as value {{ "union all" if not loop.last }}
    {%- endfor %}
),

numbers as (
    select 1000 * thousands.value + 100 * hundreds.value + 10 * tens.value + ones.value as month_number
    from digits as ones
    cross join digits as tens
    cross join digits as hundreds
    cross join digits as thousands
),

first_days as (
    select
        month_number,
        cast({{ rollforward.months_later("cast('" ~ rollforward.first_year() ~ "-01-01' as " ~ rollforward.data_type('date') ~ ")", 'month_number') }} as {{ rollforward.data_type('date') }}) as first_day
    from numbers
    where month_number < 12 * 300
)

select
    month_number,
    {{ rollforward.first_year() }} * 12 + month_number as month_index,
    first_day,
    {{ rollforward.last_day_of_month('first_day') }} as last_day
from first_days
