/* What every unit paid in every period of every series, by the attribute values given. A series that sums several
   periods counts a payment in its own period and in those after it, as long as it is among the periods summed. */
{{ config(enabled=rollforward.is_configured(rollforward.shapes_measuring('period_sum'))) }}
{%- set amount_type = rollforward.amount_type() %}

with payments as (
    select monthly.book, pieces.unit_id, pieces.given_set, pieces.from_period as month_index, pieces.amount
    from {{ ref('int_rollforward__changed_pieces') }} as pieces
    inner join {{ ref('int_rollforward__series') }} as monthly on pieces.series_id = monthly.series_id and monthly.is_summed
),

series as (
    select series_id, book, grain, months_per_period, periods_summed from {{ ref('int_rollforward__series') }}
),

/* Payments are added up by month already. */
own_periods as (
    select
        series.series_id, series.periods_summed, payments.unit_id, payments.given_set,
        payments.month_index as period, payments.amount
    from payments
    inner join series on payments.book = series.book
    where series.months_per_period = 1

    union all

    select
        series.series_id, series.periods_summed, payments.unit_id, payments.given_set,
        {{ rollforward.series_period('payments.month_index', 'series') }} as period,
        cast(sum(payments.amount) as {{ amount_type }}) as amount
    from payments
    inner join series on payments.book = series.book
    where series.months_per_period > 1
    group by
        series.series_id, series.periods_summed, payments.unit_id, payments.given_set,
        {{ rollforward.series_period('payments.month_index', 'series') }}
),

/* A payment joins the sum in its own period, and leaves it when it is no longer among the periods summed. (On Sail `-amount`
   would not be a decimal of the same type.) */
joins_and_leaves as (
    select series_id, unit_id, given_set, period as at_period, amount
    from own_periods
    where periods_summed > 1

    union all

    select series_id, unit_id, given_set, period + periods_summed as at_period, 0 - amount as amount
    from own_periods
    where periods_summed > 1
),

changes as (
    select series_id, unit_id, given_set, at_period, sum(amount) as amount
    from joins_and_leaves
    group by series_id, unit_id, given_set, at_period
),

running_sums as (
    select
        series_id,
        unit_id,
        given_set,
        at_period as from_period,
        lead(at_period) over (partition by series_id, unit_id, given_set order by at_period) as until_period,
        cast(sum(amount) over (
            partition by series_id, unit_id, given_set order by at_period rows unbounded preceding
        ) as {{ amount_type }}) as amount
    from changes
),

/* A sum that stays the same for `length` periods counts in each of them. */
lengths as (
    select month_number as length
    from {{ ref('int_rollforward__months') }}
    where month_number <= (select max(periods_summed) from {{ ref('int_rollforward__series') }})
),

steps as (
    select lengths.length, months.month_number as step
    from lengths
    inner join {{ ref('int_rollforward__months') }} as months on months.month_number < lengths.length
),

summed_periods as (
    select sums.series_id, sums.unit_id, sums.given_set, sums.from_period + steps.step as period, sums.amount
    from running_sums as sums
    inner join steps on sums.until_period - sums.from_period = steps.length
    where sums.amount <> 0
)

select series_id, unit_id, given_set, period, amount
from own_periods
where periods_summed = 1

union all

select series_id, unit_id, given_set, period, amount
from summed_periods
