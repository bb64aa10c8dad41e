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
{{ rollforward.followed_rows(rollforward.table_beside(this, 'int_rollforward__combined_runs'), ref('int_rollforward__changed_runs')) }}
{%- endif %}
