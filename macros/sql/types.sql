{#- A type by its standard name, as the engine calls it. -#}
{% macro data_type(name) %}{{ return(adapter.dispatch('data_type', 'rollforward')(name)) }}{% endmacro %}

{% macro default__data_type(name) %}{{ return(name) }}{% endmacro %}

{#- Its decimal has 9 decimals at most. -#}
{% macro bigquery__data_type(name) %}{{ return(name | replace('decimal(38', 'bignumeric(38')) }}{% endmacro %}

{#- A column that is not nullable holds 0 for what is missing, and its date wraps around before 1970. -#}
{% macro clickhouse__data_type(name) %}{{ return('Nullable(' ~ ('Date32' if name == 'date' else name) ~ ')') }}{% endmacro %}


{#- Money: exact, `amount_scale` decimals (4 unless set), up to 18 digits. -#}
{% macro amount_type() %}{{ return(rollforward.data_type('decimal(18, ' ~ rollforward.setting('amount_scale') ~ ')')) }}{% endmacro %}


{#- Text as the engine calls it. -#}
{% macro text_type() %}{{ return(rollforward.data_type(dbt.type_string() | trim)) }}{% endmacro %}


{#- The value as `type`, or null when it is not one. -#}
{% macro try_cast(value, type) %}{{ return(adapter.dispatch('try_cast', 'rollforward')(value, type)) }}{% endmacro %}

{% macro default__try_cast(value, type) %}try_cast({{ value }} as {{ type }}){% endmacro %}

{% macro postgres__try_cast(value, type) %}cast({{ value }} as {{ type }}){% endmacro %}

{% macro bigquery__try_cast(value, type) %}safe_cast({{ value }} as {{ type }}){% endmacro %}

{#- A decimal read from text, since casting one cuts decimals off instead of rounding, and floats a digit too many. -#}
{% macro clickhouse__try_cast(value, type) %}
    {%- set digits, scale = modules.re.search('([0-9]+), *([0-9]+)', type).groups() -%}
    {%- set number = '^[+-]?(?:[0-9]+[.]?[0-9]*|[.][0-9]+)(?:[eE][+-]?[0-9]+)?$' -%}
    {%- set exact = "toDecimal256OrNull(extract(trim(toString(" ~ value ~ ")), '" ~ number ~ "'), 24)" -%}
    {{ return("toDecimal" ~ (64 if digits | int <= 18 else 128) ~ "OrNull(toString(round(" ~ exact ~ ", " ~ scale ~ ")), " ~ scale ~ ")") }}
{% endmacro %}
