{#- The month in which a unit was first active, as a period of every series of its book: until then it is new. `runs` are
    active runs; where they come in several `version`s, a unit has a first month in each. -#}
{% macro first_periods(runs, in_versions=false) -%}
select
    series.series_id,
    first_months.unit_id,
    {{- ' first_months.version,' if in_versions }}
    {{ rollforward.series_period('first_months.first_month', 'series') }} as first_period
from (
    select monthly.book, runs.unit_id, {{ 'runs.version, ' if in_versions }}min(runs.from_period) as first_month
    from {{ runs }} as runs
    inner join {{ ref('int_rollforward__series') }} as monthly on runs.series_id = monthly.series_id and monthly.is_monthly
    group by monthly.book, runs.unit_id{{ ', runs.version' if in_versions }}
) as first_months
inner join {{ ref('int_rollforward__series') }} as series on first_months.book = series.book
{%- endmacro %}
