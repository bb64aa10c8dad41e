/* A unit's runs: stretches of periods over which its total amount and its attributes stay the same. Periods in which it
   is not active have no row, so the table follows changes, not customers times months.

   `given_set` is the number of the run's attribute values. Where the parts of a unit disagree about them it is null, and
   `<attribute>__rank` says which value has the largest amount. */
{{ config(enabled=rollforward.is_configured()) }}
{%- set attributes = rollforward.attributes() -%}
{%- set amount_type = rollforward.amount_type() -%}
{%- set standing = rollforward.is_configured(['intervals', 'movements']) -%}
{%- set dated = rollforward.is_configured(['snapshots', 'payments']) %}

with
{%- if standing %}
pieces as (
    select
        standing.*,
        lead(from_period) over (partition by series_id, unit_id order by from_period, until_period) as next_from
    from {{ ref('int_rollforward__standing_pieces') }} as standing
),

/* Most units have one piece after the other. Where pieces overlap, all of the unit's are cut at every month in which
   any of them changes, so that the parts of a month can be added up. */
overlapping_units as (
    select distinct series_id, unit_id from pieces
    where next_from < until_period
),

overlapping_pieces as (
    select pieces.*
    from pieces
    inner join overlapping_units
        on pieces.series_id = overlapping_units.series_id and pieces.unit_id = overlapping_units.unit_id
),

lone_pieces as (
    select pieces.*
    from pieces
    left join overlapping_units
        on pieces.series_id = overlapping_units.series_id and pieces.unit_id = overlapping_units.unit_id
    where overlapping_units.unit_id is null
),

change_months as (
    select series_id, unit_id, from_period as month_index from overlapping_pieces
    union
    select series_id, unit_id, until_period as month_index from overlapping_pieces
),

segments as (
    select
        series_id,
        unit_id,
        month_index as from_period,
        lead(month_index) over (partition by series_id, unit_id order by month_index) as until_period
    from change_months
),
{%- endif %}

parts as (
    {%- if standing %}
    select
        pieces.series_id, pieces.unit_id, segments.from_period, segments.until_period, pieces.amount, pieces.given_set
    from segments
    inner join overlapping_pieces as pieces
        on segments.series_id = pieces.series_id
        and segments.unit_id = pieces.unit_id
        and segments.from_period >= pieces.from_period
        and segments.until_period <= pieces.until_period
    {%- endif %}
    {{ "union all" if standing and dated }}
    {%- if dated %}
    select series_id, unit_id, from_period, until_period, amount, given_set
    from {{ ref('int_rollforward__dated_parts') }}
    {%- endif %}
),

totals as (
    select
        series_id,
        unit_id,
        from_period,
        until_period,
        cast(sum(amount) as {{ amount_type }}) as net_amount,
        min(given_set) as given_set,
        max(given_set) as other_set
    from parts
    group by series_id, unit_id, from_period, until_period
),

{%- if attributes %}

/* Where the parts of a unit have different attribute values, each attribute is decided for itself: how much of the
   unit's amount has each value? */
disagreeing_parts as (
    select parts.*
    from parts
    inner join totals
        on parts.series_id = totals.series_id
        and parts.unit_id = totals.unit_id
        and parts.from_period = totals.from_period
    where totals.given_set <> totals.other_set
),

value_amounts as (
    {%- for name in attributes %}
    select
        parts.series_id, parts.unit_id, parts.from_period, {{ loop.index }} as attribute,
        sets.{{ name }}__rank as value_rank, sum(parts.amount) as amount
    from disagreeing_parts as parts
    inner join {{ ref('int_rollforward__given_sets') }} as sets on parts.given_set = sets.given_set
    group by parts.series_id, parts.unit_id, parts.from_period, sets.{{ name }}__rank
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

largest_amounts as (
    select series_id, unit_id, from_period, attribute, max(amount) as amount
    from value_amounts
    group by series_id, unit_id, from_period, attribute
),

/* The value with the largest amount; of equal ones the first. */
largest_values as (
    select
        amounts.series_id,
        amounts.unit_id,
        amounts.from_period
        {%- for name in attributes %},
        min(case when amounts.attribute = {{ loop.index }} then amounts.value_rank end) as {{ name }}__rank
        {%- endfor %}
    from value_amounts as amounts
    inner join largest_amounts as largest
        on amounts.series_id = largest.series_id
        and amounts.unit_id = largest.unit_id
        and amounts.from_period = largest.from_period
        and amounts.attribute = largest.attribute
        and amounts.amount = largest.amount
    group by amounts.series_id, amounts.unit_id, amounts.from_period
),
{%- endif %}

unit_amounts as (
    {%- if standing %}
    select
        series_id, unit_id, from_period, until_period, amount as net_amount, given_set
        {%- for name in attributes %}, cast(null as bigint) as {{ name }}__rank{% endfor %}
    from lone_pieces

    union all
    {% endif %}
    select
        totals.series_id,
        totals.unit_id,
        totals.from_period,
        totals.until_period,
        totals.net_amount,
        case when totals.given_set = totals.other_set then totals.given_set end as given_set
        {{- rollforward.attribute_columns('largest_values.', '__rank') }}
    from totals
    {%- if attributes %}
    left join largest_values
        on totals.series_id = largest_values.series_id
        and totals.unit_id = largest_values.unit_id
        and totals.from_period = largest_values.from_period
    {%- endif %}
    where totals.net_amount <> 0
),

/* A unit is new until it has been active in some month. */
first_months as (
    select unit_amounts.unit_id, min(unit_amounts.from_period) as first_month
    from unit_amounts
    inner join {{ ref('int_rollforward__series') }} as series
        on unit_amounts.series_id = series.series_id and series.is_monthly
    where unit_amounts.net_amount > 0
    group by unit_amounts.unit_id
)

{%- if rollforward.is_configured(['snapshots']) %},

/* Snapshots that say the same month after month are one run. */
marked_amounts as (
    select
        unit_amounts.*,
        case
            when lag(until_period) over (partition by series_id, unit_id order by from_period) = from_period
                and lag(net_amount) over (partition by series_id, unit_id order by from_period) = net_amount
                and lag(given_set) over (partition by series_id, unit_id order by from_period) = given_set
                then 0
            else 1
        end as begins_run
    from unit_amounts
    where series_id in (select series_id from {{ ref('int_rollforward__series') }} where not is_summed)
),

numbered_amounts as (
    select
        marked_amounts.*,
        sum(begins_run) over (
            partition by series_id, unit_id order by from_period rows unbounded preceding
        ) as run_number
    from marked_amounts
),

runs as (
    select
        series_id, unit_id, min(from_period) as from_period, max(until_period) as until_period, net_amount, given_set
        {{- rollforward.attribute_columns('', '__rank') }}
    from numbered_amounts
    group by series_id, unit_id, run_number, net_amount, given_set {{- rollforward.attribute_columns('', '__rank') }}

    union all

    select * from unit_amounts
    where series_id in (select series_id from {{ ref('int_rollforward__series') }} where is_summed)
)
{%- endif %}

select
    runs.series_id,
    runs.unit_id,
    runs.from_period,
    runs.until_period,
    runs.net_amount,
    runs.given_set
    {{- rollforward.attribute_columns('runs.', '__rank') }},
    {{ rollforward.series_period('first_months.first_month', 'series') }} as first_period
from {{ 'runs' if rollforward.is_configured(['snapshots']) else 'unit_amounts as runs' }}
inner join {{ ref('int_rollforward__series') }} as series on runs.series_id = series.series_id
left join first_months on runs.unit_id = first_months.unit_id
