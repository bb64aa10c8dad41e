"""Who moved a metric, and by how much: exact, so that the parts add up to the value to the last digit.

Against what the value would be if nobody had moved, *still*: every customer of the start pays at the end
what it paid then, and nobody joins. Where the value is N / D, still is N0 / D0 and a customer moves it by

    ((n - n0) - still * (d - d0)) / D

where n, d are what the customer adds to the sides, and n0, d0 what it would add if it had not moved. Summed
over all customers that is N / D - still, and a customer that did not move moves nothing. Where the lower side
is 0 until somebody moves (D0 = 0), still is N0 / D, and what a customer does to the lower side is left aside.

So a contribution is a sum: of what a customer changes in each measure, times what a change of that measure
counts, its *weight*. Sums, differences and averages of such values have weights as well, and what is followed
over several periods has them for each measure in each period. A product of two rates has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, assert_never

from rollforward.definitions import Method
from rollforward.rational import Constant, Form, Nested, Rate, Single, Terms, Total

SEVERAL = ""
"""The movement of customers that moved in different ways."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Some customers together: what they add to each measure, and what they would add had they not moved.

    `period` is the one it happened in, None for several.
    """

    keys: tuple[Any, ...]
    movement: str
    customers: int
    starting_amount: Decimal
    ending_amount: Decimal
    moved: Mapping[str, Fraction]
    still: Mapping[str, Fraction]
    period: date | None = None

    def __add__(self, other: Moved) -> Moved:
        """Give both together; the keys are those of the first."""
        return Moved(
            self.keys,
            self.movement if self.movement == other.movement else SEVERAL,
            self.customers + other.customers,
            self.starting_amount + other.starting_amount,
            self.ending_amount + other.ending_amount,
            {name: value + other.moved[name] for name, value in self.moved.items()},
            {name: value + other.still[name] for name, value in self.still.items()},
            self.period if self.period == other.period else None,
        )


@dataclass(frozen=True, slots=True)
class Scales:
    """What contributions are measured by: the value, what it would be if nobody had moved, and the weights.

    The two sides are those of the one division that says the value, where there is one.
    """

    value: Fraction
    still: Fraction
    weights: Mapping[str, Fraction]
    numerator: Fraction | None = None
    denominator: Fraction | None = None

    def contribution(self, moved: Moved) -> Fraction:
        """Give by how much some customers moved the value."""
        changed = (weight * (moved.moved[name] - moved.still[name]) for name, weight in self.weights.items())
        return sum(changed, start=Fraction(0))


def has_shares(form: Form) -> bool:
    """Whether customers have a share of what a form gives: sums, divided once at most, or sums of those."""
    match form:
        case Constant() | Total() | Rate():
            return True
        case Nested("*", Constant(), inner) | Nested("*", inner, Constant()):
            return has_shares(inner)
        case Nested("/", inner, Constant(divisor)) if divisor:
            return has_shares(inner)
        case Nested("+" | "-", left, right):
            return has_shares(left) and has_shares(right)
        case Nested() | Single():
            return False
        case _:
            assert_never(form)


def scales_of(form: Form, groups: Sequence[Moved]) -> Scales | None:
    """Give what contributions are measured by; None where it has no value.

    It has to be one that customers have shares of.
    """
    return _scales(form, sum(groups[1:], start=groups[0])) if groups else None


def _scales(form: Form, everyone: Moved) -> Scales | None:
    match form:
        case Constant(value):
            return Scales(value, value, {})
        case Total(terms):
            value = _sum(terms, everyone.moved)
            return Scales(value, _sum(terms, everyone.still), dict(terms), value)
        case Rate(numerator, denominator):
            return _rate(numerator, denominator, everyone)
        case Nested("*", Constant(factor), inner) | Nested("*", inner, Constant(factor)):
            return _scaled(_scales(inner, everyone), factor)
        case Nested("/", inner, Constant(divisor)) if divisor:
            return _scaled(_scales(inner, everyone), 1 / divisor)
        case Nested("+" | "-" as operator, left, right):
            sign = Fraction(1 if operator == "+" else -1)
            return _joined(_scales(left, everyone), _scaled(_scales(right, everyone), sign))
        case Nested() | Single():
            raise ValueError("customers have no share of it")
        case _:
            assert_never(form)


def _rate(numerator: Terms, denominator: Terms, everyone: Moved) -> Scales | None:
    upper, lower = _sum(numerator, everyone.moved), _sum(denominator, everyone.moved)
    if lower == 0:
        return None
    upper_still, lower_still = _sum(numerator, everyone.still), _sum(denominator, everyone.still)
    # Where there is nothing to compare with, whatever is below came by moving.
    still = upper_still / (lower_still or lower)
    weights = {name: factor / lower for name, factor in numerator}
    for name, factor in denominator if lower_still else ():
        weights[name] = weights.get(name, Fraction(0)) - still * factor / lower
    return Scales(upper / lower, still, weights, upper, lower)


def _scaled(scales: Scales | None, factor: Fraction) -> Scales | None:
    if scales is None:
        return None
    weights = {name: weight * factor for name, weight in scales.weights.items()}
    return Scales(scales.value * factor, scales.still * factor, weights)


def _joined(left: Scales | None, right: Scales | None) -> Scales | None:
    if left is None or right is None:
        return None
    weights = dict(left.weights)
    for name, weight in right.weights.items():
        weights[name] = weights.get(name, Fraction(0)) + weight
    return Scales(left.value + right.value, left.still + right.still, weights)


def _sum(terms: Terms, values: Mapping[str, Fraction]) -> Fraction:
    return sum((factor * values[name] for name, factor in terms), start=Fraction(0))


def together(groups: Iterable[Moved], by: Sequence[int] | None = None) -> list[Moved]:
    """Add up customers that share some of their keys, or their movement where `by` is None."""
    found: dict[Any, Moved] = {}
    for each in groups:
        key = each.movement if by is None else tuple(each.keys[index] for index in by)
        found[key] = found[key] + each if key in found else each
    return list(found.values())


# --- several periods ------------------------------------------------------------------------------


def within(name: str, period: date) -> str:
    """Give what a measure is called in one period."""
    return f"{name} of {period}"


def in_period(form: Form, period: date) -> Form:
    """Give a form over what its measures are in one period."""
    match form:
        case Constant():
            return form
        case Total(terms):
            return Total(_terms_in(terms, period))
        case Rate(numerator, denominator):
            return Rate(_terms_in(numerator, period), _terms_in(denominator, period))
        case Single(agg, name):
            return Single(agg, within(name, period))
        case Nested(operator, left, right):
            return Nested(operator, in_period(left, period), in_period(right, period))
        case _:
            assert_never(form)


def _terms_in(terms: Terms, period: date) -> Terms:
    return tuple((within(name, period), factor) for name, factor in terms)


def over_periods(form: Form, method: Method, periods: Sequence[date]) -> Form:
    """Give what a trailing metric is of the measures in each of its periods."""
    each = [in_period(form, period) for period in periods]
    if method == "ratio_of_sums":
        rates = [rate for rate in each if isinstance(rate, Rate)]
        return Rate(
            tuple(term for rate in rates for term in rate.numerator),
            tuple(term for rate in rates for term in rate.denominator),
        )
    total = each[0]
    for other in each[1:]:
        total = Nested("+", total, other)
    return Nested("/", total, Constant(Fraction(len(periods))))


def over_time(rows: Sequence[Moved], periods: Sequence[date]) -> Moved:
    """Give what became of one customer over periods, of what it did in each of them.

    It comes from what it paid at the start of the first, and goes to what it paid at the end of the last.
    """
    rows = sorted(rows, key=lambda row: row.period or periods[0])
    first, *others = [row for row in rows if row.movement != "unchanged"] or rows
    movement = sum(others, start=first).movement
    return replace(
        sum(rows[1:], start=rows[0]),
        keys=rows[-1].keys,
        movement=movement,
        customers=1,
        starting_amount=sum((row.starting_amount for row in rows if row.period == periods[0]), Decimal(0)),
        ending_amount=sum((row.ending_amount for row in rows if row.period == periods[-1]), Decimal(0)),
    )
