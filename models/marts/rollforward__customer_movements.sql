/* The ledger: one row a unit, comparison and period compared. It is a view, answered from the runs: ask for one period
   at a time and it reads just that. */
{{ config(enabled=rollforward.is_configured(), materialized=rollforward.as_view()) }}

{{ rollforward.ledger(ref('int_rollforward__periods')) }}
