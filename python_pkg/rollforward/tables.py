"""Rows with typed columns: what a question is answered with, before anybody writes it down."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Context, Decimal
from typing import Any, Literal, assert_never

ColumnType = Literal["text", "date", "boolean", "amount", "count", "number"]
"""`amount` is an exact decimal, `count` a whole number, `number` a float of 64 bits: a rate or an average."""

_EXACT = Context(prec=100)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name and type, for numbers the `format` people read them in, for amounts the decimals."""

    name: str
    type: ColumnType
    format: str = ""
    scale: int = 4

    @property
    def is_numeric(self) -> bool:
        """Whether the column holds numbers, which are written to the right."""
        return self.type in ("amount", "count", "number")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of typed columns; None is a missing value."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)

    def records(self) -> list[dict[str, Any]]:
        """Give the rows as dicts."""
        return [dict(zip(self.names, row, strict=True)) for row in self.rows]


def table_of(columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> Table:
    """Give a table of what a database answered, every value of its column's own type.

    Database drivers differ: a count may arrive as a decimal, a float as one too, a day as a timestamp.
    """
    return Table(tuple(columns), tuple(tuple(map(_typed, row, columns)) for row in rows))


def _typed(value: Any, column: Column) -> Any:
    if value is None:
        return None
    match column.type:
        case "amount":
            return amount_of(value, column.scale)
        case "count":
            return int(value)
        case "number":
            return float(value)
        case "boolean":
            return bool(value)
        case "date":
            return day_of(value)
        case "text":
            return str(value)
        case _:
            assert_never(column.type)


def amount_of(value: Any, scale: int) -> Decimal:
    """Give an amount with all its decimals: of some engines zeros at the end do not arrive."""
    given = value if isinstance(value, Decimal) else Decimal(str(value))
    whole = given.quantize(Decimal(1).scaleb(-scale), context=_EXACT)
    return whole if whole == given else given


def day_of(value: Any) -> date:
    """Give a day, as whatever a driver gave it."""
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
