"""DuckDB: the reference every other engine is compared with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb


class DuckDB:
    """One file; dbt, loading and reading take turns with it."""

    name = "duckdb"
    adapter = "duckdb"
    skips: Mapping[str, str] = {}

    def start(self, folder: Path) -> None:
        self.file = folder / "warehouse.duckdb"
        self.file.unlink(missing_ok=True)

    def stop(self) -> None:
        self._let_go()

    def output(self, schema: str) -> dict[str, Any]:
        return {"type": "duckdb", "path": str(self.file), "schema": schema, "threads": 2}

    def load(
        self, schema: str, table: str, types: Mapping[str, str], rows: Iterable[Mapping[str, str | None]]
    ) -> None:
        given = list(rows)
        columns = ", ".join(f"{name} {kind}" for name, kind in types.items())
        lists = ", ".join(["unnest(?::varchar[])"] * len(types))
        self._let_go()
        with duckdb.connect(str(self.file)) as connection:
            connection.execute(f"create schema if not exists {schema}")
            connection.execute(f"create or replace table {schema}.{table} ({columns})")
            values = [[row[name] for row in given] for name in types]
            connection.execute(f"insert into {schema}.{table} select {lists}", values)

    def rows(self, sql: str) -> list[dict[str, Any]]:
        self._let_go()
        with duckdb.connect(str(self.file)) as connection:
            found = connection.execute(sql)
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def versions(self) -> dict[str, str]:
        return {"DuckDB": duckdb.__version__, "dbt-duckdb": version("dbt-duckdb")}

    def _let_go(self) -> None:
        """Close the file that dbt keeps open as long as the process lives."""
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager

        DuckDBConnectionManager.close_all_connections()


def warehouse() -> DuckDB:
    """Give the engine."""
    return DuckDB()
