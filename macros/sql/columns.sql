{#- A column of the user's relation: plain names as they are, anything else quoted. -#}
{% macro column(name) %}
    {{ return(name if rollforward.is_plain_name(name) or name.startswith('"') else adapter.quote(name)) }}
{% endmacro %}


{#- Several columns as one text: parts joined by |, with ~ and | inside a part written ~~ and ~|, so that
    different parts never give the same text. Null when a part is null. One column is its own text. -#}
{% macro joined_text(columns) %}
    {%- set parts = [] -%}
    {%- for name in columns -%}
        {%- set text = "cast(" ~ rollforward.column(name) ~ " as " ~ rollforward.text_type() ~ ")" -%}
        {%- do parts.append(text if columns | length == 1 else "replace(replace(" ~ text ~ ", '~', '~~'), '|', '~|')") -%}
    {%- endfor -%}
    {{ return(parts | join(" || '|' || ")) }}
{% endmacro %}


{#- `, plan, region`: the attributes as further columns, each behind an optional prefix, with an optional suffix;
    nothing when no book has any. -#}
{% macro attribute_columns(prefix='', suffix='') %}
    {%- for name in rollforward.attributes() %}, {{ prefix }}{{ name }}{{ suffix }}{% endfor -%}
{% endmacro %}


{#- Whether two rows have the same attribute values, null being a value: written so that engines can hash it. -#}
{% macro same_attributes(left, right) %}
    {%- for name in rollforward.attributes() %}
    and coalesce({{ left }}.{{ name }}, '') = coalesce({{ right }}.{{ name }}, '')
    and case when {{ left }}.{{ name }} is null then 1 else 0 end = case when {{ right }}.{{ name }} is null then 1 else 0 end
    {%- endfor -%}
{% endmacro %}


{#- `['''orders''', ...]`: the names of books as SQL text literals. -#}
{% macro quoted_names(books) %}
    {%- set names = [] -%}
    {%- for book in books -%}{%- do names.append("'" ~ book.name ~ "'") -%}{%- endfor -%}
    {{ return(names) }}
{% endmacro %}
