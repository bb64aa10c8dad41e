/* Every unit of every book that has a row in the ledger, with a number: runs are followed per number, and only the
   ledger spells the unit out again. */
{{ config(enabled=rollforward.is_configured()) }}

with units as (
    select distinct book, unit
    from {{ ref('int_rollforward__judged_rows') }}
    where reason is null
)

select
    row_number() over (order by book, unit) as unit_id,
    book,
    unit
from units
