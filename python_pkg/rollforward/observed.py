"""The periods that the cohorts hold, and why they hold none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rollforward.definitions import Book
from rollforward.session import Session
from rollforward.tables import amount_of, day_of


@dataclass(frozen=True, slots=True)
class Observed:
    """A period that is in the cohorts."""

    start: date
    end: date
    is_complete: bool


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Input that is not in the numbers: of the whole book, for one reason."""

    reason: str
    rows: int
    amount: Decimal
    window: str = ""


def observed_periods(session: Session, cohorts: str, book: Book, comparison: str) -> tuple[Observed, ...]:
    """Give the periods there are of a book at a comparison, in their order; raises ProblemsFound."""
    rows = session.rows(
        f"select distinct period_start, period_end, is_complete from {cohorts}"
        f" where book = '{book.name.text}' and comparison = '{comparison}' order by period_start"
    )
    return tuple(Observed(day_of(start), day_of(end), bool(complete)) for start, end, complete in rows)


def left_out(session: Session, problems: str, book: Book) -> Iterator[LeftOut]:
    """Give what was left out of a book's input; raises ProblemsFound."""
    rows = session.rows(
        f"select reason, grain, periods_summed, row_count, amount from {problems}"
        f" where book = '{book.name.text}' order by reason, grain, periods_summed"
    )
    for reason, grain, summed, count, amount in rows:
        window = "" if grain is None else (f"{summed} {grain}s" if int(summed) > 1 else str(grain))
        yield LeftOut(str(reason), int(count), amount_of(amount, 12), window)


def why_none(session: Session, problems: str, book: Book) -> str:
    """Say why there can be no period of a book: what was left out of it comes first."""
    counts = [
        f"{each.rows:,} rows {each.reason}" for each in left_out(session, problems, book) if not each.window
    ]
    listed = f"left out were {', '.join(counts)} (see rollforward__rejected_rows); else " if counts else ""
    return f"{listed}too little history for it, or the settings have changed: run `dbt build`"


def where_there_are_any(session: Session, cohorts: str, problems: str, book: Book, comparison: str) -> str:
    """Say which periods of a book there are at a comparison, for somebody who asked and got nothing."""
    periods = observed_periods(session, cohorts, book, comparison)
    what = f"{book.name.text} at {comparison}"
    if not periods:
        return f"the cohorts have no period of {what}: {why_none(session, problems, book)}"
    complete = [each for each in periods if each.is_complete]
    if not complete:
        return f"no period of {what} is complete: --include-incomplete shows them"
    return f"complete periods of {what} go from {complete[0].start} to {complete[-1].end}"
