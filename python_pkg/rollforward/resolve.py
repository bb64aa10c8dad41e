"""Catalog -> meanings: every name is followed to what it stands for, down to measures and books."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from graphlib import CycleError, TopologicalSorter
from typing import TypeVar, assert_never

from rollforward.definitions import (
    Book,
    Catalog,
    Comparison,
    Derived,
    Metric,
    Ratio,
    Selection,
    Settings,
    View,
)
from rollforward.errors import Problem, did_you_mean
from rollforward.formula import Formula, Name, Negative, Number, Operation, names_in
from rollforward.rational import Constant, Form, combine, in_whole_numbers, measure, scale
from rollforward.source import Scalar

Named = TypeVar("Named")


@dataclass(frozen=True, slots=True)
class MetricMeaning:
    """A metric and what it comes down to: a form over measures."""

    metric: Metric
    form: Form

    @property
    def name(self) -> str:
        """The metric's name."""
        return self.metric.card.name.text


@dataclass(frozen=True, slots=True)
class SelectionMeaning:
    """A selection and what its names stand for."""

    selection: Selection
    book: Book
    metrics: tuple[MetricMeaning, ...]
    comparisons: tuple[Comparison, ...]

    @property
    def by(self) -> tuple[str, ...]:
        """The columns it is sliced by."""
        return tuple(word.text for word in self.selection.by)


@dataclass(frozen=True, slots=True)
class ViewMeaning:
    """A view and what its selection stands for."""

    view: View
    selected: SelectionMeaning


@dataclass(frozen=True, slots=True)
class Meanings:
    """A catalog with every name followed."""

    catalog: Catalog
    metrics: tuple[MetricMeaning, ...]
    views: tuple[ViewMeaning, ...]


def formula_of(metric: Metric) -> Formula:
    """Give the formula a metric was defined by."""
    match metric:
        case Ratio(_, numerator, denominator):
            upper, lower = Name(numerator.text, numerator.place), Name(denominator.text, denominator.place)
            return Operation("/", upper, lower, denominator.place)
        case Derived(_, _, formula):
            return formula
        case _:
            assert_never(metric)


def resolve(catalog: Catalog, problems: list[Problem]) -> Meanings:
    """Follow every name of a catalog, noting those that lead nowhere; what they break is left out."""
    meanings = Meanings(catalog, _metric_meanings(catalog, problems), ())
    views = []
    for view in catalog.views:
        selected = resolve_selection(view.selection, meanings, problems)
        if selected is not None:
            views.append(ViewMeaning(view, selected))
    return replace(meanings, views=tuple(views))


def resolve_selection(
    selection: Selection, meanings: Meanings, problems: list[Problem]
) -> SelectionMeaning | None:
    """Follow the names of a selection; None where one leads nowhere, which is noted."""
    catalog = meanings.catalog
    by_name = {name.text: meaning for meaning in meanings.metrics for name in metric_names(meaning.metric)}
    declared = catalog.broken | {name.text for metric in catalog.metrics for name in metric_names(metric)}
    book = _book(selection.book, catalog.settings, problems)
    known = {comparison.name: comparison for comparison in catalog.settings.comparisons}
    comparisons = _found(selection.comparisons, known, "comparison", problems)
    metrics = [by_name[word.text] for word in selection.metrics if word.text in by_name]
    problems += [_unknown_metric(word, by_name) for word in selection.metrics if word.text not in declared]
    if book is None:
        return None
    attributes = {attribute.text: attribute for attribute in book.attributes}
    by = _found(selection.by, attributes, "attribute", problems, f" in book '{book.name.text}'")
    found, given = (metrics, comparisons, by), (selection.metrics, selection.comparisons, selection.by)
    if [len(each) for each in found] != [len(each) for each in given]:
        return None
    return SelectionMeaning(selection, book, tuple(metrics), comparisons)


def metric_names(metric: Metric) -> tuple[Scalar, ...]:
    """Give the name of a metric and its aliases."""
    return (metric.card.name, *metric.card.aliases)


def _metric_meanings(catalog: Catalog, problems: list[Problem]) -> tuple[MetricMeaning, ...]:
    by_name: dict[str, Metric] = {}
    for metric in catalog.metrics:
        for name in metric_names(metric):
            by_name.setdefault(name.text, metric)
    forms: dict[str, Form] = {item.name: measure(item.name) for item in catalog.measures}
    graph: dict[str, list[str]] = {}
    for metric in catalog.metrics:
        own = metric.card.name.text
        if by_name[own] is not metric:
            continue
        graph[own] = []
        for word in names_in(formula_of(metric)):
            if word.text in by_name and word.text not in forms:
                graph[own].append(by_name[word.text].card.name.text)
            elif word.text not in forms and word.text not in catalog.broken:
                problems.append(_unknown_metric(word, [*forms, *by_name]))
    order = _ordered(graph, by_name, problems)
    meanings: dict[str, MetricMeaning] = {}
    for own in order:
        form = form_of(formula_of(by_name[own]), forms)
        if form is not None:
            meaning = MetricMeaning(by_name[own], in_whole_numbers(form))
            meanings[own] = meaning
            forms |= {name.text: form for name in metric_names(meaning.metric)}
    return tuple(meanings[own] for own in graph if own in meanings)


def _unknown_metric(word: Name | Scalar, known: Iterable[str]) -> Problem:
    hint = did_you_mean(word.text, known, otherwise="name a measure of the cohorts or a metric")
    return Problem("unknown-metric", f"metric '{word.text}' is not defined", word.place, hint)


def _ordered(
    graph: Mapping[str, list[str]], by_name: Mapping[str, Metric], problems: list[Problem]
) -> list[str]:
    """Give the metrics so that each comes after those it is made of; a cycle is noted and left out."""
    remaining = dict(graph)
    while True:
        try:
            return [name for name in TopologicalSorter(remaining).static_order() if name in remaining]
        except CycleError as error:
            # The path runs from what is needed to what needs it, and back to its start.
            path = error.args[1][::-1]
            start = path.index(min(path[:-1]))
            path = [*path[start:-1], *path[: start + 1]]
            place = by_name[path[0]].card.name.place
            message = f"metric '{path[0]}' is defined by itself: {' -> '.join(path)}"
            problems.append(Problem("cycle", message, place, "define one of them over measures only"))
            for name in path[1:]:
                del remaining[name]


def form_of(formula: Formula, forms: Mapping[str, Form]) -> Form | None:
    """Give the form of a formula, or None where a name in it has none."""
    match formula:
        case Name(text):
            return forms.get(text)
        case Number(value):
            return Constant(value)
        case Negative(operand):
            inner = form_of(operand, forms)
            return None if inner is None else scale(inner, Fraction(-1))
        case Operation(operator, left, right):
            upper, lower = form_of(left, forms), form_of(right, forms)
            return None if upper is None or lower is None else combine(operator, upper, lower)
        case _:
            assert_never(formula)


def _book(name: Scalar, settings: Settings, problems: list[Problem]) -> Book | None:
    books = {book.name.text: book for book in settings.books}
    if name.text not in books and name.text not in settings.broken_books:
        where = f"known: {', '.join(books)}" if books else "the vars of rollforward declare no book"
        hint = did_you_mean(name.text, books, otherwise=where)
        problems.append(Problem("unknown-book", f"book '{name.text}' is not defined", name.place, hint))
    return books.get(name.text)


def _found(
    words: Iterable[Scalar], known: Mapping[str, Named], what: str, problems: list[Problem], where: str = ""
) -> tuple[Named, ...]:
    """Give what words stand for, noting those that are not known."""
    found = []
    for word in words:
        if word.text in known:
            found.append(known[word.text])
            continue
        hint = did_you_mean(word.text, known, otherwise=f"known: {', '.join(known) or 'none'}")
        message = f"{what} '{word.text}' is not defined{where}"
        problems.append(Problem(f"unknown-{what}", message, word.place, hint))
    return tuple(found)
