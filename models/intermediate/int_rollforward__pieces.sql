/* Amounts that stand over stretches of months, from whatever shape they were given in. Most units have one piece after
   the other; `overlaps_another` marks those that have to be added up. */
{{ config(enabled=rollforward.is_configured(['intervals', 'movements', 'snapshots'])) }}

with pieces as (
    {%- if rollforward.is_configured(['intervals', 'movements']) %}
    select series_id, unit_id, from_period, until_period, amount, given_set
    from {{ ref('int_rollforward__standing_pieces') }}
    {%- endif %}
    {{ "union all" if rollforward.is_configured(['intervals', 'movements']) and rollforward.is_configured(['snapshots']) }}
    {%- if rollforward.is_configured(['snapshots']) %}
    select series_id, unit_id, from_period, until_period, amount, given_set
    from {{ ref('int_rollforward__snapshot_pieces') }}
    {%- endif %}
)

select
    pieces.*,
    coalesce(max(until_period) over (
        partition by series_id, unit_id order by from_period, until_period
        rows between unbounded preceding and 1 preceding
    ) > from_period, false)
    or coalesce(lead(from_period) over (
        partition by series_id, unit_id order by from_period, until_period
    ) < until_period, false) as overlaps_another
from pieces
