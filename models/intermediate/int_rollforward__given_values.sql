/* What the usable rows of every book say about attributes, and between which days they lie: one row a book and combination
   of attribute values. */
{{ config(enabled=rollforward.is_configured()) }}

select
    book
    {{- rollforward.attribute_columns() }},
    min(dated_on) as first_day,
    max(coalesce(ended_on, dated_on)) as last_day
from {{ ref('int_rollforward__judged_rows') }}
where reason is null
group by book {{- rollforward.attribute_columns() }}
