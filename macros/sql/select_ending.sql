{#- What an engine has to be told at the end of a select for it to mean what it means elsewhere. -#}
{% macro select_ending() %}{{ return(adapter.dispatch('select_ending', 'rollforward')()) }}{% endmacro %}

{% macro default__select_ending() %}{% endmacro %}

{#- A sum is not called what its column is called, and a cast does not refuse what is missing. -#}
{% macro clickhouse__select_ending() %}settings prefer_column_name_to_alias = 1, cast_keep_nullable = 1{% endmacro %}
