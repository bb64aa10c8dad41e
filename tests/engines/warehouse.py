"""What an engine has to offer to be tested, and the one form in which its tables are compared."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

Value = str | float | bool | None
Row = dict[str, Value]


class Warehouse(Protocol):
    """An engine that dbt builds on. A module of this folder has one, made by its function `warehouse()`.

    `adapter` is dbt's name for what it is. `skips` names cases, or the beginnings of their names, that cannot
    be run here, each with the reason.
    """

    name: str
    adapter: str
    skips: Mapping[str, str]

    def start(self, folder: Path) -> None:
        """Bring the engine up; whatever it leaves behind is in the folder."""

    def stop(self) -> None:
        """Take it down; also after a start that failed half way."""

    def output(self, schema: str) -> dict[str, Any]:
        """Give the output of a dbt profile that builds in a schema."""

    def load(
        self, schema: str, table: str, types: Mapping[str, str], rows: Iterable[Mapping[str, str | None]]
    ) -> None:
        """Put rows of texts into a table, replacing it; types: varchar, date, timestamp, decimal(p, s)."""

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """Give the rows of a query as Python values: whole numbers, Decimal, float, date, bool, str, None."""

    def versions(self) -> dict[str, str]:
        """Give the versions of what takes part: the engine itself, dbt, its adapter."""


def canonical(rows: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Give rows in an order of their own, amounts and counts as texts, so that they compare exactly."""
    return sorted(
        ({name.lower(): canonical_value(row[name]) for name in sorted(row, key=str.lower)} for row in rows),
        key=_place,
    )


def canonical_value(value: Any) -> Value:
    """Give a value as it is written in JSON: what is exact as text, only what is not as a number."""
    match value:
        case None | bool() | float() | str():
            return value
        case int() | Decimal():
            text = format(Decimal(value), "f")
            text = text.rstrip("0").rstrip(".") if "." in text else text
            return "0" if text == "-0" else text
        case datetime():
            return value.isoformat(sep=" ")
        case date():
            return value.isoformat()
    raise TypeError(f"a {type(value).__name__} is no value of a table: {value!r}")


def _place(row: Row) -> tuple[str, str]:
    exact = {name: value for name, value in row.items() if not isinstance(value, float)}
    others = {name: f"{value:.9g}" for name, value in row.items() if isinstance(value, float)}
    return json.dumps(exact), json.dumps(others)


def difference(found: list[Row], expected: list[Row], tolerance: float = 1e-12) -> str:
    """Say in one line how two tables differ; nothing where they are the same, floats to a tolerance."""
    if len(found) != len(expected):
        return f"{len(found)} rows instead of {len(expected)}"
    different = [
        f"{name} is {row.get(name)!r} instead of {other.get(name)!r} in {other}"
        for row, other in zip(found, expected, strict=True)
        for name in row.keys() | other.keys()
        if not _same(row.get(name), other.get(name), tolerance)
    ]
    return f"{len(different)} cells: {different[0]}" if different else ""


def _same(one: Value, other: Value, tolerance: float) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= tolerance * max(1.0, abs(other))
    return one == other and isinstance(one, float) == isinstance(other, float)
