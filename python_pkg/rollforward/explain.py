"""One value taken apart: where it comes from, who moved it, and what is not in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from rollforward.answer import answer
from rollforward.asking import Question, check_above_zero, rows_of, selection_of
from rollforward.contribution_sql import Span
from rollforward.contributions import has_shares
from rollforward.days import MONTHS, months_before
from rollforward.definitions import Book, Comparison, Selection
from rollforward.dialects import Dialect
from rollforward.errors import Place, Problem, ProblemsFound, refused
from rollforward.formula import names_in
from rollforward.observed import LeftOut, Observed, Reach, left_out, observed_periods, reach_of, why_none
from rollforward.plan import MetricPlan, plan_measure, plan_metric
from rollforward.rational import Nested
from rollforward.resolve import Meanings, SelectionMeaning, formula_of
from rollforward.session import Session
from rollforward.source import typed
from rollforward.spans import span_of
from rollforward.statement import Relations
from rollforward.taken_apart import Reading, TakenApart, Value, take_apart


@dataclass(frozen=True, slots=True)
class Asked:
    """Which value is to be explained. Left empty: the only book, its first comparison, the last period.

    Raises ProblemsFound where less than one customer is to be named.
    """

    metric: str
    book: str = ""
    comparison: str = ""
    period: str = ""
    by: tuple[str, ...] = ()
    where: str = ""
    customers: int = 10

    def __post_init__(self) -> None:
        """Refuse a number of customers that nobody can be named by."""
        check_above_zero(self.customers, "--customers")


@dataclass(frozen=True, slots=True)
class Explanation:
    """A value taken apart; `inputs` are those of a formula that is no sum and no single division of sums."""

    book: Book
    comparison: Comparison
    period: Observed
    whole: TakenApart
    inputs: tuple[TakenApart, ...]
    left_out: tuple[LeftOut, ...]
    reach: Reach | None

    @property
    def metric(self) -> MetricPlan:
        """The metric whose value it is."""
        return self.whole.metric

    @property
    def value(self) -> Value:
        """The value that is explained."""
        return self.whole.value


@dataclass(frozen=True, slots=True)
class _Asking:
    """What every question to the database needs."""

    asked: Asked
    meanings: Meanings
    session: Session
    dialect: Dialect
    models: Mapping[str, str]

    @property
    def relations(self) -> Relations:
        """The two tables statements are written over."""
        return Relations.of(self.models)


def explain(
    asked: Asked,
    meanings: Meanings,
    session: Session,
    dialect: Dialect,
    models: Mapping[str, str],
) -> Explanation:
    """Take a value apart; `models` are where the package's are, by their names. Raises ProblemsFound."""
    asking = _Asking(asked, meanings, session, dialect, models)
    planned = answer(_selection(asked, meanings), meanings, dialect, asking.relations).plan
    meaning, metric = planned.meaning, planned.metrics[0]
    book, comparison = meaning.book, meaning.comparisons[0]
    observed = _observed(asking, book, comparison)
    period = _period(asked, book, comparison.name, meanings, observed)
    periods, missing = _looked_back_on(metric, period, observed, comparison)
    scale = meanings.catalog.settings.amount_scale
    reading = Reading(_span(asking, meaning, periods), asked.by, asked.customers, session, dialect, scale)
    value = _values(asking, meaning, [metric], period, period).get(period.start, {}).get(metric.name)
    followed = {} if missing else _followed_values(asking, meaning, metric, observed, periods)
    whole = take_apart(metric, value, reading, followed, missing)
    inputs = _inputs(metric, meanings)
    values = _values(asking, meaning, inputs, period, period).get(period.start, {})
    apart = (take_apart(each, values.get(each.name), reading, {}) for each in inputs)
    return Explanation(
        book,
        comparison,
        period,
        _checked(whole),
        tuple(_checked(each) for each in apart),
        tuple(left_out(session, models, book)),
        reach_of(session, models, book),
    )


def _selection(
    asked: Asked, meanings: Meanings, start: date | None = None, end: date | None = None
) -> Selection:
    """Give the selection of all periods, or that of some, which is not sliced."""
    question = Question(
        metrics=(asked.metric,),
        book=asked.book,
        comparisons=(asked.comparison,) if asked.comparison else (),
        by=asked.by if start is None else (),
        where=asked.where,
        start=start,
        end=end,
        include_incomplete=True,
    )
    return selection_of(question, meanings)


def _values(
    asking: _Asking,
    meaning: SelectionMeaning,
    metrics: Sequence[MetricPlan],
    first: Observed,
    last: Observed,
) -> dict[date, dict[str, Value]]:
    """Give the values that some metrics are published with, by period; measures have none."""
    names = [each.name for each in metrics if each.project]
    if not names:
        return {}
    one = _selection(asking.asked, asking.meanings, first.start, last.end)
    selection = replace(
        one,
        metrics=tuple(typed(name, "METRIC") for name in names),
        book=typed(meaning.book.name.text, "--book"),
        comparisons=(typed(meaning.comparisons[0].name, "--comparison"),),
    )
    found = answer(selection, asking.meanings, asking.dialect, asking.relations)
    return {
        row["period_start"]: {name: row[name] for name in names}
        for row in rows_of(found, asking.session).records()
    }


def _span(asking: _Asking, meaning: SelectionMeaning, periods: Sequence[date]) -> Span:
    """Give the rows of the ledger that are looked at."""
    book = meaning.book
    return Span(
        asking.relations.ledger,
        book.name.text,
        meaning.comparisons[0].name,
        tuple(periods),
        tuple(attribute.text for attribute in book.attributes),
        tuple((each.name, each.row.on(asking.dialect.adapter)) for each in meaning.dimensions),
        _condition(meaning, asking.meanings, asking.dialect),
        asking.dialect,
    )


def _condition(meaning: SelectionMeaning, meanings: Meanings, dialect: Dialect) -> str:
    if meaning.selection.where is None:
        return ""
    from rollforward.where import read_condition

    found: list[Problem] = []
    condition = read_condition(meaning, meanings.catalog, found)
    if condition is None:
        raise ProblemsFound(found)
    return condition.on(dialect.adapter)


# --- periods ------------------------------------------------------------------------------------------


def _observed(asking: _Asking, book: Book, comparison: Comparison) -> tuple[Observed, ...]:
    """Give the periods there are, in their order; there is one at least."""
    session, models, settings = asking.session, asking.models, asking.meanings.catalog.settings
    found = observed_periods(session, models, book, comparison.name)
    if not found:
        message = f"the cohorts have no period of {book.name.text} at {comparison.name}"
        hint = why_none(session, models, book, comparison, settings)
        raise refused("no-period", message, Place("database"), hint)
    return found


def _period(
    asked: Asked, book: Book, comparison: str, meanings: Meanings, observed: Sequence[Observed]
) -> Observed:
    """Give the period asked for, or the last complete one."""
    if not asked.period:
        return next((each for each in reversed(observed) if each.is_complete), observed[-1])
    fiscal = meanings.catalog.settings.fiscal_year_start_month
    first, last = span_of(asked.period, "--period", fiscal)
    for period in observed:
        if period.start <= first and last <= period.end:
            return period
    message = f"there is no period {asked.period} of {book.name.text} at {comparison}"
    within = observed[0].start <= first and last <= observed[-1].end
    if any(first <= period.start and period.end <= last for period in observed):
        hint = f"it holds several periods of {comparison}: name one of them, or a longer --comparison"
    elif within:
        hint = (
            "the book was not observed in it, or in the period it is compared with: see `snapshots_are_whole`"
        )
    else:
        hint = f"there are those from {observed[0].start} to {observed[-1].end}"
    raise refused("no-period", message, typed(asked.period, "--period").place, hint)


def _looked_back_on(
    metric: MetricPlan, period: Observed, observed: Sequence[Observed], comparison: Comparison
) -> tuple[tuple[date, ...], tuple[date, ...]]:
    """Give the periods a value is made of, and those of them that are missing: not observed, or not over."""
    if metric.followed is None:
        return (period.start,), ()
    back = range(metric.followed.periods - 1, -1, -1)
    wanted = [months_before(period.start, ago * MONTHS[comparison.grain]) for ago in back]
    there = {each.start for each in observed if each.is_complete}
    missing = tuple(day for day in wanted if day not in there)
    return ((period.start,) if missing else tuple(wanted)), missing


def _followed_values(
    asking: _Asking,
    meaning: SelectionMeaning,
    metric: MetricPlan,
    observed: Sequence[Observed],
    periods: Sequence[date],
) -> dict[date, Value]:
    """Give what a trailing metric follows was worth in each period, where that is not told by sums."""
    if metric.followed is None or has_shares(metric.followed.value.form):
        return {}
    value = metric.followed.value
    by_start = {each.start: each for each in observed}
    found = _values(asking, meaning, [value], by_start[periods[0]], by_start[periods[-1]])
    return {period: found.get(period, {}).get(value.name) for period in periods}


# --- what a formula is made of --------------------------------------------------------------------------


def _inputs(metric: MetricPlan, meanings: Meanings) -> list[MetricPlan]:
    """Give what a formula is made of, where it is no sum and no single division of sums.

    What is such a formula itself is followed by its own inputs; each is there once.
    """
    metrics, measures = meanings.by_name, meanings.catalog.measures_by_name
    found: dict[str, MetricPlan] = {}
    waiting = [metric]
    while waiting:
        current = waiting.pop(0)
        formula = formula_of(metrics[current.name].metric) if current.project else None
        if formula is None or not isinstance(current.form, Nested):
            continue
        for word in names_in(formula):
            if word.text in measures:
                part = plan_measure(measures[word.text])
            else:
                part = plan_metric(metrics[word.text], meanings.catalog)
            if part.name not in found:
                found[part.name] = part
                waiting.append(part)
    return list(found.values())


def _checked(found: TakenApart) -> TakenApart:
    """Compare the ledger with the cohorts: two ways to one number, which have to meet.

    A measure gets the ledger's.
    """
    if found.scales is None:
        return found
    exact, value = found.scales.value, found.value
    if not found.metric.project:
        return replace(found, value=exact)
    if value is None or abs(float(exact) - float(value)) > 1e-9 * max(1.0, abs(float(value))):
        message = f"the ledger gives {float(exact)} for {found.metric.name}, and the cohorts give {value}"
        hint = "they were built at different times: run `dbt build`"
        raise refused("ledger-differs", message, Place("database"), hint)
    return found
