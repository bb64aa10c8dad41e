-- Every amount given is in the ledger or listed: summed payments month by month, standing amounts on the last day observed.
{{ config(enabled=rollforward.is_configured()) }}
{%- set payments = rollforward.books('payments') -%}
{%- set intervals = rollforward.books('intervals') -%}
{%- set total_type = 'decimal(38, 12)' %}

with given_totals as (
    select cast(null as {{ rollforward.text_type() }}) as book, cast(0 as {{ total_type }}) as amount
    {%- if payments %}
    union all
    select book, cast(sum(exact_amount) as {{ total_type }}) from {{ ref('stg_rollforward__payments') }} group by book
    {%- endif %}
    {%- if intervals %}
    union all
    select given.book, cast(sum(given.amount) as {{ total_type }})
    from {{ ref('stg_rollforward__intervals') }} as given
    inner join {{ ref('int_rollforward__observed_books') }} as books on given.book = books.book
    where
        given.reason is null
        and given.dated_on <= books.observed_through
        and (given.ended_on is null or given.ended_on > books.observed_through)
    group by given.book
    {%- endif %}
),

ledger_and_listed as (
    select series.book, cast(sum(runs.net_amount) as {{ total_type }}) as amount
    from {{ ref('int_rollforward__runs') }} as runs
    inner join {{ ref('int_rollforward__series') }} as series on runs.series_id = series.series_id and series.is_monthly
    where
        series.is_summed
        or (series.last_period >= runs.from_period and series.last_period < runs.until_period)
    group by series.book
    {%- if payments %}

    union all

    select book, cast(sum(amount) as {{ total_type }})
    from {{ ref('rollforward__input_problems') }}
    where reason <> 'negative_net_amount' and book in ({{ rollforward.quoted_names(payments) | join(', ') }})
    group by book
    {%- endif %}
),

accounted_totals as (
    select book, sum(amount) as amount
    from ledger_and_listed
    group by book
)

select given_totals.book, given_totals.amount as given_amount, accounted_totals.amount as accounted_amount
from given_totals
left join accounted_totals on given_totals.book = accounted_totals.book
where given_totals.amount <> coalesce(accounted_totals.amount, 0)
