"""What the YAML says, as values: metrics, views, books, comparisons, measures, and the catalog of them all.

Words that can be wrong stay Scalars, so that a later stage can still point at them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from rollforward.days import Grain
from rollforward.formula import Formula
from rollforward.shapes import SHAPES, Measurement
from rollforward.source import Scalar

MeasureKind = Literal["amount", "count"]
ValueType = Literal["text", "amount", "number"]

PACKAGE = "rollforward"
COHORTS = "rollforward__revenue_cohorts"
LEDGER = "rollforward__customer_movements"
INPUT_PROBLEMS = "rollforward__input_problems"
OBSERVED_BOOKS = "rollforward__observed_books"
KEYS = ("book", "comparison", "period_start", "period_end", "is_complete")
"""The columns of the cohorts that are neither attributes nor measures."""
ROW_COLUMNS: Mapping[str, ValueType] = {
    "unit": "text",
    "movement": "text",
    "starting_amount": "amount",
    "ending_amount": "amount",
    "tenure_months": "number",
}
"""The columns of the ledger that cohorts do not have: they belong to single units."""
JOINED = ("new", "reactivation")
"""The movements of customers that were not there at the start."""
MOVEMENTS = (*JOINED, "expansion", "contraction", "churn", "unchanged")
"""What can become of a unit, as the ledger says it."""
INNER_COLUMNS = (
    *(
        "shape",
        "raw_unit",
        "raw_date",
        "raw_end",
        "raw_amount",
        "dated_given",
        "dated_on",
        "ended_given",
        "ended_on",
        "amount_given",
        "exact_amount",
        "amount",
    ),
    *("row_key", "reason", "month_index", "until_month", "last_snapshot_of_month", "series_id", "unit_id"),
    *("given_set", "attribute_set", "net_amount", "from_period", "until_period", "first_period", "window_id"),
    *("lacks_unit", "first_day", "last_day", "build", "previous_build", "settings"),
    *("row_count", "exact_total", "rounded_count", "rounded_off"),
)
"""The columns that attributes travel beside on their way from the input to the cohorts."""
MEASURE_ENDINGS = ("_revenue", "_customers")
"""How measures end, those to come as well."""
SPAN_COLUMNS = ("periods_ago", "month_index", "months_per_period")
"""The columns that statements of trailing metrics add, beside what `observed` gives."""
SIDES = ("_numerator", "_denominator")
"""How a view names the two sides of a rate that are not measures themselves."""


def observed(periods: int) -> str:
    """Give the name of the column that says whether the last periods were all observed."""
    return f"has_{periods}_periods"


def is_of_statements(name: str) -> bool:
    """Whether statements of trailing metrics have a column of this name, as most engines spell it."""
    lower = name.lower()
    return lower in SPAN_COLUMNS or re.fullmatch(r"has_\d+_periods", lower) is not None


def is_kept(name: str) -> bool:
    """Whether the models keep the name of a column for themselves, so that no attribute can have it.

    Most engines take `Unit` and `unit` for one column, and two _ together mark what is made of an attribute.
    `check_settings` of the dbt package has the same rule.
    """
    own, lower = (*KEYS, *ROW_COLUMNS, *INNER_COLUMNS), name.lower()
    return lower in own or "__" in name or lower.endswith(MEASURE_ENDINGS)


Aggregate = Literal["sum", "count", "count_distinct", "min", "max", "average"]
Method = Literal["ratio_of_sums", "mean"]


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of SQL, and how those engines write it that write it differently, by their adapters."""

    text: str
    variants: tuple[tuple[str, str], ...] = ()

    def on(self, adapter: str) -> str:
        """Give the text for an engine."""
        return dict(self.variants).get(adapter, self.text)


@dataclass(frozen=True, slots=True)
class Measure:
    """What is aggregated: a column of the cohorts (`held`), or else an expression over rows of the ledger.

    `parts` are the measures a column of the cohorts is the sum of, none for an atom. `row` is what a row of
    the ledger contributes; `expr` and `filter` are what it was written as. `signed` says that it can be
    negative, and `attributes` which ones it reads.
    """

    name: str
    kind: MeasureKind
    description: str
    parts: tuple[str, ...] = ()
    expr: str = ""
    filter: str = ""
    row: Fragment = Fragment("")
    held: bool = True
    signed: bool = False
    attributes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """What every metric says about itself, whatever its type; `project` is the dbt project that owns it."""

    name: Scalar
    label: str
    description: str
    format: str
    aliases: tuple[Scalar, ...]
    project: str
    book: Scalar | None = None
    comparison: Scalar | None = None


@dataclass(frozen=True, slots=True)
class Ratio:
    """A metric that is one measure or metric over another."""

    card: Card
    numerator: Scalar
    denominator: Scalar


@dataclass(frozen=True, slots=True)
class Derived:
    """A metric that is a formula over measures and metrics."""

    card: Card
    expr: Scalar
    formula: Formula


@dataclass(frozen=True, slots=True)
class Simple:
    """A metric that aggregates the rows of the ledger."""

    card: Card
    agg: Aggregate
    expr: Scalar | None
    filter: Scalar | None


@dataclass(frozen=True, slots=True)
class Trailing:
    """A metric that follows another over the last periods."""

    card: Card
    input: Scalar
    periods: int
    method: Method


Metric = Simple | Ratio | Derived | Trailing


@dataclass(frozen=True, slots=True)
class Dimension:
    """A column to slice by that is made from the ledger; `bands` are where a number is cut."""

    name: Scalar
    label: str
    description: str
    expr: Scalar
    bands: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class DimensionMeaning:
    """A dimension as SQL over a row; `held` where the cohorts have all it reads."""

    dimension: Dimension
    row: Fragment
    held: bool
    attributes: tuple[str, ...]

    @property
    def name(self) -> str:
        """The dimension's name."""
        return self.dimension.name.text


IncompletePeriods = Literal["exclude", "include"]


@dataclass(frozen=True, slots=True)
class Selection:
    """Metrics of one book, asked for: compared, sliced, filtered, over a span of periods.

    Metrics go by name or alias. Book and comparisons may be left out where the metrics say them. `from_day`
    keeps the periods that start on or after a day, `to_day` those that end on or before one.
    """

    metrics: tuple[Scalar, ...]
    book: Scalar | None = None
    comparisons: tuple[Scalar, ...] = ()
    by: tuple[Scalar, ...] = ()
    where: Scalar | None = None
    incomplete_periods: IncompletePeriods = "exclude"
    from_day: date | None = None
    to_day: date | None = None


@dataclass(frozen=True, slots=True)
class View:
    """A selection published as a table, for a dashboard to read."""

    name: Scalar
    description: str
    selection: Selection
    materialized: str


@dataclass(frozen=True, slots=True)
class Book:
    """A stream of revenue, as far as metric views need to know it; no comparisons named means all.

    `as_of_date` is how far it is known, where that is said of this book alone.
    """

    name: Scalar
    relation: Scalar
    shape: str
    unit: tuple[Scalar, ...]
    attributes: tuple[Scalar, ...]
    comparisons: tuple[Scalar, ...]
    as_of_date: date | None = None

    @property
    def measurement(self) -> Measurement:
        """What an amount of the book is: in force at a point in time, or summed over a period."""
        return SHAPES[self.shape].measurement


@dataclass(frozen=True, slots=True)
class Comparison:
    """Which period every period is looked at against."""

    name: str
    grain: Grain
    lookback: int
    periods_summed: int = 1


STANDARD_COMPARISONS = (
    Comparison("month_over_month", "month", 1),
    Comparison("quarter_over_quarter", "quarter", 1),
    Comparison("year_over_year", "year", 1),
    Comparison("trailing_12_months", "month", 12, 12),
    Comparison("same_month_last_year", "month", 12),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """The package's vars. `broken_books` were declared and could not be read: they are not unknown.

    `partly_read` are those of them that are mappings, with what could be read.
    `dialect` is the dbt adapter of the engine whose SQL `expr`, `filter` and `where` are written in.
    """

    books: tuple[Book, ...] = ()
    comparisons: tuple[Comparison, ...] = STANDARD_COMPARISONS
    as_of_date: date | None = None
    fiscal_year_start_month: int = 1
    reactivation: str = "own"
    amount_scale: int = 4
    rebuild_above_percent: int = 30
    dialect: str = "duckdb"
    broken_books: frozenset[str] = frozenset()
    partly_read: tuple[Book, ...] = ()

    @property
    def attributes(self) -> tuple[str, ...]:
        """The attributes of all books, in the order they are first named."""
        return tuple(dict.fromkeys(word.text for book in self.books for word in book.attributes))

    def comparisons_of(self, book: Book) -> tuple[str, ...]:
        """Give what a book is compared over: what it is restricted to, or else everything."""
        chosen = tuple(word.text for word in book.comparisons)
        return chosen or tuple(comparison.name for comparison in self.comparisons)


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything a compile knows.

    `broken` are names of definitions with something wrong in them, `snapshots` words that may name one,
    `macros` those of the project that nothing generates.
    """

    project: str
    measures: tuple[Measure, ...]
    metrics: tuple[Metric, ...]
    views: tuple[View, ...]
    settings: Settings
    dimensions: tuple[Dimension, ...] = ()
    models: tuple[str, ...] = ()
    snapshots: tuple[str, ...] = ()
    macros: tuple[str, ...] = ()
    broken: frozenset[str] = field(default=frozenset())

    @property
    def measures_by_name(self) -> dict[str, Measure]:
        """The measures of the cohorts by their names."""
        return {measure.name: measure for measure in self.measures}
