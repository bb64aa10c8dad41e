"""Compile a project for an engine with its real adapter and no database; `compiled` runs this.

Credentials are invented and nothing connects: where dbt would ask the database, it is answered as by one that
holds nothing, or a build to go on from.
"""

from __future__ import annotations

import importlib
import json
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

from tests.engines.rendered import answer_of

PLACE = {"schema": "analytics", "threads": 1}
HOST = {"host": "localhost", "user": "nobody", "password": "none", "port": 1}
OUTPUTS: dict[str, dict[str, Any]] = {
    "duckdb": {"path": ".engines/adapters/warehouse.duckdb"},
    "postgres": {**HOST, "dbname": "warehouse"},
    "redshift": {**HOST, "dbname": "warehouse"},
    "snowflake": {"account": "none", "user": "nobody", "password": "none", "database": "warehouse"},
    "bigquery": {"method": "oauth", "project": "warehouse"},
    "spark": {"method": "odbc", "host": "localhost", "driver": "none", "endpoint": "none"},
    "databricks": {"host": "localhost", "http_path": "/none", "token": "none", "catalog": "warehouse"},
    "trino": {"method": "none", "host": "localhost", "port": 1, "user": "nobody", "database": "warehouse"},
    "athena": {"database": "warehouse", "region_name": "eu-west-1", "s3_staging_dir": "s3://none/"},
    "clickhouse": {"host": "localhost", "port": 1},
}


def output_of(engine: str) -> dict[str, Any]:
    """Give the output of a profile for an engine that is not there."""
    return {"type": engine, **PLACE, **OUTPUTS[engine]}


def disconnect(engine: str, *, goes_on: bool) -> None:
    """Let an adapter answer by itself what it would ask its database."""
    if engine == "spark":
        # Of the driver dbt-spark only wants to know that it is there.
        sys.modules["pyodbc"] = ModuleType("pyodbc")
    adapter = importlib.import_module(f"dbt.adapters.{engine}").Plugin.adapter

    def get_relation(self: Any, database: str, schema: str, identifier: str) -> Any:
        known = self.Relation.create(database=database, schema=schema, identifier=identifier, type="table")
        return known if goes_on else None

    def execute(_: Any, sql: str, *__: Any, **___: Any) -> tuple[Any, Any]:
        import agate
        from dbt.adapters.contracts.connection import AdapterResponse

        return AdapterResponse(_message="answered"), agate.Table(
            [[answer_of(sql, goes_on=goes_on)]], ["answer"]
        )

    columns = [SimpleNamespace(name="build")]
    nothing = lambda *_, **__: None  # noqa: E731
    for name, value in {
        "get_relation": get_relation,
        "execute": execute,
        "get_columns_in_relation": lambda *_: columns,
        "has_dbr_capability": lambda *_: True,
        "set_relations_cache": nothing,
        "cache_added": nothing,
    }.items():
        if hasattr(adapter, name):
            setattr(adapter, name, value)


def main(engine: str, state: str, project: str, profiles: str, target: str, settings: str) -> int:
    """Compile a project into a folder; 1, and what dbt complains of, where it does not compile."""
    from tests.engines.perform import run_dbt

    disconnect(engine, goes_on=state == "going on")
    folders = [
        "--project-dir",
        project,
        "--profiles-dir",
        profiles,
        "--target-path",
        target,
        "--target",
        engine,
    ]
    given = ["--vars", settings] if json.loads(settings) else []
    problems = run_dbt(
        ["compile", "--no-introspect", "--no-populate-cache", "--no-partial-parse", *folders, *given]
    )
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
