/* One row a book: what of it has been observed. */
{{ config(enabled=rollforward.is_configured()) }}
{%- set of_snapshots, others = [], [] -%}
{%- for book in rollforward.books() if rollforward.as_of_dates()[book.name] -%}
    {%- do (of_snapshots if book.shape == 'snapshots' else others).append(book.name) -%}
{%- endfor %}

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
        case
            {%- if of_snapshots %}
            when book in ('{{ of_snapshots | join("', '") }}')
                then least({{ rollforward.horizon() }}, {{ rollforward.last_day_of_month('last_day') }})
            {%- endif %}
            when book in ('{{ others | join("', '") }}') then {{ rollforward.horizon() }}
            else last_day
        end as observed_through
    from days
)

select
    book,
    first_day,
    observed_through,
    {{ rollforward.month_index('first_day') }} as first_month,
    {{ rollforward.month_index('observed_through') }} as last_month
from observed
