{#- Builds that go on from the one before. Every table that is kept says in column `build` which build it belongs to;
    int_rollforward__build names this build and the one it can go on from. A build goes on when nothing but the input
    changed: units that have other pieces than before are followed anew, and what is no more of them is taken out of the
    cohorts, what is new put in. It gives what a build from nothing gives. When much changed, everything is built anew. -#}


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
    {%- set last_table = build_table.incorporate(path={'identifier': rollforward.kept_tables()[-1]}) -%}
    {%- set found = run_query("select build from " ~ build_table ~ " where settings = '" ~ rollforward.settings_fingerprint() ~ "' and build = (select max(build) from " ~ last_table ~ ")") -%}
    {{ return(found.rows[0][0] if found.rows | length == 1 else none) }}
{% endmacro %}


{#- The tables that a build can go on from, in the order they are built. -#}
{% macro kept_tables() %}
    {{ return(['int_rollforward__given_sets', 'int_rollforward__pieces', 'int_rollforward__combined_runs', 'int_rollforward__cohort_changes']) }}
{% endmacro %}


{#- One text for all settings that kept tables depend on; `layout` grows by one when the package changes what they hold. -#}
{% macro settings_fingerprint() %}
    {{ return(local_md5(tojson({
        'layout': 2,
        'books': rollforward.books(),
        'windows': rollforward.windows(),
        'fiscal_year_start_month': rollforward.setting('fiscal_year_start_month'),
        'amount_scale': rollforward.setting('amount_scale'),
    }))) }}
{% endmacro %}


{#- This build's number: the time it started, in milliseconds. -#}
{% macro build_number() %}{{ return((run_started_at.timestamp() * 1000) | int) }}{% endmacro %}


{#- Whether pieces are compared with those of the build before. -#}
{% macro has_last_build() %}
    {%- set build_table = ref('int_rollforward__build') -%}
    {%- if not execute or not adapter.get_relation(build_table.database, build_table.schema, build_table.identifier) -%}{{ return(false) }}{%- endif -%}
    {%- set found = run_query("select previous_build from " ~ build_table) -%}
    {{ return(found.rows[0][0] is not none) }}
{% endmacro %}


{#- Whether this build goes on from the one before: some pieces are as they were, or are no more. -#}
{% macro goes_on() %}
    {%- set pieces = ref('int_rollforward__pieces') -%}
    {%- if not execute or not adapter.get_relation(pieces.database, pieces.schema, pieces.identifier) -%}{{ return(false) }}{%- endif -%}
    {%- set found = run_query("select count(*) from " ~ pieces ~ " where direction < 1") -%}
    {{ return(found.rows[0][0] > 0) }}
{% endmacro %}


{#- Whether a kept table already belongs to this build. Then it stays as it is, when a model is built a second time by
    itself: tables of one build belong together, and the next build goes on from them. -#}
{% macro is_built(table) %}
    {%- set builds = ref('int_rollforward__build') -%}
    {%- set known = adapter.get_relation(table.database, table.schema, table.identifier) if execute else none -%}
    {%- if not known or 'build' not in adapter.get_columns_in_relation(known) | map(attribute='name') -%}{{ return(false) }}{%- endif -%}
    {%- set found = run_query("select count(*) from " ~ builds ~ " as builds inner join (select max(build) as build from " ~ known ~ ") as kept on builds.build = kept.build") -%}
    {{ return(found.rows[0][0] > 0) }}
{% endmacro %}
