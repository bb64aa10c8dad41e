"""Snowflake: dbt's adapter on fakesnow, an emulator in this process that answers from DuckDB."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from typing import Any

import fakesnow
import fakesnow.transforms
from fakesnow.cursor import FakeSnowflakeCursor
from sqlglot import exp

# The commands of rollforward, which the emulator's environment does not have installed.
sys.path.append(str(Path(__file__).parents[2] / "python_pkg"))


class Snowflake:
    """One emulator for all connections of this process."""

    name = "snowflake"
    adapter = "snowflake"
    skips: Mapping[str, str] = {}

    def start(self, _: Path) -> None:
        _give_hashes_a_sign()
        # The emulator sums everything as floats, for the sake of texts, which Snowflake takes for numbers.
        fakesnow.transforms.numeric_agg_implicit_cast = lambda expression: expression
        self.open = ExitStack()
        self.open.enter_context(
            fakesnow.patch(create_database_on_connect=True, create_schema_on_connect=True)
        )

    def stop(self) -> None:
        self.open.close()

    def output(self, schema: str) -> dict[str, Any]:
        place = {"account": "emulated", "database": "WAREHOUSE", "schema": schema, "warehouse": "ANY"}
        return {"type": "snowflake", **place, "user": "somebody", "password": "-", "threads": 1}

    def load(
        self, schema: str, table: str, types: Mapping[str, str], rows: Iterable[Mapping[str, str | None]]
    ) -> None:
        given = list(rows)
        columns = ", ".join(f"{name} {kind}" for name, kind in types.items())
        lists = ", ".join(["unnest(?::varchar[])"] * len(types))
        with self._connection() as connection, connection.cursor() as cursor:
            cursor.execute(f"create schema if not exists {schema}")
            cursor.execute(f"create or replace table {schema}.{table} ({columns})")
            # All rows at once, which the emulator's own database takes.
            values = [[row[name] for row in given] for name in types]
            cursor._duck_conn.execute(f"insert into warehouse.{schema}.{table} select {lists}", values)

    def rows(self, sql: str) -> list[dict[str, Any]]:
        with self._connection() as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            names = [column.name for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def versions(self) -> dict[str, str]:
        return {"fakesnow": version("fakesnow"), "dbt-snowflake": version("dbt-snowflake")}

    def _connection(self) -> Any:
        import snowflake.connector

        return snowflake.connector.connect(database="WAREHOUSE", schema="RAW")


def _give_hashes_a_sign() -> None:
    """Make the emulator's hash one of 63 bits: DuckDB's has 64 and no sign, more than its integers hold."""
    transform = FakeSnowflakeCursor._transform

    def signed(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Anonymous) and node.name.lower() == "hash":
            return exp.cast(
                exp.BitwiseRightShift(this=node.copy(), expression=exp.Literal.number(1)), "bigint"
            )
        return node

    def transformed(cursor: Any, *given: Any) -> Any:
        return transform(cursor, *given).transform(signed)

    FakeSnowflakeCursor._transform = transformed


def warehouse() -> Snowflake:
    """Give the engine."""
    return Snowflake()
