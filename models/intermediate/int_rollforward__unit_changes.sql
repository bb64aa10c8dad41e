/* The units that have other pieces than before, with their numbers: `direction` says what this build does with a unit's row: 1, it is
   new; 0, it is as it was; -1, it was there and has no rows any more. Empty where a build starts from nothing. */
{{ config(enabled=rollforward.is_configured()) }}
{%- set columns = rollforward.kept_columns('int_rollforward__units') | join(', ') %}

{%- if rollforward.is_built(this) %}

select * from {{ rollforward.last_version(this) }}
{%- elif not rollforward.goes_on() %}

select {{ columns }}, 1 as direction, build
from {{ ref('int_rollforward__judged_rows') }}
cross join {{ ref('int_rollforward__build') }}
where 1 = 0
{%- else %}
{%- set units_now %}(
        select distinct {{ columns }} from {{ ref('int_rollforward__judged_rows') }}
        where unit is not null and unit_id in (select unit_id from {{ ref('int_rollforward__piece_changes') }})
    ) as units_now
{%- endset %}
{{ rollforward.followed_rows(rollforward.table_beside(this, 'int_rollforward__units'), units_now) }}
{%- endif %}
