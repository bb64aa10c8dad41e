"""One value taken apart: where it comes from, who moved it, and what is not in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from rollforward.answer import answer
from rollforward.asking import Question, selection_of, type_of
from rollforward.contributions import (
    Moved,
    Period,
    Scales,
    Sides,
    customers_sql,
    groups_sql,
    moved_rows,
    scales_of,
    sides_of,
    together,
)
from rollforward.definitions import Book, Comparison, MeasureKind, Selection
from rollforward.dialects import Dialect
from rollforward.errors import Place, Problem, ProblemsFound, refused
from rollforward.plan import MetricPlan
from rollforward.resolve import Meanings, resolve_selection
from rollforward.session import Session
from rollforward.source import Scalar, typed
from rollforward.spans import span_of
from rollforward.statement import Relations
from rollforward.tables import Column, table_of


@dataclass(frozen=True, slots=True)
class Asked:
    """Which value is to be explained. Left empty: the only book, its first comparison, the last period."""

    metric: str
    book: str = ""
    comparison: str = ""
    period: str = ""
    by: tuple[str, ...] = ()
    where: str = ""
    customers: int = 10


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Input that is not in the numbers: of the whole book, for one reason."""

    reason: str
    rows: int
    amount: Decimal
    window: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A value and its parts. `scales` is None where there is no value, or no single division that says it."""

    metric: MetricPlan
    book: Book
    comparison: Comparison
    start: date
    end: date
    is_complete: bool
    value: float | Decimal | None
    groups: tuple[Moved, ...]
    by: tuple[str, ...]
    customers: tuple[Moved, ...]
    left_out: tuple[LeftOut, ...]
    scales: Scales | None
    kinds: Mapping[str, MeasureKind]

    @property
    def movements(self) -> list[Moved]:
        """What every movement adds up to."""
        return together(self.groups)

    @property
    def slices(self) -> list[Moved]:
        """What every slice adds up to, largest contribution first."""
        found = together(self.groups, range(len(self.by)))
        scales = self.scales
        return found if scales is None else sorted(found, key=lambda each: -abs(scales.contribution(each)))

    @property
    def others(self) -> tuple[int, Fraction]:
        """How many customers moved and are not named, and by how much they moved the value together."""
        if self.scales is None:
            return 0, Fraction(0)
        moved = [each for each in self.movements if each.movement != "unchanged"]
        count = sum(each.customers for each in moved) - len(self.customers)
        named = sum(map(self.scales.contribution, self.customers), start=Fraction(0))
        return count, sum(map(self.scales.contribution, moved), start=Fraction(0)) - named


def explain(
    asked: Asked,
    meanings: Meanings,
    session: Session,
    dialect: Dialect,
    relations: Relations,
    problems: str,
) -> Explanation:
    """Take a value apart; `problems` is the relation of what was left out. Raises ProblemsFound."""
    meaning = answer(_selection(asked, meanings), meanings, dialect, relations).plan.meaning
    book, comparison = meaning.book, meaning.comparisons[0]
    start, end, complete = _period(asked, book, comparison.name, meanings, session, relations)
    exactly = replace(_selection(asked, meanings, start, end), comparisons=_named(comparison.name))
    found = answer(exactly, meanings, dialect, relations)
    metric = found.plan.metrics[0]
    given = session.rows(found.sql)
    value = _value(given[0][-1], metric) if given else None
    period = Period(
        relations.ledger,
        book.name.text,
        comparison.name,
        start,
        tuple(attribute.text for attribute in book.attributes),
        tuple((each.name, each.row.on(dialect.adapter)) for each in meaning.dimensions),
        _condition(exactly, meanings, dialect),
    )
    sides = None if metric.followed else sides_of(metric.form)
    groups, customers, scales = _moved(asked, period, sides, metric, session, dialect)
    if scales is not None:
        _check(scales, value, metric)
    return Explanation(
        metric=metric,
        book=book,
        comparison=comparison,
        start=start,
        end=end,
        is_complete=complete,
        value=value,
        groups=groups,
        by=asked.by,
        customers=customers,
        left_out=tuple(_left_out(problems, book, session)),
        scales=scales,
        kinds={item.name: item.kind for item in metric.measures},
    )


def _selection(
    asked: Asked, meanings: Meanings, start: date | None = None, end: date | None = None
) -> Selection:
    """Give the selection of all periods, or that of one, which is not sliced."""
    question = Question(
        metrics=(asked.metric,),
        book=asked.book,
        comparisons=(asked.comparison,) if asked.comparison else (),
        by=asked.by if start is None else (),
        where=asked.where,
        start=start,
        end=end,
        include_incomplete=True,
    )
    return selection_of(question, meanings)


def _named(comparison: str) -> tuple[Scalar, ...]:
    return (typed(comparison, "--comparison"),)


def _condition(selection: Selection, meanings: Meanings, dialect: Dialect) -> str:
    if selection.where is None:
        return ""
    from rollforward.where import read_condition

    found: list[Problem] = []
    meaning = resolve_selection(selection, meanings, found)
    condition = None if meaning is None else read_condition(meaning, meanings.catalog, found)
    if condition is None:
        raise ProblemsFound(found)
    return condition.on(dialect.adapter)


def _period(
    asked: Asked,
    book: Book,
    comparison: str,
    meanings: Meanings,
    session: Session,
    relations: Relations,
) -> tuple[date, date, bool]:
    """Give the period asked for, or the last complete one."""
    rows = session.rows(
        f"select distinct period_start, period_end, is_complete from {relations.cohorts}"
        f" where book = '{book.name.text}' and comparison = '{comparison}' order by period_start"
    )
    periods = [(_day(start), _day(end), bool(complete)) for start, end, complete in rows]
    if not periods:
        message = f"the cohorts have no period of {book.name.text} at {comparison}"
        hint = "too little history for it, or the settings have changed: run `dbt build`"
        raise refused("no-period", message, Place("database"), hint)
    if not asked.period:
        return next((each for each in reversed(periods) if each[2]), periods[-1])
    fiscal = meanings.catalog.settings.fiscal_year_start_month
    first, last = span_of(asked.period, "--period", fiscal)
    for period in periods:
        if period[0] <= first and last <= period[1]:
            return period
    message = f"there is no period {asked.period} of {book.name.text} at {comparison}"
    hint = f"there are those from {periods[0][0]} to {periods[-1][1]}"
    raise refused("no-period", message, typed(asked.period, "--period").place, hint)


def _moved(
    asked: Asked,
    period: Period,
    sides: Sides | None,
    metric: MetricPlan,
    session: Session,
    dialect: Dialect,
) -> tuple[tuple[Moved, ...], tuple[Moved, ...], Scales | None]:
    """Give the groups, the customers that moved it most, and what contributions are measured by."""
    known = {item.name: item for item in metric.measures}
    names = () if sides is None else sides.measures
    rows = {name: known[name].row.on(dialect.adapter) for name in names}
    found = session.rows(groups_sql(period, rows, asked.by))
    groups = tuple(moved_rows(found, len(asked.by), names))
    scales = None if sides is None else scales_of(sides, groups)
    if scales is None:
        return groups, (), None
    text = customers_sql(period, rows, asked.by, scales, dialect, asked.customers)
    return groups, tuple(moved_rows(session.rows(text), 1 + len(asked.by), names)), scales


def _value(given: Any, metric: MetricPlan) -> Any:
    """Give a value of the metric's own type: drivers hand floats over as decimals, and decimals as floats."""
    column = Column(metric.name, type_of(metric.kind, exact=metric.is_exact))
    return table_of([column], [[given]]).rows[0][0]


def _check(scales: Scales, value: Any, metric: MetricPlan) -> None:
    """Compare the ledger with the cohorts: two ways to one number, which have to meet."""
    if value is None or abs(float(scales.value) - float(value)) > 1e-9 * max(1.0, abs(float(value))):
        message = f"the ledger gives {float(scales.value)} for {metric.name}, and the cohorts give {value}"
        hint = "they were built at different times: run `dbt build`"
        raise refused("ledger-differs", message, Place("database"), hint)


def _left_out(relation: str, book: Book, session: Session) -> Sequence[LeftOut]:
    rows = session.rows(
        f"select reason, grain, periods_summed, row_count, amount from {relation}"
        f" where book = '{book.name.text}' order by reason, grain, periods_summed"
    )
    return [
        LeftOut(
            str(reason),
            int(count),
            Decimal(str(amount)),
            "" if grain is None else (f"{summed} {grain}s" if int(summed) > 1 else str(grain)),
        )
        for reason, grain, summed, count, amount in rows
    ]


def _day(value: Any) -> date:
    return value if type(value) is date else date.fromisoformat(str(value)[:10])
