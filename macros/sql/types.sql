{#- A type by its standard name, as the engine calls it. -#}
{% macro data_type(name) %}{{ return(adapter.dispatch('data_type', 'rollforward')(name)) }}{% endmacro %}

{% macro default__data_type(name) %}{{ return(name) }}{% endmacro %}

{#- A column that is not nullable holds 0 for what is missing, and its date wraps around before 1970. -#}
{% macro clickhouse__data_type(name) %}{{ return('Nullable(' ~ ('Date32' if name == 'date' else name) ~ ')') }}{% endmacro %}

{#- `text` has room for 256 bytes there, and a cast cuts the rest off without a word. -#}
{% macro redshift__data_type(name) %}{{ return('varchar(65535)' if name | lower == 'text' else name) }}{% endmacro %}


{#- Money: exact, `amount_scale` decimals (4 unless set), up to 18 digits. -#}
{% macro amount_type() %}{{ rollforward.decimal_type(18, rollforward.setting('amount_scale')) }}{% endmacro %}


{#- Amounts as they were given, those too large to be one included. Nobody's money, they are many where a column of numbers that
    are no amounts is named: a hundred thousand of the largest still have a total. -#}
{% macro exact_type() %}{{ return(rollforward.decimal_type(33, 12)) }}{% endmacro %}

{% macro exact_total_type() %}{{ return(rollforward.decimal_type(38, 12)) }}{% endmacro %}


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


{#- A float of 64 bits, which rates are. -#}
{% macro float_type() %}{{ return(adapter.dispatch('float_type', 'rollforward')()) }}{% endmacro %}

{% macro default__float_type() %}double{% endmacro %}

{% macro postgres__float_type() %}double precision{% endmacro %}

{% macro bigquery__float_type() %}float64{% endmacro %}

{% macro clickhouse__float_type() %}{{ return(rollforward.data_type('Float64')) }}{% endmacro %}
