{#- Stop before a book is read that names columns its relation does not have: all of them at once, with those it has.
    Of an ephemeral model, and where an engine lists no columns, only the engine can say what it misses. What is compiled
    and not run need not be there yet. -#}
{% macro check_columns(books) %}
    {%- if not execute or flags.WHICH not in ['build', 'run', 'retry'] -%}{{ return('') }}{%- endif -%}
    {%- set problems = [] -%}
    {%- for book in books -%}
        {%- set relation = rollforward.relation(book.relation) -%}
        {%- set known = rollforward.known_columns(relation) -%}
        {%- set spelled = known | map('lower') | list -%}
        {%- for key in ['unit', 'amount', 'dated', 'ended', 'attributes', 'key'] if known -%}
            {%- for name in rollforward.as_list(book[key]) if (name | lower).strip('"') not in spelled -%}
                {%- set key_given = rollforward.shapes()[book.shape].get(key, key) -%}
                {%- do problems.append("books." ~ book.name ~ "." ~ key_given ~ ": " ~ relation ~ " has no column '" ~ name ~ "'; it has " ~ known | join(', ')) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do rollforward.refuse_settings(problems) -%}
{% endmacro %}


{#- The names of a relation's columns, as far as the engine lists them. Files that dbt-duckdb reads in place are asked. -#}
{% macro known_columns(relation) %}
    {%- if relation.is_cte -%}
        {{ return([]) }}
    {%- elif relation.external -%}
        {{ return(get_columns_in_query('select * from ' ~ relation) | list) }}
    {%- endif -%}
    {{ return(adapter.get_columns_in_relation(relation) | map(attribute='name') | list) }}
{% endmacro %}
