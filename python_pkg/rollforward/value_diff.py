"""Which published values differ between two databases, and by how much."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from rollforward.answer import column_of
from rollforward.definitions import Grain
from rollforward.plan import ViewPlan
from rollforward.session import Session
from rollforward.tables import Column, Table, table_of

_KEYS = (Column("comparison", "text"), Column("period_start", "date"), Column("period_end", "date"))


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A published value that differs; a side is None where it is null, or the row is not there at all."""

    metric: Column
    comparison: str
    grain: Grain
    start: date
    end: date
    slices: tuple[str | None, ...]
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class ViewValues:
    """A view read from both sides: how many values there are, and those that differ, latest period first."""

    view: str
    values: int
    changed: tuple[ValueChange, ...]


def differing(before: Table, after: Table, view: ViewPlan, metrics: Iterable[Column]) -> ViewValues:
    """Compare the rows of a view."""
    by, named = len(view.meaning.selected.by), tuple(metrics)
    head = len(_KEYS) + by
    old = {row[:head]: row[head:] for row in before.rows}
    new = {row[:head]: row[head:] for row in after.rows}
    keys = dict.fromkeys((*new, *old))
    grains = {each.name: each.grain for each in view.meaning.selected.comparisons}
    nothing = (None,) * len(named)
    found = [
        ValueChange(column, key[0], grains.get(key[0], "month"), key[1], key[2], key[3:], left, right)
        for key in keys
        for column, left, right in zip(named, old.get(key, nothing), new.get(key, nothing), strict=True)
        if _differ(left, right)
    ]
    order = {column.name: index for index, column in enumerate(named)}
    found.sort(
        key=lambda each: (order[each.metric.name], each.comparison, -each.end.toordinal(), _in_order(each))
    )
    return ViewValues(view.name, len(keys) * len(named), tuple(found))


def columns_of(view: ViewPlan, shared: Iterable[str]) -> tuple[Column, ...]:
    """Give the metrics of a view that both sides publish."""
    known = set(shared)
    return tuple(
        column_of(each, view.selected.amount_scale) for each in view.selected.metrics if each.name in known
    )


def published(session: Session, relation: str, view: ViewPlan, metrics: Iterable[Column]) -> Table:
    """Read the rows of a view; raises ProblemsFound."""
    columns = [*_KEYS, *(Column(name, "text") for name in view.meaning.selected.by), *metrics]
    names = ", ".join(column.name for column in columns)
    return table_of(columns, session.rows(f"select {names} from {relation}"))


def names_in(session: Session, relation: str) -> Iterator[str]:
    """Give the columns of a relation; none where there is none."""
    if session.exists(relation):
        for name, _ in session.columns(relation):
            yield name.lower()


def _in_order(change: ValueChange) -> list[tuple[bool, str]]:
    """Give where a slice comes: by its values, what has none last."""
    return [(value is None, value or "") for value in change.slices]


def _differ(left: Any, right: Any) -> bool:
    if isinstance(left, float) and isinstance(right, float):
        # The last digits of a division are the engine's own.
        return abs(left - right) > 1e-12 * max(1.0, abs(left), abs(right))
    return bool(left != right)
