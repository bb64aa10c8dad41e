/* Amounts that stand over stretches of months. Most units have one piece after the other, and each `is_run` as it stands;
   pieces that overlap, and payments, have yet to be added up.

   `direction` says what this build does with a piece: 1, it is new; 0, it is as it was in the build before; -1, it was there
   and is no more, kept for this one build to be taken out of the cohorts. */
{{ config(enabled=rollforward.is_configured()) }}
{%- set compares = rollforward.has_last_build() -%}
{#- Used more than once, they are worth being put together once. -#}
{%- set given_pieces = 'given_pieces' if compares else ref('int_rollforward__given_pieces') -%}
{%- set last_version = rollforward.last_version(this) if compares -%}
{%- set columns = 'series_id, unit_id, from_period, until_period, amount, given_set' -%}
{%- set piece_hash = 'cast(' ~ rollforward.hashed(['from_period', 'until_period', 'amount', 'given_set']) ~ ' as ' ~ rollforward.decimal_type(38, 0) ~ ')' %}

{%- if rollforward.is_built(this) %}

select * from {{ rollforward.last_version(this) }}
{%- else %}

with
{%- if compares %}
given_pieces as (
    select * from {{ ref('int_rollforward__given_pieces') }}
),

pieces_before as (
    select {{ columns }}, is_run from {{ last_version }}
    where direction >= 0
),

piece_hashes as (
    select unit_id, {{ piece_hash }} as piece_hash from given_pieces
    union all
    select unit_id, 0 - {{ piece_hash }} as piece_hash from pieces_before
),

changed_units as (
    select unit_id as changed_id, 1 as is_changed from piece_hashes
    group by unit_id
    having sum(piece_hash) <> 0
),
{%- endif %}

placed_pieces as (
    select
        {{ columns }},
        coalesce(max(until_period) over (
            partition by unit_id order by from_period, until_period
            rows between unbounded preceding and 1 preceding
        ) > from_period, false)
        or coalesce(lead(from_period) over (
            partition by unit_id order by from_period, until_period
        ) < until_period, false) as overlaps_another
    from {{ given_pieces }}
    where not is_payment
    {%- if compares %} and unit_id in (select changed_id from changed_units) {% endif %}
),

/* `is_run` is never missing, and Sail has to see that in both branches. */
current_pieces as (
    select {{ columns }}, case when overlaps_another then false else true end as is_run from placed_pieces
    union all
    select {{ columns }}, false as is_run from {{ given_pieces }}
    where is_payment
    {%- if compares %} and unit_id in (select changed_id from changed_units) {% endif %}
),

{%- if compares %}

/* What a changed unit has now and had before; a piece can be there more than once. */
versions as (
    select {{ columns }}, is_run, 1 as direction from current_pieces
    union all
    select {{ columns }}, is_run, -1 as direction from pieces_before
    where unit_id in (select changed_id from changed_units)
),

numbered_versions as (
    select
        versions.*,
        row_number() over (partition by {{ columns }}, is_run, direction order by unit_id) as copy_number
    from versions
),

followed_pieces as (
    select {{ columns }}, is_run, cast(sum(direction) as integer) as direction
    from numbered_versions
    group by {{ columns }}, is_run, copy_number
),

/* The pieces there were, and the new ones, are all there are. */
changed_share as (
    select 100.0 * followed.changed_count / nullif(before.piece_count + followed.new_count, 0) as changed_percent
    from (
        select
            count(case when direction <> 0 then 1 end) as changed_count,
            count(case when direction = 1 then 1 end) as new_count
        from followed_pieces
    ) as followed
    cross join (select count(*) as piece_count from {{ last_version }} where direction >= 0) as before
),

all_pieces as (
    select {{ columns }}, is_run, direction from followed_pieces

    union all

    select {{ columns }}, is_run, 0 as direction
    from pieces_before
    left join changed_units on unit_id = changed_id
    where coalesce(is_changed, 0) = 0
)

select
    {{ columns }},
    is_run,
    case when changed_percent > {{ rollforward.setting('rebuild_above_percent') }} then 1 else all_pieces.direction end as direction,
    build
from all_pieces
cross join changed_share
cross join {{ ref('int_rollforward__build') }}
where all_pieces.direction >= 0 or changed_percent <= {{ rollforward.setting('rebuild_above_percent') }}
{%- else %}

all_pieces as (
    select {{ columns }}, is_run, 1 as direction from current_pieces
)

select {{ columns }}, is_run, direction, build
from all_pieces
cross join {{ ref('int_rollforward__build') }}
{%- endif %}
{%- endif %}
