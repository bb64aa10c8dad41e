"""Periods as people type them: 2026-06, 2026-Q2, 2026, or a day."""

from __future__ import annotations

import re
from datetime import date, timedelta

from rollforward.errors import refused
from rollforward.source import typed

_SPAN = re.compile(r"(\d{4})(?:-(?:[Qq]([1-4])|(\d{1,2})(?:-(\d{1,2}))?))?", re.ASCII)
_HINT = "write 2026-06, 2026-Q2, 2026, or a day such as 2026-06-30"


def span_of(text: str, option: str, fiscal_year_start_month: int = 1) -> tuple[date, date]:
    """Give the first and the last day of a period; raises ProblemsFound.

    >>> span_of("2026-Q2", "--from")
    (datetime.date(2026, 4, 1), datetime.date(2026, 6, 30))
    """
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        raise refused("not-a-period", f"'{text}' is not a period", typed(text, option).place, _HINT)
    year, quarter, month, day = (int(part) if part else None for part in found.groups())
    if fiscal_year_start_month != 1 and month is None:
        message = (
            f"'{text}' may be of the calendar or of a year that begins in month {fiscal_year_start_month}"
        )
        raise refused("not-a-period", message, typed(text, option).place, "write months: 2026-06")
    try:
        return _days(year or 0, quarter, month, day)
    except ValueError:
        raise refused("not-a-period", f"there is no '{text}'", typed(text, option).place, _HINT) from None


def _days(year: int, quarter: int | None, month: int | None, day: int | None) -> tuple[date, date]:
    if day is not None:
        exact = date(year, month or 0, day)
        return exact, exact
    first = 3 * quarter - 2 if quarter else (month or 1)
    last = 3 * quarter if quarter else (month or 12)
    return date(year, first, 1), _last_day(year, last)


def _last_day(year: int, month: int) -> date:
    """Give the last day of a month; there is no day after 9999."""
    if month == 12:
        return date(year, 12, 31)
    return date(year, month + 1, 1) - timedelta(days=1)
