{#- A kept table is made out of what it held before. Most engines write the new table beside the old one, or replace it in one
    step, and the statement reads the table itself. Spark's table files know neither: dbt drops the table first. There the
    table is set aside under another name (Sail cannot rename it, and copies), read from there, and dropped once the new
    one is written. When that fails half way, the table is missing, not wrong: the next build finds it so and starts
    anew, and `dbt retry` reads what was set aside. -#}


{#- Where a statement finds what its own table held before this build. -#}
{% macro last_version(table) %}{{ return(adapter.dispatch('last_version', 'rollforward')(table)) }}{% endmacro %}

{% macro default__last_version(table) %}{{ return(table) }}{% endmacro %}

{% macro spark__last_version(table) %}
    {%- if not execute or rollforward.is_replaced_in_one_step(table) -%}{{ return(table) }}{%- endif -%}
    {%- set aside = rollforward.set_aside_table(table) -%}
    {%- if not adapter.get_relation(table.database, table.schema, table.identifier) and not rollforward.is_previous_build(aside) -%}
        {%- do rollforward.refuse_missing(table) -%}
    {%- endif -%}
    {{ return(aside) }}
{% endmacro %}


{% macro refuse_missing(table) %}
    {{ exceptions.raise_compiler_error(table ~ " is missing, and so is what it held before: build the whole package again") }}
{% endmacro %}


{#- Whether what was set aside is of the build that this one goes on from. -#}
{% macro is_previous_build(aside) %}
    {%- if not adapter.get_relation(aside.database, aside.schema, aside.identifier) -%}{{ return(false) }}{%- endif -%}
    {%- set found = run_query("select count(*) from " ~ ref('int_rollforward__build') ~ " as builds inner join (select max(build) as build from " ~ aside ~ ") as aside on builds.previous_build = aside.build") -%}
    {{ return(found.rows[0][0] > 0) }}
{% endmacro %}


{#- Before the table is dropped: set it aside, if the statement that is about to run reads it from there. -#}
{% macro set_aside(table) %}
    {%- set aside = rollforward.set_aside_table(table) -%}
    {%- set there = adapter.get_relation(table.database, table.schema, table.identifier) if execute and aside.identifier in model.compiled_code else none -%}
    {%- if there -%}
        {%- do adapter.drop_relation(aside) -%}
        {%- if rollforward.is_sail() -%}
            {%- do rollforward.copy_aside(there, aside) -%}
        {%- else -%}
            {%- do adapter.rename_relation(there, aside) -%}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}


{#- Where a table cannot be renamed. -#}
{% macro copy_aside(table, aside) %}
    {%- call statement('copy_aside') -%}
    create table {{ aside }} {{ file_format_clause() }} as select * from {{ table }}
    {%- endcall -%}
    {%- do adapter.cache_added(aside) -%}
{% endmacro %}


{#- After the new table is written: drop what was set aside for it. -#}
{% macro drop_set_aside(table) %}
    {%- if execute and rollforward.set_aside_table(table).identifier in model.compiled_code -%}
        {%- do adapter.drop_relation(rollforward.set_aside_table(table)) -%}
    {%- endif -%}
{% endmacro %}


{% macro set_aside_table(table) %}
    {{ return(api.Relation.create(database=table.database, schema=table.schema, identifier=table.identifier ~ '__before', type='table')) }}
{% endmacro %}


{#- Delta and Iceberg tables are replaced in one step, and a table of another format never is. -#}
{% macro is_replaced_in_one_step(table) %}
    {%- set known = adapter.get_relation(table.database, table.schema, table.identifier) -%}
    {%- set format = config.get('file_format', 'delta' if target.type == 'databricks' else 'parquet') -%}
    {{ return(known is not none and ((known.is_delta and format == 'delta') or (known.is_iceberg and format == 'iceberg'))) }}
{% endmacro %}
