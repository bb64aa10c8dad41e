"""Tables of texts on Spark: a file of JSON lines, and the statements that make a table of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

FEWER = "a build takes minutes here: fewer drawn books are enough"
TYPES = {"varchar": "string"}


def write_json(file: Path, rows: Iterable[Mapping[str, str | None]]) -> Path:
    """Write rows of texts, one a line."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(dict(row)) + "\n" for row in rows), encoding="utf-8")
    return file


def create_from_json(schema: str, table: str, types: Mapping[str, str], file: Path) -> list[str]:
    """Give the statements that replace a table by the rows of a file."""
    texts = ", ".join(f"{name} string" for name in types)
    typed = ", ".join(f"cast({name} as {TYPES.get(kind, kind)}) as {name}" for name, kind in types.items())
    return [
        f"create schema if not exists {schema}",
        f"drop table if exists {schema}.{table}",
        f"create or replace temporary view given ({texts}) using json options (path '{file}')",
        f"create table {schema}.{table} using parquet as select {typed} from given",
    ]


def load_table(
    session: Any,
    folder: Path,
    schema: str,
    table: str,
    types: Mapping[str, str],
    rows: Iterable[Mapping[str, str | None]],
) -> None:
    """Replace a table by rows, in a session that reads files of this machine."""
    file = write_json(folder / "given" / f"{table}.json", rows)
    for statement in create_from_json(schema, table, types, file):
        session.sql(statement)
