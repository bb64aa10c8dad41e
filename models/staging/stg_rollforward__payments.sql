/* Books of payments: amounts dated on a day, summed per period. */
{{ config(enabled=rollforward.books('payments') | length > 0) }}

{{ rollforward.staged_rows('payments') }}
