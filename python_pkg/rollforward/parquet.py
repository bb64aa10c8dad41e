"""Tables as parquet, which DuckDB writes, and as Arrow, which pyarrow makes: every column of its own type."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, assert_never

from rollforward.session_duckdb import engine_of
from rollforward.tables import Column, Table


def as_parquet(table: Table) -> bytes:
    """Give a table as the bytes of a parquet file; raises ProblemsFound where DuckDB is not installed."""
    engine = engine_of()
    with tempfile.TemporaryDirectory() as folder, engine.connect() as connection:
        file = Path(folder, "answer.parquet")
        defined = ", ".join(f'"{column.name}" {_sql_type(column)}' for column in table.columns)
        connection.execute(f"create table answer ({defined})")
        # As texts, which the engine casts: a list of decimals would be given a type of its own.
        values = [
            [None if row[index] is None else str(row[index]) for row in table.rows]
            for index in range(len(table.columns))
        ]
        texts = ", ".join(["unnest(?::varchar[])"] * len(table.columns))
        connection.execute(f"insert into answer select {texts}", values)
        connection.execute(f"copy answer to '{str(file).replace(chr(39), chr(39) * 2)}' (format parquet)")
        return file.read_bytes()


def as_arrow(table: Table) -> Any:
    """Give a table as a pyarrow.Table; raises ImportError where pyarrow is not installed."""
    import pyarrow

    return pyarrow.table(
        {
            column.name: pyarrow.array([row[index] for row in table.rows], _arrow_type(pyarrow, column))
            for index, column in enumerate(table.columns)
        }
    )


def _sql_type(column: Column) -> str:
    match column.type:
        case "text":
            return "varchar"
        case "date" | "boolean":
            return column.type
        case "amount":
            return f"decimal(18, {column.scale})"
        case "count":
            return "bigint"
        case "number":
            return "double"
        case _:
            assert_never(column.type)


def _arrow_type(pyarrow: Any, column: Column) -> Any:
    match column.type:
        case "text":
            return pyarrow.string()
        case "date":
            return pyarrow.date32()
        case "boolean":
            return pyarrow.bool_()
        case "amount":
            return pyarrow.decimal128(18, column.scale)
        case "count":
            return pyarrow.int64()
        case "number":
            return pyarrow.float64()
        case _:
            assert_never(column.type)
