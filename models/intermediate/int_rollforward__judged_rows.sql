/* Every input row of every book with its final reason: to what the row says itself comes what only the whole book
   knows, how far it has been observed and which snapshot of a month is the last. Rows without a reason make up the
   ledger. */
{{ config(enabled=rollforward.is_configured(), materialized='view') }}
{%- set snapshots = rollforward.books('snapshots') %}

with
{%- if snapshots %}
snapshot_days as (
    select given.book, {{ rollforward.month_index('given.dated_on') }} as month_index, max(given.dated_on) as last_day
    from {{ ref('stg_rollforward__snapshots') }} as given
    inner join {{ ref('int_rollforward__observed_books') }} as books on given.book = books.book
    where given.reason is null and given.dated_on <= books.observed_through
    group by given.book, {{ rollforward.month_index('given.dated_on') }}
),
{%- endif %}

staged_rows as (
    {%- for shape in rollforward.shapes() if rollforward.books(shape) %}
    select
        '{{ shape }}' as shape,
        given.*,
        {{ rollforward.month_index('given.dated_on') }} as month_index,
        {{ 'days.last_day' if shape == 'snapshots' else 'cast(null as date)' }} as last_snapshot_of_month
    from {{ ref('stg_rollforward__' ~ shape) }} as given
    {%- if shape == 'snapshots' %}
    left join snapshot_days as days
        on given.book = days.book and {{ rollforward.month_index('given.dated_on') }} = days.month_index
    {%- endif %}
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

select
    given.shape,
    given.book,
    given.unit,
    given.row_key,
    given.month_index,
    given.dated_given,
    given.dated_on,
    given.ended_given,
    /* An end that has not been reached yet is no end. */
    case when given.ended_on <= books.observed_through then given.ended_on end as ended_on,
    given.amount_given,
    given.exact_amount,
    given.amount
    {{- rollforward.attribute_columns('given.') }},
    case
        when given.reason is not null then given.reason
        when books.observed_through is null or given.dated_on > books.observed_through then 'after_observed_through'
        when given.dated_on < given.last_snapshot_of_month then 'superseded_snapshot'
    end as reason
from staged_rows as given
left join {{ ref('int_rollforward__observed_books') }} as books on given.book = books.book
