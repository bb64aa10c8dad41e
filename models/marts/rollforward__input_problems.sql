/* What was left out of the ledger and why, one row a book and reason: the total of the input is the total of the
    ledger plus the amounts listed here. */
{{ config(enabled=rollforward.is_configured()) }}
{%- set text_type = rollforward.text_type() -%}
{%- set problem_type = rollforward.exact_total_type() -%}
{%- set count_type = rollforward.data_type('bigint') %}

with totals as (
    select book, reason, row_count, exact_total, rounded_count, rounded_off
    from {{ ref('int_rollforward__input_totals') }}
),

rejected_rows as (
    select
        book, reason, cast(null as {{ text_type }}) as grain, cast(null as {{ rollforward.data_type('integer') }}) as periods_summed,
        cast(sum(totals.row_count) as {{ count_type }}) as row_count,
        cast(coalesce(sum(exact_total), 0) as {{ problem_type }}) as amount
    from totals
    where reason is not null
    group by book, reason
),

/* Amounts with more decimals than the ledger keeps: what was given minus what is used. */
rounded_rows as (
    select
        book, 'rounded_amount' as reason, cast(null as {{ text_type }}) as grain, cast(null as {{ rollforward.data_type('integer') }}) as periods_summed,
        cast(sum(rounded_count) as {{ count_type }}) as row_count,
        cast(sum(rounded_off) as {{ problem_type }}) as amount
    from totals
    where totals.reason is null and rounded_count > 0
    group by book
),

/* A unit whose net amount is below 0 counts as 0; the negative remainder is listed, once for every period. */
negative_periods as (
    select
        series.book,
        series.grain,
        series.periods_summed,
        case when runs.until_period > series.last_period then series.last_period + 1 else runs.until_period end
            - case when runs.from_period < series.first_whole_period then series.first_whole_period else runs.from_period end
            as periods,
        runs.net_amount
    from {{ ref('int_rollforward__runs') }} as runs
    inner join {{ ref('int_rollforward__series') }} as series on runs.series_id = series.series_id
    where
        runs.net_amount < 0
        and runs.from_period <= series.last_period
        and runs.until_period > series.first_whole_period
),

negative_amounts as (
    select
        book, 'negative_net_amount' as reason, grain, periods_summed,
        cast(sum(periods) as {{ count_type }}) as row_count, cast(sum(periods * net_amount) as {{ problem_type }}) as amount
    from negative_periods
    group by book, grain, periods_summed
)

select * from rejected_rows
union all
select * from rounded_rows
union all
select * from negative_amounts
