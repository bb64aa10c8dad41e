/* Every unit of every book that has a row in the ledger, with a number: runs are followed per number, and only the
   ledger spells the unit out again. */
{{ config(enabled=rollforward.is_configured()) }}

with units as (
    select
        book,
        unit,
        min(dated_on) as first_day,
        max(coalesce(ended_on, dated_on)) as last_day
    from {{ ref('int_rollforward__judged_rows') }}
    where reason is null
    group by book, unit
)

select
    row_number() over (order by book, unit) as unit_id,
    book,
    unit,
    first_day,
    last_day
from units
