"""Months and the days they begin with."""

from __future__ import annotations

from datetime import date
from typing import Literal

Grain = Literal["month", "quarter", "year"]
MONTHS: dict[Grain, int] = {"month": 1, "quarter": 3, "year": 12}
"""How many months a period of a grain has."""


def months_before(day: date, months: int) -> date:
    """Give a day, or the first of the month that lies some months before."""
    index = day.year * 12 + day.month - 1 - months
    return date(max(1, index // 12), index % 12 + 1, 1) if months else day
