{#- Every row of a book's relation with its columns under the package's names, and what they say once typed. What was
    given is passed on as it is: only rows that cannot be used have it spelled out. -#}
{% macro given_rows(book) %}
    select
        '{{ book.name }}' as book,
        {{ rollforward.unit_columns(book) | indent(8) }},
        {{ rollforward.is_one_missing(book.unit) }} as lacks_unit,
        {{ rollforward.column(book.dated) }} as raw_date,
        {{ rollforward.to_date(book.dated) }} as dated_on,
        {{ rollforward.column(book.ended) if book.ended else 'cast(null as ' ~ rollforward.data_type('date') ~ ')' }} as raw_end,
        {{ rollforward.to_date(book.ended) if book.ended else 'cast(null as ' ~ rollforward.data_type('date') ~ ')' }} as ended_on,
        {{ rollforward.column(book.amount) }} as raw_amount,
        {{ rollforward.try_cast(rollforward.column(book.amount), rollforward.exact_type()) }} as exact_amount,
        {{ rollforward.try_cast(rollforward.column(book.amount), rollforward.amount_type()) }} as amount,
        {%- for name in rollforward.attributes() %}
        cast({{ rollforward.column(name) if name in book.attributes else 'null' }} as {{ rollforward.text_type() }}) as {{ name }},
        {%- endfor %}
        {{ rollforward.joined_text(book.key) if book.key else 'cast(null as ' ~ rollforward.text_type() ~ ')' }} as row_key
    from {{ rollforward.relation(book.relation) }} as given
{% endmacro %}


{#- The rows of a book, each with the reason why it cannot be used, or null. A row has one reason: the first that
    applies. A row that repeats a key gives way to the earliest, then largest, of its kind. -#}
{% macro reasoned_rows(book) %}
    {%- set dated_given, ended_given, amount_given = rollforward.given_text('raw_date'), rollforward.given_text('raw_end'), rollforward.given_text('raw_amount') %}
    select
        rows_given.*,
        {{ rollforward.unit_id(book) }} as unit_id,
        {{ dated_given }} as dated_given,
        {{ ended_given }} as ended_given,
        {{ amount_given }} as amount_given,
        case
            when lacks_unit then 'null_unit'
            when dated_on is null and {{ dated_given }} is null then 'missing_date'
            when dated_on is null or (ended_on is null and {{ ended_given }} is not null) {{- rollforward.or_endless(['dated_on', 'ended_on']) }} then 'unparseable_date'
            when dated_on < cast('{{ rollforward.first_year() }}-01-01' as {{ rollforward.data_type('date') }}) then 'date_too_early'
            when amount is null and {{ amount_given }} is null then 'null_amount'
            when amount is null and exact_amount is null then 'non_numeric_amount'
            when amount is null then 'amount_too_large'
            when ended_on = dated_on then 'zero_length_interval'
            when ended_on < dated_on then 'inverted_interval'
        end as reason
    from ({{ rollforward.given_rows(book) }}) as rows_given
{% endmacro %}


{#- What a staging model holds: the rows of every book of a shape, typed, each with its reason or null. -#}
{% macro staged_rows(shape) %}
{%- set books = rollforward.books(shape) -%}
{%- do rollforward.check_columns(books) -%}
with
{% for book in books %}
{{ book.name }}_judged as (
{{ rollforward.reasoned_rows(book) }}
){{ "," if not loop.last }}
{% endfor %}
{%- for book in books %}
select
    book, unit, unit_id, row_key, dated_given, dated_on, ended_given, ended_on, amount_given, exact_amount, amount
    {{- rollforward.attribute_columns() }},
    {% if book.key -%}
    case when reason is null and row_key is not null and {{ rollforward.copy_number() }} > 1 then 'duplicate_key' else reason end as reason
    {%- else -%}
    reason
    {%- endif %}
from {{ book.name }}_judged
{{ "union all" if not loop.last }}
{% endfor %}
{% endmacro %}


{#- Rows that repeat a key are numbered: earliest, then largest, first; what follows only makes the order certain. -#}
{% macro copy_number() %}
    {%- set order = ['dated_on', 'amount desc', 'case when ended_on is null then 1 else 0 end', 'ended_on'] -%}
    {%- for name in ['unit'] + rollforward.attributes() -%}
        {%- do order.append('case when ' ~ name ~ ' is null then 1 else 0 end, ' ~ rollforward.text_order(name)) -%}
    {%- endfor -%}
    {{ return("row_number() over (partition by row_key, case when reason is null then 0 else 1 end order by " ~ order | join(', ') ~ ")") }}
{% endmacro %}
