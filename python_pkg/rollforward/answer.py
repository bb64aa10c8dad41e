"""A selection that somebody asks for -> the one statement that answers it, and what its columns are.

selection = Selection(metrics=(typed("nrr", "METRIC"),), book=typed("orders", "--book"), ...)
found = answer(selection, resolve(catalog, []), DEFAULT, Relations(cohorts="main.a", ledger="main.b"))
found.sql, found.columns
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from rollforward.definitions import KEYS, Selection
from rollforward.dialects import Dialect
from rollforward.errors import Problem, ProblemsFound, did_you_mean
from rollforward.plan import SelectionPlan, plan_selection
from rollforward.resolve import Meanings, resolve_selection
from rollforward.rules import check_selection
from rollforward.source import Scalar
from rollforward.statement import Relations, Writing, statement


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an answer: its name and label, what it is, and how people want to see its values."""

    name: str
    label: str
    role: Literal["key", "attribute", "metric", "part"]
    format: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A statement and its columns, in their order."""

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
    problems += check_selection(meaning)
    where = ""
    if selection.where is not None:
        from rollforward.where import read_condition

        condition = read_condition(meaning, meanings.catalog, problems)
        where = "" if condition is None else condition.on(dialect.adapter)
    planned = plan_selection(meaning, meanings.catalog)
    columns = tuple(_columns(planned, parts=parts))
    aliases = {alias: metric.name for metric in planned.metrics for alias in metric.aliases}
    order, wrong = _order(order_by, [column.name for column in columns], aliases)
    problems += wrong
    if problems:
        raise ProblemsFound(problems)
    order = order or ("comparison", "period_start", *meaning.by)
    writing = Writing(relations, dialect, where, parts=parts, order_by=order, limit=limit)
    return Answer(statement(planned, writing), columns, planned)


def _columns(planned: SelectionPlan, *, parts: bool) -> Iterator[Column]:
    for name in KEYS:
        yield Column(name, _label(name), "key")
    for name in planned.meaning.by:
        yield Column(name, _label(name), "attribute")
    for metric in planned.metrics:
        yield Column(metric.name, metric.label, "metric", metric.format)
    for part in planned.columns if parts else ():
        yield Column(part.name, _label(part.name), "part")


def _label(name: str) -> str:
    return name.replace("_", " ").title()


def _order(
    words: Iterable[Scalar], known: list[str], aliases: Mapping[str, str]
) -> tuple[tuple[str, ...], list[Problem]]:
    """Give the columns to order by, aliases by the names of their metrics, and the words that are none."""
    order: list[str] = []
    problems = []
    for word in words:
        descending = "-" if word.text.startswith("-") else ""
        name = word.text.removeprefix("-")
        name = aliases.get(name, name)
        if name in known:
            order.append(descending + name)
        else:
            hint = did_you_mean(name, known, otherwise=f"known: {', '.join(known)}")
            message = f"the answer has no column '{word.text}'"
            problems.append(Problem("unknown-column", message, word.place, hint))
    return tuple(order), problems
