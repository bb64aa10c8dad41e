/* What changes from one period to the next in the measures of every comparison: a unit's runs count from where
    they begin to where they end, so only beginnings and ends are added up, and a running sum over the periods gives
    the measures themselves. Units that neither join, leave nor change cost nothing.

    Every row says: from period `at_period` on, the measures of the window and attribute values are larger by this much.
    Existing customers have the attributes of the start, joiners those of the end.

    Where the build goes on from the one before, only changed units are looked at: what they had counts the other way, and
    what is left is added to the changes as they were. */
{{ config(enabled=rollforward.is_configured()) }}
/* The last of the kept tables: a build that wrote it wrote all of them. depends_on: {{ ref('int_rollforward__units') }} */
{%- set longest_shift = rollforward.windows().comparisons | map(attribute='shift') | max -%}
{%- set goes_on = rollforward.goes_on() %}

{%- if rollforward.is_built(this) %}

select * from {{ rollforward.last_version(this) }}
{%- else %}

with windows as (
    select * from {{ ref('int_rollforward__windows') }}
),

run_groups as (
    select * from {{ ref('int_rollforward__run_groups') }}
),

/* Everyone's revenue: the end of one period is, `shift` periods later, the start of another. */
run_ends as (
    select series_id, attribute_set, from_period as at_period, direction, customers, revenue from run_groups
    union all
    select series_id, attribute_set, until_period as at_period, -direction as direction, customers, revenue from run_groups
),

changes_of_total as (
    select
        series_id, attribute_set, at_period,
        sum(direction * revenue) as revenue,
        sum(direction * customers) as customers
    from run_ends
    group by series_id, attribute_set, at_period
),

/* A unit is new for one window after its first active period, and only then: that many of its first periods count. Units that
   began together count alike, in every window. */
new_groups as (
    select
        series_id, attribute_set, first_period, from_period, until_period, direction,
        cast(count(*) as {{ rollforward.data_type('bigint') }}) as customers,
        sum(amount) as revenue
    from (
        select
            series_id, attribute_set, first_period, from_period, direction, amount,
            case when until_period < first_period + {{ longest_shift }} then until_period else first_period + {{ longest_shift }} end as until_period
        from {{ ref('int_rollforward__counted_runs') }}
        where direction <> 0 and from_period < first_period + {{ longest_shift }}
    ) as new_runs
    group by series_id, attribute_set, first_period, from_period, until_period, direction
),

new_stretches as (
    select
        windows.window_id,
        new_groups.attribute_set,
        new_groups.direction,
        new_groups.from_period,
        case
            when new_groups.until_period < new_groups.first_period + windows.shift then new_groups.until_period
            else new_groups.first_period + windows.shift
        end as until_period,
        new_groups.customers,
        new_groups.revenue
    from new_groups
    inner join windows on new_groups.series_id = windows.series_id
    where new_groups.from_period < new_groups.first_period + windows.shift
),

new_ends as (
    select window_id, attribute_set, from_period as at_period, direction, customers, revenue from new_stretches
    union all
    select window_id, attribute_set, until_period as at_period, -direction as direction, customers, revenue from new_stretches
),

changes_of_new as (
    select
        window_id, attribute_set, at_period,
        sum(direction * revenue) as revenue,
        sum(direction * customers) as customers
    from new_ends
    group by window_id, attribute_set, at_period
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
        window_id, attribute_set, at_period,
        {{ rollforward.measure_changes({
            'joined_revenue': '0 - retained.existing_revenue',
            'joined_customers': '-retained.retained_customers',
        }) }}
    from {{ ref('int_rollforward__retained_changes') }} as retained
    where side = 'end'

    union all

    select
        window_id, attribute_set, at_period,
        {{ rollforward.measure_changes({'new_revenue': 'revenue', 'new_customers': 'customers'}) }}
    from changes_of_new

    union all

    select
        window_id, attribute_set, at_period,
        {{ rollforward.measure_changes({
            'existing_revenue': 'existing_revenue',
            'kept_revenue': 'kept_revenue',
            'retained_revenue': 'retained_revenue',
            'retained_customers': 'retained_customers',
            'expanded_customers': 'expanded_customers',
            'contracted_customers': 'contracted_customers',
        }) }}
    from {{ ref('int_rollforward__retained_changes') }}
    where side = 'start'
),

valued_changes as (
    select
        changes.window_id,
        changes.at_period
        {{- rollforward.attribute_columns('sets.', '__value') }}
        {%- for measure in rollforward.running_measures() %},
        changes.{{ measure }}
        {%- endfor %}
    from all_changes as changes
    inner join {{ ref('int_rollforward__attribute_sets') }} as sets on changes.attribute_set = sets.attribute_set
    where changes.at_period < {{ rollforward.open_end() }}
    {%- if goes_on %}

    union all

    select
        window_id,
        at_period
        {{- rollforward.attribute_columns('', '__value') }}
        {%- for measure in rollforward.running_measures() %},
        {{ measure }}
        {%- endfor %}
    from {{ rollforward.last_version(this) }}
    {%- endif %}
)

select
    window_id,
    at_period
    {{- rollforward.attribute_columns('', '__value') }}
    {%- for measure in rollforward.running_measures() %},
    cast(sum({{ measure }}) as {{ rollforward.measure_type(measure) }}) as {{ measure }}
    {%- endfor %},
    build
from valued_changes
cross join {{ ref('int_rollforward__build') }}
group by window_id, at_period, build {{- rollforward.attribute_columns('', '__value') }}
{%- endif %}
