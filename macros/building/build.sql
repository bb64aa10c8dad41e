{#- Builds that go on from the one before. Every table that is kept says in column `build` which build it belongs to;
    int_rollforward__build names this build and the one it can go on from. A build goes on when nothing but the input
    changed: units that have other pieces than before are followed anew, and what is no more of them is taken out of the
    cohorts, what is new put in. It gives what a build from nothing gives. When much changed, everything is built anew.

    What large tables hold and what a build changes in them are two tables: int_rollforward__pieces and __piece_changes, __units
    and __unit_changes, __combined_runs and __run_changes. In the changes, `direction` says of a row what this build does with it:
    1, it is new; 0, it is as it was; -1, it was there and is no more. -#}


{#- Names of units are read after their pieces. Rows that were there then and are away now, as while a table is loaded anew, would
    leave units without a name, which the ledger would never show again. -#}
{% macro check_names() %}
    {%- set counts = [] -%}
    {%- for table in [ref('int_rollforward__piece_changes'), ref('int_rollforward__unit_changes')] -%}
        {%- do counts.append(run_query("select count(*) from (select unit_id from " ~ table ~ " where direction >= 0 group by unit_id) as units").rows[0][0]) -%}
    {%- endfor -%}
    {%- if counts[0] > counts[1] -%}
        {{ exceptions.raise_compiler_error("rows of " ~ (counts[0] - counts[1]) ~ " units went away while dbt ran: build again when the relations of the books are whole") }}
    {%- endif -%}
{% endmacro %}


{#- The number of the build that the tables left behind, when all of them belong to it and the settings are what they
    were; none when everything has to be built. -#}
{% macro last_build(build_table) %}
    {%- if not execute or flags.FULL_REFRESH or not adapter.get_relation(build_table.database, build_table.schema, build_table.identifier) -%}
        {{ return(none) }}
    {%- endif -%}
    {%- for name in rollforward.kept_tables() -%}
        {%- if not adapter.get_relation(build_table.database, build_table.schema, name) -%}{{ return(none) }}{%- endif -%}
    {%- endfor -%}
    {#- The last of the kept tables is only built when all before it are. -#}
    {%- set last_table = rollforward.table_beside(build_table, rollforward.kept_tables()[-1]) -%}
    {%- set found = run_query("select build from " ~ build_table ~ " where settings = '" ~ rollforward.settings_fingerprint() ~ "' and build = (select max(build) from " ~ last_table ~ ")") -%}
    {{ return(found.rows[0][0] if found.rows | length == 1 else none) }}
{% endmacro %}


{#- Whether this run leaves out some of the kept tables. They belong together, so all of them stay as they are then, and with them
    the number of their build. Not every dbt says what is run. -#}
{% macro is_built_in_part(build_table) %}
    {%- if not execute or not selected_resources or not adapter.get_relation(build_table.database, build_table.schema, build_table.identifier) -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set left_out = [] -%}
    {%- for name in rollforward.kept_tables() if 'model.rollforward.' ~ name not in selected_resources -%}{%- do left_out.append(name) -%}{%- endfor -%}
    {%- if left_out -%}
        {%- do exceptions.warn("This run leaves out " ~ left_out | join(', ') ~ ": what was built before stays as it is, since the tables of one build belong together") -%}
    {%- endif -%}
    {{ return(left_out | length > 0) }}
{% endmacro %}


{#- The tables that a build can go on from, in the order they are built. -#}
{% macro kept_tables() %}
    {{ return([
        'int_rollforward__given_sets', 'int_rollforward__piece_changes', 'int_rollforward__pieces', 'int_rollforward__unit_changes',
        'int_rollforward__units', 'int_rollforward__run_changes', 'int_rollforward__combined_runs', 'int_rollforward__cohort_changes',
    ]) }}
{% endmacro %}


{#- A kept table of that name, beside another: models that come before it find there what the build before left. -#}
{% macro table_beside(table, name) %}{{ return(table.incorporate(path={'identifier': name})) }}{% endmacro %}


{#- Where the changes to a large kept table are, which have its columns and `direction`; none for other tables. -#}
{% macro changes_of(table) %}
    {{ return({
        'int_rollforward__pieces': 'int_rollforward__piece_changes', 'int_rollforward__units': 'int_rollforward__unit_changes',
        'int_rollforward__combined_runs': 'int_rollforward__run_changes',
    }.get(table.identifier)) }}
{% endmacro %}


{#- The columns that a large kept table and its changes share. None of them is ever null: rows are told apart by what they are equal in. -#}
{% macro kept_columns(name) %}
    {%- set values = [] -%}
    {%- for attribute in rollforward.attributes() -%}{%- do values.append(attribute ~ '__value') -%}{%- endfor -%}
    {{ return({
        'int_rollforward__pieces': ['series_id', 'unit_id', 'from_period', 'until_period', 'amount', 'given_set', 'is_run', 'first_piece_period'],
        'int_rollforward__units': ['unit_id', 'book', 'unit'],
        'int_rollforward__combined_runs': ['series_id', 'unit_id', 'from_period', 'until_period', 'net_amount', 'first_period'] + values,
    }[name]) }}
{% endmacro %}


{#- What is written to a large kept table where a build goes on: what is new, where the table can be changed in place; elsewhere
    all of it, the rows of units that did not change as they were and the others as they are now. -#}
{% macro with_changes(table) %}
    {%- set columns = rollforward.kept_columns(table.identifier) | join(', ') -%}
    {%- set changes = ref(rollforward.changes_of(table)) %}
    {%- if config.get('materialized') == 'rollforward_table' %}
    {%- if not adapter.get_relation(table.database, table.schema, table.identifier) -%}
        {%- do rollforward.refuse_missing(table) -%}
    {%- endif %}

select {{ columns }}, build
from {{ changes }}
where direction = 1
    {%- else %}

with changed_units as (
    select unit_id as changed_id, 1 as is_changed from {{ ref('int_rollforward__piece_changes') }}
    group by unit_id
)

select {{ columns }}, build
from {{ rollforward.last_version(table) }}
left join changed_units on unit_id = changed_id
where coalesce(is_changed, 0) = 0

union all

select {{ columns }}, build
from {{ changes }}
where direction >= 0
    {%- endif %}
{%- endmacro %}


{#- The rows of a large kept table that belong to changed units: `rows_now`, which the input says now, against those that were kept. -#}
{% macro followed_rows(table, rows_now) %}
    {%- set columns = rollforward.kept_columns(table.identifier) | join(', ') %}
with versions as (
    select {{ columns }}, 1 as direction from {{ rows_now }}
    union all
    select {{ columns }}, -1 as direction from {{ table }}
    where unit_id in (select unit_id from {{ ref('int_rollforward__piece_changes') }})
),

followed_rows as (
    select {{ columns }}, cast(sum(direction) as integer) as direction from versions
    group by {{ columns }}
)

select {{ columns }}, direction, build
from followed_rows
cross join {{ ref('int_rollforward__build') }}
{%- endmacro %}


{#- One text for all settings that kept tables depend on; `layout` grows by one when the package changes what they hold. -#}
{% macro settings_fingerprint() %}
    {{ return(local_md5(tojson({
        'layout': 7,
        'books': rollforward.books(),
        'windows': rollforward.windows(),
        'fiscal_year_start_month': rollforward.setting('fiscal_year_start_month'),
        'amount_scale': rollforward.setting('amount_scale'),
    }))) }}
{% endmacro %}


{#- This build's number: the time it started, in milliseconds. -#}
{% macro build_number() %}{{ return((run_started_at.timestamp() * 1000) | int) }}{% endmacro %}


{#- Whether there is a build that this one can go on from. -#}
{% macro has_last_build() %}
    {%- set build_table = ref('int_rollforward__build') -%}
    {%- if not execute or not adapter.get_relation(build_table.database, build_table.schema, build_table.identifier) -%}{{ return(false) }}{%- endif -%}
    {%- set found = run_query("select previous_build from " ~ build_table) -%}
    {{ return(found.rows | length == 1 and found.rows[0][0] is not none) }}
{% endmacro %}


{#- Whether this build goes on from the one before: it can, and not too much changed. What changed has to be of this build, too: one
    model of it may be built alone. -#}
{% macro goes_on() %}
    {%- set builds, changes = ref('int_rollforward__build'), ref('int_rollforward__piece_changes') -%}
    {%- for table in [builds, changes] -%}
        {%- if not execute or not adapter.get_relation(table.database, table.schema, table.identifier) -%}{{ return(false) }}{%- endif -%}
    {%- endfor -%}
    {%- set found = run_query(
        "select count(*) from " ~ builds ~ " as builds"
        " cross join (select min(is_followed) as is_followed, max(build) as followed_build from " ~ changes ~ ") as changes"
        " where previous_build is not null and coalesce(is_followed, 1) = 1 and coalesce(followed_build, build) = build"
    ) -%}
    {{ return(found.rows[0][0] > 0) }}
{% endmacro %}


{#- Whether a kept table already belongs to this build: it has rows of it, or there was nothing to write and the last of the
    kept tables has. Then it stays as it is, when a model is built a second time by itself: tables of one build belong
    together, and the next build goes on from them. -#}
{% macro is_built(table) %}
    {%- set builds = ref('int_rollforward__build') -%}
    {%- for kept in [table, rollforward.table_beside(table, rollforward.kept_tables()[-1])] -%}
        {%- set known = adapter.get_relation(kept.database, kept.schema, kept.identifier) if execute else none -%}
        {%- if known and 'build' in adapter.get_columns_in_relation(known) | map(attribute='name') -%}
            {%- set found = run_query("select count(*) from " ~ builds ~ " as builds inner join (select max(build) as build from " ~ known ~ ") as kept on builds.build = kept.build") -%}
            {%- if found.rows[0][0] > 0 -%}{{ return(true) }}{%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(false) }}
{% endmacro %}
