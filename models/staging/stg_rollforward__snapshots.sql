/* Books of snapshots: what was in force on the day of the snapshot. */
{{ config(enabled=rollforward.is_configured(['snapshots'])) }}

{{ rollforward.staged_rows('snapshots') }}
