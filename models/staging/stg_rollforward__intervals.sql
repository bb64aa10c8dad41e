/* Books of intervals: an amount in force from started_on until, not including, ended_on. */
{{ config(enabled=rollforward.books('intervals') | length > 0) }}

{{ rollforward.staged_rows('intervals') }}
