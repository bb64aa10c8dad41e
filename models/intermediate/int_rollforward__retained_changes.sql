/* What changes from one period to the next in the measures of customers that are active at both ends of a comparison.

   Every row says: from period `at_period` on, so much more is retained by customers with the attribute set at the start
   (`side` 'start') or at the end (`side` 'end'). A pair of runs counts from where they begin to overlap to where they
   cease to, so only beginnings and ends are added up. */
{{ config(enabled=rollforward.is_configured()) }}
{%- set summed = rollforward.is_configured(rollforward.shapes_measuring('period_sum')) -%}
{%- set at_a_point = rollforward.is_configured(rollforward.shapes_measuring('point_in_time')) -%}
{%- set goes_on = rollforward.goes_on() -%}
{#- A pair is new when one of its runs is and the other still there; it is no more when one of its runs is no more. -#}
{%- set pair_direction = 'case when at_start.direction + at_end.direction > 0 then 1 else -1 end' if goes_on else '1' -%}
{%- set pair_counts = '\n        and at_start.direction + at_end.direction <> 0' -%}
{%- set measures = [
    'existing_revenue', 'kept_revenue', 'retained_revenue', 'retained_customers', 'expanded_customers', 'contracted_customers',
] -%}
{%- set summing_books = rollforward.books() | selectattr('measurement', 'equalto', 'period_sum') | map(attribute='name') | list -%}
{%- set summed_windows = rollforward.windows().comparisons | selectattr('book', 'in', summing_books) | unique(attribute='window_id') | list -%}
{%- set longest_shift = rollforward.windows().comparisons | map(attribute='shift') | max %}

with windows as (
    select * from {{ ref('int_rollforward__windows') }}
),
{%- if summed %}

/* Sums with the period they are compared in. A window a step, with its shift spelled out: joined to the windows, every sum of a
   unit would be laid beside every other one before their periods are looked at. */
sums_at_start as (
    {%- for window in summed_windows %}
    select
        {{ window.window_id }} as window_id, series_id, unit_id, attribute_set, direction, amount,
        from_period + {{ window.shift }} as ending_period
    from {{ ref('int_rollforward__counted_runs') }}
    where series_id = {{ window.series_id }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
),
{%- endif %}

/* A run at the start, moved to the period it is compared in, overlaps a run at the end. Here it is a later run of the unit:
   something changed in between. */
changed_runs as (
    {%- if at_a_point %}
    select
        windows.window_id,
        {{ pair_direction }} as direction,
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
    from {{ ref('int_rollforward__counted_runs') }} as at_start
    inner join windows on at_start.series_id = windows.series_id and not windows.is_summed
    inner join {{ ref('int_rollforward__counted_runs') }} as at_end
        on at_start.series_id = at_end.series_id
        and at_start.unit_id = at_end.unit_id
        {{- pair_counts if goes_on }}
        and at_start.from_period < at_end.from_period
        and at_start.until_period + {{ longest_shift }} > at_end.from_period
        and at_start.from_period + windows.shift < at_end.until_period
        and at_end.from_period < at_start.until_period + windows.shift
    {%- endif %}
    {{ "union all" if at_a_point and summed }}
    {%- if summed %}
    /* A sum is one period long: equality finds the other side. */
    select
        at_start.window_id,
        {{ pair_direction }} as direction,
        at_start.attribute_set as starting_set,
        at_end.attribute_set as ending_set,
        at_end.from_period as from_period,
        at_end.until_period as until_period,
        at_start.amount as starting_amount,
        at_end.amount as ending_amount
    from sums_at_start as at_start
    inner join {{ ref('int_rollforward__counted_runs') }} as at_end
        on at_start.series_id = at_end.series_id
        and at_start.unit_id = at_end.unit_id
        {{- pair_counts if goes_on }}
        and at_start.ending_period = at_end.from_period
    {%- endif %}
),

retained_stretches as (
    select
        window_id,
        starting_set,
        ending_set,
        from_period,
        until_period,
        {{ 'direction' if goes_on else '1 as direction' }},
        cast(count(*) as {{ rollforward.data_type('bigint') }}) as retained_customers,
        cast(count(case when ending_amount > starting_amount then 1 end) as {{ rollforward.data_type('bigint') }}) as expanded_customers,
        cast(count(case when ending_amount < starting_amount then 1 end) as {{ rollforward.data_type('bigint') }}) as contracted_customers,
        sum(starting_amount) as kept_revenue,
        sum(ending_amount) as existing_revenue,
        sum(case when ending_amount < starting_amount then ending_amount else starting_amount end) as retained_revenue
    from changed_runs
    group by window_id, starting_set, ending_set, from_period, until_period {{- ', direction' if goes_on }}

    union all

    /* A run that lasts longer than the shift meets itself: nothing changed. */
    select
        windows.window_id,
        run_groups.attribute_set as starting_set,
        run_groups.attribute_set as ending_set,
        run_groups.from_period + windows.shift as from_period,
        run_groups.until_period,
        run_groups.direction,
        run_groups.customers as retained_customers,
        0 as expanded_customers,
        0 as contracted_customers,
        run_groups.revenue as kept_revenue,
        run_groups.revenue as existing_revenue,
        run_groups.revenue as retained_revenue
    from {{ ref('int_rollforward__run_groups') }} as run_groups
    inner join windows on run_groups.series_id = windows.series_id
    where run_groups.from_period + windows.shift < run_groups.until_period
),

/* What a stretch holds counts from its first period, and counts the other way from the one after its last. */
stretch_ends as (
    select
        retained_stretches.*,
        case when ends.is_over = 0 then from_period else until_period end as at_period,
        case when ends.is_over = 0 then direction else -direction end as sign
    from retained_stretches
    cross join (select 0 as is_over union all select 1 as is_over) as ends
),

pair_changes as (
    select
        window_id,
        starting_set,
        ending_set,
        at_period
        {%- for measure in measures %},
        sum(sign * {{ measure }}) as {{ measure }}
        {%- endfor %}
    from stretch_ends
    group by window_id, starting_set, ending_set, at_period
),

sides as (
    select pair_changes.*, 'start' as side, starting_set as attribute_set from pair_changes
    union all
    select pair_changes.*, 'end' as side, ending_set as attribute_set from pair_changes
)

select
    window_id,
    side,
    attribute_set,
    at_period
    {%- for measure in measures %},
    cast(sum({{ measure }}) as {{ rollforward.measure_type(measure) }}) as {{ measure }}
    {%- endfor %}
from sides
group by window_id, side, attribute_set, at_period
