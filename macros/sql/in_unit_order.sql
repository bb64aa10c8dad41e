{#- On DuckDB, rows of a unit that lie beside each other take half the room on disk: most of what they say is the same. Elsewhere
    how rows are laid out is up to the table's own settings. -#}
{% macro in_unit_order() %}{{ return(adapter.dispatch('in_unit_order', 'rollforward')()) }}{% endmacro %}

{% macro default__in_unit_order() %}{% endmacro %}

{% macro duckdb__in_unit_order() %}order by unit_id{% endmacro %}
