"""Formulas brought to one form: sums of measures, and where possible one division of two such sums.

`1 - existing_revenue / starting_revenue` becomes `(starting_revenue - existing_revenue) / starting_revenue`,
whose two sides add up over slices and whose range can be told. Nothing is cancelled that could turn a null
into a number. Where one division cannot say it, divisions stay nested.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import Literal, assert_never

from rollforward.formula import Operator

Terms = tuple[tuple[str, Fraction], ...]
"""A sum of measures: each with its factor, never 0, in the order they were first written."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A number."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class Total:
    """A sum of measures: it adds up over slices."""

    terms: Terms


@dataclass(frozen=True, slots=True)
class Rate:
    """One sum of measures over another; null where the lower one is 0."""

    numerator: Terms
    denominator: Terms


@dataclass(frozen=True, slots=True)
class Single:
    """What does not add up over slices: the smallest or largest of something, or how many different ones."""

    agg: Literal["min", "max", "count_distinct"]
    name: str


@dataclass(frozen=True, slots=True)
class Nested:
    """What one division cannot say, for example a product of two rates; `size` is what `size_of` gives."""

    operator: Operator
    left: Form
    right: Form
    size: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Count the parts once: a form made of others, each written out, can grow without end."""
        object.__setattr__(self, "size", size_of(self.left) + size_of(self.right))


Form = Constant | Total | Rate | Single | Nested


def measure(name: str) -> Total:
    """Give the form of a single measure."""
    return Total(((name, Fraction(1)),))


def combine(operator: Operator, left: Form, right: Form) -> Form:
    """Give the form of two forms joined by + - * or /."""
    match operator:
        case "+":
            return _add(left, right)
        case "-":
            return _add(left, right, Fraction(-1))
        case "*":
            return _multiply(left, right)
        case "/":
            return _divide(left, right)
        case _:
            assert_never(operator)


def size_of(form: Form) -> int:
    """Give how many numbers and measures stand in a form that is written out."""
    match form:
        case Constant() | Single():
            return 1
        case Total(terms):
            return len(terms)
        case Rate(numerator, denominator):
            return len(numerator) + len(denominator)
        case Nested():
            return form.size
        case _:
            assert_never(form)


def scale(form: Form, factor: Fraction) -> Form:
    """Give a form times a number."""
    match form:
        case Constant(value):
            return Constant(value * factor)
        case Total(terms):
            return Total(_scaled(terms, factor))
        case Rate(numerator, denominator):
            return Rate(_scaled(numerator, factor), denominator)
        case Single() | Nested():
            return form if factor == 1 else Nested("*", Constant(factor), form)
        case _:
            assert_never(form)


def measures_in(form: Form) -> tuple[str, ...]:
    """Give the measures a form reads, each once, in the order written."""
    match form:
        case Constant():
            names: tuple[str, ...] = ()
        case Total(terms):
            names = tuple(name for name, _ in terms)
        case Rate(numerator, denominator):
            names = tuple(name for name, _ in numerator + denominator)
        case Single(_, name):
            names = (name,)
        case Nested(_, left, right):
            names = measures_in(left) + measures_in(right)
        case _:
            assert_never(form)
    return tuple(dict.fromkeys(names))


def numbers_in(form: Form) -> Iterator[Fraction]:
    """Give the numbers a form calculates with: constants, and the factors of measures."""
    match form:
        case Constant(value):
            yield value
        case Total(terms):
            yield from (factor for _, factor in terms)
        case Rate(numerator, denominator):
            yield from (factor for _, factor in numerator + denominator)
        case Single():
            pass
        case Nested(_, left, right):
            yield from numbers_in(left)
            yield from numbers_in(right)
        case _:
            assert_never(form)


def in_whole_numbers(form: Form) -> Form:
    """Give the same form with whole factors only, so that sums stay exact: a / 3 + b / 2 is (2a + 3b) / 6."""
    match form:
        case Constant() | Single():
            return form
        case Total(terms):
            common = lcm(*(factor.denominator for _, factor in terms))
            whole = Total(_scaled(terms, Fraction(common)))
            return whole if common == 1 else Nested("/", whole, Constant(Fraction(common)))
        case Rate(numerator, denominator):
            common = lcm(*(factor.denominator for _, factor in numerator + denominator))
            return Rate(_scaled(numerator, Fraction(common)), _scaled(denominator, Fraction(common)))
        case Nested(operator, left, right):
            return Nested(operator, in_whole_numbers(left), in_whole_numbers(right))
        case _:
            assert_never(form)


def in_words(form: Form) -> str:
    """Give a form as one line of arithmetic over measures."""
    match form:
        case Constant(value):
            return str(value)
        case Total(terms):
            return _sum_in_words(terms)
        case Rate(numerator, denominator):
            return f"{_part(Total(numerator))} / {_part(Total(denominator))}"
        case Single(_, name):
            return name
        case Nested(operator, left, right):
            return f"{_part(left)} {operator} {_part(right)}"
        case _:
            assert_never(form)


def _part(form: Form) -> str:
    text = in_words(form)
    return f"({text})" if " " in text or text.startswith("-") else text


def _sum_in_words(terms: Terms) -> str:
    words: list[str] = []
    for name, factor in terms:
        sign = "-" if factor < 0 else "+"
        size = "" if abs(factor) == 1 else f"{abs(factor)} * "
        words.append(f"{sign} {size}{name}" if words else f"{sign}{size}{name}".removeprefix("+"))
    return " ".join(words) or "0"


def _add(left: Form, right: Form, sign: Fraction = Fraction(1)) -> Form:
    match left, right:
        case Constant(a), Constant(b):
            return Constant(a + sign * b)
        case Total(a_terms), Total(b_terms):
            return Total(_summed(a_terms, _scaled(b_terms, sign)))
        case Constant(a), Rate(numerator, denominator):
            return Rate(_summed(_scaled(denominator, a), _scaled(numerator, sign)), denominator)
        case Rate(numerator, denominator), Constant(b):
            return Rate(_summed(numerator, _scaled(denominator, sign * b)), denominator)
        case Rate(), Rate() if (times := _times(right.denominator, left.denominator)) is not None:
            return Rate(_summed(left.numerator, _scaled(right.numerator, sign / times)), left.denominator)
        case _:
            return Nested("+" if sign == 1 else "-", left, right)


def _multiply(left: Form, right: Form) -> Form:
    match left, right:
        case Constant(factor), _:
            return scale(right, factor)
        case _, Constant(factor):
            return scale(left, factor)
        case _:
            return Nested("*", left, right)


def _divide(left: Form, right: Form) -> Form:
    match left, right:
        case Constant() | Total() | Rate(), Constant(value) if value:
            return scale(left, 1 / value)
        case Total(numerator), Total(denominator):
            return Rate(numerator, denominator)
        case _:
            return Nested("/", left, right)


def _scaled(terms: Terms, factor: Fraction) -> Terms:
    return tuple((name, of * factor) for name, of in terms) if factor else ()


def _summed(left: Terms, right: Terms) -> Terms:
    factors = dict(left)
    for name, factor in right:
        factors[name] = factors.get(name, Fraction(0)) + factor
    return tuple((name, factor) for name, factor in factors.items() if factor)


def _times(terms: Terms, base: Terms) -> Fraction | None:
    """Give the number by which one sum is a multiple of another, or None."""
    factors, others = dict(terms), dict(base)
    if not factors or factors.keys() != others.keys():
        return None
    ratios = {factor / others[name] for name, factor in factors.items()}
    return ratios.pop() if len(ratios) == 1 else None
