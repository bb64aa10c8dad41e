/* Books of payments: amounts dated on a day, summed per period. */
{{ config(enabled=rollforward.is_configured(['payments'])) }}

{{ rollforward.staged_rows('payments') }}
