/* Amounts that stand over stretches of months, from whatever shape they were given in. Most units have one piece after
   the other; `overlaps_another` marks those that have to be added up.

   `direction` says what this build does with a piece: 1, it is new; 0, it is as it was in the build before; -1, it is what a
   changed unit had there, kept for this one build to be taken out of the cohorts. */
{{ config(enabled=rollforward.is_configured(['intervals', 'movements', 'snapshots'])) }}
{%- set goes_on = rollforward.goes_on() %}

{%- if rollforward.is_built(this) %}

select * from {{ rollforward.last_version(this) }}
{%- else %}

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
),

current_pieces as (
    select
        pieces.*,
        coalesce(max(until_period) over (
            partition by unit_id order by from_period, until_period
            rows between unbounded preceding and 1 preceding
        ) > from_period, false)
        or coalesce(lead(from_period) over (
            partition by unit_id order by from_period, until_period
        ) < until_period, false) as overlaps_another,
        1 as direction
    from pieces
),

{%- if goes_on %}

changed_units as (
    select unit_id from {{ ref('int_rollforward__units') }}
    where is_changed
),
{%- endif %}

all_pieces as (
    select series_id, unit_id, from_period, until_period, amount, given_set, overlaps_another, direction
    from current_pieces
    {%- if goes_on %}

    union all

    select
        pieces.series_id, pieces.unit_id, pieces.from_period, pieces.until_period, pieces.amount, pieces.given_set,
        pieces.overlaps_another, case when changed_units.unit_id is null then 0 else -1 end as direction
    from {{ rollforward.last_version(this) }} as pieces
    left join changed_units on pieces.unit_id = changed_units.unit_id
    where pieces.direction >= 0
    {%- endif %}
)

select all_pieces.*, builds.build
from all_pieces
cross join {{ ref('int_rollforward__build') }} as builds
{%- endif %}
