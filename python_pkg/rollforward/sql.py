"""Forms -> the SQL of an aggregate, per engine.

Sums stay exact decimals until the one division, whose two sides are cast to a float and whose lower side is
null instead of 0. Engines write all of this alike but for the float's name, so it is plain text here; sqlglot
is for the SQL that users write.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import assert_never

from rollforward.dialects import Dialect
from rollforward.formula import Operator
from rollforward.rational import Constant, Form, Nested, Rate, Single, Terms, Total

LINE = 96


Columns = Mapping[str, str]
"""What measures are called, or how a row gives them; their own names where nothing is said."""


def aggregate_sql(form: Form, dialect: Dialect, columns: Columns = MappingProxyType({})) -> str:
    """Give the aggregate expression of a form, on several lines where one would be too long to read."""
    match form:
        case Constant(value):
            return _number(value, dialect)
        case Total(terms):
            return _sum(terms, columns)
        case Rate(numerator, denominator):
            return divided(_sum(numerator, columns), _sum(denominator, columns), dialect)
        case Single(agg, name):
            before = "count(distinct " if agg == "count_distinct" else f"{agg}("
            return _enclosed(before, columns.get(name, name), ")")
        case Nested(operator, left, right):
            lower = _operand(right, dialect, columns)
            may_be_zero = operator == "/" and not isinstance(right, Constant)
            upper = _operand(left, dialect, columns)
            return _joined(operator, upper, _null_if_zero(lower) if may_be_zero else lower)
        case _:
            assert_never(form)


def divided(numerator: str, denominator: str, dialect: Dialect) -> str:
    """Give one sum over another, as floats; null where the lower one is 0."""
    upper, lower = as_float(numerator, dialect), as_float(denominator, dialect)
    return f"{upper}\n/ {_null_if_zero(lower)}"


def enclosed_sql(form: Form, dialect: Dialect, columns: Columns = MappingProxyType({})) -> str:
    """Give the same as one operand, which hand-written SQL can calculate with: operations in parentheses."""
    text = aggregate_sql(form, dialect, columns)
    return text if _is_operand(form) else _enclosed("(", text, ")")


def in_cast(text: str, data_type: str) -> str:
    """Give a value as a type."""
    return _enclosed("cast(", text, f" as {data_type})")


def indented(text: str) -> str:
    """Move every line of a text four spaces in."""
    return "\n".join(f"    {line}" for line in text.splitlines())


def _is_operand(form: Form) -> bool:
    match form:
        case Constant(value):
            return value >= 0 and value.denominator == 1
        case Total(((_, factor),)):
            return factor == 1
        case Single():
            return True
        case _:
            return False


def _operand(form: Form, dialect: Dialect, columns: Columns) -> str:
    """Give one side of a nested operation, as a float."""
    if isinstance(form, Total | Single):
        return as_float(aggregate_sql(form, dialect, columns), dialect)
    return enclosed_sql(form, dialect, columns)


def as_float(text: str, dialect: Dialect) -> str:
    """Give a value as a float of 64 bits."""
    return in_cast(text, dialect.float_type)


def _null_if_zero(text: str) -> str:
    return _enclosed("nullif(", text, ", 0)")


def _sum(terms: Terms, columns: Columns) -> str:
    """Give sums of columns joined by + and -, each times its whole factor."""
    if not terms:
        return "0"
    (first, factor), *others = terms
    text = ("-" if factor < 0 else "") + _part(first, factor, columns)
    for name, factor in others:
        text = _joined("-" if factor < 0 else "+", text, _part(name, factor, columns))
    return text


def _part(name: str, factor: Fraction, columns: Columns) -> str:
    text = _enclosed("sum(", columns.get(name, name), ")")
    return text if abs(factor) == 1 else f"{abs(factor)} * {text}"


def _number(value: Fraction, dialect: Dialect) -> str:
    """Give a number: whole, or divided as a float, since 1 / 3 of whole numbers is 0 on some engines."""
    if value.denominator == 1:
        return str(value)
    return f"{as_float(str(value.numerator), dialect)} / {value.denominator}"


def _joined(operator: Operator, left: str, right: str) -> str:
    line = f"{left} {operator} {right}"
    return line if _fits(line) else f"{left}\n{operator} {right}"


def _enclosed(before: str, text: str, after: str) -> str:
    line = f"{before}{text}{after}"
    return line if _fits(line) else f"{before}\n{indented(text)}\n{_closing(after)}"


def _closing(after: str) -> str:
    """Put what comes before the closing parenthesis on a line of its own, level with the text."""
    inner = after.removesuffix(")").strip()
    return f"    {inner}\n)" if inner else ")"


def _fits(line: str) -> bool:
    return len(line) <= LINE and "\n" not in line
