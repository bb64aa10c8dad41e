/* One row a book and comparison: what is compared, and on which runs. A book measured at a point in time is read
    from monthly runs, `shift` months apart, whatever the grain; a book that sums has runs for each window it sums. */
{{ config(enabled=rollforward.is_configured()) }}

{%- set rows = [] -%}
{%- for book in rollforward.books() -%}
    {%- for name in book.comparisons -%}
        {%- set comparison = rollforward.comparisons()[name] -%}
        {%- set months = rollforward.grains()[comparison.grain] -%}
        {%- set summed = comparison.get('periods_summed') or 1 -%}
        {%- set at_a_point = book.measurement == 'point_in_time' -%}
        {%- do rows.append({
            'book': book.name, 'comparison': name, 'months_per_period': months, 'lookback': comparison.lookback,
            'run_grain': 'month' if at_a_point else comparison.grain,
            'run_months': 1 if at_a_point else months,
            'periods_summed': 1 if at_a_point else summed,
            'shift': comparison.lookback * months if at_a_point else comparison.lookback,
        }) -%}
    {%- endfor -%}
{%- endfor -%}

{% for row in rows -%}
select
    '{{ row.book }}' as book,
    '{{ row.comparison }}' as comparison,
    {{ row.months_per_period }} as months_per_period,
    {{ row.lookback }} as lookback,
    '{{ row.run_grain }}' as run_grain,
    {{ row.run_months }} as run_months,
    {{ row.periods_summed }} as periods_summed,
    {{ row.shift }} as shift
{{ "union all" if not loop.last }}
{% endfor %}
