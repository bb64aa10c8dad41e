/* The pieces of units that have other pieces than in the build that this one goes on from. `direction` says what this build
   does with a piece: 1, it is new; 0, it is as it was; -1, it was there and is no more. Empty where a build starts from nothing. */
{{ config(enabled=rollforward.is_configured()) }}
{%- set columns = rollforward.kept_columns('int_rollforward__pieces') | join(', ') -%}
{%- set pieces_before = rollforward.table_beside(this, 'int_rollforward__pieces') -%}
{%- set stretch = 'series_id, from_period, until_period' -%}
{%- set hashed_columns = ['pieces.unit_id', 'pieces.from_period', 'pieces.until_period', 'pieces.amount', 'pieces.given_set'] -%}
{%- set piece_hash = 'cast(' ~ rollforward.hashed(hashed_columns) ~ ' as ' ~ rollforward.decimal_type(38, 0) ~ ')' %}

{%- if rollforward.is_built(this) %}

select * from {{ rollforward.last_version(this) }}
{%- elif not rollforward.has_last_build() %}

select {{ columns }}, 1 as direction, 1 as is_followed, build
from (select pieces.*, is_payment as is_run, from_period as first_piece_period from {{ ref('int_rollforward__given_pieces') }} as pieces) as given_pieces
cross join {{ ref('int_rollforward__build') }}
where 1 = 0
{%- else %}

with given_pieces as (
    select * from {{ ref('int_rollforward__given_pieces') }}
),

/* Most stretches of months have the pieces they had; only in those that have not, pieces are compared unit by unit. */
stretch_hashes as (
    select {{ stretch }}, sum({{ piece_hash }}) as stretch_hash from given_pieces as pieces
    group by {{ stretch }}
    union all
    select {{ stretch }}, 0 - sum({{ piece_hash }}) as stretch_hash from {{ pieces_before }} as pieces
    group by {{ stretch }}
),

changed_stretches as (
    select {{ stretch }} from stretch_hashes
    group by {{ stretch }}
    having sum(stretch_hash) <> 0
),

piece_hashes as (
    {%- for pieces, sign in [('given_pieces', ''), (pieces_before, '0 - ')] %}
    select pieces.unit_id, {{ sign }}{{ piece_hash }} as piece_hash
    from {{ pieces }} as pieces
    inner join changed_stretches as stretches
        on pieces.series_id = stretches.series_id
        and pieces.from_period = stretches.from_period
        and pieces.until_period = stretches.until_period
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

changed_units as (
    select unit_id from piece_hashes
    group by unit_id
    having sum(piece_hash) <> 0
),

pieces_of_changed_units as (
    select * from given_pieces
    where unit_id in (select unit_id from changed_units)
),

current_pieces as (
    {{ rollforward.placed_pieces('pieces_of_changed_units') | indent }}
),

/* What a changed unit has now (1) and had before (-1); a piece can be there more than once. */
versions as (
    select {{ columns }}, 1 as version from current_pieces
    union all
    select {{ columns }}, -1 as version from {{ pieces_before }}
    where unit_id in (select unit_id from changed_units)
),

compared_versions as (
    select versions.*, sum(version) over (partition by {{ columns }}) as more_than_before
    from versions
),

/* Where a piece is not there as often as before, all of it goes and comes again. */
followed_pieces as (
    select {{ columns }}, case when more_than_before = 0 then 0 else version end as direction
    from compared_versions
    where more_than_before <> 0 or version = 1
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
    cross join (select count(*) as piece_count from {{ pieces_before }}) as before
)

select
    {{ columns }}, direction,
    case when changed_percent > {{ rollforward.setting('rebuild_above_percent') }} then 0 else 1 end as is_followed,
    build
from followed_pieces
cross join changed_share
cross join {{ ref('int_rollforward__build') }}
{%- endif %}
