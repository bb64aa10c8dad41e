/* The runs of units with payments, each of one period: what was paid in it by all the attribute values given, added up. Here are
   those of the units this build follows anew. */
{{ config(enabled=rollforward.is_configured(rollforward.shapes_measuring('period_sum')), materialized=rollforward.as_view()) }}

with series as (
    select * from {{ ref('int_rollforward__series') }}
    where is_summed
),

totals as (
    select
        series_id,
        unit_id,
        period as from_period,
        period + 1 as until_period,
        cast(sum(amount) as {{ rollforward.amount_type() }}) as net_amount,
        min(given_set) as lowest_set,
        max(given_set) as highest_set,
        min(amount) as smallest_part,
        max(amount) as largest_part
    from {{ ref('int_rollforward__payment_sums') }}
    group by series_id, unit_id, period
),

{{ rollforward.decided_totals(ref('int_rollforward__payment_sums'), 'mixed_totals.from_period = parts.period') }},

/* A unit is first active in the first month it paid in, whatever the series: until then it is new in every one. */
first_months as (
    select monthly.book, totals.unit_id, min(totals.from_period) as first_month
    from totals
    inner join series as monthly on totals.series_id = monthly.series_id and monthly.is_monthly
    where totals.net_amount > 0
    group by monthly.book, totals.unit_id
),

beginnings as (
    select series.series_id, first_months.unit_id, {{ rollforward.series_period('first_months.first_month', 'series') | indent }} as first_period
    from first_months
    inner join series on first_months.book = series.book
)

select
    totals.series_id as series_id,
    totals.unit_id as unit_id,
    totals.from_period,
    totals.until_period,
    totals.net_amount,
    case when totals.net_amount > 0 then beginnings.first_period else totals.from_period end as first_period
    {{- rollforward.attribute_columns('totals.', '__value') }}
from attributed_totals as totals
left join beginnings on totals.series_id = beginnings.series_id and totals.unit_id = beginnings.unit_id
where totals.net_amount <> 0
