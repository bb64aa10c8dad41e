-- Every row of every book's relation is in the ledger or listed, and what the ledger holds is what the rows say: summed
-- payments over all months, standing amounts on the last day observed.
{{ config(enabled=rollforward.is_configured()) }}
{%- set total_type = rollforward.exact_total_type() %}

with given as (
    {%- for book in rollforward.books() %}
    select
        '{{ book.name }}' as book,
        count(*) as row_count,
        cast(coalesce(sum({{ rollforward.try_cast(rollforward.column(book.amount), rollforward.exact_type()) }}), 0) as {{ total_type }}) as amount
    from {{ rollforward.relation(book.relation) }} as given
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

judged as (
    select book, count(*) as row_count, cast(coalesce(sum(exact_amount), 0) as {{ total_type }}) as amount
    from {{ ref('int_rollforward__judged_rows') }}
    group by book
),

in_force as (
    select rows_used.book, cast(sum(rows_used.amount) as {{ total_type }}) as amount
    from {{ ref('int_rollforward__judged_rows') }} as rows_used
    inner join {{ ref('rollforward__observed_books') }} as books on rows_used.book = books.book
    where
        rows_used.reason is null
        and rows_used.ended_on is null
        and (rows_used.shape <> 'snapshots' or rows_used.month_index = books.last_month)
    group by rows_used.book
),

followed as (
    select series.book, cast(sum(runs.net_amount) as {{ total_type }}) as amount
    from {{ ref('int_rollforward__runs') }} as runs
    inner join {{ ref('int_rollforward__series') }} as series on runs.series_id = series.series_id and series.is_monthly
    where
        series.is_summed
        or (series.last_period >= runs.from_period and series.last_period < runs.until_period)
    group by series.book
)

select 'rows given and rows judged' as compared, given.book, given.amount as expected, judged.amount as found
from given
left join judged on given.book = judged.book
where given.row_count <> coalesce(judged.row_count, 0) or given.amount <> coalesce(judged.amount, 0)

union all

select
    'rows used and runs' as compared, books.book as book,
    coalesce(in_force.amount, 0) as expected, coalesce(followed.amount, 0) as found
from {{ ref('rollforward__observed_books') }} as books
left join in_force on books.book = in_force.book
left join followed on books.book = followed.book
where coalesce(in_force.amount, 0) <> coalesce(followed.amount, 0)
