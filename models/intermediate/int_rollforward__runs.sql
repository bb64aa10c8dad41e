/* A unit's runs: stretches of periods over which its total amount and its attributes stay the same. Periods in which it
   is not active have no row, so the runs follow changes, not customers times months.

   Runs that this build has replaced by others are still here, with `direction` -1; those that are have 0 or 1. */
{{ config(enabled=rollforward.is_configured(), materialized=rollforward.as_view()) }}

{%- if rollforward.is_configured(['intervals', 'movements', 'snapshots']) %}

select
    series_id, unit_id, from_period, until_period, amount as net_amount, given_set as attribute_set, direction
from {{ ref('int_rollforward__pieces') }}
where not overlaps_another

union all
{%- endif %}

select
    combined.series_id, combined.unit_id, combined.from_period, combined.until_period, combined.net_amount,
    sets.attribute_set, combined.direction
from {{ ref('int_rollforward__combined_runs') }} as combined
inner join {{ ref('int_rollforward__attribute_sets') }} as sets on {{ rollforward.same_value_numbers('combined', 'sets') }}
