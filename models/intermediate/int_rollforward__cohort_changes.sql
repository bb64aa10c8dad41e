/* What changes from one period to the next in the measures of every comparison: a unit's runs count from where
    they begin to where they end, so only beginnings and ends are added up, and a running sum over the periods gives
    the measures themselves. Units that neither join, leave nor change cost nothing.

    Every row says: from period `at_period` on, the measures of the window and attribute set are larger by this much.
    Existing customers have the attributes of the start, joiners those of the end. */
{{ config(enabled=rollforward.is_configured()) }}
{%- set amount_type = rollforward.amount_type() -%}
{%- set summed = rollforward.is_configured(['payments']) -%}
{%- set at_a_point = rollforward.is_configured(['intervals', 'snapshots', 'movements']) %}

with windows as (
    select distinct comparisons.window_id, comparisons.series_id, comparisons.shift, series.is_summed
    from {{ ref('int_rollforward__comparisons') }} as comparisons
    inner join {{ ref('int_rollforward__series') }} as series on comparisons.series_id = series.series_id
),

runs as (
    select series_id, unit_id, from_period, until_period, net_amount as amount, attribute_set
    from {{ ref('int_rollforward__runs') }}
    where net_amount > 0
),

/* Runs that begin and end together, with the same attributes, count alike as long as they are not compared. */
run_groups as (
    select
        series_id, attribute_set, from_period, until_period,
        count(*) as customers,
        sum(amount) as revenue
    from runs
    group by series_id, attribute_set, from_period, until_period
),

/* Everyone's revenue: the end of one period is, `shift` periods later, the start of another. */
changes_of_total as (
    select series_id, attribute_set, from_period as at_period, revenue, customers
    from run_groups

    union all

    select series_id, attribute_set, until_period as at_period, -revenue as revenue, -customers as customers
    from run_groups
),

/* A unit is new for one window after its first active period, and only then. */
new_stretches as (
    select
        windows.window_id,
        runs.attribute_set,
        runs.from_period,
        case
            when runs.until_period < beginnings.first_period + windows.shift then runs.until_period
            else beginnings.first_period + windows.shift
        end as until_period,
        runs.amount
    from runs
    inner join {{ ref('int_rollforward__first_periods') }} as beginnings
        on runs.series_id = beginnings.series_id and runs.unit_id = beginnings.unit_id
    inner join windows on runs.series_id = windows.series_id
    where runs.from_period < beginnings.first_period + windows.shift
),

/* Where a unit is active at both ends: a run at the start, moved to the period it is compared in, overlaps a run at the
   end. Here it is a later run of the unit: something changed in between. */
changed_runs as (
    {%- if at_a_point %}
    select
        windows.window_id,
        at_start.attribute_set as starting_set,
        at_end.attribute_set as ending_set,
        case
            when at_start.from_period + windows.shift > at_end.from_period then at_start.from_period + windows.shift
            else at_end.from_period
        end as from_period,
        case
            when at_start.until_period + windows.shift < at_end.until_period then at_start.until_period + windows.shift
            else at_end.until_period
        end as until_period,
        at_start.amount as starting_amount,
        at_end.amount as ending_amount
    from runs as at_start
    inner join windows on at_start.series_id = windows.series_id and not windows.is_summed
    inner join runs as at_end
        on at_start.series_id = at_end.series_id
        and at_start.unit_id = at_end.unit_id
        and at_start.from_period < at_end.from_period
        and at_start.from_period + windows.shift < at_end.until_period
        and at_end.from_period < at_start.until_period + windows.shift
    {%- endif %}
    {{ "union all" if at_a_point and summed }}
    {%- if summed %}
    /* A sum is one period long: equality finds the other side. */
    select
        windows.window_id,
        at_start.attribute_set as starting_set,
        at_end.attribute_set as ending_set,
        at_end.from_period,
        at_end.until_period,
        at_start.amount as starting_amount,
        at_end.amount as ending_amount
    from runs as at_start
    inner join windows on at_start.series_id = windows.series_id and windows.is_summed
    inner join runs as at_end
        on at_start.series_id = at_end.series_id
        and at_start.unit_id = at_end.unit_id
        and at_start.from_period + windows.shift = at_end.from_period
    {%- endif %}
),

retained_stretches as (
    select
        window_id,
        starting_set,
        ending_set,
        from_period,
        until_period,
        count(*) as retained_customers,
        sum(case when ending_amount > starting_amount then 1 else 0 end) as expanded_customers,
        sum(case when ending_amount < starting_amount then 1 else 0 end) as contracted_customers,
        sum(starting_amount) as kept_revenue,
        sum(ending_amount) as existing_revenue,
        sum(case when ending_amount < starting_amount then ending_amount else starting_amount end) as retained_revenue
    from changed_runs
    group by window_id, starting_set, ending_set, from_period, until_period

    union all

    /* A run that lasts longer than the shift meets itself: nothing changed. */
    select
        windows.window_id,
        run_groups.attribute_set as starting_set,
        run_groups.attribute_set as ending_set,
        run_groups.from_period + windows.shift as from_period,
        run_groups.until_period,
        run_groups.customers as retained_customers,
        0 as expanded_customers,
        0 as contracted_customers,
        run_groups.revenue as kept_revenue,
        run_groups.revenue as existing_revenue,
        run_groups.revenue as retained_revenue
    from run_groups
    inner join windows on run_groups.series_id = windows.series_id
    where run_groups.from_period + windows.shift < run_groups.until_period
),

stretch_ends as (
    select retained_stretches.*, from_period as at_period, 1 as direction from retained_stretches
    union all
    select retained_stretches.*, until_period as at_period, -1 as direction from retained_stretches
),

all_changes as (
    select
        windows.window_id, total.attribute_set, total.at_period + windows.shift as at_period,
        {{ rollforward.measure_changes({'starting_revenue': 'total.revenue', 'starting_customers': 'total.customers'}) }}
    from changes_of_total as total
    inner join windows on total.series_id = windows.series_id

    union all

    /* Joiners are everyone at the end ... */
    select
        windows.window_id, total.attribute_set, total.at_period,
        {{ rollforward.measure_changes({'joined_revenue': 'total.revenue', 'joined_customers': 'total.customers'}) }}
    from changes_of_total as total
    inner join windows on total.series_id = windows.series_id

    union all

    /* ... but for those who were there at the start. */
    select
        window_id, ending_set as attribute_set, at_period,
        {{ rollforward.measure_changes({
            'joined_revenue': '-direction * existing_revenue',
            'joined_customers': '-direction * retained_customers',
        }) }}
    from stretch_ends

    union all

    select
        window_id, attribute_set, from_period as at_period,
        {{ rollforward.measure_changes({'new_revenue': 'sum(amount)', 'new_customers': 'count(*)'}) }}
    from new_stretches
    group by window_id, attribute_set, from_period

    union all

    select
        window_id, attribute_set, until_period as at_period,
        {{ rollforward.measure_changes({'new_revenue': '-sum(amount)', 'new_customers': '-count(*)'}) }}
    from new_stretches
    group by window_id, attribute_set, until_period

    union all

    select
        window_id, starting_set as attribute_set, at_period,
        {{ rollforward.measure_changes({
            'existing_revenue': 'direction * existing_revenue',
            'kept_revenue': 'direction * kept_revenue',
            'retained_revenue': 'direction * retained_revenue',
            'retained_customers': 'direction * retained_customers',
            'expanded_customers': 'direction * expanded_customers',
            'contracted_customers': 'direction * contracted_customers',
        }) }}
    from stretch_ends
)

select
    window_id,
    attribute_set,
    at_period
    {%- for measure in rollforward.running_measures() %},
    cast(sum({{ measure }}) as {{ rollforward.measure_type(measure) }}) as {{ measure }}
    {%- endfor %}
from all_changes
where at_period < {{ rollforward.open_end() }}
group by window_id, attribute_set, at_period
