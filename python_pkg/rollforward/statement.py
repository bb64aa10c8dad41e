"""A planned selection -> one select, readable from top to bottom: which rows, by what, then each metric.

It reads one table: the cohorts where they hold everything that is asked, else the ledger, whose rows give the
measures too. Only a trailing metric needs a second step, which puts periods beside those before them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from rollforward.days import MONTHS, months_before
from rollforward.definitions import COHORTS, KEYS, LEDGER, Fragment, observed
from rollforward.dialects import DEFAULT, Dialect
from rollforward.kinds import Kind
from rollforward.plan import AdditiveColumn, MetricPlan, SelectionPlan
from rollforward.sql import aggregate_sql, in_cast, indented
from rollforward.trailing import part_sql, summed, trailing_sql

_MONTH = "extract(year from period_start) * 12 + extract(month from period_start)"


@dataclass(frozen=True, slots=True)
class Relations:
    """What the tables are called where the statement runs: a `ref(...)`, or names with their schema."""

    cohorts: str
    ledger: str

    @classmethod
    def of(cls, models: Mapping[str, str]) -> Relations:
        """Give those two of the package's models, where each is known by its name."""
        return cls(cohorts=models[COHORTS], ledger=models[LEDGER])


@dataclass(frozen=True, slots=True)
class Writing:
    """How a statement is written: for which engine, over which tables, with which condition.

    `calls` are what stands in place of metrics and of columns made from rows, by their names, where a view
    leaves the text to a macro; all others are written out. `parts` adds what metrics are made of as columns
    that may be summed. `order_by` are column names, descending behind a `-`. `ending` stands in place of the
    engine's, where dbt has yet to say which engine it is.
    """

    relations: Relations
    dialect: Dialect = DEFAULT
    where: str = ""
    calls: Mapping[str, str] = field(default_factory=dict)
    parts: bool = False
    order_by: tuple[str, ...] = ()
    limit: int | None = None
    ending: str = ""


def statement(selected: SelectionPlan, writing: Writing) -> str:
    """Give the select that answers a selection."""
    text = f"/* {_of_what(selected, writing)} */\nwith {_rows(selected, writing)}"
    if any(metric.followed for metric in selected.metrics):
        return text + _over_spans(selected, writing) + _ending(writing)
    groups = [*KEYS, *selected.meaning.by]
    metrics = [_metric_column(metric, selected, writing) for metric in selected.metrics]
    blocks = [groups, metrics, _part_columns(_parts(selected, writing), selected, writing)]
    return f"""{text}

select
{_columns(blocks)}
from {_source(selected)}
group by {", ".join(groups)}
{_ending(writing)}"""


def _of_what(selected: SelectionPlan, writing: Writing) -> str:
    meaning = selected.meaning
    which = "complete periods" if meaning.selection.incomplete_periods == "exclude" else "periods"
    sliced = f", by {', '.join(meaning.by)}" if meaning.by else ""
    made_of = ", and what it is made of" if writing.parts else ""
    how = "\n   Worked out customer by customer, from the ledger." if meaning.reads_ledger else ""
    return f"The {which} of {meaning.book.name.text}{sliced}: each metric{made_of}.{how}"


def _source(selected: SelectionPlan) -> str:
    return "movements" if selected.meaning.reads_ledger else "cohorts"


# --- the rows -----------------------------------------------------------------------------------------


def _rows(selected: SelectionPlan, writing: Writing) -> str:
    """Give the first step: the rows that are asked for, with the columns that are made from them."""
    relations = writing.relations
    relation = relations.ledger if selected.meaning.reads_ledger else relations.cohorts
    made = [f"{text} as {name}" for name, text in _made_columns(selected, writing)]
    columns = ",\n".join(indented(indented(each)) for each in ["*", *made]).strip()
    listed = f"select {columns}" if not made else f"select\n        {columns}"
    return f"""{_source(selected)} as (
    {listed}
    from {relation}
    where {_conditions(selected, writing)}
)"""


def _made_columns(selected: SelectionPlan, writing: Writing) -> Iterator[tuple[str, str]]:
    """Give the columns made from a row: dimensions, and over the ledger the measures that are summed."""
    for dimension in selected.meaning.dimensions:
        yield dimension.name, _written(dimension.name, dimension.row, writing)
    if not selected.meaning.reads_ledger:
        return
    followed = [
        side for metric in selected.metrics if metric.followed for side in metric.followed.sides or ()
    ]
    needed = {name for part in (*_parts(selected, writing), *followed) for name, _ in part.total.terms}
    for metric in _aggregated(selected):
        if metric.name not in writing.calls or not metric.reads_ledger:
            needed |= {item.name for item in metric.measures}
    given = {item.name: item for metric in _aggregated(selected) for item in metric.measures}
    for name, item in given.items():
        if name in needed:
            yield name, _written(name, item.row, writing)


def _written(name: str, row: Fragment, writing: Writing) -> str:
    return writing.calls.get(f"{name}__row") or row.on(writing.dialect.adapter)


def _conditions(selected: SelectionPlan, writing: Writing) -> str:
    conditions = list(_period_conditions(selected, writing.dialect))
    first = selected.meaning.selection.from_day
    if first:
        conditions.append(_starting(months_before(first, _longest(selected)), writing.dialect))
    if writing.where:
        conditions.append(writing.where)
    return _joined(conditions)


def _joined(conditions: Iterable[str]) -> str:
    return "\n        and ".join(conditions)


def _period_conditions(selected: SelectionPlan, dialect: Dialect) -> Iterator[str]:
    meaning = selected.meaning
    names = ", ".join(f"'{comparison.name}'" for comparison in meaning.comparisons)
    yield f"book = '{meaning.book.name.text}'"
    yield f"comparison in ({names})"
    if meaning.selection.incomplete_periods == "exclude":
        yield "is_complete"
    if meaning.selection.to_day:
        yield f"period_end <= {dialect.day(meaning.selection.to_day)}"


def _starting(day: date, dialect: Dialect) -> str:
    return f"period_start >= {dialect.day(day)}"


def _longest(selected: SelectionPlan) -> int:
    """Give how many months trailing metrics look back at most."""
    periods = max((metric.followed.periods for metric in selected.metrics if metric.followed), default=1)
    return (periods - 1) * max(MONTHS[comparison.grain] for comparison in selected.meaning.comparisons)


# --- the columns --------------------------------------------------------------------------------------


def _columns(blocks: Iterable[list[str]]) -> str:
    return ",\n\n".join(",\n".join(map(indented, block)) for block in blocks if block)


def _parts(selected: SelectionPlan, writing: Writing) -> tuple[AdditiveColumn, ...]:
    return selected.columns if writing.parts else ()


def _metric_column(metric: MetricPlan, selected: SelectionPlan, writing: Writing) -> str:
    text = writing.calls.get(metric.name) or aggregate_sql(metric.form, writing.dialect)
    if metric.is_exact:
        return _cast(text, metric.kind, selected, metric.name)
    return f"{text} as {metric.name}"


def _part_columns(parts: Iterable[AdditiveColumn], selected: SelectionPlan, writing: Writing) -> list[str]:
    return [
        _cast(aggregate_sql(part.total, writing.dialect), part.kind, selected, part.name) for part in parts
    ]


def _cast(text: str, kind: Kind, selected: SelectionPlan, name: str) -> str:
    """Bring a sum back to the type of its parts: engines widen it, and a contract says what it is."""
    kept = selected.exact_type(kind)
    return f"{text if kept is None else in_cast(text, kept)} as {name}"


def _ending(writing: Writing) -> str:
    """Give the order, the limit, and what the engine has to be told, where there is any of it."""
    lines = []
    if writing.order_by:
        words = (f"{name[1:]} desc" if name.startswith("-") else name for name in writing.order_by)
        lines.append(f"order by {', '.join(words)}\n")
    if writing.limit is not None:
        lines.append(f"limit {writing.limit}\n")
    if ending := writing.ending or writing.dialect.ending:
        lines.append(f"{ending}\n")
    return "".join(lines)


# --- trailing metrics ---------------------------------------------------------------------------------


def _aggregated(selected: SelectionPlan) -> tuple[MetricPlan, ...]:
    """Give the metrics that are worked out for single periods: those asked for, and those followed."""
    metrics = [metric.followed.value if metric.followed else metric for metric in selected.metrics]
    return tuple({metric.name: metric for metric in metrics}.values())


def _over_spans(selected: SelectionPlan, writing: Writing) -> str:
    """Give the steps of trailing metrics, and the select over them."""
    by, lengths = selected.meaning.by, _lengths(selected)
    inner = _inner_columns(selected, writing)
    mixed = _months_per_period(selected)
    numbered = [f"{_MONTH} as month_index", *mixed]
    *grouped, last = (KEYS[1], "period", *by)
    outer = [_outer_column(metric, selected, writing) for metric in selected.metrics]
    parts = [_outer_part(part, selected) for part in _parts(selected, writing)]
    first = selected.meaning.selection.from_day
    chosen = f"\n    where periods.{_starting(first, writing.dialect)}" if first else ""
    carried = [f"single_periods.{name}" for name in (*by, *inner)]
    return f""",

/* What is followed: one row a {", ".join(grouped)} and {last}. */
single_periods as (
    select
{_inside([*KEYS[1:3], *by, f"{_MONTH} as month_index", *inner.values()])}
    from {_source(selected)}
    group by {", ".join([*KEYS[1:3], *by])}
),

/* The periods there are, by the month they begin with. */
observed_periods as (
    select
{_inside([*KEYS, *numbered])}
    from {writing.relations.cohorts}
    where {_joined(_period_conditions(selected, writing.dialect))}
    group by {", ".join(KEYS)}
),

/* Were the periods before each of them observed too, one after the other? */
periods as (
    select
{_inside(["*", *(_observation(periods, selected) for periods in lengths)])}
    from observed_periods
),

/* Each period beside itself and those before it, as far back as anything is followed. */
spans as (
    select
{_inside(["periods.*", f"{_periods_ago(selected)} as periods_ago", *carried])}
    from periods
    inner join single_periods
        on periods.comparison = single_periods.comparison
        and periods.month_index >= single_periods.month_index
        and periods.month_index <= single_periods.month_index + {_times(max(lengths) - 1, selected)}{chosen}
)

select
{_columns([[*KEYS, *by], outer, parts])}
from spans
group by {", ".join([*KEYS, *by, *map(observed, lengths)])}
"""


def _inside(columns: list[str]) -> str:
    return _columns([[indented(each) for each in columns]])


def _inner_columns(selected: SelectionPlan, writing: Writing) -> dict[str, str]:
    """Give every column that single periods need, by its name."""
    columns = {
        metric.name: _metric_column(metric, selected, writing)
        for metric in _aggregated(selected)
        if _is_asked(metric, selected)
    }
    followed = [
        side for metric in selected.metrics if metric.followed for side in metric.followed.sides or ()
    ]
    single = [part for part in _parts(selected, writing) if part.periods == 1]
    needed = [part for part in (*single, *followed) if part.name not in columns]
    unique = {part.name: part for part in needed}
    return columns | dict(zip(unique, _part_columns(unique.values(), selected, writing), strict=True))


def _is_asked(metric: MetricPlan, selected: SelectionPlan) -> bool:
    """Whether the value itself is needed: it is asked for, or a mean of it is."""
    return any(
        metric.name
        == (asked.followed.value.name if asked.followed and not asked.followed.sides else asked.name)
        for asked in selected.metrics
    )


def _lengths(selected: SelectionPlan) -> list[int]:
    """Give each number of periods that is followed, once."""
    return list(dict.fromkeys(metric.followed.periods for metric in selected.metrics if metric.followed))


def _observation(periods: int, selected: SelectionPlan) -> str:
    before = f"lag(month_index, {periods - 1}) over (partition by comparison order by period_start)"
    distance = _times(periods - 1, selected)
    return f"is_complete\n    and month_index - {distance} =\n        {before}\n    as {observed(periods)}"


def _periods_ago(selected: SelectionPlan) -> str:
    months = _times(1, selected)
    difference = "periods.month_index - single_periods.month_index"
    return difference if months == "1" else f"({difference}) / {months}"


def _times(periods: int, selected: SelectionPlan) -> str:
    """Give how many months some periods have."""
    grains = {MONTHS[comparison.grain] for comparison in selected.meaning.comparisons}
    if len(grains) == 1:
        return str(periods * grains.pop())
    return "months_per_period" if periods == 1 else f"{periods} * months_per_period"


def _months_per_period(selected: SelectionPlan) -> list[str]:
    """Give the column that says how long a period is, where comparisons differ in that."""
    comparisons = selected.meaning.comparisons
    if len({comparison.grain for comparison in comparisons}) == 1:
        return []
    branches = [f"    when '{each.name}' then {MONTHS[each.grain]}" for each in comparisons]
    return ["\n".join(["case comparison", *branches, "end as months_per_period"])]


def _outer_column(metric: MetricPlan, selected: SelectionPlan, writing: Writing) -> str:
    """Give a metric over spans: a trailing one over its periods, any other as it was in the period itself."""
    if metric.followed is not None:
        text = writing.calls.get(metric.name) or trailing_sql(metric.followed, writing.dialect)
        value = indented(indented(text)).strip()
        return (
            f"case\n    when {observed(metric.followed.periods)}\n        then {value}\nend as {metric.name}"
        )
    if metric.adds_up:
        return _cast(summed(metric.name, 1), metric.kind, selected, metric.name)
    text = f"max(case when periods_ago = 0 then {metric.name} end)"
    return _cast(text, metric.kind, selected, metric.name) if metric.is_exact else f"{text} as {metric.name}"


def _outer_part(part: AdditiveColumn, selected: SelectionPlan) -> str:
    text = summed(part.name, 1) if part.periods == 1 else part_sql(part)
    return _cast(text, part.kind, selected, part.name)
