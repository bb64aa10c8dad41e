/* A unit's runs: stretches of periods over which its total amount and its attributes stay the same. Periods in which it
   is not active have no row, so the runs follow changes, not customers times months.

   Runs that were there in the build before and are no more are still here, with `direction` -1; new ones have 1, others 0. */
{{ config(enabled=rollforward.is_configured(), materialized=rollforward.as_view()) }}

select
    series_id, unit_id, from_period, until_period, amount as net_amount, given_set as attribute_set, direction
from {{ ref('int_rollforward__pieces') }}
where is_run

union all

select
    combined.series_id, combined.unit_id, combined.from_period, combined.until_period, combined.net_amount,
    sets.attribute_set, combined.direction
from {{ ref('int_rollforward__combined_runs') }} as combined
inner join {{ ref('int_rollforward__attribute_sets') }} as sets on {{ rollforward.same_value_numbers('combined', 'sets') }}
