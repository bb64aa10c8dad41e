/* A unit's runs as they are. */
{{ config(enabled=rollforward.is_configured(), materialized='view') }}

select series_id, unit_id, from_period, until_period, net_amount, attribute_set
from {{ ref('int_rollforward__all_runs') }}
where direction = 1
