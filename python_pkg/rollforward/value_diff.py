"""Which published values differ between two databases, and by how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from rollforward.answer import value_columns
from rollforward.days import Grain
from rollforward.plan import ViewPlan
from rollforward.session import Session
from rollforward.tables import Column, Table, table_of

_KEYS = (Column("comparison", "text"), Column("period_start", "date"), Column("period_end", "date"))


@dataclass(frozen=True, slots=True)
class Published:
    """A view as one of the two projects means it, and where its database has it."""

    view: ViewPlan
    session: Session
    relation: str

    @property
    def by(self) -> tuple[str, ...]:
        """The columns it is sliced by."""
        return self.view.meaning.selected.by


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A published value that differs; a side is None where it is null, or the row is not there at all.

    `is_on_both_sides` says of the row whether it is: a period that only one side has was not restated.
    """

    column: Column
    comparison: str
    grain: Grain
    start: date
    end: date
    slices: tuple[str | None, ...]
    before: Any
    after: Any
    is_on_both_sides: bool


@dataclass(frozen=True, slots=True)
class ViewValues:
    """A view read from both sides: how many values there are, and those that differ, latest period first.

    Those of periods and slices that only one side has come after the others.

    `not_compared` says why there are none: a view that could not be compared is never taken for one that is
    as it was.
    """

    view: str
    values: int = 0
    changed: tuple[ValueChange, ...] = ()
    not_compared: str = ""


def compared(before: Published, after: Published) -> ViewValues:
    """Compare what a view publishes: its metrics, and what they are made of. Raises ProblemsFound.

    A rate stays as it was where every amount is a hundred times what it was; its two sides do not.
    """
    named_before, named_after = _names_in(before), _names_in(after)
    columns = [
        column
        for column in value_columns(after.view.selected, parts=True)
        if column.name in named_before & named_after
    ]
    why_not = _why_not(before, named_before, after, named_after) or (
        "" if columns else "no value is in both databases"
    )
    if why_not:
        return ViewValues(after.view.name, not_compared=why_not)
    return _differing(_read(before, after.by, columns), _read(after, after.by, columns), after, columns)


def _why_not(before: Published, named_before: set[str], after: Published, named_after: set[str]) -> str:
    """Give what is in the way of comparing a view; empty where nothing is."""
    if not named_before:
        return f"the base has no {before.relation}"
    if not named_after:
        return f"there is no {after.relation}: run `dbt build`"
    # Rows of finer slices would fall on one another, and one of them would be taken for all.
    if set(before.by) != set(after.by):
        return f"it is by {_listed(after.by)} now, and by {_listed(before.by)} in the base"
    for names, where in ((named_before, "the base has"), (named_after, "there is")):
        for name in after.by:
            if name not in names:
                return f"{where} no column {name}"
    return ""


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "nothing"


def _differing(before: Table, after: Table, published: Published, columns: Sequence[Column]) -> ViewValues:
    head = len(_KEYS) + len(published.by)
    old = {row[:head]: row[head:] for row in before.rows}
    new = {row[:head]: row[head:] for row in after.rows}
    keys = dict.fromkeys((*new, *old))
    grains = {each.name: each.grain for each in published.view.meaning.selected.comparisons}
    nothing = (None,) * len(columns)
    found = [
        ValueChange(
            column,
            key[0],
            grains.get(key[0], "month"),
            key[1],
            key[2],
            key[3:],
            left,
            right,
            key in old and key in new,
        )
        for key in keys
        for column, left, right in zip(columns, old.get(key, nothing), new.get(key, nothing), strict=True)
        if _differ(left, right)
    ]
    order = {column.name: index for index, column in enumerate(columns)}
    found.sort(
        key=lambda each: (
            not each.is_on_both_sides,
            order[each.column.name],
            each.comparison,
            -each.end.toordinal(),
            _in_order(each),
        )
    )
    return ViewValues(published.view.name, len(keys) * len(columns), tuple(found))


def _read(published: Published, by: Sequence[str], values: Sequence[Column]) -> Table:
    """Read the rows of a view, both sides in the same order of columns; raises ProblemsFound."""
    columns = [*_KEYS, *(Column(name, "text") for name in by), *values]
    names = ", ".join(column.name for column in columns)
    return table_of(columns, published.session.rows(f"select {names} from {published.relation}"))


def _names_in(published: Published) -> set[str]:
    """Give the columns of a view; none where it is not there."""
    if not published.session.exists(published.relation):
        return set()
    return {name.lower() for name, _ in published.session.columns(published.relation)}


def _in_order(change: ValueChange) -> list[tuple[bool, str]]:
    """Give where a slice comes: by its values, what has none last."""
    return [(value is None, value or "") for value in change.slices]


def _differ(left: Any, right: Any) -> bool:
    if isinstance(left, float) and isinstance(right, float):
        # The last digits of a division are the engine's own.
        return abs(left - right) > 1e-12 * max(1.0, abs(left), abs(right))
    return bool(left != right)
