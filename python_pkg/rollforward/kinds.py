"""What a value is made of: an amount, a count, or the one over the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, assert_never

from rollforward.definitions import Measure
from rollforward.formula import Operator
from rollforward.rational import Constant, Form, Nested, Rate, Single, Total
from rollforward.tables import ColumnType


class Kind(NamedTuple):
    """Powers of amounts and of counts: (1, 0) is an amount, (0, 0) a rate or a plain number."""

    amounts: int
    counts: int

    def __str__(self) -> str:
        """Give the kind in words, for messages."""
        names = {
            RATE: "a rate or number",
            AMOUNT: "an amount",
            COUNT: "a count",
            Kind(1, -1): "an amount per customer",
        }
        return names.get(self, "neither an amount, a count nor a rate")


RATE, AMOUNT, COUNT = Kind(0, 0), Kind(1, 0), Kind(0, 1)


def kind_of(form: Form, measures: Mapping[str, Measure]) -> Kind:
    """Give the kind of a form; where kinds are mixed, which a rule refuses, that of the first."""
    match form:
        case Constant():
            return RATE
        case Total(terms):
            return kind_of_measure(measures[terms[0][0]]) if terms else RATE
        case Rate(numerator, denominator):
            return joined("/", kind_of(Total(numerator), measures), kind_of(Total(denominator), measures))
        case Single(_, name):
            return kind_of_measure(measures[name])
        case Nested(operator, left, right):
            return joined(operator, kind_of(left, measures), kind_of(right, measures))
        case _:
            assert_never(form)


def kind_of_measure(measure: Measure) -> Kind:
    """Give the kind of a measure."""
    return AMOUNT if measure.kind == "amount" else COUNT


def column_type(kind: Kind, *, exact: bool) -> ColumnType:
    """Give the type of a value's column: sums are exact, whatever is divided is a float."""
    if exact and kind == AMOUNT:
        return "amount"
    return "count" if exact and kind == COUNT else "number"


def joined(operator: Operator, left: Kind, right: Kind) -> Kind:
    """Give the kind of two values joined by an operator."""
    match operator:
        case "*":
            return Kind(left.amounts + right.amounts, left.counts + right.counts)
        case "/":
            return Kind(left.amounts - right.amounts, left.counts - right.counts)
        case "+" | "-":
            return left
        case _:
            assert_never(operator)
