{#- Say before anything is built where the engine would give null instead of saying that a number does not fit: sums leave
    nulls out, so what does not fit would be missing from the numbers. dbt-spark switches Spark's ANSI mode off in a
    session, whatever the profile says, and a Thrift server keeps its own. -#}
{% macro check_engine() %}{{ return(adapter.dispatch('check_engine', 'rollforward')()) }}{% endmacro %}

{% macro default__check_engine() %}{% endmacro %}

{% macro spark__check_engine() %}
    {#- Sail is only reached in a session, and does not say how it is set. -#}
    {%- set is_sail = rollforward.is_sail() -%}
    {%- set found = run_query("set spark.sql.ansi.enabled") if execute and not is_sail else none -%}
    {%- if is_sail or (found and found.rows and found.rows[0][1] | lower == 'false') -%}
        {%- do exceptions.warn("spark.sql.ansi.enabled is false: where an amount has more digits than its type, Spark gives null and leaves it out of the sums. Through a Thrift server it can be true.") -%}
    {%- endif -%}
{% endmacro %}

{#- A SQL warehouse has no setting of this name, and is in ANSI mode unless told otherwise. -#}
{% macro databricks__check_engine() %}{% endmacro %}


{#- Whether it is Sail that answers as Spark. Spark's version is a release and a revision, Sail's a release alone. -#}
{% macro is_sail() %}
    {%- set asked = "select case when version() like '% %' then 0 else 1 end as is_sail" -%}
    {{ return(execute and target.type == 'spark' and run_query(asked).rows[0][0] == 1) }}
{% endmacro %}
