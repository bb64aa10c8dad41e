"""The arithmetic of a metric: `(ending_revenue - starting_revenue) / starting_revenue`.

    formula := term (("+" | "-") term)*
    term    := factor (("*" | "/") factor)*
    factor  := "-" factor | "(" formula ")" | number | name

Names are those of measures and metrics. Every part knows its place in the YAML file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from rollforward.digits import TOO_MANY, too_many
from rollforward.errors import Place, Problem, ProblemsFound
from rollforward.source import Scalar

Operator = Literal["+", "-", "*", "/"]
MOST_TOKENS = 200
DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Name:
    """A measure or a metric."""

    text: str
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written, exactly."""

    value: Fraction
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Negative:
    """Minus a formula."""

    operand: Formula


@dataclass(frozen=True, slots=True)
class Operation:
    """Two formulas and what joins them; the place is the operator's."""

    operator: Operator
    left: Formula
    right: Formula
    place: Place = field(compare=False)


Formula = Name | Number | Negative | Operation


def names_in(formula: Formula) -> Iterator[Name]:
    """Give every name of a formula, in the order written."""
    match formula:
        case Name():
            yield formula
        case Number():
            pass
        case Negative(operand):
            yield from names_in(operand)
        case Operation(_, left, right):
            yield from names_in(left)
            yield from names_in(right)


def parse_formula(scalar: Scalar) -> Formula:
    """Read a formula; raises ProblemsFound with the word at fault.

    Its codes are formula-syntax, call-in-formula and too-many-digits.
    """
    return _Parser(scalar).formula_alone()


_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?|\.\d+)|(?P<name>[^\W\d]\w*)|(?P<sign>[-+*/()])|(?P<other>\S))"
)
_ALLOWED = "a formula has + - * / ( ), numbers, and names of measures and metrics"
_CALL_HINT = (
    "measures are summed already: existing_revenue, not sum(existing_revenue);"
    " a rate is followed over periods by type: trailing"
)


@dataclass(frozen=True, slots=True)
class _Token:
    """A word or sign; the kind is that of its group in _TOKEN, or `end`."""

    kind: str
    text: str
    place: Place


class _Parser:
    """Recursive descent over the tokens of one formula."""

    def __init__(self, scalar: Scalar) -> None:
        self.scalar = scalar
        self.tokens = list(_tokens(scalar))
        self.position = 0
        self.depth = 0

    def formula_alone(self) -> Formula:
        parsed = self.formula()
        if self.ahead.kind != "end":
            raise _refused(f"'{self.ahead.text}' is not expected here", self.ahead.place, _ALLOWED)
        return parsed

    @property
    def ahead(self) -> _Token:
        return self.tokens[self.position]

    def take(self, *signs: str) -> _Token | None:
        token = self.ahead
        if token.kind != "sign" or token.text not in signs:
            return None
        self.position += 1
        return token

    def formula(self) -> Formula:
        left = self.term()
        while sign := self.take("+", "-"):
            left = Operation("+" if sign.text == "+" else "-", left, self.term(), sign.place)
        return left

    def term(self) -> Formula:
        left = self.factor()
        while sign := self.take("*", "/"):
            left = Operation("*" if sign.text == "*" else "/", left, self.factor(), sign.place)
        return left

    def factor(self) -> Formula:
        token = self.ahead
        self.depth += 1
        if self.depth > DEEPEST:
            raise _refused(f"the formula is nested more than {DEEPEST} deep here", token.place)
        parsed = self.factor_within(token)
        self.depth -= 1
        return parsed

    def factor_within(self, token: _Token) -> Formula:
        if token.kind == "end":
            raise _refused("the formula ends where a name or a number is due", token.place)
        if self.take("-"):
            return Negative(self.factor())
        if self.take("("):
            inner = self.formula()
            if not self.take(")"):
                raise _refused("this '(' is not closed", token.place)
            return inner
        if token.kind == "sign":
            raise _refused(f"'{token.text}' stands where a name or a number is due", token.place)
        self.position += 1
        if token.kind == "number":
            return Number(Fraction(_number(token)), token.place)
        if self.ahead.text == "(":
            message = f"'{token.text}(...)' cannot be called in a formula"
            raise ProblemsFound([Problem("call-in-formula", message, token.place, _CALL_HINT)])
        return Name(token.text, token.place)


def _tokens(scalar: Scalar) -> Iterator[_Token]:
    for count, found in enumerate(_TOKEN.finditer(scalar.text)):
        kind = str(found.lastgroup)
        text = found[kind]
        place = scalar.within(found.start(kind), len(text))
        if kind == "other":
            raise _refused(f"'{text}' cannot be used in a formula", place, _ALLOWED)
        if count == MOST_TOKENS:
            message = f"the formula has more than {MOST_TOKENS} words and signs"
            raise _refused(message, place, "make metrics of its parts")
        yield _Token(kind, text, place)
    yield _Token("end", "", scalar.place)


def _number(token: _Token) -> Decimal:
    number = Decimal(token.text)
    if too_many(number):
        code, message, hint = TOO_MANY
        raise ProblemsFound([Problem(code, message, token.place, hint)])
    return number


def _refused(message: str, place: Place, hint: str = "") -> ProblemsFound:
    return ProblemsFound([Problem("formula-syntax", message, place, hint)])
