/* What every unit paid in every month, by the attribute values given. A payment stands for its own month only. */
{{ config(enabled=rollforward.is_configured(['payments']), materialized=rollforward.as_view()) }}

select
    series.series_id,
    given.unit_id,
    given.month_index as from_period,
    given.month_index + 1 as until_period,
    cast(sum(given.amount) as {{ rollforward.amount_type() }}) as amount,
    given.given_set
from {{ ref('int_rollforward__used_rows') }} as given
inner join {{ ref('int_rollforward__series') }} as series on given.book = series.book and series.is_monthly
where given.shape = 'payments'
group by series.series_id, given.unit_id, given.month_index, given.given_set
