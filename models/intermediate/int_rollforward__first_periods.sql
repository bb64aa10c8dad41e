/* The month in which a unit was first active, as a period of every series of its book: until then it is new. */
{{ config(enabled=rollforward.is_configured(), materialized=rollforward.as_view()) }}

with first_months as (
    select series.book, runs.unit_id, runs.direction, min(runs.from_period) as first_month
    from {{ ref('int_rollforward__runs') }} as runs
    inner join {{ ref('int_rollforward__series') }} as series on runs.series_id = series.series_id and series.is_monthly
    where runs.net_amount > 0
    group by series.book, runs.unit_id, runs.direction
)

select
    series.series_id,
    first_months.unit_id,
    first_months.direction,
    {{ rollforward.series_period('first_months.first_month', 'series') }} as first_period
from first_months
inner join {{ ref('int_rollforward__series') }} as series on first_months.book = series.book
