"""Every key of the YAML, once: what it is called, what it holds, and what it is for.

The parser checks by these tables, and the JSON Schema of editors and the reference page are made from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from rollforward.definitions import Aggregate, IncompletePeriods, Method

Holds = Literal["name", "text", "sql", "word", "words", "number", "numbers"]


@dataclass(frozen=True, slots=True)
class Key:
    """A key: its name, what its value is, a sentence for people, and what it may be where that is limited."""

    name: str
    holds: Holds
    said: str
    required: bool = False
    allowed: tuple[str, ...] = ()
    least: int = 0
    most: int = 0


def names(keys: tuple[Key, ...]) -> tuple[str, ...]:
    """Give the names of keys."""
    return tuple(key.name for key in keys)


def required(keys: tuple[Key, ...]) -> tuple[str, ...]:
    """Give the names of the keys that must be there."""
    return tuple(key.name for key in keys if key.required)


def key_of(keys: tuple[Key, ...], name: str) -> Key:
    """Give a key by its name."""
    return next(key for key in keys if key.name == name)


FORMATS = ("percent", "decimal", "currency", "count")
AGGREGATES: tuple[Aggregate, ...] = get_args(Aggregate)
METHODS: tuple[Method, ...] = get_args(Method)
MATERIALIZATIONS = ("view", "table")
INCOMPLETE_PERIODS: tuple[IncompletePeriods, ...] = get_args(IncompletePeriods)

NAME = Key("name", "name", "Lower-case letters, digits and single _; unique over the project.", required=True)
LABEL = Key("label", "text", "What people read; the name in title case where it is left out.")
DESCRIPTION = Key("description", "text", "A sentence a finance person can check.")

CARD_KEYS = (
    NAME,
    LABEL,
    DESCRIPTION,
    Key("type", "word", "What kind of metric it is.", required=True),
    Key(
        "format",
        "word",
        "How people want to see it; values stay plain numbers. Without it amounts and their averages have two"
        " decimals, counts none, rates three; what is trailing is seen like what it follows.",
        allowed=FORMATS,
    ),
    Key("aliases", "words", "Other names it can be asked for by."),
    Key("book", "name", "The book it is about, where it makes no sense for others."),
    Key("comparison", "name", "What it is compared with where a question names no comparison."),
)
"""What every metric has."""

TYPE_KEYS: dict[str, tuple[Key, ...]] = {
    "simple": (
        Key("agg", "word", "How the rows are aggregated.", required=True, allowed=AGGREGATES),
        Key("expr", "sql", "What is aggregated: SQL over the columns of the ledger. `count` needs none."),
        Key("filter", "sql", "Which rows count: a condition over the columns of the ledger."),
    ),
    "ratio": (
        Key("numerator", "name", "The measure or metric above the line.", required=True),
        Key("denominator", "name", "The measure or metric below the line; 0 gives null.", required=True),
    ),
    "derived": (Key("expr", "sql", "Arithmetic (`+ - * /`) over measures and metrics.", required=True),),
    "trailing": (
        Key("input", "name", "The measure or metric that is followed.", required=True),
        Key("periods", "number", "Over how many periods.", required=True, least=2, most=99),
        Key(
            "method",
            "word",
            "`ratio_of_sums` (what a rate's two sides add up to, divided; the default) or `mean`.",
            allowed=METHODS,
        ),
    ),
}
"""What a metric has besides, by its type."""

VIEW_KEYS = (
    NAME,
    DESCRIPTION,
    Key("book", "name", "The book it reads; may be left out where the metrics say it or there is one only."),
    Key("metrics", "words", "Names or aliases of metrics.", required=True),
    Key("comparisons", "words", "What each period is compared with; else that of its metrics."),
    Key("by", "words", "Attributes of the book and dimensions to slice by; none for totals."),
    Key("where", "sql", "Which slices count: a condition over attributes."),
    Key("materialized", "word", "`view` (the default) or `table`.", allowed=MATERIALIZATIONS),
    Key(
        "incomplete_periods",
        "word",
        "`exclude` (the default) or `include` periods that are not over.",
        allowed=INCOMPLETE_PERIODS,
    ),
)
"""What a view has."""

DIMENSION_KEYS = (
    NAME,
    LABEL,
    DESCRIPTION,
    Key(
        "expr",
        "sql",
        "SQL over the columns of the ledger: a text, or a number to cut into bands.",
        required=True,
    ),
    Key("bands", "numbers", "Where a number is cut: [1000, 5000] makes three bands; a limit opens its band."),
)
"""What a dimension has."""

FILE_KEYS = {
    "metrics": "What is measured.",
    "dimensions": "Columns made from the ledger to slice by.",
    "views": "Metrics published as tables.",
}
"""The lists a file of metrics/ may hold."""

ELSEWHERE = {
    "grain": ("rate-regrained", "ask for a comparison of that grain, such as quarter_over_quarter"),
    "time_granularity": (
        "rate-regrained",
        "ask for a comparison of that grain, such as quarter_over_quarter",
    ),
    "window": ("rate-regrained", "name the periods: type: trailing, input, periods"),
    "measure": ("unknown-key", "write `numerator` and `denominator`, or `expr`"),
    "type_params": ("unknown-key", "write its keys beside `type`"),
    "aggregation": ("unknown-key", "did you mean 'agg'?"),
    "dimensions": ("unknown-key", "name them under `by` of a view"),
    "books": ("mixed-books", "a view reads one book: write one view for each"),
}
"""Keys of other tools and other places: the code of the problem, and what to write here."""
