/* Books of intervals: an amount in force from started_on until, not including, ended_on. */
{{ config(enabled=rollforward.is_configured(['intervals'])) }}

{{ rollforward.staged_rows('intervals') }}
