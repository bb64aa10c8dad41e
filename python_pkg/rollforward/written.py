"""Values as people read them. Files and pipes for programs never come here: they get values raw."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from rollforward.days import Grain
from rollforward.tables import Column

NOTHING = "-"
_TOO_LONG = Decimal(10) ** 20


def written(value: Any, column: Column) -> str:
    """Give a value in the format of its column; a missing number is a dash, a missing text says so.

    >>> written(1.0308, Column("net_expansion_rate", "number", "percent"))
    '103.1 %'
    """
    if value is None:
        return NOTHING if column.is_numeric else "(none)"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not column.is_numeric:
        # A value from the data must not move the cursor or change colours.
        return "".join(char if char.isprintable() else " " for char in str(value))
    return number(value, format_of(column))


def number(value: Any, form: str) -> str:
    """Give a number as percent, currency, decimal or count."""
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    if not exact.is_finite() or abs(exact) >= _TOO_LONG:
        return f"{value:.6g}"
    match form:
        case "percent":
            return f"{_rounded(exact * 100, 1):,} %"
        case "currency":
            return f"{_rounded(exact, 2):,}"
        case "count":
            return f"{_rounded(exact, 0):,}"
        case _:
            return f"{_rounded(exact, 3):,}"


def signed(value: Any, form: str) -> str:
    """Give a change: the same with its sign, points instead of percent."""
    text = number(value, form)
    text = text.replace(" %", " pt")
    return text if text.startswith("-") or not any(digit in text for digit in "123456789") else f"+{text}"


def points(share: Decimal) -> str:
    """Give a part of a rate in points with its sign, to the hundredth.

    Of a large book one customer is less than that: then as many digits as say something.

    >>> points(Decimal("0.0308")), points(Decimal("-0.0000034"))
    ('+3.08 pt', '-0.00034 pt')
    """
    value = share * 100
    places = 2 if not value or abs(value) >= Decimal("0.01") else 1 - value.adjusted()
    return f"{value:+z,.{places}f} pt" if places < 10 else f"{value:+.1e} pt"


def period_name(start: date, end: date, grain: Grain, fiscal_year_start_month: int = 1) -> str:
    """Give the name of a period: 2026-06, 2026-Q2, 2026; where years begin later, the month it ends in.

    >>> period_name(date(2026, 4, 1), date(2026, 6, 30), "quarter")
    '2026-Q2'
    """
    if grain == "month" or fiscal_year_start_month != 1:
        return f"{end:%Y-%m}"
    return f"{start:%Y}-Q{(start.month + 2) // 3}" if grain == "quarter" else f"{start:%Y}"


def format_of(column: Column) -> str:
    """Give how the numbers of a column are written: as it says, else by what they are.

    An amount has two decimals, a count none, a rate three.
    """
    return column.format or {"amount": "currency", "count": "count"}.get(column.type, "decimal")


def _rounded(value: Decimal, places: int) -> Decimal:
    rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return abs(rounded) if rounded == 0 else rounded
