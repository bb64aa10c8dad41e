{#- A number made of several values: equal values give equal numbers, and different ones practically never do (64 bits; the
    units are checked for it). Null is a value. It need only be the same within one warehouse. -#}
{% macro hashed(values) %}{{ return(adapter.dispatch('hashed', 'rollforward')(values)) }}{% endmacro %}

{% macro default__hashed(values) %}hash({{ values | join(', ') }}){% endmacro %}

{% macro postgres__hashed(values) -%}
    hashtextextended(row({{ values | join(', ') }})::text, 0)
{%- endmacro %}

{% macro redshift__hashed(values) %}farmfingerprint64({{ rollforward.spelled_out(values) }}){% endmacro %}

{% macro bigquery__hashed(values) %}farm_fingerprint({{ rollforward.spelled_out(values) }}){% endmacro %}

{#- A null leaves the hash of the values before it as it is: whether a value is one counts, too. -#}
{% macro spark__hashed(values) %}xxhash64({{ values | join(' is null, ') }} is null, {{ values | join(', ') }}){% endmacro %}

{% macro trino__hashed(values) %}from_big_endian_64(xxhash64(to_utf8({{ rollforward.spelled_out(values) }}))){% endmacro %}

{% macro athena__hashed(values) %}{{ return(rollforward.trino__hashed(values)) }}{% endmacro %}

{% macro clickhouse__hashed(values) %}toNullable(sipHash64(tuple({{ values | join(', ') }}))){% endmacro %}


{#- Several values as one text, each as long as it says: no two lists of values give the same text. -#}
{% macro spelled_out(values) %}
    {%- set parts = [] -%}
    {%- for value in values -%}
        {%- set text = 'cast(' ~ value ~ ' as ' ~ rollforward.text_type() ~ ')' -%}
        {%- do parts.append("coalesce(cast(length(" ~ text ~ ") as " ~ rollforward.text_type() ~ ") || ':' || " ~ text ~ ", '-')") -%}
    {%- endfor -%}
    {{ return(parts | join(' || ')) }}
{% endmacro %}
