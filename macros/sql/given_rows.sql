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
        {{ rollforward.try_cast(rollforward.column(book.amount), rollforward.decimal_type(38, 12)) }} as exact_amount,
        {{ rollforward.try_cast(rollforward.column(book.amount), rollforward.amount_type()) }} as amount,
        {%- for name in rollforward.attributes() %}
        cast({{ rollforward.column(name) if name in book.attributes else 'null' }} as {{ rollforward.text_type() }}) as {{ name }},
        {%- endfor %}
        {{ rollforward.joined_text(book.key) if book.key else 'cast(null as ' ~ rollforward.text_type() ~ ')' }} as row_key
    from {{ rollforward.relation(book.relation) }} as given
{% endmacro %}


{#- A date out of a date, a timestamp or text; null when it is none. -#}
{% macro to_date(column) %}{{ return(adapter.dispatch('to_date', 'rollforward')(rollforward.column(column))) }}{% endmacro %}

{% macro default__to_date(value) %}cast({{ rollforward.try_cast(value, dbt.type_timestamp()) }} as date){% endmacro %}

{#- How a day is written in a text: year, month, day, which are the first group; a time and a zone may follow, and do not change
    the day. -#}
{% macro written_day(group='(?:') %}
    {%- set time = '([01]?[0-9]|2[0-3]):[0-5]?[0-9](:[0-5]?[0-9]([.][0-9]*)?)?' -%}
    {%- set zone = '( ?(Z|UTC|[-+][0-9]{2}(:?[0-9]{2})?))?' -%}
    {{ return('^([0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2})' ~ ('([ T]' ~ time ~ zone ~ ')?$').replace('(', group)) }}
{% endmacro %}

{#- The day out of a text that is written so; null when it is not, or when there is no such day. -#}
{% macro day_of_text(value) -%}
    try_cast(replace(regexp_extract(cast({{ value }} as {{ rollforward.text_type() }}), '{{ rollforward.written_day() }}', 1), '/', '-') as date)
{%- endmacro %}

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


{#- Casts of DuckDB's leave infinity, which is no day. Looking for it once costs less than taking it out of every date. -#}
{% macro or_endless(dates) %}{{ return(adapter.dispatch('or_endless', 'rollforward')(dates)) }}{% endmacro %}

{% macro default__or_endless(dates) %}{% endmacro %}

{% macro duckdb__or_endless(dates) %}
    {%- for name in dates %} or not isfinite({{ name }}){% endfor -%}
{% endmacro %}


{#- The rows of a book, each with the reason why it cannot be used, or null. A row has one reason: the first that
    applies. A row that repeats a key gives way to the earliest, then largest, of its kind. -#}
{% macro judged_rows(book) %}
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


{#- What a staging model holds: the rows of every book of a shape, typed, each with its reason or null. -#}
{% macro staged_rows(shape) %}
{%- set books = rollforward.books(shape) -%}
{%- do rollforward.check_columns(books) -%}
with
{% for book in books %}
{{ book.name }}_judged as (
{{ rollforward.judged_rows(book) }}
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
