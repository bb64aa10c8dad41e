/* One row a book: what of it has been observed. */
{{ config(enabled=rollforward.is_configured()) }}
{%- set snapshots = rollforward.books('snapshots') -%}

with days as (
    select book, min(first_day) as first_day, max(last_day) as last_day
    from {{ ref('int_rollforward__input_totals') }}
    where reason is null
    group by book
),

/* An extract that stops is not observed later than it reaches, unless the user names the day; a snapshot speaks
    at most for its own month. */
observed as (
    select
        book,
        first_day,
        {%- if not rollforward.setting('as_of_date') %}
        last_day as observed_through
        {%- elif snapshots %}
        case
            when book in ('{{ snapshots | map(attribute='name') | join("', '") }}')
                then least({{ rollforward.horizon() }}, {{ rollforward.last_day_of_month('last_day') }})
            else {{ rollforward.horizon() }}
        end as observed_through
        {%- else %}
        {{ rollforward.horizon() }} as observed_through
        {%- endif %}
    from days
)

select
    book,
    first_day,
    observed_through,
    {{ rollforward.month_index('first_day') }} as first_month,
    {{ rollforward.month_index('observed_through') }} as last_month
from observed
