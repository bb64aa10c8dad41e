{#- On PostgreSQL what reads a relation is dropped together with it, so that building tables anew would leave nothing to
    read of the ledger, or of your own views, until they are built as well: for ever, where the build fails in between.
    There, tables and views keep their place, and only what is in them is replaced. -#}
{% materialization rollforward_table, adapter='postgres' %}
    {%- set rows = make_temp_relation(this, '__rows') -%}
    {%- set known = load_cached_relation(this) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {#- How many rows the steps within a statement give can only be guessed. Taken for a handful, they are compared each with
        each, which takes hours for a large book; joined by hashing, they never take long. -#}
    {% call statement('plan') %}set local enable_nestloop = off; set local jit = off{% endcall %}
    {% call statement('main') %}{{ get_create_table_as_sql(True, rows, sql) }}{% endcall %}
    {%- set stays = rollforward.stays(known, 'table', rows) -%}
    {%- if known and not stays -%}{%- do adapter.drop_relation(known) -%}{%- endif -%}
    {% call statement('replace') %}
        {%- if stays and rollforward.gets_changes(this) %}
        {{ rollforward.changed_in_place(this, 'select * from ' ~ rows) }};
        {%- elif stays %}
        delete from {{ this }};
        insert into {{ this }} select * from {{ rows }};
        {%- else %}
        create table {{ this }} as select * from {{ rows }};
        {%- endif %}
        drop table {{ rows }};
    {% endcall %}
    {%- if not stays -%}{%- do create_indexes(this) -%}{%- endif -%}
    {#- Of a new table PostgreSQL knows nothing, and chooses ways for a small one. -#}
    {% call statement('look') %}analyze {{ this }}{% endcall %}
    {{ return(rollforward.finished_in_place(known, 'table', stays)) }}
{% endmaterialization %}


{% materialization rollforward_view, adapter='postgres' %}
    {%- set columns = make_temp_relation(this, '__columns') -%}
    {%- set known = load_cached_relation(this) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('look') %}create temporary view {{ columns }} as ({{ sql }}){% endcall %}
    {%- set stays = rollforward.stays(known, 'view', columns) -%}
    {%- if known and not stays -%}{%- do adapter.drop_relation(known) -%}{%- endif -%}
    {% call statement('main') %}
        drop view {{ columns }};
        create {{ 'or replace' if stays }} view {{ this }} as ({{ sql }})
    {% endcall %}
    {{ return(rollforward.finished_in_place(known, 'view', stays)) }}
{% endmaterialization %}


{#- Whether a relation can stay: it is of this kind, and has the columns it is to have. -#}
{% macro stays(known, kind, made) %}
    {%- if known is none or known.type != kind -%}{{ return(false) }}{%- endif -%}
    {%- set columns = [] -%}
    {%- for relation in [known, made] -%}
        {%- set described = [] -%}
        {%- for column in adapter.get_columns_in_relation(relation) -%}{%- do described.append((column.name, column.data_type)) -%}{%- endfor -%}
        {%- do columns.append(described) -%}
    {%- endfor -%}
    {{ return(columns[0] == columns[1]) }}
{% endmacro %}


{#- Hooks, grants and descriptions, as with every model; here what was replaced becomes visible. -#}
{% macro finished_in_place(known, kind, stays) %}
    {%- set built = this.incorporate(type=kind) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do apply_grants(built, config.get('grants'), should_revoke=should_revoke(known, full_refresh_mode=not stays)) -%}
    {%- do persist_docs(built, model) -%}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [built]}) }}
{% endmacro %}


{#- On DuckDB one statement replaces a table or a view. dbt's own way makes the new one beside it, renames both and drops the
    old one: for a small book that takes as long as the work itself. -#}
{% materialization rollforward_table, adapter='duckdb' %}
    {{ return(rollforward.replaced_in_one_step('table', sql)) }}
{% endmaterialization %}


{% materialization rollforward_view, adapter='duckdb' %}
    {{ return(rollforward.replaced_in_one_step('view', sql)) }}
{% endmaterialization %}


{% macro replaced_in_one_step(kind, sql) %}
    {%- set known = load_cached_relation(this) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if known and known.type != kind -%}{%- do adapter.drop_relation(known) -%}{%- endif -%}
    {%- if known and rollforward.gets_changes(this) -%}
        {% call statement('main') %}{{ rollforward.changed_in_place(this, sql) }}{% endcall %}
    {%- else -%}
        {% call statement('main') %}create or replace {{ kind }} {{ this }} as ({{ sql }}){% endcall %}
    {%- endif -%}
    {%- if kind == 'table' -%}{%- do create_indexes(this) -%}{%- endif -%}
    {{ return(rollforward.finished_in_place(known, kind, stays=false)) }}
{% endmacro %}


{#- Whether the materializations above are there for this engine; dbt_project.yml, which can call no macro, asks the same. -#}
{% macro has_own_materializations() %}{{ return(target.type in ['postgres', 'duckdb']) }}{% endmacro %}


{#- Whether the table only gets the rows of the units that changed. Elsewhere large kept tables are written anew, since not every
    engine can delete, and what is there for good must not be lost in between. -#}
{% macro gets_changes(table) %}
    {{ return(rollforward.changes_of(table) is not none and rollforward.has_own_materializations() and rollforward.goes_on()) }}
{% endmacro %}


{#- What is no more gives way to what is new; both happen, or neither does. Rows that this build wrote before go as well: it may
    be run a second time by itself. -#}
{% macro changed_in_place(table, rows) -%}
    {%- set same_row = [] -%}
    {%- for name in rollforward.kept_columns(table.identifier) -%}
        {%- do same_row.append('kept.' ~ name ~ ' = gone.' ~ name) -%}
    {%- endfor -%}
    delete from {{ table }} where build = (select build from {{ rollforward.table_beside(table, 'int_rollforward__build') }});
    delete from {{ table }} as kept using {{ rollforward.table_beside(table, rollforward.changes_of(table)) }} as gone
    where gone.direction = -1 and {{ same_row | join(' and ') }};
    insert into {{ table }} ({{ rows }})
{%- endmacro %}


{#- How the package's own views are built. -#}
{% macro as_view() %}{{ return('rollforward_view' if rollforward.has_own_materializations() else 'view') }}{% endmacro %}


{#- How those views are built that one statement reads several times. Spark works such a view out anew each time; ClickHouse writes
    it out as often, and refuses a statement that has become too long. -#}
{% macro as_view_read_often() %}
    {{ return('table' if target.type in ['spark', 'databricks', 'clickhouse'] else rollforward.as_view()) }}
{% endmacro %}
