{#- A type by its standard name, as the engine calls it. -#}
{% macro data_type(name) %}{{ return(adapter.dispatch('data_type', 'rollforward')(name)) }}{% endmacro %}

{% macro default__data_type(name) %}{{ return(name) }}{% endmacro %}

{#- A column that is not nullable holds 0 for what is missing, and its date wraps around before 1970. -#}
{% macro clickhouse__data_type(name) %}{{ return('Nullable(' ~ ('Date32' if name == 'date' else name) ~ ')') }}{% endmacro %}


{#- Money: exact, `amount_scale` decimals (4 unless set), up to 18 digits. -#}
{% macro amount_type() %}{{ rollforward.decimal_type(18, rollforward.setting('amount_scale')) }}{% endmacro %}


{#- Text as the engine calls it. -#}
{% macro text_type() %}{{ return(rollforward.data_type(dbt.type_string() | trim)) }}{% endmacro %}


{#- An exact number of `precision` digits, `scale` of them decimals. -#}
{% macro decimal_type(precision, scale) %}{{ return(adapter.dispatch('decimal_type', 'rollforward')(precision, scale)) }}{% endmacro %}

{% macro default__decimal_type(precision, scale) %}
    {{ return(rollforward.data_type('decimal(' ~ precision ~ ', ' ~ scale ~ ')')) }}
{% endmacro %}

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

{#- Read from text, since casting a decimal cuts decimals off instead of rounding, and casting a float can lose a cent. -#}
{% macro clickhouse__try_cast(value, type) %}
    {%- set digits, scale = modules.re.search('([0-9]+), *([0-9]+)', type).groups() -%}
    {%- set number = '^[+-]?(?:[0-9]+[.]?[0-9]*|[.][0-9]+)(?:[eE][+-]?[0-9]+)?$' -%}
    {%- set exact = "toDecimal256OrNull(extract(trim(toString(" ~ value ~ ")), '" ~ number ~ "'), 24)" -%}
    {{ return("toDecimal" ~ (64 if digits | int <= 18 else 128) ~ "OrNull(toString(round(" ~ exact ~ ", " ~ scale ~ ")), " ~ scale ~ ")") }}
{% endmacro %}
