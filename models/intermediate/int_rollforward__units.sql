/* Every unit by its number: only the ledger spells it out again. */
{{ config(enabled=rollforward.is_configured(), materialized=rollforward.as_view()) }}

select {{ rollforward.hashed(['book', 'unit']) }} as unit_id, book, unit, first_day, last_day, is_changed
from {{ ref('int_rollforward__unit_signatures') }}
