/* One row a series: a book with the periods its amounts belong to. The periods of a series are numbered: months since
   year 0, or quarters and years of the fiscal calendar. */
{{ config(enabled=rollforward.is_configured()) }}
{%- set summing_books = rollforward.books() | selectattr('measurement', 'equalto', 'period_sum') | map(attribute='name') | list %}

with configured_series as (
    {%- for book, grain, periods_summed in rollforward.windows().series %}
    select
        {{ loop.index }} as series_id,
        '{{ book }}' as book,
        '{{ grain }}' as grain,
        {{ rollforward.grains()[grain] }} as months_per_period,
        {{ periods_summed }} as periods_summed,
        {{ 'true' if book in summing_books else 'false' }} as is_summed,
        {{ 'true' if grain == 'month' and periods_summed == 1 else 'false' }} as is_monthly
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

select
    series.series_id,
    series.book,
    series.grain,
    series.months_per_period,
    series.periods_summed,
    series.is_summed,
    series.is_monthly,
    {{ rollforward.series_period('books.first_month', 'series') }} + series.periods_summed - 1 as first_whole_period,
    {{ rollforward.series_period('books.last_month', 'series') }} as last_period
from configured_series as series
left join {{ ref('rollforward__observed_books') }} as books on series.book = books.book
