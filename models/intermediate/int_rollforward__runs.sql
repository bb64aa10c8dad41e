/* A unit's runs: stretches of periods over which its total amount and its attributes stay the same. Periods in
    which it is not active have no row, so the table follows changes, not customers times months. */
{{ config(enabled=rollforward.is_configured()) }}
{%- set attributes = rollforward.attributes() -%}
{%- set standing = rollforward.books('intervals') or rollforward.books('movements') -%}
{%- set summing_books = rollforward.quoted_names(rollforward.books('payments')) -%}
{%- set dated = rollforward.books('snapshots') or rollforward.books('payments') %}

with parts as (
    {%- if standing %}
    select
        book, 'month' as run_grain, 1 as periods_summed, unit, from_period, until_period, amount
        {{- rollforward.attribute_columns() }}
    from {{ ref('int_rollforward__standing_parts') }}
    {%- endif %}
    {{ "union all" if standing and dated }}
    {%- if dated %}
    select
        book, run_grain, periods_summed, unit, from_period, until_period, amount
        {{- rollforward.attribute_columns() }}
    from {{ ref('int_rollforward__dated_parts') }}
    {%- endif %}
)

{%- if attributes %},

/* How much of the unit's amount has the same plan, the same region, ... as this part. */
weighed_parts as (
    select
        parts.*
        {%- for name in attributes %},
        sum(amount) over (
            partition by book, run_grain, periods_summed, unit, from_period, {{ name }}
        ) as {{ name }}_amount
        {%- endfor %}
    from parts
),

/* The largest comes first; of equal ones the smallest value, a missing value last. */
ranked_parts as (
    select
        weighed_parts.*
        {%- for name in attributes %},
        row_number() over (
            partition by book, run_grain, periods_summed, unit, from_period
            order by {{ name }}_amount desc, case when {{ name }} is null then 1 else 0 end, {{ name }}
        ) as {{ name }}_rank
        {%- endfor %}
    from weighed_parts
)
{%- endif %},

unit_amounts as (
    select
        book,
        run_grain,
        periods_summed,
        unit,
        from_period,
        until_period,
        cast(sum(amount) as {{ rollforward.amount_type() }}) as net_amount
        {%- for name in attributes %},
        max(case when {{ name }}_rank = 1 then {{ name }} end) as {{ name }}
        {%- endfor %}
    from {{ 'ranked_parts' if attributes else 'parts' }}
    group by book, run_grain, periods_summed, unit, from_period, until_period
),

/* A run begins where the period before is not there or differs. Sums are one period long and stay so. */
marked_amounts as (
    select
        unit_amounts.*,
        case
            when {{ 'book not in (' ~ summing_books | join(', ') ~ ') and ' if summing_books }}lag(until_period) over (partition by book, run_grain, periods_summed, unit order by from_period) = from_period
                and lag(net_amount) over (partition by book, run_grain, periods_summed, unit order by from_period) = net_amount
                {%- for name in attributes %}
                and coalesce(lag({{ name }}) over (partition by book, run_grain, periods_summed, unit order by from_period), '') = coalesce({{ name }}, '')
                and case when lag({{ name }}) over (partition by book, run_grain, periods_summed, unit order by from_period) is null then 1 else 0 end = case when {{ name }} is null then 1 else 0 end
                {%- endfor %}
                then 0
            else 1
        end as begins_run
    from unit_amounts
    where net_amount <> 0
),

numbered_amounts as (
    select
        marked_amounts.*,
        sum(begins_run) over (
            partition by book, run_grain, periods_summed, unit order by from_period rows unbounded preceding
        ) as run_number
    from marked_amounts
)

select
    book,
    run_grain,
    periods_summed,
    unit,
    min(from_period) as from_period,
    max(until_period) as until_period,
    net_amount
    {{- rollforward.attribute_columns() }}
from numbered_amounts
group by book, run_grain, periods_summed, unit, run_number, net_amount {{- rollforward.attribute_columns() }}
