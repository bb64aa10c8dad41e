/* Books of movements: signed changes of the amount in force. */
{{ config(enabled=rollforward.is_configured(['movements'])) }}

{{ rollforward.staged_rows('movements') }}
