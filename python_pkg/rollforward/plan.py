"""Meanings -> plans: what each generated file is to contain, before any SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from rollforward.bounds import Bounds, bounds_of
from rollforward.definitions import Catalog, Measure, Settings
from rollforward.fingerprint import metric_fingerprint
from rollforward.kinds import Kind, kind_of, kind_of_measure
from rollforward.rational import Constant, Form, Nested, Rate, Terms, Total, in_words, measure, measures_in
from rollforward.resolve import Meanings, MetricMeaning, SelectionMeaning, ViewMeaning


@dataclass(frozen=True, slots=True)
class MetricPlan:
    """A metric as it is computed and shown."""

    name: str
    label: str
    description: str
    format: str
    project: str
    path: str
    form: Form
    kind: Kind
    bounds: Bounds
    fingerprint: str

    @property
    def words(self) -> str:
        """The formula over measures, as text."""
        return in_words(self.form)

    @property
    def is_exact(self) -> bool:
        """Whether the value is an exact amount or count: a sum, nothing divided."""
        return isinstance(self.form, Total)


@dataclass(frozen=True, slots=True)
class AdditiveColumn:
    """A column of a view that may be summed: a measure, or a side of a rate."""

    name: str
    total: Total
    kind: Kind
    description: str


@dataclass(frozen=True, slots=True)
class SelectionPlan:
    """A selection as it is answered: its metrics, and the columns they are made of."""

    meaning: SelectionMeaning
    metrics: tuple[MetricPlan, ...]
    columns: tuple[AdditiveColumn, ...]
    amount_scale: int

    @property
    def amount_type(self) -> str:
        """The type of an amount, the same on every engine."""
        return f"decimal(18, {self.amount_scale})"


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


def plan(meanings: Meanings) -> Plan:
    """Plan a macro for each metric the project owns and a model for each of its views."""
    catalog = meanings.catalog
    measures = {item.name: item for item in catalog.measures}
    metrics = {meaning.name: _metric(meaning, measures) for meaning in meanings.metrics}
    views = tuple(
        ViewPlan(view, _selected(view.selected, metrics, measures, catalog.settings), catalog.settings)
        for view in meanings.views
    )
    owned = tuple(metric for metric in metrics.values() if metric.project == catalog.project)
    return Plan(catalog.project, owned, views)


def plan_selection(meaning: SelectionMeaning, catalog: Catalog) -> SelectionPlan:
    """Plan the answer to a selection."""
    measures = {item.name: item for item in catalog.measures}
    metrics = {metric.name: _metric(metric, measures) for metric in meaning.metrics}
    return _selected(meaning, metrics, measures, catalog.settings)


def plan_metric(meaning: MetricMeaning, catalog: Catalog) -> MetricPlan:
    """Plan one metric, whoever owns it."""
    return _metric(meaning, {item.name: item for item in catalog.measures})


def _metric(meaning: MetricMeaning, measures: Mapping[str, Measure]) -> MetricPlan:
    card = meaning.metric.card
    return MetricPlan(
        name=meaning.name,
        label=card.label,
        description=card.description,
        format=card.format,
        project=card.project,
        path=card.name.place.path,
        form=meaning.form,
        kind=kind_of(meaning.form, measures),
        bounds=bounds_of(meaning.form, measures),
        fingerprint=metric_fingerprint(meaning.form),
    )


def _selected(
    meaning: SelectionMeaning,
    planned: Mapping[str, MetricPlan],
    measures: Mapping[str, Measure],
    settings: Settings,
) -> SelectionPlan:
    metrics = tuple(planned[metric.name] for metric in meaning.metrics)
    taken = {metric.name for metric in metrics}
    columns: dict[str, AdditiveColumn] = {}
    for metric in metrics:
        for column in _columns_of(metric, measures):
            if column.name not in taken:
                columns.setdefault(column.name, column)
    return SelectionPlan(meaning, metrics, tuple(columns.values()), settings.amount_scale)


def _columns_of(metric: MetricPlan, measures: Mapping[str, Measure]) -> list[AdditiveColumn]:
    """Give the columns a metric can be worked out from again after summing; a sum is one itself."""
    match metric.form:
        case Constant() | Total():
            return []
        case Rate(numerator, denominator):
            return [
                _side(metric, "numerator", numerator, measures),
                _side(metric, "denominator", denominator, measures),
            ]
        case Nested():
            return [_measure_column(measures[name]) for name in measures_in(metric.form)]
        case _:
            assert_never(metric.form)


def _side(metric: MetricPlan, side: str, terms: Terms, measures: Mapping[str, Measure]) -> AdditiveColumn:
    if len(terms) == 1 and terms[0][1] == 1:
        return _measure_column(measures[terms[0][0]])
    total = Total(terms)
    described = f"The {side} of {metric.label}, {in_words(total)}."
    return AdditiveColumn(f"{metric.name}_{side}", total, kind_of(total, measures), described)


def _measure_column(item: Measure) -> AdditiveColumn:
    return AdditiveColumn(item.name, measure(item.name), kind_of_measure(item), item.description)
