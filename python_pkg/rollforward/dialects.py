"""The engines generated SQL is written for, and what differs between them. One value here adds an engine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Dialect:
    """An engine: its dbt adapter, sqlglot's name for its SQL, what it calls a float of 64 bits, and a day.

    `level` is what may be claimed of the numbers there. Executed: the engine itself ran all cases and gave
    what DuckDB gives. Evaluated: the reference implementation of its SQL did. Emulated: an emulator of the
    engine did. Compiled: its adapter compiled them, and the SQL was read and checked, not run.

    `collation` is the one in which texts are ordered character by character, where a database may order them
    by another.

    `parent` is the adapter whose macros dbt's dispatch finds where it has none of its own: redshift finds
    `postgres__` ones and databricks `spark__` ones; athena does not find trino's. Other types need no entry:
    decimal, bigint, date and boolean are understood by all, and dbt itself translates `string` in a contract.
    `decimal` says how to write a number with decimals that would be a float as it comes: by a cast, or by a
    function that takes the text and how many decimals it has.
    `ending` is what a select has to end with to mean there what it means elsewhere. `keeps_contracts` says
    whether dbt can hold the types that a view has there against those that are declared for it.
    """

    adapter: str
    sqlglot: str
    level: str
    float_type: str = "double"
    parent: str = ""
    ending: str = ""
    collation: str = ""
    day_type: str = "date"
    decimal: str = ""
    keeps_contracts: bool = True

    def day(self, day: date) -> str:
        """Write a day."""
        return f"cast('{day}' as {self.day_type})"


DIALECTS = (
    Dialect("duckdb", "duckdb", "executed"),
    Dialect("postgres", "postgres", "executed", "double precision", collation="C"),
    Dialect("redshift", "redshift", "compiled", "double precision", parent="postgres"),
    Dialect("snowflake", "snowflake", "emulated"),
    Dialect("bigquery", "bigquery", "evaluated", "float64", decimal="cast"),
    Dialect("spark", "spark", "executed"),
    Dialect("databricks", "databricks", "compiled", parent="spark"),
    Dialect("trino", "trino", "compiled"),
    Dialect("athena", "athena", "compiled"),
    # A sum is not called what its column is called, and a cast does not refuse what is missing.
    Dialect(
        "clickhouse",
        "clickhouse",
        "executed",
        "Nullable(Float64)",
        ending="settings prefer_column_name_to_alias = 1, cast_keep_nullable = 1",
        # Its date begins in 1970, and wraps around before.
        day_type="Date32",
        decimal="toDecimal128",
        # It spells types its own way, and what can be missing is part of them: none would match.
        keeps_contracts=False,
    ),
)

DEFAULT = DIALECTS[0]
"""The engine whose text is used where no other is found, and whose SQL users write unless they say so."""


def dialect_of(adapter: str) -> Dialect | None:
    """Give the engine of a dbt adapter, or None where it is not one that SQL is written for."""
    return next((engine for engine in DIALECTS if engine.adapter == adapter), None)
