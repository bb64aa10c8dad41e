/* Snapshots as stretches of months: what says the same month after month is one piece. */
{{ config(enabled=rollforward.is_configured(['snapshots']), materialized=rollforward.as_view()) }}

with unit_months as (
    select
        series.series_id,
        given.unit_id,
        given.given_set,
        given.month_index,
        series.last_period,
        cast(sum(given.amount) as {{ rollforward.amount_type() }}) as amount
    from {{ ref('int_rollforward__used_rows') }} as given
    inner join {{ ref('int_rollforward__series') }} as series on given.book = series.book and series.is_monthly
    where given.shape = 'snapshots'
    group by series.series_id, given.unit_id, given.given_set, given.month_index, series.last_period
    having sum(given.amount) <> 0
),

/* A unit that had the same amount all the time had it in as many months as lie between the first and the last. */
unit_amounts as (
    select
        series_id, unit_id, given_set, amount, last_period,
        min(month_index) as first_month,
        max(month_index) as last_month,
        max(month_index) - min(month_index) + 1 - count(*) as months_without
    from unit_months
    group by series_id, unit_id, given_set, amount, last_period
),

/* The others had it again after a while. The months of one stretch, less their place among all months, give the same number. */
months_of_several_stretches as (
    select
        unit_months.*,
        unit_months.month_index - row_number() over (
            partition by unit_months.unit_id, unit_months.given_set, unit_months.amount order by unit_months.month_index
        ) as stretch
    from unit_months
    inner join unit_amounts
        on unit_months.unit_id = unit_amounts.unit_id
        and unit_months.given_set = unit_amounts.given_set
        and unit_months.amount = unit_amounts.amount
        and unit_amounts.months_without > 0
),

stretches as (
    select series_id, unit_id, given_set, amount, last_period, first_month, last_month
    from unit_amounts
    where months_without = 0

    union all

    select
        series_id, unit_id, given_set, amount, last_period,
        min(month_index) as first_month,
        max(month_index) as last_month
    from months_of_several_stretches
    group by series_id, unit_id, given_set, amount, last_period, stretch
)

/* The last snapshot stands until the next one is there. */
select
    series_id,
    unit_id,
    first_month as from_period,
    case when last_month = last_period then {{ rollforward.open_end() }} else last_month + 1 end as until_period,
    amount,
    given_set
from stretches
