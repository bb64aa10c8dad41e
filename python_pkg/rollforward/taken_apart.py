"""One value and its parts: what the ledger says of it, by movement, slice, customer and period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from rollforward.contribution_sql import (
    Span,
    count_sql,
    counted_sql,
    customers_sql,
    groups_sql,
    holders_sql,
    moved_rows,
)
from rollforward.contributions import (
    Moved,
    Scales,
    has_shares,
    in_period,
    over_periods,
    over_time,
    scales_of,
    together,
)
from rollforward.definitions import JOINED, MOVEMENTS, MeasureKind
from rollforward.dialects import Dialect
from rollforward.plan import MetricPlan
from rollforward.rational import Form, Rate, Single, Terms
from rollforward.session import Session
from rollforward.tables import amount_of

Value = float | Decimal | int | Fraction | None


@dataclass(frozen=True, slots=True)
class Reading:
    """Which rows of the ledger are read, through what, and how many customers are to be named."""

    span: Span
    by: tuple[str, ...]
    customers: int
    session: Session
    dialect: Dialect
    amount_scale: int


@dataclass(frozen=True, slots=True)
class Holder:
    """A customer with one of the smallest or largest values."""

    keys: tuple[Any, ...]
    movement: str
    starting_amount: Decimal
    ending_amount: Decimal
    value: Decimal


@dataclass(frozen=True, slots=True)
class Counted:
    """A value that is counted once, and how many customers have it."""

    value: str
    customers: int


@dataclass(frozen=True, slots=True)
class PeriodPart:
    """A period that a trailing value looks back on: what is followed was worth there, and what it moved."""

    start: date
    value: Value
    numerator: Fraction | None
    denominator: Fraction | None
    contribution: Fraction | None


@dataclass(frozen=True, slots=True)
class TakenApart:
    """A value and its parts. `scales` is None where there is no value, or customers have no share of it.

    `missing` are periods that a trailing metric looks back on, and that were not observed or are not over.
    """

    metric: MetricPlan
    value: Value
    by: tuple[str, ...]
    groups: tuple[Moved, ...]
    scales: Scales | None = None
    customers: tuple[Moved, ...] = ()
    moved_customers: int = 0
    periods: tuple[PeriodPart, ...] = ()
    holders: tuple[Holder, ...] = ()
    counted: tuple[Counted, ...] = ()
    missing: tuple[date, ...] = ()

    @property
    def sides(self) -> tuple[Terms, Terms] | None:
        """The two sums of which one is divided by the other, where that says the value."""
        followed = self.metric.followed
        form = self.metric.form if followed is None else followed.value.form
        divided_once = followed is None or followed.method == "ratio_of_sums"
        return (form.numerator, form.denominator) if isinstance(form, Rate) and divided_once else None

    @property
    def kinds(self) -> Mapping[str, MeasureKind]:
        """What its measures are."""
        return {item.name: item.kind for item in self.metric.measures}

    @property
    def movements(self) -> list[Moved]:
        """What every movement adds up to, joiners first."""
        return sorted(together(self.groups), key=lambda each: MOVEMENTS.index(each.movement))

    @property
    def slices(self) -> list[Moved]:
        """What every slice adds up to, largest contribution first."""
        found = together(self.groups, range(len(self.by)))
        scales = self.scales
        return found if scales is None else sorted(found, key=lambda each: -abs(scales.contribution(each)))

    def starting_customers(self, keys: Sequence[Any] | None = None) -> int:
        """Count the customers of the start, of all or of one slice; over several periods once in each."""
        there = (each for each in self.groups if each.movement not in JOINED)
        return sum(each.customers for each in there if keys is None or each.keys == keys)

    @property
    def others(self) -> tuple[int, Fraction]:
        """How many customers moved and are not named, and by how much they moved the value together."""
        if self.scales is None:
            return 0, Fraction(0)
        named = sum(map(self.scales.contribution, self.customers), start=Fraction(0))
        everyone = sum(map(self.scales.contribution, self.groups), start=Fraction(0))
        return self.moved_customers - len(self.customers), everyone - named


def take_apart(
    metric: MetricPlan,
    value: Value,
    reading: Reading,
    followed: Mapping[date, Value],
    missing: tuple[date, ...] = (),
) -> TakenApart:
    """Take a value apart; `followed` is what a trailing metric follows was worth, where it has no shares.

    Where periods are `missing` there is no value, and only the period itself is looked at.
    """
    span, by, session = reading.span, reading.by, reading.session
    form = _form(metric, span.periods)
    rows = {item.name: item.row.on(reading.dialect.adapter) for item in metric.measures}
    summed = rows if has_shares(form) and not missing else {}
    found = session.rows(groups_sql(span, summed, by))
    groups = tuple(moved_rows(found, len(by), [*summed], span.periods, reading.amount_scale))
    scales = scales_of(form, groups) if summed else None
    return TakenApart(
        metric,
        value,
        by,
        groups,
        scales,
        tuple(_customers(scales, summed, reading)),
        _moved_customers(groups, reading),
        () if missing else tuple(_periods(metric, groups, scales, span.periods, followed)),
        tuple(_holders(form, metric, reading)),
        tuple(_counted(form, rows, reading)),
        missing,
    )


def _form(metric: MetricPlan, periods: Sequence[date]) -> Form:
    """Give what a value is of the measures in each of its periods."""
    if metric.followed is None:
        return in_period(metric.form, periods[-1])
    return over_periods(metric.followed.value.form, metric.followed.method, periods)


def _customers(scales: Scales | None, rows: Mapping[str, str], reading: Reading) -> list[Moved]:
    """Give the customers that moved it most, the first of them first."""
    if scales is None:
        return []
    span, by = reading.span, reading.by
    text = customers_sql(span, rows, by, scales, reading.dialect, reading.customers)
    by_unit: dict[Any, list[Moved]] = {}
    found = reading.session.rows(text)
    for row in moved_rows(found, 1 + len(by), [*rows], span.periods, reading.amount_scale):
        by_unit.setdefault(row.keys[0], []).append(row)
    customers = [over_time(each, span.periods) for each in by_unit.values()]
    moved = [each for each in customers if scales.contribution(each)]
    return sorted(moved, key=lambda each: (-abs(scales.contribution(each)), str(each.keys[0])))


def _moved_customers(groups: Sequence[Moved], reading: Reading) -> int:
    """Give how many customers moved, each counted once."""
    if len(reading.span.periods) > 1:
        return int(reading.session.rows(count_sql(reading.span))[0][0])
    return sum(each.customers for each in groups if each.movement != "unchanged")


def _periods(
    metric: MetricPlan,
    groups: Sequence[Moved],
    scales: Scales | None,
    periods: Sequence[date],
    values: Mapping[date, Value],
) -> Iterator[PeriodPart]:
    """Give the periods that a trailing metric looks back on."""
    for period in periods if metric.followed else ():
        there = [each for each in groups if each.period == period]
        own = in_period(metric.followed.value.form, period) if metric.followed else None
        found = scales_of(own, there) if own is not None and has_shares(own) else None
        moved = None if scales is None else sum(map(scales.contribution, there), start=Fraction(0))
        sides = (found.numerator, found.denominator) if found else (None, None)
        yield PeriodPart(period, values.get(period, None if found is None else found.value), *sides, moved)


def _holders(form: Form, metric: MetricPlan, reading: Reading) -> Iterator[Holder]:
    """Give the customers with the smallest or largest values, where one of them is the metric."""
    if not isinstance(form, Single) or form.agg == "count_distinct":
        return
    (measure,) = metric.measures
    row = measure.row.on(reading.dialect.adapter)
    scale = reading.amount_scale if measure.kind == "amount" else 0
    text = holders_sql(reading.span, row, reading.by, form.agg, reading.customers)
    for *keys, movement, start, end, value in reading.session.rows(text):
        starting, ending = (amount_of(amount, reading.amount_scale) for amount in (start, end))
        named = tuple(None if key is None else str(key) for key in keys)
        yield Holder(named, str(movement), starting, ending, amount_of(value, scale))


def _counted(form: Form, rows: Mapping[str, str], reading: Reading) -> Iterator[Counted]:
    """Give the values that are counted, where the metric counts different ones."""
    if isinstance(form, Single) and form.agg == "count_distinct":
        (row,) = rows.values()
        for value, customers in reading.session.rows(counted_sql(reading.span, row, reading.customers)):
            yield Counted(str(value), int(customers))
