{#- Every input row that is not in the ledger, with the reason why. -#}
{{ config(enabled=rollforward.books() | length > 0, materialized='view') }}

with
{%- if rollforward.books('snapshots') %}
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
    select given.*, {{ 'days.last_day' if shape == 'snapshots' else 'cast(null as date)' }} as last_snapshot_of_month
    from {{ ref('stg_rollforward__' ~ shape) }} as given
    {%- if shape == 'snapshots' %}
    left join snapshot_days as days
        on given.book = days.book and {{ rollforward.month_index('given.dated_on') }} = days.month_index
    {%- endif %}
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

judged_rows as (
    select
        given.book,
        case
            when given.reason is not null then given.reason
            when books.observed_through is null or given.dated_on > books.observed_through then 'after_observed_through'
            when given.dated_on < given.last_snapshot_of_month then 'superseded_snapshot'
        end as reason,
        given.unit,
        given.dated_given,
        given.ended_given,
        given.amount_given,
        given.exact_amount
        {{- rollforward.attribute_columns('given.') }}
    from staged_rows as given
    left join {{ ref('int_rollforward__observed_books') }} as books on given.book = books.book
)

select * from judged_rows
where reason is not null
