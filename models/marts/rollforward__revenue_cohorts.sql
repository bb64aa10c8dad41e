/* The measures of every book, comparison, period and combination of attribute values. */
{{ config(enabled=rollforward.is_configured()) }}
/* Tests of this table look into the ledger, which spells out units. depends_on: {{ ref('int_rollforward__units') }} */
{%- set amount_type = rollforward.amount_type() -%}
/* `reactivation: new` counts whoever comes back as new. */
{%- set folded = rollforward.setting('reactivation') == 'new' -%}

/* The changes so far add up to what is true from this period until the next change. */
with running_measures as (
    select
        window_id as running_window
        {{- rollforward.attribute_columns('', '__value') }},
        at_period as from_period,
        coalesce(lead(at_period) over (
            partition by window_id {{- rollforward.attribute_columns('', '__value') }} order by at_period
        ), {{ rollforward.open_end() }}) as until_period
        {%- for measure in rollforward.running_measures() %},
        cast(sum({{ measure }}) over (
            partition by window_id {{- rollforward.attribute_columns('', '__value') }}
            order by at_period rows unbounded preceding
        ) as {{ rollforward.measure_type(measure) }}) as {{ measure }}
        {%- endfor %}
    from {{ ref('int_rollforward__cohort_changes') }}
),

period_measures as (
    select
        periods.book,
        periods.comparison,
        periods.period_start,
        periods.period_end,
        periods.is_complete,
        running.*
    from {{ ref('int_rollforward__periods') }} as periods
    inner join running_measures as running
        on periods.window_id = running.running_window
        and periods.ending_index >= running.from_period
        and periods.ending_index < running.until_period
    where running.starting_customers > 0 or running.joined_customers > 0
)

select
    measures.book,
    measures.comparison,
    measures.period_start,
    measures.period_end,
    measures.is_complete
    {%- for name in rollforward.attributes() %},
    values_of_{{ name }}.{{ name }} as {{ name }}
    {%- endfor %},

    measures.starting_revenue,
    cast(measures.existing_revenue + measures.joined_revenue as {{ amount_type }}) as ending_revenue,
    measures.existing_revenue,
    measures.retained_revenue,
    {{ 'measures.joined_revenue' if folded else 'measures.new_revenue' }} as new_revenue,
    cast({{ '0' if folded else 'measures.joined_revenue - measures.new_revenue' }} as {{ amount_type }}) as reactivation_revenue,
    cast(measures.existing_revenue - measures.retained_revenue as {{ amount_type }}) as expansion_revenue,
    cast(measures.kept_revenue - measures.retained_revenue as {{ amount_type }}) as contraction_revenue,
    cast(measures.starting_revenue - measures.kept_revenue as {{ amount_type }}) as churned_revenue,

    measures.starting_customers,
    measures.retained_customers + measures.joined_customers as ending_customers,
    measures.retained_customers,
    measures.expanded_customers,
    measures.contracted_customers,
    measures.retained_customers - measures.expanded_customers - measures.contracted_customers as unchanged_customers,
    measures.starting_customers - measures.retained_customers as churned_customers,
    {{ 'measures.joined_customers' if folded else 'measures.new_customers' }} as new_customers,
    cast({{ '0' if folded else 'measures.joined_customers - measures.new_customers' }} as {{ rollforward.data_type('bigint') }}) as reactivated_customers
from period_measures as measures
{%- for name in rollforward.attributes() %}
inner join {{ ref('int_rollforward__given_sets') }} as values_of_{{ name }}
    on measures.{{ name }}__value = values_of_{{ name }}.given_set
{%- endfor %}
