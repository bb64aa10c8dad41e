/* The combined runs of units that have other pieces than before, what was there and what is: `direction` says what this build does
   with a run: 1, it is new; 0, it is as it was; -1, it was there and is no more. Empty where a build starts from nothing. */
{{ config(enabled=rollforward.is_configured()) }}
{%- set columns = rollforward.kept_columns('int_rollforward__combined_runs') | join(', ') %}

{%- if rollforward.is_built(this) %}

select * from {{ rollforward.last_version(this) }}
{%- elif not rollforward.goes_on() %}

select {{ columns }}, 1 as direction, build
from {{ ref('int_rollforward__changed_runs') }}
cross join {{ ref('int_rollforward__build') }}
where 1 = 0
{%- else %}

with versions as (
    select {{ columns }}, 1 as direction from {{ ref('int_rollforward__changed_runs') }}
    union all
    select {{ columns }}, -1 as direction from {{ rollforward.table_beside(this, 'int_rollforward__combined_runs') }}
    where unit_id in (select unit_id from {{ ref('int_rollforward__piece_changes') }})
),

followed_runs as (
    select {{ columns }}, cast(sum(direction) as integer) as direction from versions
    group by {{ columns }}
)

select {{ columns }}, direction, build
from followed_runs
cross join {{ ref('int_rollforward__build') }}
{%- endif %}
