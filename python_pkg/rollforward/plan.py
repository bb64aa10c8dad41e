"""Meanings -> plans: what each generated file is to contain, before any SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import assert_never

from rollforward.bounds import Bounds, bounds_of
from rollforward.definitions import Catalog, DimensionMeaning, Measure, Method, Settings, Simple
from rollforward.fingerprint import metric_fingerprint
from rollforward.kinds import Kind, column_type, kind_of, kind_of_measure
from rollforward.rational import (
    Constant,
    Form,
    Nested,
    Rate,
    Single,
    Terms,
    Total,
    in_words,
    measure,
    measures_in,
)
from rollforward.resolve import Followed, Meanings, MetricMeaning, SelectionMeaning, ViewMeaning


@dataclass(frozen=True, slots=True)
class MetricPlan:
    """A metric as it is computed and shown."""

    name: str
    label: str
    description: str
    format: str
    aliases: tuple[str, ...]
    project: str
    path: str
    form: Form
    kind: Kind
    bounds: Bounds
    fingerprint: str
    measures: tuple[Measure, ...]
    words: str
    followed: FollowedPlan | None = None

    @property
    def is_exact(self) -> bool:
        """Whether the value is an exact amount or count: nothing divided."""
        return self.followed is None and isinstance(self.form, Total | Single)

    @property
    def adds_up(self) -> bool:
        """Whether the value adds up over slices, so that a slice that is not there counts 0."""
        return self.followed is None and isinstance(self.form, Total)

    @property
    def reads_ledger(self) -> bool:
        """Whether the cohorts do not hold all that it is made of."""
        return not all(item.held for item in self.measures)


@dataclass(frozen=True, slots=True)
class FollowedPlan:
    """What a trailing metric follows: a value, and its two sides where their sums are divided."""

    value: MetricPlan
    periods: int
    method: Method
    sides: tuple[AdditiveColumn, AdditiveColumn] | None


def _in_words(meaning: MetricMeaning) -> str:
    """Give the formula as text, over measures; what is over the ledger is spelled out."""
    metric, followed = meaning.metric, meaning.followed
    if followed is not None:
        return f"{followed.method.replace('_', ' ')} of {followed.name} over {followed.periods} periods"
    if isinstance(metric, Simple) and meaning.reads_ledger:
        what = f" of {' '.join(metric.expr.text.split())}" if metric.expr else ""
        which = f" where {' '.join(metric.filter.text.split())}" if metric.filter else ""
        return f"{metric.agg.replace('_', ' ')}{what}{which}"
    return in_words(meaning.form)


@dataclass(frozen=True, slots=True)
class AdditiveColumn:
    """A column of a view that may be summed: a measure, or a side of a rate.

    That of a trailing metric is summed up over its last periods.
    """

    name: str
    total: Total
    kind: Kind
    description: str
    periods: int = 1


@dataclass(frozen=True, slots=True)
class SelectionPlan:
    """A selection as it is answered: its metrics, and the columns they are made of."""

    meaning: SelectionMeaning
    metrics: tuple[MetricPlan, ...]
    columns: tuple[AdditiveColumn, ...]
    amount_scale: int

    def exact_type(self, kind: Kind) -> str | None:
        """Give the type in SQL that sums of a kind are kept in, the same on every engine; None for rates."""
        kept = {"amount": f"decimal(18, {self.amount_scale})", "count": "bigint"}
        return kept.get(column_type(kind, exact=True))


@dataclass(frozen=True, slots=True)
class ViewPlan:
    """A view as it is built."""

    meaning: ViewMeaning
    selected: SelectionPlan
    settings: Settings

    @property
    def name(self) -> str:
        """The view's name."""
        return self.meaning.view.name.text

    @property
    def path(self) -> str:
        """The file that defines the view."""
        return self.meaning.view.name.place.path

    @property
    def policies(self) -> dict[str, str | int]:
        """The policies that decide what the numbers mean."""
        return {
            "reactivation": self.settings.reactivation,
            "incomplete_periods": self.meaning.selected.selection.incomplete_periods,
            "fiscal_year_start_month": self.settings.fiscal_year_start_month,
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """The files a project is to have."""

    project: str
    metrics: tuple[MetricPlan, ...]
    views: tuple[ViewPlan, ...]
    dimensions: tuple[DimensionMeaning, ...] = ()


def plan(meanings: Meanings) -> Plan:
    """Plan a macro for each metric the project owns and a model for each of its views."""
    catalog = meanings.catalog
    metrics = {meaning.name: plan_metric(meaning, catalog) for meaning in meanings.metrics}
    views = tuple(
        ViewPlan(view, _selected(view.selected, metrics, catalog.settings), catalog.settings)
        for view in meanings.views
    )
    owned = tuple(metric for metric in metrics.values() if metric.project == catalog.project)
    return Plan(catalog.project, owned, views, meanings.dimensions)


def plan_selection(meaning: SelectionMeaning, catalog: Catalog) -> SelectionPlan:
    """Plan the answer to a selection."""
    metrics = {metric.name: plan_metric(metric, catalog) for metric in meaning.metrics}
    return _selected(meaning, metrics, catalog.settings)


def plan_metric(meaning: MetricMeaning, catalog: Catalog) -> MetricPlan:
    """Plan one metric, whoever owns it."""
    card = meaning.metric.card
    measures = {**catalog.measures_by_name, **{item.name: item for item in meaning.measures}}
    return MetricPlan(
        name=meaning.name,
        label=card.label,
        description=card.description,
        format=_format(meaning),
        aliases=tuple(alias.text for alias in card.aliases),
        project=card.project,
        path=card.name.place.path,
        form=meaning.form,
        kind=kind_of(meaning.form, measures),
        bounds=bounds_of(meaning.form, measures),
        fingerprint=metric_fingerprint(meaning),
        measures=meaning.measures,
        words=_in_words(meaning),
        followed=None if meaning.followed is None else _followed(meaning.followed, meaning, catalog),
    )


def _format(meaning: MetricMeaning) -> str:
    """Give how people see a metric; a trailing one that does not say is seen as what it follows."""
    followed = meaning.followed and meaning.followed.metric
    return meaning.metric.card.format or (followed.metric.card.format if followed else "")


def _followed(followed: Followed, meaning: MetricMeaning, catalog: Catalog) -> FollowedPlan:
    """Plan what a trailing metric follows; a measure is followed like a metric of that name."""
    value = plan_metric(followed.metric, catalog) if followed.metric else plan_measure(*meaning.measures)
    sides = _sides(value, value.form) if isinstance(value.form, Rate) else None
    return FollowedPlan(
        value, followed.periods, followed.method, sides if followed.method == "ratio_of_sums" else None
    )


def plan_measure(item: Measure) -> MetricPlan:
    """Plan a measure as if it were a metric of that name."""
    name = item.name
    return MetricPlan(
        name=name,
        label=name,
        description=item.description,
        format="",
        aliases=(),
        project="",
        path="",
        form=measure(name),
        kind=kind_of_measure(item),
        bounds=Bounds(),
        fingerprint="",
        measures=(item,),
        words=name,
    )


def _selected(
    meaning: SelectionMeaning,
    planned: Mapping[str, MetricPlan],
    settings: Settings,
) -> SelectionPlan:
    metrics = tuple(planned[metric.name] for metric in meaning.metrics)
    taken = {metric.name for metric in metrics}
    columns: dict[str, AdditiveColumn] = {}
    for metric in metrics:
        for column in _columns_of(metric):
            if column.name not in taken:
                columns.setdefault(column.name, column)
    return SelectionPlan(meaning, metrics, tuple(columns.values()), settings.amount_scale)


def _columns_of(metric: MetricPlan) -> tuple[AdditiveColumn, ...]:
    """Give the columns a metric can be worked out from again after summing; a sum is one itself."""
    if metric.followed is not None:
        return _summed_sides(metric, metric.followed)
    measures = {item.name: item for item in metric.measures}
    match metric.form:
        case Constant() | Total() | Single():
            return ()
        case Rate():
            return _sides(metric, metric.form)
        case Nested():
            return tuple(_measure_column(measures[name]) for name in _additive(metric.form))
        case _:
            assert_never(metric.form)


def _additive(form: Form) -> tuple[str, ...]:
    """Give the measures of a form that add up over slices."""
    match form:
        case Single():
            return ()
        case Nested(_, left, right):
            return tuple(dict.fromkeys((*_additive(left), *_additive(right))))
        case _:
            return measures_in(form)


def _summed_sides(metric: MetricPlan, followed: FollowedPlan) -> tuple[AdditiveColumn, ...]:
    """Give the two sides of a ratio of sums over several periods; a mean has none."""
    return tuple(
        replace(
            side,
            name=f"{metric.name}_{which}",
            total=measure(side.name),
            description=f"The {which} of {metric.label}: {side.name} of the last {followed.periods} periods.",
            periods=followed.periods,
        )
        for which, side in zip(("numerator", "denominator"), followed.sides or (), strict=False)
    )


def _sides(metric: MetricPlan, rate: Rate) -> tuple[AdditiveColumn, AdditiveColumn]:
    return _side(metric, "numerator", rate.numerator), _side(metric, "denominator", rate.denominator)


def _side(metric: MetricPlan, side: str, terms: Terms) -> AdditiveColumn:
    measures = {item.name: item for item in metric.measures}
    if len(terms) == 1 and terms[0][1] == 1:
        return _measure_column(measures[terms[0][0]])
    total = Total(terms)
    described = f"The {side} of {metric.label}, {in_words(total)}."
    return AdditiveColumn(f"{metric.name}_{side}", total, kind_of(total, measures), described)


def _measure_column(item: Measure) -> AdditiveColumn:
    return AdditiveColumn(item.name, measure(item.name), kind_of_measure(item), item.description)
