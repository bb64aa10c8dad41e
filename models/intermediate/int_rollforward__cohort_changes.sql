/* What changes from one period to the next in the measures of every comparison: a unit's runs count from where
    they begin to where they end, so only beginnings and ends are added up, and a running sum over the periods gives
    the measures themselves. Units that neither join, leave nor change cost nothing.

    Every row says: from period `at_period` on, the measures of the window (book, run_grain, periods_summed, shift)
    and attribute set are larger by this much. Existing customers have the attributes of the start, joiners those of
    the end. */
{{ config(enabled=rollforward.is_configured()) }}
{%- set amount_type = rollforward.amount_type() -%}
{%- set summing_books = rollforward.quoted_names(rollforward.books('payments')) -%}
{%- set standing_books = rollforward.quoted_names(rollforward.books()) | reject('in', summing_books) | list -%}

with windows as (
    select distinct book, run_grain, periods_summed, run_months, shift
    from {{ ref('int_rollforward__comparisons') }}
),

runs as (
    select
        given.book,
        given.run_grain,
        given.periods_summed,
        given.unit,
        given.from_period,
        given.until_period,
        given.net_amount as amount,
        sets.attribute_set
    from {{ ref('int_rollforward__runs') }} as given
    inner join {{ ref('int_rollforward__attribute_sets') }} as sets
        on given.book = sets.book
        {{- rollforward.same_attributes('given', 'sets') }}
    where given.net_amount > 0
),

first_months as (
    select book, unit, min(from_period) as first_month
    from runs
    where run_grain = 'month' and periods_summed = 1
    group by book, unit
),

/* Everyone's revenue: the end of one period is, `shift` periods later, the start of another. */
changes_of_total as (
    select book, run_grain, periods_summed, attribute_set, from_period as at_period,
        cast(sum(amount) as {{ amount_type }}) as revenue, count(*) as customers
    from runs
    group by book, run_grain, periods_summed, attribute_set, from_period

    union all

    select book, run_grain, periods_summed, attribute_set, until_period as at_period,
        cast(-sum(amount) as {{ amount_type }}) as revenue, -count(*) as customers
    from runs
    group by book, run_grain, periods_summed, attribute_set, until_period
),

/* A unit is new for one window after its first active month, and only then. */
new_runs as (
    select
        runs.book, runs.run_grain, runs.periods_summed, windows.shift, runs.attribute_set, runs.amount,
        runs.from_period,
        case
            when windows.run_grain = 'month' then first_months.first_month
            else {{ rollforward.period_index('first_months.first_month', 'windows.run_months') }}
        end + windows.shift as no_longer_new,
        runs.until_period
    from runs
    inner join first_months on runs.book = first_months.book and runs.unit = first_months.unit
    inner join windows
        on runs.book = windows.book
        and runs.run_grain = windows.run_grain
        and runs.periods_summed = windows.periods_summed
),

new_stretches as (
    select
        book, run_grain, periods_summed, shift, attribute_set, amount, from_period,
        case when until_period < no_longer_new then until_period else no_longer_new end as until_period
    from new_runs
    where from_period < no_longer_new
),

/* Where a unit is active at both ends: its run at the start, moved to the period it is compared in, overlaps its
    run at the end. */
retained_stretches as (
    {%- if standing_books %}
    select
        windows.book, windows.run_grain, windows.periods_summed, windows.shift,
        at_start.attribute_set as starting_set, at_end.attribute_set as ending_set,
        at_start.amount as starting_amount, at_end.amount as ending_amount,
        case
            when at_start.from_period + windows.shift > at_end.from_period then at_start.from_period + windows.shift
            else at_end.from_period
        end as from_period,
        case
            when at_start.until_period + windows.shift < at_end.until_period then at_start.until_period + windows.shift
            else at_end.until_period
        end as until_period
    from runs as at_start
    inner join windows on at_start.book = windows.book
    inner join runs as at_end
        on at_start.book = at_end.book
        and at_start.unit = at_end.unit
        and at_start.from_period + windows.shift < at_end.until_period
        and at_end.from_period < at_start.until_period + windows.shift
    where windows.book in ({{ standing_books | join(', ') }})
    {%- endif %}
    {{ "union all" if standing_books and summing_books }}
    {%- if summing_books %}
    /* A sum is one period long: equality finds the other side. */
    select
        windows.book, windows.run_grain, windows.periods_summed, windows.shift,
        at_start.attribute_set as starting_set, at_end.attribute_set as ending_set,
        at_start.amount as starting_amount, at_end.amount as ending_amount,
        at_end.from_period, at_end.until_period
    from runs as at_start
    inner join windows
        on at_start.book = windows.book
        and at_start.run_grain = windows.run_grain
        and at_start.periods_summed = windows.periods_summed
    inner join runs as at_end
        on at_start.book = at_end.book
        and at_start.run_grain = at_end.run_grain
        and at_start.periods_summed = at_end.periods_summed
        and at_start.unit = at_end.unit
        and at_start.from_period + windows.shift = at_end.from_period
    where windows.book in ({{ summing_books | join(', ') }})
    {%- endif %}
),

stretch_ends as (
    select retained_stretches.*, from_period as at_period, 1 as direction from retained_stretches
    union all
    select retained_stretches.*, until_period as at_period, -1 as direction from retained_stretches
),

all_changes as (
    select
        windows.book, windows.run_grain, windows.periods_summed, windows.shift, total.attribute_set,
        total.at_period + windows.shift as at_period,
        {{ rollforward.measure_changes({'starting_revenue': 'total.revenue', 'starting_customers': 'total.customers'}) }}
    from changes_of_total as total
    inner join windows
        on total.book = windows.book
        and total.run_grain = windows.run_grain
        and total.periods_summed = windows.periods_summed

    union all

    /* Joiners are everyone at the end ... */
    select
        windows.book, windows.run_grain, windows.periods_summed, windows.shift, total.attribute_set,
        total.at_period,
        {{ rollforward.measure_changes({'joined_revenue': 'total.revenue', 'joined_customers': 'total.customers'}) }}
    from changes_of_total as total
    inner join windows
        on total.book = windows.book
        and total.run_grain = windows.run_grain
        and total.periods_summed = windows.periods_summed

    union all

    /* ... but for those who were there at the start. */
    select
        book, run_grain, periods_summed, shift, ending_set as attribute_set, at_period,
        {{ rollforward.measure_changes({
            'joined_revenue': '-sum(direction * ending_amount)',
            'joined_customers': '-sum(direction)',
        }) }}
    from stretch_ends
    group by book, run_grain, periods_summed, shift, ending_set, at_period

    union all

    select
        book, run_grain, periods_summed, shift, attribute_set, from_period as at_period,
        {{ rollforward.measure_changes({'new_revenue': 'sum(amount)', 'new_customers': 'count(*)'}) }}
    from new_stretches
    group by book, run_grain, periods_summed, shift, attribute_set, from_period

    union all

    select
        book, run_grain, periods_summed, shift, attribute_set, until_period as at_period,
        {{ rollforward.measure_changes({'new_revenue': '-sum(amount)', 'new_customers': '-count(*)'}) }}
    from new_stretches
    group by book, run_grain, periods_summed, shift, attribute_set, until_period

    union all

    select
        book, run_grain, periods_summed, shift, starting_set as attribute_set, at_period,
        {{ rollforward.measure_changes({
            'existing_revenue': 'sum(direction * ending_amount)',
            'kept_revenue': 'sum(direction * starting_amount)',
            'retained_revenue': 'sum(direction * case when ending_amount < starting_amount then ending_amount else starting_amount end)',
            'retained_customers': 'sum(direction)',
            'expanded_customers': 'sum(case when ending_amount > starting_amount then direction else 0 end)',
            'contracted_customers': 'sum(case when ending_amount < starting_amount then direction else 0 end)',
        }) }}
    from stretch_ends
    group by book, run_grain, periods_summed, shift, starting_set, at_period
)

select
    book,
    run_grain,
    periods_summed,
    shift,
    attribute_set,
    at_period
    {%- for measure in rollforward.running_measures() %},
    cast(sum({{ measure }}) as {{ rollforward.measure_type(measure) }}) as {{ measure }}
    {%- endfor %}
from all_changes
where at_period < {{ rollforward.open_end() }}
group by book, run_grain, periods_summed, shift, attribute_set, at_period
