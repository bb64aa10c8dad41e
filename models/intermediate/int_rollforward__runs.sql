/* A unit's runs: stretches of periods over which its total amount and its attributes stay the same. Periods in which it
   is not active have no row, so the runs follow changes, not customers times months. */
{{ config(enabled=rollforward.is_configured(), materialized=rollforward.as_view()) }}

{{ rollforward.runs_of(ref('int_rollforward__pieces'), ref('int_rollforward__combined_runs')) }}
