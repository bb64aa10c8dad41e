"""How far a book is known: the periods that the cohorts hold, what was left out, and why there is nothing.

`models` says where the package's models are, by their names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rollforward.days import MONTHS
from rollforward.definitions import COHORTS, INPUT_PROBLEMS, OBSERVED_BOOKS, Book, Comparison, Settings
from rollforward.session import Session
from rollforward.tables import amount_of, day_of

UNREADABLE = ("null_amount", "non_numeric_amount")
"""Reasons for which nobody can say what the rows amount to."""


@dataclass(frozen=True, slots=True)
class Observed:
    """A period that is in the cohorts."""

    start: date
    end: date
    is_complete: bool


@dataclass(frozen=True, slots=True)
class Reach:
    """From its first row in use through which day a book is known."""

    first: date
    through: date


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Input that is not in the numbers, for one reason; no `amount` where nobody can read one."""

    reason: str
    rows: int
    amount: Decimal | None
    window: str = ""


def reach_of(session: Session, models: Mapping[str, str], book: Book) -> Reach | None:
    """Give how far a book is known; None where no row of it is in use. Raises ProblemsFound."""
    rows = session.rows(
        f"select first_day, observed_through from {models[OBSERVED_BOOKS]} where book = '{book.name.text}'"
    )
    return next((Reach(day_of(first), day_of(through)) for first, through in rows if through), None)


def built_as_of_another_day(reach: Reach | None, book: Book, settings: Settings) -> list[str]:
    """Note that the database holds a book as of another day than the settings say.

    A book of snapshots is never known further than its last one, so it may end earlier.
    """
    said = book.as_of_date or settings.as_of_date
    if said is None or reach is None or reach.through == said:
        return []
    if book.shape == "snapshots" and reach.through < said:
        return []
    name, through = book.name.text, reach.through
    return [f"{name} was built as of {through}, and its as_of_date is {said}: `dbt build` brings it there"]


def observed_periods(
    session: Session, models: Mapping[str, str], book: Book, comparison: str
) -> tuple[Observed, ...]:
    """Give the periods there are of a book at a comparison, in their order; raises ProblemsFound."""
    rows = session.rows(
        f"select distinct period_start, period_end, is_complete from {models[COHORTS]}"
        f" where book = '{book.name.text}' and comparison = '{comparison}' order by period_start"
    )
    return tuple(Observed(day_of(start), day_of(end), bool(complete)) for start, end, complete in rows)


def left_out(session: Session, models: Mapping[str, str], book: Book) -> Iterator[LeftOut]:
    """Give what was left out of a book's input; raises ProblemsFound."""
    rows = session.rows(
        f"select reason, grain, periods_summed, row_count, amount from {models[INPUT_PROBLEMS]}"
        f" where book = '{book.name.text}' order by reason, grain, periods_summed"
    )
    for reason, grain, summed, count, amount in rows:
        window = "" if grain is None else (f"{summed} {grain}s" if int(summed) > 1 else str(grain))
        known = None if reason in UNREADABLE else amount_of(amount, 12)
        yield LeftOut(str(reason), int(count), known, window)


def why_none(
    session: Session, models: Mapping[str, str], book: Book, comparison: Comparison, settings: Settings
) -> str:
    """Say why there can be no period of a book: no rows in use, too short a history, or other settings."""
    reach = reach_of(session, models, book)
    if reach is None:
        counts = [
            f"{each.rows:,} rows {each.reason}" for each in left_out(session, models, book) if not each.window
        ]
        listed = ", ".join(counts)
        return f"left out were {listed} (see rollforward__rejected_rows)" if listed else "it has no rows"
    months = MONTHS[comparison.grain]
    first, last = (
        (day.year * 12 + day.month - settings.fiscal_year_start_month) // months
        for day in (reach.first, reach.through)
    )
    needed = comparison.lookback + (comparison.periods_summed if book.measurement == "period_sum" else 1)
    if last - first + 1 < needed:
        known = f"{book.name.text} is known from {reach.first} through {reach.through}"
        return f"it needs {needed} {comparison.grain}s, and {known}"
    return "the settings have changed since: run `dbt build`"


def where_there_are_any(
    session: Session, models: Mapping[str, str], book: Book, comparison: Comparison, settings: Settings
) -> str:
    """Say which periods of a book there are at a comparison, for somebody who asked and got nothing."""
    periods = observed_periods(session, models, book, comparison.name)
    what = f"{book.name.text} at {comparison.name}"
    if not periods:
        return (
            f"the cohorts have no period of {what}: {why_none(session, models, book, comparison, settings)}"
        )
    complete = [each for each in periods if each.is_complete]
    begun = [each for each in periods if not each.is_complete]
    over = f"complete periods of {what} go from {complete[0].start} to {complete[-1].end}"
    over = over if complete else f"no period of {what} is complete"
    reach = reach_of(session, models, book)
    if not begun or reach is None:
        return over
    known = f"it is observed through {reach.through}, as far as its rows or as_of_date say"
    return f"{over}; {known}: --include-incomplete shows the period that ends on {begun[-1].end}"
