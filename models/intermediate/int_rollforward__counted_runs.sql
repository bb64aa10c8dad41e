/* The runs that this build counts: those in which a unit is active. Where it goes on from the build before, only changed
   units are looked at: the runs they had count the other way (`direction` -1). */
{{ config(enabled=rollforward.is_configured(), materialized='view') }}

select
    runs.series_id, runs.unit_id, runs.from_period, runs.until_period, runs.net_amount as amount, runs.attribute_set,
    runs.direction
from {{ ref('int_rollforward__all_runs') }} as runs
{%- if rollforward.goes_on() %}
inner join {{ ref('int_rollforward__units') }} as units on runs.unit_id = units.unit_id and units.is_changed
{%- endif %}
where runs.net_amount > 0
