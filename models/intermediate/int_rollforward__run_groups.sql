/* Runs that begin and end together, with the same attributes, count alike as long as they are not compared. */
{{ config(enabled=rollforward.is_configured()) }}

select
    series_id,
    attribute_set,
    from_period,
    until_period,
    direction,
    cast(count(*) as {{ rollforward.data_type('bigint') }}) as customers,
    cast(sum(amount) as {{ rollforward.amount_type() }}) as revenue
from {{ ref('int_rollforward__counted_runs') }}
where direction <> 0
group by series_id, attribute_set, from_period, until_period, direction
