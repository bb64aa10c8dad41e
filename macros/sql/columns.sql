{#- A column of the user's relation `given`: plain names as they are, anything else quoted. -#}
{% macro column(name) %}
    {{ return('given.' ~ name if rollforward.is_plain_name(name) or name.startswith('"') else 'given.' ~ adapter.quote(name)) }}
{% endmacro %}


{#- Several columns as one text: parts joined by |, with ~ and | inside a part written ~~ and ~|, so that
    different parts never give the same text. Null when a part is not given. One column is its own text. -#}
{% macro joined_text(columns) %}
    {%- set parts = [] -%}
    {%- for name in columns -%}
        {%- set text = "case when " ~ rollforward.is_given(name) ~ " then " ~ rollforward.as_text(name) ~ " end" -%}
        {%- do parts.append(text if columns | length == 1 else "replace(replace(" ~ text ~ ", '~', '~~'), '|', '~|')") -%}
    {%- endfor -%}
    {{ return(parts | join(" || '|' || ")) }}
{% endmacro %}


{#- Whether a column says something: text of nothing but blanks does not. -#}
{% macro is_given(column) %}{{ return(adapter.dispatch('is_given', 'rollforward')(column)) }}{% endmacro %}

{#- Trimming every text takes longer than all the rest: only one that begins with a blank can be all blanks. -#}
{% macro default__is_given(column) %}
    {%- set text = rollforward.as_text(column) -%}
    {{ return("(" ~ text ~ " >= '!' or trim(" ~ text ~ ") <> '')") }}
{% endmacro %}

{#- A number need not be spelled out to see that it is there. -#}
{% macro duckdb__is_given(column) %}
    {%- set is_given_number = rollforward.column(column) ~ " is not null" -%}
    {{ return("case when " ~ rollforward.is_whole_number(rollforward.column(column)) ~ " then " ~ is_given_number ~ " else " ~ rollforward.default__is_given(column) ~ " end") }}
{% endmacro %}

{#- Whether DuckDB has a value as a whole number, with one text each. It knows before it runs. -#}
{% macro is_whole_number(value) %}
    {{ return("typeof(" ~ value ~ ") in ('INTEGER', 'BIGINT', 'UINTEGER', 'UBIGINT', 'HUGEINT', 'UUID')") }}
{% endmacro %}


{#- Whether one of several columns says nothing. -#}
{% macro is_one_missing(columns) %}
    {%- set given = [] -%}
    {%- for name in columns -%}{%- do given.append(rollforward.is_given(name)) -%}{%- endfor -%}
    {{ return("case when " ~ given | join(" and ") ~ " then false else true end") }}
{% endmacro %}


{% macro as_text(column) %}cast({{ rollforward.column(column) }} as {{ rollforward.text_type() }}){% endmacro %}


{#- A value as the text it was given as; a text of nothing but blanks is no value. -#}
{% macro given_text(value) %}
    {%- set text = 'cast(' ~ value ~ ' as ' ~ rollforward.text_type() ~ ')' -%}
    {{ return("case when trim(" ~ text ~ ") <> '' then " ~ text ~ " end") }}
{% endmacro %}


{#- `, plan, region`: the attributes as further columns, each behind an optional prefix, with an optional suffix;
    nothing when no book has any. -#}
{% macro attribute_columns(prefix='', suffix='') %}
    {%- for name in rollforward.attributes() %}, {{ prefix ~ name ~ suffix ~ (' as ' ~ name ~ suffix if prefix else '') }}{% endfor -%}
{% endmacro %}


{#- Whether two rows have the same attribute values, null being a value. -#}
{% macro same_attributes(left, right) %}
    {%- set conditions = [] -%}
    {%- for name in rollforward.attributes() -%}
        {%- do conditions.append(rollforward.same_value(left ~ '.' ~ name, right ~ '.' ~ name)) -%}
    {%- endfor -%}
    {{ return(conditions | join('\n        and ') or 'true') }}
{% endmacro %}


{#- Whether two rows have the same attribute values, known by their numbers. -#}
{% macro same_value_numbers(left, right) %}
    {%- set conditions = [] -%}
    {%- for name in rollforward.attributes() -%}
        {%- do conditions.append(left ~ '.' ~ name ~ '__value = ' ~ right ~ '.' ~ name ~ '__value') -%}
    {%- endfor -%}
    {{ return(conditions | join('\n    and ') or 'true') }}
{% endmacro %}


{#- Equality of texts in which null equals null, written so that the engine can join on it by hashing. -#}
{% macro same_value(left, right) %}{{ return(adapter.dispatch('same_value', 'rollforward')(left, right)) }}{% endmacro %}

{% macro default__same_value(left, right) -%}
    coalesce({{ left }}, '') = coalesce({{ right }}, '')
    and case when {{ left }} is null then 1 else 0 end = case when {{ right }} is null then 1 else 0 end
{%- endmacro %}

{% macro duckdb__same_value(left, right) %}{{ left }} is not distinct from {{ right }}{% endmacro %}

{% macro snowflake__same_value(left, right) %}{{ left }} is not distinct from {{ right }}{% endmacro %}

{% macro spark__same_value(left, right) %}{{ left }} <=> {{ right }}{% endmacro %}


{#- A text to order by: character by character, whatever the collation of the database. -#}
{% macro text_order(text) %}{{ return(adapter.dispatch('text_order', 'rollforward')(text)) }}{% endmacro %}

{% macro default__text_order(text) %}{{ text }}{% endmacro %}

{% macro postgres__text_order(text) %}{{ text }} collate "C"{% endmacro %}

{#- Redshift would find PostgreSQL's; its own order is that already. -#}
{% macro redshift__text_order(text) %}{{ text }}{% endmacro %}
