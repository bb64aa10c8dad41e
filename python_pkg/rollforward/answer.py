"""A selection that somebody asks for -> the one statement that answers it, and what its columns are.

selection = Selection(metrics=(typed("nrr", "METRIC"),), book=typed("orders", "--book"), ...)
found = answer(selection, resolve(catalog, []), DEFAULT, Relations(cohorts="main.a", ledger="main.b"))
found.sql, found.columns
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rollforward.definitions import KEYS, Selection
from rollforward.dialects import Dialect
from rollforward.errors import Problem, ProblemsFound, did_you_mean
from rollforward.kinds import column_type
from rollforward.plan import MetricPlan, SelectionPlan, plan_selection
from rollforward.resolve import Meanings, resolve_selection
from rollforward.rules import check_selection
from rollforward.source import Scalar
from rollforward.statement import Relations, Writing, statement
from rollforward.tables import Column, ColumnType

_DAYS_AND_FLAGS: dict[str, ColumnType] = {
    "period_start": "date",
    "period_end": "date",
    "is_complete": "boolean",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A statement and its columns in their order: keys, attributes, metrics, what those are made of."""

    sql: str
    columns: tuple[Column, ...]
    plan: SelectionPlan


def answer(
    selection: Selection,
    meanings: Meanings,
    dialect: Dialect,
    relations: Relations,
    *,
    parts: bool = False,
    order_by: tuple[Scalar, ...] = (),
    limit: int | None = None,
) -> Answer:
    """Give the statement that answers a selection; raises ProblemsFound.

    `parts` adds what the metrics are made of. `order_by` are columns of the answer, descending behind a `-`;
    without any the rows come by comparison, period and slice.
    """
    problems: list[Problem] = []
    meaning = resolve_selection(selection, meanings, problems)
    if meaning is None:
        raise ProblemsFound(problems)
    is_followed = not problems
    problems += check_selection(meaning)
    where = ""
    if selection.where is not None:
        from rollforward.where import read_condition

        condition = read_condition(meaning, meanings.catalog, problems)
        where = "" if condition is None else condition.on(dialect.adapter)
    if not is_followed:
        raise ProblemsFound(problems)
    planned = plan_selection(meaning, meanings.catalog)
    columns = (*key_columns(planned), *value_columns(planned, parts=parts))
    aliases = {alias: metric.name for metric in planned.metrics for alias in metric.aliases}
    order, wrong = _order(order_by, [column.name for column in columns], aliases)
    problems += wrong
    if problems:
        raise ProblemsFound(problems)
    order = order or ("comparison", "period_start", *meaning.by)
    writing = Writing(relations, dialect, where, parts=parts, order_by=order, limit=limit)
    return Answer(statement(planned, writing), columns, planned)


def key_columns(planned: SelectionPlan) -> Iterator[Column]:
    """Give the columns that say what a row is of: book, comparison, period, and attributes."""
    for name in (*KEYS, *planned.meaning.by):
        yield Column(name, _DAYS_AND_FLAGS.get(name, "text"))


def value_columns(planned: SelectionPlan, *, parts: bool) -> Iterator[Column]:
    """Give the columns of the metrics, and with `parts` those of what they are made of."""
    for metric in planned.metrics:
        yield column_of(metric, planned.amount_scale)
    for part in planned.columns if parts else ():
        yield Column(part.name, column_type(part.kind, exact=True), "", planned.amount_scale)


def column_of(metric: MetricPlan, scale: int = 4) -> Column:
    """Give the column of a metric; an amount that was divided, such as an average, is still seen as money."""
    kind = column_type(metric.kind, exact=metric.is_exact)
    is_average = kind == "number" and metric.kind.amounts == 1
    return Column(metric.name, kind, metric.format or ("currency" if is_average else ""), scale)


def _order(
    words: Iterable[Scalar], known: list[str], aliases: Mapping[str, str]
) -> tuple[tuple[str, ...], list[Problem]]:
    """Give the columns to order by, aliases by the names of their metrics, and what is wrong with the words.

    Either a word is no column, or it is one that is there already: which way round, then?
    """
    order: list[str] = []
    problems = []
    for word in words:
        descending = "-" if word.text.startswith("-") else ""
        name = word.text.removeprefix("-")
        name = aliases.get(name, name)
        if name in (given.removeprefix("-") for given in order):
            message = f"'{name}' is listed already"
            problems.append(Problem("listed-twice", message, word.place, "remove one of them"))
        elif name in known:
            order.append(descending + name)
        else:
            hint = did_you_mean(name, known, otherwise=f"known: {', '.join(known)}")
            message = f"the answer has no column '{word.text}'"
            problems.append(Problem("unknown-column", message, word.place, hint))
    return tuple(order), problems
