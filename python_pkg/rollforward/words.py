"""Words that cannot be names, because SQL or dbt already uses them."""

from __future__ import annotations

_SQL = """
all alter and any array as asc assert asymmetric at authorization between binary both by case cast
check collate column connect constraint contains create cross cube current current_catalog
current_date current_role current_schema current_time current_timestamp current_user database date
default deferrable define delete desc describe distinct drop else end enum escape except exclude
exists explain extract false fetch filter following for foreign freeze from full grant group
grouping groups hash having if ignore ilike in increment initially inner insert intersect interval
into is isnull join lateral leading left like limit localtime localtimestamp lookup merge minus
month natural new no not notnull null nulls of off offset on only or order outer over overlaps
partition pivot placing preceding primary proto qualify range recursive references regexp respect
returning revoke right rlike rollup row rows sample schema select session_user set some start struct
symmetric table tablesample then time timestamp to top trailing treat trigger true truncate
unbounded union unique unnest unpivot update user using values variadic view when where window with
within
"""
SQL_WORDS = frozenset(_SQL.split())

_DBT = """
adapter api builtins caller compile config context dbt dbt_metadata_envs dbt_version debug
diff_of_two_dicts dispatch do doc docs elif else endfor endif env_var exceptions execute flags for
fromjson fromyaml function graph if import include invocation_args_dict invocation_id local_md5 log
loop macro metric model modules none post_hooks pre_hooks print project_name query ref render return
rollforward run_query run_started_at schema schemas selected_resources set source sql sql_now
statement store_raw_result store_result submit_python_job target this thread_id tojson toyaml
try_or_compiler_error validation var varargs write zip zip_strict
"""
DBT_WORDS = frozenset(_DBT.split())
"""What dbt's Jinja knows by these names: a macro of the same name would hide it."""
