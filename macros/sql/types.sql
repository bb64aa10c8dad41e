{#- Money: exact, `amount_scale` decimals (4 unless set), up to 18 digits. -#}
{% macro amount_type() %}{{ rollforward.decimal_type(18, rollforward.setting('amount_scale')) }}{% endmacro %}


{#- Text as the engine calls it. -#}
{% macro text_type() %}{{ dbt.type_string() }}{% endmacro %}


{#- An exact number of `precision` digits, `scale` of them decimals. -#}
{% macro decimal_type(precision, scale) %}{{ return(adapter.dispatch('decimal_type', 'rollforward')(precision, scale)) }}{% endmacro %}

{% macro default__decimal_type(precision, scale) %}decimal({{ precision }}, {{ scale }}){% endmacro %}

{#- `decimal` has room for 9 decimals and 29 digits before them; the wider type has its own name. -#}
{% macro bigquery__decimal_type(precision, scale) -%}
    {{ 'decimal' if scale <= 9 and precision - scale <= 29 else 'bigdecimal' }}({{ precision }}, {{ scale }})
{%- endmacro %}


{#- The value as `type`, or null when it is not one. -#}
{% macro try_cast(value, type) %}{{ return(adapter.dispatch('try_cast', 'rollforward')(value, type)) }}{% endmacro %}

{% macro default__try_cast(value, type) %}try_cast({{ value }} as {{ type }}){% endmacro %}

{% macro postgres__try_cast(value, type) %}cast({{ value }} as {{ type }}){% endmacro %}

{#- Redshift would find PostgreSQL's, which has no way to try. -#}
{% macro redshift__try_cast(value, type) %}try_cast({{ value }} as {{ type }}){% endmacro %}

{% macro bigquery__try_cast(value, type) %}safe_cast({{ value }} as {{ type }}){% endmacro %}

{#- Only text can be tried. -#}
{% macro snowflake__try_cast(value, type) %}try_cast(cast({{ value }} as varchar) as {{ type }}){% endmacro %}

{#- ClickHouse cuts decimals off where others round; a day there is not would become one of the next month. -#}
{% macro clickhouse__try_cast(value, type) -%}
    {%- set digits = modules.re.search('(\\d+), *(\\d+)', type) -%}
    {%- if digits -%}
    accurateCastOrNull(round(accurateCastOrNull(toString({{ value }}), 'Decimal(76, 24)'), {{ digits.group(2) }}), 'Decimal({{ digits.group(1) }}, {{ digits.group(2) }})')
    {%- else -%}
    parseDateTime64BestEffortOrNull(toString({{ value }}))
    {%- endif -%}
{%- endmacro %}
