/* Books of snapshots: what was in force on the day of the snapshot. */
{{ config(enabled=rollforward.books('snapshots') | length > 0) }}

{{ rollforward.staged_rows('snapshots') }}
