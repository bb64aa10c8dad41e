{#- What is computed for the configured books, numbered.

    A *series* is what runs are made for: a book with the periods its amounts belong to. Every book has one by month; a
    book that sums also has one for each longer period it sums. A *window* is a series compared over a distance, `shift`
    periods of the series. Books measured at a point in time are read from their months at every grain, so comparisons
    of different grain can share a window. -#}
{% macro windows() %}
    {%- set series, windows, comparisons = [], [], [] -%}
    {%- for book in rollforward.books() -%}
        {%- do series.append((book.name, 'month', 1)) -%}
        {%- for name in book.comparisons -%}
            {%- set comparison = rollforward.comparisons()[name] -%}
            {%- set months = rollforward.grains()[comparison.grain] -%}
            {%- if book.measurement == 'point_in_time' -%}
                {%- set window = ((book.name, 'month', 1), comparison.lookback * months) -%}
            {%- else -%}
                {%- set window = ((book.name, comparison.grain, comparison.get('periods_summed') or 1), comparison.lookback) -%}
            {%- endif -%}
            {%- do series.append(window[0]) if window[0] not in series -%}
            {%- do windows.append(window) if window not in windows -%}
            {%- do comparisons.append({
                'book': book.name, 'name': name, 'months_per_period': months, 'lookback': comparison.lookback,
                'series_id': series.index(window[0]) + 1, 'periods_summed': window[0][2],
                'window_id': windows.index(window) + 1, 'shift': window[1],
            }) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return({'series': series, 'windows': windows, 'comparisons': comparisons}) }}
{% endmacro %}
