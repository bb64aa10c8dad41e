{#- Stop before anything is built where the engine would give null instead of saying that a number does not fit: sums leave
    nulls out, so what does not fit would be missing from the numbers, unnoticed. -#}
{% macro check_engine() %}{{ return(adapter.dispatch('check_engine', 'rollforward')()) }}{% endmacro %}

{% macro default__check_engine() %}{% endmacro %}

{% macro spark__check_engine() %}
    {%- set found = run_query("set spark.sql.ansi.enabled") if execute else none -%}
    {%- if found and found.rows and found.rows[0][1] | lower == 'false' -%}
        {{ exceptions.raise_compiler_error("spark.sql.ansi.enabled is false, so Spark would give null where an amount does not fit its type: set it to true in the settings of the cluster or session") }}
    {%- endif -%}
{% endmacro %}

{#- A SQL warehouse has no setting of this name, and is in ANSI mode unless told otherwise. -#}
{% macro databricks__check_engine() %}{% endmacro %}
