{#- A number made of several texts: equal texts give equal numbers, and different ones practically never do (64 bits; the
    units are checked for it). Null is a value. It need only be the same within one warehouse. -#}
{% macro hashed(texts) %}{{ return(adapter.dispatch('hashed', 'rollforward')(texts)) }}{% endmacro %}

{% macro default__hashed(texts) %}hash({{ texts | join(', ') }}){% endmacro %}

{% macro postgres__hashed(texts) -%}
    hashtextextended(row({{ texts | join(', ') }})::text, 0)
{%- endmacro %}

{% macro clickhouse__hashed(texts) %}toNullable(sipHash64(tuple({{ texts | join(', ') }}))){% endmacro %}
