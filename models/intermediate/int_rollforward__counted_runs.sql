/* The runs that this build counts: those in which a unit is active. Where it goes on from the build before, they are those of
   units that have a run which is new or no more; the others count as they did. */
{{ config(enabled=rollforward.is_configured(), materialized=rollforward.as_view()) }}

select series_id, unit_id, from_period, until_period, net_amount as amount, attribute_set, direction
from {{ ref('int_rollforward__runs') }}
where
    net_amount > 0
    {%- if rollforward.goes_on() %}
    and unit_id in (select unit_id from {{ ref('int_rollforward__runs') }} where direction <> 0)
    {%- endif %}
