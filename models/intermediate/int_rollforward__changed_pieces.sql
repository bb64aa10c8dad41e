/* The pieces, as they are now, of the units this build follows anew: all of them, or those that have a piece which is new or
   no more. */
{{ config(enabled=rollforward.is_configured(), materialized=rollforward.as_view()) }}

select {{ rollforward.kept_columns('int_rollforward__pieces') | join(', ') }}
{%- if rollforward.goes_on() %}
from {{ ref('int_rollforward__piece_changes') }}
where direction >= 0
{%- else %}
from {{ ref('int_rollforward__pieces') }}
{%- endif %}
