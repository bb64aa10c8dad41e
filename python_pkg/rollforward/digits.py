"""How many digits a number may be written with, in SQL over rows and in formulas alike."""

from __future__ import annotations

from decimal import Decimal

MOST_DIGITS, MOST_DECIMALS = 18, 9
"""What amounts can have, and the decimal types of all engines."""
TOO_MANY = (
    "too-many-digits",
    "this number is not the same on every engine",
    f"at most {MOST_DIGITS} digits before the point and {MOST_DECIMALS} behind it",
)
"""Code, message and hint for a number with more."""


def too_many(number: Decimal) -> bool:
    """Whether a number loses digits on some engine, or is none there.

    >>> too_many(Decimal("0.123456789")), too_many(Decimal("1e18")), too_many(Decimal("0.0000000001"))
    (False, True, True)
    """
    exponent = number.as_tuple().exponent
    return number.adjusted() >= MOST_DIGITS or not isinstance(exponent, int) or exponent < -MOST_DECIMALS
