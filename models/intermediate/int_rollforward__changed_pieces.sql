/* The pieces, as they are now, of the units this build follows anew: all of them, or those that have a piece which is new or
   no more. */
{{ config(enabled=rollforward.is_configured(), materialized=rollforward.as_view()) }}

select series_id, unit_id, from_period, until_period, amount, given_set, is_run
from {{ ref('int_rollforward__pieces') }}
where
    direction >= 0
    {%- if rollforward.goes_on() %}
    and unit_id in (select unit_id from {{ ref('int_rollforward__pieces') }} where direction <> 0)
    {%- endif %}
