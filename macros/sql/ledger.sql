{#- The ledger of the periods in a relation (rows of int_rollforward__periods): one row a unit and period in which it is
    active at the start, at the end, or both. -#}
{% macro ledger(periods) %}
{%- set amount_type = rollforward.amount_type() -%}
{%- set folded = rollforward.setting('reactivation') == 'new' -%}
with runs as (
    select * from {{ ref('int_rollforward__runs') }}
    where net_amount > 0
),

sides as (
    select
        periods.book, periods.comparison, periods.period_start, periods.period_end, runs.unit_id, runs.first_period,
        runs.net_amount as starting_amount, 0 as ending_amount, runs.attribute_set as starting_set, null as ending_set
    from {{ periods }} as periods
    inner join runs
        on periods.series_id = runs.series_id
        and periods.starting_index >= runs.from_period
        and periods.starting_index < runs.until_period

    union all

    select
        periods.book, periods.comparison, periods.period_start, periods.period_end, runs.unit_id, runs.first_period,
        0 as starting_amount, runs.net_amount as ending_amount, null as starting_set, runs.attribute_set as ending_set
    from {{ periods }} as periods
    inner join runs
        on periods.series_id = runs.series_id
        and periods.ending_index >= runs.from_period
        and periods.ending_index < runs.until_period
),

/* Both sides of every unit in one row; the side where it is not active is 0. Existing customers have the attributes of
   the start, joiners those of the end. */
compared_units as (
    select
        book, comparison, period_start, period_end, unit_id,
        cast(sum(starting_amount) as {{ amount_type }}) as starting_amount,
        cast(sum(ending_amount) as {{ amount_type }}) as ending_amount,
        coalesce(max(starting_set), max(ending_set)) as attribute_set,
        min(first_period) as first_period
    from sides
    group by book, comparison, period_start, period_end, unit_id
)

select
    compared.book as book,
    compared.comparison as comparison,
    compared.period_start as period_start,
    compared.period_end as period_end,
    periods.is_complete,
    units.unit
    {{- rollforward.attribute_columns('sets.') }},
    compared.starting_amount,
    compared.ending_amount,
    case
        when starting_amount = 0 and {{ 'true' if folded else 'compared.first_period > periods.starting_index' }} then 'new'
        when starting_amount = 0 then 'reactivation'
        when ending_amount = 0 then 'churn'
        when ending_amount > starting_amount then 'expansion'
        when ending_amount < starting_amount then 'contraction'
        else 'unchanged'
    end as movement,
    case
        when starting_amount > 0
            then cast((periods.starting_index - compared.first_period) * series.months_per_period as {{ rollforward.data_type('integer') }})
    end as tenure_months
from compared_units as compared
inner join {{ periods }} as periods
    on compared.book = periods.book
    and compared.comparison = periods.comparison
    and compared.period_end = periods.period_end
inner join {{ ref('int_rollforward__series') }} as series on periods.series_id = series.series_id
inner join {{ ref('int_rollforward__units') }} as units on compared.unit_id = units.unit_id
inner join {{ ref('int_rollforward__attribute_sets') }} as sets on compared.attribute_set = sets.attribute_set
{% endmacro %}

