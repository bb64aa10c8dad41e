/* The input added up, in the one look at every row that this takes: one row a book, reason why rows are left out (null for
   those in use) and combination of attribute values, with how many rows that are, between which days they lie, and what
   they amount to. */
{{ config(enabled=rollforward.is_configured()) }}

select
    book,
    reason
    {{- rollforward.attribute_columns() }},
    min(dated_on) as first_day,
    max(coalesce(ended_on, dated_on)) as last_day,
    count(*) as row_count,
    sum(exact_amount) as exact_total,
    count(case when exact_amount <> amount then 1 end) as rounded_count,
    sum(exact_amount - amount) as rounded_off
from {{ ref('int_rollforward__judged_rows') }}
group by book, reason {{- rollforward.attribute_columns() }}
