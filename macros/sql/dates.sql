{#- A date out of a date, a timestamp or text; null when it is none. -#}
{% macro to_date(column) %}{{ return(adapter.dispatch('to_date', 'rollforward')(rollforward.column(column))) }}{% endmacro %}

{% macro default__to_date(value) %}cast({{ rollforward.try_cast(value, dbt.type_timestamp()) }} as date){% endmacro %}

{#- Its own casts read more than is written: `epoch`, a blank before the day but not behind it, an hour that there is not. A
    column that has a type already is not looked at value by value. -#}
{% macro duckdb__to_date(value) -%}
    case
        when typeof({{ value }}) = 'VARCHAR' then {{ rollforward.day_of_text(value) }}
        else try_cast({{ value }} as date)
    end
{%- endmacro %}

{#- Its own casts take 2026 for the first day of that year, and do not read 2026/1/5. -#}
{% macro spark__to_date(value) -%}
    case
        when typeof({{ value }}) = 'string' then {{ rollforward.day_of_text(value) }}
        else {{ rollforward.default__to_date(value) }}
    end
{%- endmacro %}

{#- The day as it is written, whatever the zone that is written beside it. -#}
{% macro bigquery__to_date(value) -%}
    safe_cast(replace(regexp_extract(cast({{ value }} as string), '{{ rollforward.written_day() }}'), '/', '-') as date)
{%- endmacro %}

{#- The day as it is written: its own casts take 01/02/2024 for 2 January, and digits for seconds since 1970. -#}
{% macro snowflake__to_date(value) -%}
    try_to_date(
        replace(regexp_substr(cast({{ value }} as varchar), '{{ rollforward.written_day(group='(') }}', 1, 1, 'e', 1), '/', '-'),
        'YYYY-MM-DD'
    )
{%- endmacro %}

{#- Read from text: its own casts take 30 February for 1 March, and guess what 01/02/2024 is. -#}
{% macro clickhouse__to_date(value) -%}
    toDate32(parseDateTime64BestEffortOrNull(extract(toString({{ value }}), '{{ rollforward.written_day() }}'), 0, 'UTC'))
{%- endmacro %}


{#- The day out of a text that is written so; null when it is not, or when there is no such day. -#}
{% macro day_of_text(value) -%}
    try_cast(replace(regexp_extract(cast({{ value }} as {{ rollforward.text_type() }}), '{{ rollforward.written_day() }}', 1), '/', '-') as date)
{%- endmacro %}


{#- How a day is written in a text: year, month, day, which are the first group; a time and a zone may follow, and do not change
    the day. -#}
{% macro written_day(group='(?:') %}
    {{ return('^([0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2})' ~ rollforward.written_time().replace('(', group) ~ '$') }}
{% endmacro %}


{#- What may follow a day: a time, and a zone. -#}
{% macro written_time() %}
    {%- set time = '([01]?[0-9]|2[0-3]):[0-5]?[0-9](:[0-5]?[0-9]([.][0-9]*)?)?' -%}
    {%- set zone = '( ?(Z|UTC|[-+][0-9]{2}(:?[0-9]{2})?))?' -%}
    {{ return('([ T]' ~ time ~ zone ~ ')?') }}
{% endmacro %}


{#- Casts of DuckDB's leave infinity, which is no day. Looking for it once costs less than taking it out of every date. -#}
{% macro or_endless(dates) %}{{ return(adapter.dispatch('or_endless', 'rollforward')(dates)) }}{% endmacro %}

{% macro default__or_endless(dates) %}{% endmacro %}

{% macro duckdb__or_endless(dates) %}
    {%- for name in dates %} or not isfinite({{ name }}){% endfor -%}
{% endmacro %}
