/* The runs in which a unit is active, each with the number of its attribute values. */
{{ config(enabled=rollforward.is_configured(), materialized='view') }}

select series_id, unit_id, from_period, until_period, first_period, net_amount as amount, given_set as attribute_set
from {{ ref('int_rollforward__runs') }}
where net_amount > 0 and given_set is not null

{%- if rollforward.attributes() %}

union all

select
    runs.series_id, runs.unit_id, runs.from_period, runs.until_period, runs.first_period, runs.net_amount as amount,
    sets.attribute_set
from {{ ref('int_rollforward__runs') }} as runs
inner join {{ ref('int_rollforward__attribute_sets') }} as sets on {{ rollforward.same_ranks('runs', 'sets') }}
where runs.net_amount > 0 and runs.given_set is null
{%- endif %}
