{#- A row's unit as a text, null where it is not given, and, where it is one column, as it is given. -#}
{% macro unit_columns(book) -%}
{{ rollforward.joined_text(book.unit) }} as unit
{%- if book.unit | length == 1 %},
{{ rollforward.column(book.unit[0]) }} as raw_unit
{%- endif %}
{%- endmacro %}


{#- The number of a row's unit, out of its columns and `book`. -#}
{% macro unit_id(book) %}{{ return(adapter.dispatch('unit_id', 'rollforward')(book)) }}{% endmacro %}

{% macro default__unit_id(book) %}{{ return(rollforward.hashed(['book', 'unit'])) }}{% endmacro %}

{#- A number need not be spelled out to be hashed. -#}
{% macro duckdb__unit_id(book) -%}
    {%- if book.unit | length > 1 -%}{{ return(rollforward.default__unit_id(book)) }}{%- endif -%}
    case when {{ rollforward.is_whole_number('raw_unit') }} then {{ rollforward.hashed(['book', 'raw_unit']) }} else {{ rollforward.default__unit_id(book) }} end
{%- endmacro %}


{#- The units that a book's relation names, each once with its number. Keys as they are given are told apart sooner than their texts. -#}
{% macro units_of(book) -%}
{%- set keys = [] -%}
{%- for name in book.unit -%}{%- do keys.append(rollforward.column(name)) -%}{%- endfor -%}
select {{ rollforward.unit_id(book) }} as unit_id, book, unit
from (
    select
        '{{ book.name }}' as book,
        {{ rollforward.unit_columns(book) | indent(8) }}
    from (select distinct {{ keys | join(', ') }} from {{ rollforward.relation(book.relation) }} as given) as given
) as units_given
where unit is not null
{%- endmacro %}
