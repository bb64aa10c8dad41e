/* The runs that this build counts: those in which a unit is active. Where it goes on from the build before, they are those of
   changed units only, and the runs these had before count the other way (`direction` -1). */
{{ config(enabled=rollforward.is_configured(), materialized=rollforward.as_view()) }}

select series_id, unit_id, from_period, until_period, net_amount as amount, attribute_set, direction
from {{ ref('int_rollforward__runs') }}
where net_amount > 0 and direction <> 0
