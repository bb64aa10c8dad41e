/* One row a book and comparison: what is compared, over which window of which series of runs. */
{{ config(enabled=rollforward.is_configured()) }}

{% for comparison in rollforward.windows().comparisons -%}
select
    '{{ comparison.book }}' as book,
    '{{ comparison.name }}' as comparison,
    {{ comparison.months_per_period }} as months_per_period,
    {{ comparison.lookback }} as lookback,
    {{ comparison.series_id }} as series_id,
    {{ comparison.periods_summed }} as periods_summed,
    {{ comparison.window_id }} as window_id,
    {{ comparison.shift }} as shift
{{ "union all" if not loop.last }}
{% endfor %}
