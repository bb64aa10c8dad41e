/* Snapshots as stretches of months: what says the same month after month is one piece. */
{{ config(enabled=rollforward.is_configured(['snapshots']), materialized=rollforward.as_view()) }}

/* The last snapshot stands until the next one is there. */
with unit_months as (
    select
        series.series_id,
        given.unit_id,
        given.given_set,
        given.month_index as from_period,
        case
            when given.month_index = series.last_period then {{ rollforward.open_end() }}
            else given.month_index + 1
        end as until_period,
        cast(sum(given.amount) as {{ rollforward.amount_type() }}) as amount
    from {{ ref('int_rollforward__used_rows') }} as given
    inner join {{ ref('int_rollforward__series') }} as series on given.book = series.book and series.is_monthly
    where given.shape = 'snapshots'
    group by series.series_id, given.unit_id, given.given_set, given.month_index, series.last_period
),

neighbours as (
    select
        unit_months.*,
        lag(until_period) over (partition by unit_id, given_set order by from_period) as last_until,
        lag(amount) over (partition by unit_id, given_set order by from_period) as last_amount,
        lead(from_period) over (partition by unit_id, given_set order by from_period) as next_from,
        lead(amount) over (partition by unit_id, given_set order by from_period) as next_amount
    from unit_months
),

marked_months as (
    select
        neighbours.*,
        coalesce(last_until = from_period and last_amount = amount, false) as goes_on_from_last,
        coalesce(next_from = until_period and next_amount = amount, false) as goes_on_to_next
    from neighbours
),

/* Between the month a piece begins in and the one it ends in, no other row is left. */
first_and_last_months as (
    select
        marked_months.*,
        lead(until_period) over (partition by unit_id, given_set order by from_period) as until_of_next
    from marked_months
    where not (goes_on_from_last and goes_on_to_next)
)

select
    series_id,
    unit_id,
    from_period,
    case when goes_on_to_next then until_of_next else until_period end as until_period,
    amount,
    given_set
from first_and_last_months
where not goes_on_from_last
