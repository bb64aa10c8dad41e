{#- The year in which the calendar begins: there are no periods before it. -#}
{% macro first_year() %}{{ return(1900) }}{% endmacro %}


{#- Periods are counted, never added to dates: month 0 is January of year 0. -#}
{% macro month_index(date) %}cast(extract(year from {{ date }}) * 12 + extract(month from {{ date }}) - 1 as {{ rollforward.data_type('integer') }}){% endmacro %}


{#- The index of the period of `months_per_period` months that holds a month; quarters and years begin with the
    fiscal year. -#}
{% macro period_index(month, months_per_period) -%}
    cast(floor(({{ month }} - {{ rollforward.fiscal_shift() }}) / (1.0 * {{ months_per_period }})) as {{ rollforward.data_type('integer') }})
{%- endmacro %}


{#- The period of a series that holds a month. -#}
{% macro series_period(month, series) -%}
    case
        when {{ series }}.grain = 'month' then {{ month }}
        else {{ rollforward.period_index(month, series ~ '.months_per_period') }}
    end
{%- endmacro %}


{#- Months between January and the start of the fiscal year. -#}
{% macro fiscal_shift() %}{{ return(rollforward.setting('fiscal_year_start_month') - 1) }}{% endmacro %}


{#- The end of a run that has not ended: a period no calendar reaches. -#}
{% macro open_end() %}{{ return(30000) }}{% endmacro %}


{#- Nothing of a book after this day counts: the day the user names, or today. -#}
{% macro horizon(book='book') -%}
    {%- set days = {} -%}
    {%- for name, day in rollforward.as_of_dates().items() -%}
        {%- do days.update({name: "cast('" ~ day ~ "' as " ~ rollforward.data_type('date') ~ ")" if day else 'current_date'}) -%}
    {%- endfor -%}
    {%- if days.values() | unique | list | length == 1 -%}
        {{ days.values() | first }}
    {%- else -%}
        case {{ book }} {% for name, day in days.items() %}when '{{ name }}' then {{ day }} {% endfor %}end
    {%- endif -%}
{%- endmacro %}


{#- The last day of the month that a day lies in. -#}
{% macro last_day_of_month(day) %}{{ return(adapter.dispatch('last_day_of_month', 'rollforward')(day)) }}{% endmacro %}

{% macro default__last_day_of_month(day) %}cast({{ dbt.last_day(day, 'month') }} as date){% endmacro %}

{#- What dbt-spark writes asserts twenty times over that no date is missing, and Sail gives 1970 for all of it. -#}
{% macro spark__last_day_of_month(day) %}last_day({{ day }}){% endmacro %}

{#- Truncating a date to its month gives 1970 for all that is earlier. -#}
{% macro clickhouse__last_day_of_month(day) %}addDays(addMonths(addDays({{ day }}, 1 - toDayOfMonth({{ day }})), 1), -1){% endmacro %}


{#- The day that is some months after another. -#}
{% macro months_later(day, months) %}{{ return(adapter.dispatch('months_later', 'rollforward')(day, months)) }}{% endmacro %}

{% macro default__months_later(day, months) %}{{ return(dbt.dateadd('month', months, day)) }}{% endmacro %}

{% macro spark__months_later(day, months) %}add_months({{ day }}, {{ months }}){% endmacro %}
