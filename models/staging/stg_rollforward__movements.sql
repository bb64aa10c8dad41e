/* Books of movements: signed changes of the amount in force. */
{{ config(enabled=rollforward.books('movements') | length > 0) }}

{{ rollforward.staged_rows('movements') }}
