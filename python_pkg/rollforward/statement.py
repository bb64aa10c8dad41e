"""A planned selection -> one select, readable from top to bottom: which rows, by what, then each metric."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rollforward.definitions import KEYS
from rollforward.dialects import DEFAULT, Dialect
from rollforward.kinds import AMOUNT, COUNT, Kind
from rollforward.plan import MetricPlan, SelectionPlan
from rollforward.sql import aggregate_sql, in_cast, indented


@dataclass(frozen=True, slots=True)
class Relations:
    """What the tables are called where the statement runs: a `ref(...)`, or names with their schema."""

    cohorts: str
    ledger: str


@dataclass(frozen=True, slots=True)
class Writing:
    """How a statement is written: for which engine, over which tables, with which condition.

    `metric` writes the expression of a metric; by default it is written out. `parts` adds what each metric is
    made of as columns that may be summed. `order_by` are column names, descending behind a `-`.
    """

    relations: Relations
    dialect: Dialect = DEFAULT
    where: str = ""
    metric: Callable[[MetricPlan], str] | None = None
    parts: bool = False
    order_by: tuple[str, ...] = ()
    limit: int | None = None


def statement(selected: SelectionPlan, writing: Writing) -> str:
    """Give the select that answers a selection."""
    groups = [*KEYS, *selected.meaning.by]
    parts = selected.columns if writing.parts else ()
    blocks = [
        groups,
        [_metric_column(metric, selected, writing) for metric in selected.metrics],
        [
            _cast(aggregate_sql(column.total, writing.dialect), column.kind, selected, column.name)
            for column in parts
        ],
    ]
    columns = ",\n\n".join(",\n".join(map(indented, block)) for block in blocks if block)
    conditions = "\n        and ".join(_conditions(selected, writing))
    return f"""\
/* {_of_what(selected, writing)} */
with cohorts as (
    select *
    from {writing.relations.cohorts}
    where {conditions}
)

select
{columns}
from cohorts
group by {", ".join(groups)}
{_ending(writing)}"""


def _of_what(selected: SelectionPlan, writing: Writing) -> str:
    meaning = selected.meaning
    which = "complete periods" if meaning.selection.incomplete_periods == "exclude" else "periods"
    sliced = f", by {', '.join(meaning.by)}" if meaning.by else ""
    made_of = ", and what it is made of" if writing.parts else ""
    return f"The {which} of {meaning.book.name.text}{sliced}: each metric{made_of}."


def _conditions(selected: SelectionPlan, writing: Writing) -> Iterator[str]:
    meaning = selected.meaning
    names = ", ".join(f"'{comparison.name}'" for comparison in meaning.comparisons)
    yield f"book = '{meaning.book.name.text}'"
    yield f"comparison in ({names})"
    if meaning.selection.incomplete_periods == "exclude":
        yield "is_complete"
    if meaning.selection.from_day:
        yield f"period_start >= cast('{meaning.selection.from_day}' as date)"
    if meaning.selection.to_day:
        yield f"period_end <= cast('{meaning.selection.to_day}' as date)"
    if writing.where:
        yield writing.where


def _metric_column(metric: MetricPlan, selected: SelectionPlan, writing: Writing) -> str:
    text = writing.metric(metric) if writing.metric else aggregate_sql(metric.form, writing.dialect)
    if metric.is_exact:
        return _cast(text, metric.kind, selected, metric.name)
    return f"{text} as {metric.name}"


def _cast(text: str, kind: Kind, selected: SelectionPlan, name: str) -> str:
    """Bring a sum back to the type of its parts: engines widen it, and a contract says what it is."""
    if kind not in (AMOUNT, COUNT):
        return f"{text} as {name}"
    return f"{in_cast(text, selected.amount_type if kind == AMOUNT else 'bigint')} as {name}"


def _ending(writing: Writing) -> str:
    """Give the order and the limit, where there are any."""
    lines = []
    if writing.order_by:
        words = (f"{name[1:]} desc" if name.startswith("-") else name for name in writing.order_by)
        lines.append(f"order by {', '.join(words)}\n")
    if writing.limit is not None:
        lines.append(f"limit {writing.limit}\n")
    return "".join(lines)
