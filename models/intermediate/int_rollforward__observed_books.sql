/* One row a book: what of it has been observed. */
{{ config(enabled=rollforward.is_configured()) }}
{%- set as_of_date = rollforward.setting('as_of_date') -%}

with usable_rows as (
    {%- for shape in rollforward.shapes() if rollforward.books(shape) %}
    select book, '{{ shape }}' as shape, dated_on, ended_on
    from {{ ref('stg_rollforward__' ~ shape) }}
    where reason is null
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

/* Nothing after this day counts: the day the user names, or today. */
horizon as (
    select {{ "cast('" ~ as_of_date ~ "' as date)" if as_of_date else 'current_date' }} as last_day
),

days as (
    select
        book,
        shape,
        min(case when dated_on <= last_day then dated_on end) as first_day,
        max(case when dated_on <= last_day then dated_on end) as last_dated,
        max(case when ended_on <= last_day then ended_on end) as last_ended,
        max(last_day) as last_day
    from usable_rows cross join horizon
    group by book, shape
),

/* An extract that stops is not observed later than it reaches, unless the user names the day; a snapshot speaks
    at most for its own month. */
observed as (
    select
        book,
        first_day,
        {% if as_of_date %}
        case
            when shape = 'snapshots' then least(last_day, cast({{ dbt.last_day('last_dated', 'month') }} as date))
            else last_day
        end
        {%- else %}
        case when last_ended > last_dated then last_ended else last_dated end
        {%- endif %} as observed_through
    from days
    where first_day is not null
)

select
    book,
    first_day,
    observed_through,
    {{ rollforward.month_index('first_day') }} as first_month,
    {{ rollforward.month_index('observed_through') }} as last_month
from observed
