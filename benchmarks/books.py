"""What is measured: the books, the comparisons made of them, and the work handed to one contender."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

FIRST_DAY = date(2020, 1, 1)
MONTHS = 60
THREADS = 2  # of DuckDB, whoever builds
DATED = {"intervals": "started_on", "snapshots": "snapshot_on", "payments": "occurred_on"}
SHAPES = tuple(DATED)
ATTRIBUTES = {
    "intervals": ("plan", "region", "currency"),
    "snapshots": ("plan", "region", "currency"),
    "payments": ("channel", "region", "currency"),
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """A period of `months` against the one `lookback` periods earlier; payments add up `summed` periods."""

    months: int
    lookback: int
    summed: int = 1


COMPARISONS: Mapping[str, Comparison] = {
    "month_over_month": Comparison(1, 1),
    "quarter_over_quarter": Comparison(3, 1),
    "year_over_year": Comparison(12, 1),
    "trailing_12_months": Comparison(1, 12, summed=12),
    "same_month_last_year": Comparison(1, 12),
}
COMPARISON_SETS: Mapping[str, tuple[str, ...]] = {
    "three": ("month_over_month", "quarter_over_quarter", "trailing_12_months"),
    "five": tuple(COMPARISONS),
}


@dataclass(frozen=True, slots=True)
class Book:
    """A generated book: one shape, so many customers, observed through the end of its last month."""

    shape: str
    customers: int
    months: int = MONTHS

    @property
    def last_day(self) -> date:
        """The day the book is observed through."""
        return first_of_month(self.months) - timedelta(days=1)

    @property
    def last_day_before(self) -> date:
        """The day before its last month: the book as it was known a month earlier."""
        return first_of_month(self.months - 1) - timedelta(days=1)

    @property
    def name(self) -> str:
        """What its files are called."""
        return f"{self.shape}_{self.customers}_{self.months}"


def first_of_month(number: int) -> date:
    """The first day of the month so many months after the first."""
    month = FIRST_DAY.year * 12 + FIRST_DAY.month - 1 + number
    return date(month // 12, month % 12 + 1, 1)


@dataclass(frozen=True, slots=True)
class Job:
    """One contender's work: read a book's files, leave the cohorts of some comparisons in a database."""

    shape: str
    customers: int
    months: int
    files: str
    folder: str
    comparisons: tuple[str, ...]
    memory_limit: str | None = None
    threads: int = THREADS

    @property
    def book(self) -> Book:
        """The book the files hold."""
        return Book(self.shape, self.customers, self.months)

    @property
    def database(self) -> Path:
        """The database the work leaves behind."""
        return Path(self.folder) / "warehouse.duckdb"

    def as_text(self) -> str:
        """The job as one argument of a command line."""
        return json.dumps(asdict(self))


def job_from_text(text: str) -> Job:
    """The job a command line argument says."""
    given = json.loads(text)
    return Job(**{**given, "comparisons": tuple(given["comparisons"])})
