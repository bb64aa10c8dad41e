/* What changes from one period to the next in the measures of every comparison: a unit's runs count from where
    they begin to where they end, so only beginnings and ends are added up, and a running sum over the periods gives
    the measures themselves. Units that neither join, leave nor change cost nothing.

    Every row says: from period `at_period` on, the measures of the window and attribute values are larger by this much.
    Existing customers have the attributes of the start, joiners those of the end.

    Where the build goes on from the one before, only changed units are looked at: what they had counts the other way, and
    what is left is added to the changes as they were. */
{{ config(enabled=rollforward.is_configured()) }}
{%- set longest_shift = rollforward.windows().comparisons | map(attribute='shift') | max -%}
{%- set goes_on = rollforward.goes_on() -%}
{%- set direction = 'version' if goes_on else '1' -%}
{%- set by_version = ', version' if goes_on else '' %}

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

/* Counted runs as they are now and, where the build goes on, counting the other way as they were in the build before. */
versions as (
    select counted_runs.*{{ ', 1 as version' if goes_on }} from {{ ref('int_rollforward__counted_runs') }} as counted_runs
    where direction >= 0
    {%- if goes_on %}

    union all

    select counted_runs.*, -1 as version from {{ ref('int_rollforward__counted_runs') }} as counted_runs
    where direction <= 0
    {%- endif %}
),

first_periods as (
    {{ rollforward.first_periods('versions', in_versions=goes_on) | indent }}
),

/* A unit is new for one window after its first active period, and only then: that many of its first periods count. Units that
   began together count alike, in every window. */
new_runs as (
    select
        versions.series_id,
        versions.attribute_set,
        versions.from_period,
        case
            when versions.until_period < first_periods.first_period + {{ longest_shift }} then versions.until_period
            else first_periods.first_period + {{ longest_shift }}
        end as until_period,
        {{- '\n        versions.version,' if goes_on }}
        versions.amount,
        first_periods.first_period
    from versions
    inner join first_periods
        on versions.series_id = first_periods.series_id
        and versions.unit_id = first_periods.unit_id
        {{- ' and versions.version = first_periods.version' if goes_on }}
        and versions.from_period < first_periods.first_period + {{ longest_shift }}
),

new_groups as (
    select
        series_id, attribute_set, first_period, from_period, until_period{{ by_version }},
        cast(count(*) as {{ rollforward.data_type('bigint') }}) as customers,
        sum(amount) as revenue
    from new_runs
    group by series_id, attribute_set, first_period, from_period, until_period{{ by_version }}
),

new_stretches as (
    select
        windows.window_id,
        new_groups.attribute_set,
        {{- ' new_groups.version,' if goes_on }}
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
    select window_id, attribute_set, from_period as at_period, {{ direction }} as direction, customers, revenue from new_stretches
    union all
    select window_id, attribute_set, until_period as at_period, -{{ direction }} as direction, customers, revenue from new_stretches
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
