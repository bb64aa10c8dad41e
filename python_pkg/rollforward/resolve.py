"""Catalog -> meanings: every name is followed to what it stands for, down to measures and books."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from graphlib import CycleError, TopologicalSorter
from typing import TypeVar, assert_never

from rollforward.definitions import (
    KEYS,
    ROW_COLUMNS,
    Book,
    Catalog,
    Comparison,
    Derived,
    DimensionMeaning,
    Measure,
    Method,
    Metric,
    Ratio,
    Selection,
    Settings,
    Simple,
    Trailing,
    View,
)
from rollforward.errors import Place, Problem, did_you_mean
from rollforward.formula import Formula, Name, Negative, Number, Operation, names_in
from rollforward.rational import (
    Constant,
    Form,
    combine,
    in_whole_numbers,
    measure,
    measures_in,
    scale,
    size_of,
)
from rollforward.source import Scalar

Named = TypeVar("Named")
MOST_PARTS = 200
_LISTED = "`rollforward list metrics` names them all"
_NO_METRICS = {
    **dict.fromkeys(("mrr", "revenue", "recurring_revenue"), "ending_revenue"),
    "arr": "ending_revenue * 12",
    **dict.fromkeys(("customers", "subscribers", "customer_count"), "ending_customers"),
}
"""What people ask for that is no metric here, and what it comes down to: amounts are per month."""
_NO_BOOK = "the vars of rollforward declare no book"


@dataclass(frozen=True, slots=True)
class Followed:
    """What a trailing metric follows, a metric or a measure, and how."""

    name: str
    metric: MetricMeaning | None
    periods: int
    method: Method


@dataclass(frozen=True, slots=True)
class MetricMeaning:
    """A metric and what it comes down to: a form over measures, for a trailing metric of what it follows.

    `books` are those that it or a part of it is restricted to.
    """

    metric: Metric
    form: Form
    measures: tuple[Measure, ...]
    books: tuple[str, ...] = ()
    followed: Followed | None = None

    @property
    def name(self) -> str:
        """The metric's name."""
        return self.metric.card.name.text

    @property
    def reads_ledger(self) -> bool:
        """Whether the cohorts do not hold all that it is made of."""
        return not all(item.held for item in self.measures)


@dataclass(frozen=True, slots=True)
class SelectionMeaning:
    """A selection and what its names stand for; `dimensions` are those of `by` that are no attributes."""

    selection: Selection
    book: Book
    metrics: tuple[MetricMeaning, ...]
    comparisons: tuple[Comparison, ...]
    dimensions: tuple[DimensionMeaning, ...] = ()

    @property
    def by(self) -> tuple[str, ...]:
        """The columns it is sliced by."""
        return tuple(word.text for word in self.selection.by)

    def shows(self, metric: str) -> bool:
        """Whether it has a metric of this name, asked for by it or by an alias."""
        return any(each.name == metric for each in self.metrics)

    @property
    def reads_ledger(self) -> bool:
        """Whether a metric or a dimension needs the rows of the ledger."""
        needed = any(metric.reads_ledger for metric in self.metrics)
        return needed or not all(dimension.held for dimension in self.dimensions)


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
    views: tuple[ViewMeaning, ...] = ()
    dimensions: tuple[DimensionMeaning, ...] = ()

    @property
    def by_name(self) -> dict[str, MetricMeaning]:
        """The metrics by their names and aliases."""
        return {name.text: meaning for meaning in self.metrics for name in metric_names(meaning.metric)}


def formula_of(metric: Metric) -> Formula | None:
    """Give the formula a metric was defined by; a simple metric and a trailing one have none."""
    match metric:
        case Simple() | Trailing():
            return None
        case Ratio(_, numerator, denominator):
            upper, lower = Name(numerator.text, numerator.place), Name(denominator.text, denominator.place)
            return Operation("/", upper, lower, denominator.place)
        case Derived(_, _, formula):
            return formula
        case _:
            assert_never(metric)


def resolve(catalog: Catalog, problems: list[Problem]) -> Meanings:
    """Follow every name of a catalog, noting those that lead nowhere; what they break is left out."""
    metrics = _metric_meanings(catalog, problems)
    meanings = Meanings(catalog, metrics, dimensions=_dimension_meanings(catalog, problems))
    views = []
    for view in catalog.views:
        found: list[Problem] = []
        selected = resolve_selection(view.selection, meanings, found)
        problems += _said(found, {view.name.text, *(word.text for word in view.selection.metrics)}, catalog)
        if selected is not None:
            views.append(ViewMeaning(view, selected))
    return replace(meanings, views=tuple(views))


def _said(found: Iterable[Problem], names: set[str], catalog: Catalog) -> list[Problem]:
    """Give what is said of a definition: not what follows from a key, name or book that could not be read."""
    follows = (
        *(("missing-",) if names & catalog.broken else ()),
        *(("unknown-column",) if catalog.settings.broken_books else ()),
    )
    return [each for each in found if not each.code.startswith(follows)]


def resolve_selection(
    selection: Selection, meanings: Meanings, problems: list[Problem]
) -> SelectionMeaning | None:
    """Follow the names of a selection; those that lead nowhere are noted and left out of it.

    None where there is no book, on which everything else depends.
    """
    catalog, by_name = meanings.catalog, meanings.by_name
    measures = catalog.measures_by_name
    declared = catalog.broken | {name.text for metric in catalog.metrics for name in metric_names(metric)}
    metrics = [by_name[word.text] for word in selection.metrics if word.text in by_name]
    problems += [
        _measure(word) if word.text in measures else _unknown_metric(word, by_name, _LISTED)
        for word in selection.metrics
        if word.text not in declared
    ]
    place = selection.metrics[0].place if selection.metrics else Place("")
    book = _book(selection.book, metrics, catalog.settings, place, problems)
    words = selection.comparisons or _default_comparisons(metrics, place, problems)
    known = {comparison.name: comparison for comparison in catalog.settings.comparisons}
    comparisons = _found(words, known, "comparison", problems)
    slices = _slices(book, meanings)
    silent = catalog.broken | {each.name.text for each in catalog.dimensions} - slices.keys()
    said = [word for word in selection.by if word.text not in silent]
    if book is None and catalog.settings.broken_books:
        return None
    by = _found(said, slices, "attribute", problems, f" in book '{book.name.text}'" if book else "")
    if book is None:
        return None
    made = tuple(each for each in by if isinstance(each, DimensionMeaning))
    followed = replace(
        selection,
        metrics=tuple(word for word in selection.metrics if word.text in by_name),
        comparisons=tuple(word for word in selection.comparisons if word.text in known),
        by=tuple(word for word in selection.by if word.text in slices),
    )
    return SelectionMeaning(followed, book, tuple(metrics), comparisons, made)


def _slices(book: Book | None, meanings: Meanings) -> dict[str, object]:
    """Give what there is to slice by: where the book is not known, an attribute can be that of any."""
    books = meanings.catalog.settings.books if book is None else (book,)
    attributes = {attribute.text: attribute for each in books for attribute in each.attributes}
    return {**attributes, **{each.name: each for each in meanings.dimensions}}


def comparison_named_by(metrics: Collection[MetricMeaning]) -> Scalar | None:
    """Give the one comparison that all of some metrics name; None where one names none, or they differ."""
    named = [metric.metric.card.comparison for metric in metrics]
    return named[0] if len({word and word.text for word in named}) == 1 else None


def _default_comparisons(
    metrics: Iterable[MetricMeaning], place: Place, problems: list[Problem]
) -> tuple[Scalar, ...]:
    """Give the comparison that metrics name where the selection names none; they have to agree."""
    metrics = tuple(metrics)
    if agreed := comparison_named_by(metrics):
        return (agreed,)
    if metrics:
        words = [word.text for each in metrics if (word := each.metric.card.comparison)]
        differ = f"its metrics name {', '.join(dict.fromkeys(words))}" if words else "its metrics name none"
        message = f"nothing says what is compared: `comparisons` is missing, and {differ}"
        hint = "for example comparisons: [month_over_month]"
        problems.append(Problem("missing-comparison", message, place, hint))
    return ()


def _dimension_meanings(catalog: Catalog, problems: list[Problem]) -> tuple[DimensionMeaning, ...]:
    if not catalog.dimensions:
        return ()
    from rollforward.rows import dimension_meaning

    meanings = []
    for dimension in catalog.dimensions:
        found: list[Problem] = []
        meanings.append(dimension_meaning(dimension, catalog, found))
        problems += _said(found, {dimension.name.text}, catalog)
    return tuple(meaning for meaning in meanings if meaning is not None)


def metric_names(metric: Metric) -> tuple[Scalar, ...]:
    """Give the name of a metric and its aliases."""
    return (metric.card.name, *metric.card.aliases)


def _metric_meanings(catalog: Catalog, problems: list[Problem]) -> tuple[MetricMeaning, ...]:
    by_name: dict[str, Metric] = {}
    for metric in catalog.metrics:
        for name in metric_names(metric):
            by_name.setdefault(name.text, metric)
    parts = {item.name: Part(measure(item.name), (item,)) for item in catalog.measures}
    graph: dict[str, list[str]] = {}
    for metric in catalog.metrics:
        own = metric.card.name.text
        if by_name[own] is not metric:
            continue
        graph[own] = []
        for word in _words_of(metric):
            if word.text in by_name and word.text not in parts:
                graph[own].append(by_name[word.text].card.name.text)
            elif word.text not in parts and word.text not in catalog.broken:
                problems.append(_unknown_part(word, [*parts, *by_name], catalog))
    order = _ordered(graph, by_name, problems)
    meanings: dict[str, MetricMeaning] = {}
    for own in order:
        found: list[Problem] = []
        meaning = _meaning(by_name[own], parts, catalog, found)
        problems += _said(found, {own}, catalog)
        if meaning is not None:
            meanings[own] = meaning
            part = Part(meaning.form, meaning.measures, meaning.books, meaning)
            parts |= {name.text: part for name in metric_names(meaning.metric)}
    return tuple(
        replace(meanings[own], form=in_whole_numbers(meanings[own].form)) for own in graph if own in meanings
    )


@dataclass(frozen=True, slots=True)
class Part:
    """What a name in a metric stands for: a measure, or a metric that has been followed."""

    form: Form
    measures: tuple[Measure, ...]
    books: tuple[str, ...] = ()
    metric: MetricMeaning | None = None


def _words_of(metric: Metric) -> tuple[Name, ...]:
    if isinstance(metric, Trailing):
        return (Name(metric.input.text, metric.input.place),)
    formula = formula_of(metric)
    return () if formula is None else tuple(names_in(formula))


def _meaning(
    metric: Metric, parts: Mapping[str, Part], catalog: Catalog, problems: list[Problem]
) -> MetricMeaning | None:
    """Follow one metric, all of whose parts have been followed; None where that cannot be."""
    own = () if metric.card.book is None else (metric.card.book.text,)
    if isinstance(metric, Simple):
        from rollforward.rows import simple_meaning

        simple = simple_meaning(metric, catalog, problems)
        if simple is None:
            return None
        return MetricMeaning(metric, simple.form, _read(simple.form, simple.measures, catalog), own)
    words = _words_of(metric)
    used = [parts[word.text] for word in words if word.text in parts]
    if len(used) < len(words) or _follows_again(words, parts, problems):
        return None
    books = tuple(dict.fromkeys((*own, *(book for part in used for book in part.books))))
    measures = tuple(dict.fromkeys(item for part in used for item in part.measures))
    if isinstance(metric, Trailing):
        (part,) = used
        input_metric = part.metric and replace(part.metric, form=in_whole_numbers(part.form))
        name = metric.input.text if input_metric is None else input_metric.name
        followed = Followed(name, input_metric, metric.periods, metric.method)
        return MetricMeaning(metric, part.form, measures, books, followed)
    formula = formula_of(metric)
    form = None if formula is None else form_of(formula, {name: part.form for name, part in parts.items()})
    if form is None:
        return None
    if size_of(form) > MOST_PARTS:
        message = f"'{metric.card.name.text}', written out, has {size_of(form):,} measures and numbers"
        hint = f"{MOST_PARTS} are the most: name in one metric what several repeat, and divide once"
        problems.append(Problem("too-long-formula", message, words[0].place, hint))
        return None
    known = {item.name: item for item in measures}
    return MetricMeaning(metric, form, tuple(known[name] for name in measures_in(form)), books)


def _read(form: Form, added: Iterable[Measure], catalog: Catalog) -> tuple[Measure, ...]:
    """Give the measures a form reads, of the cohorts and of those added."""
    known = {item.name: item for item in (*catalog.measures, *added)}
    return tuple(known[name] for name in measures_in(form))


def _follows_again(words: Iterable[Name], parts: Mapping[str, Part], problems: list[Problem]) -> bool:
    """Note parts that are trailing metrics: those are worked out last, over whole periods."""
    found = False
    for word in words:
        part = parts[word.text].metric
        if part is not None and part.followed is not None:
            message = f"'{word.text}' is a trailing metric; nothing is calculated from one"
            hint = f"use '{part.followed.name}', or compare the two where the view is read"
            problems.append(Problem("trailing-in-formula", message, word.place, hint))
            found = True
    return found


def _unknown_part(word: Name, known: Iterable[str], catalog: Catalog) -> Problem:
    """Give what is said of a name in a formula, or of a side of a ratio, that stands for nothing."""
    if re.search(r"[-+*/()\s]", word.text):
        message = f"'{word.text}' is arithmetic, and each side of a ratio is one name"
        hint = "write type: derived, expr: ... / ..."
        return Problem("unknown-metric", message, word.place, hint)
    if word.text in ROW_COLUMNS or word.text in catalog.settings.attributes:
        message = f"'{word.text}' is a column of single customers, and a formula is over sums"
        hint = "sum it up first: type: simple, agg: sum, expr: ..."
        return Problem("column-in-formula", message, word.place, hint)
    return _unknown_metric(word, known, "name a measure of the cohorts or a metric")


def _measure(word: Name | Scalar) -> Problem:
    message = f"'{word.text}' is a measure, of which metrics are made, and no metric"
    hint = f"declare one: type: derived, expr: {word.text}"
    return Problem("unknown-metric", message, word.place, hint)


def _unknown_metric(word: Name | Scalar, known: Iterable[str], otherwise: str) -> Problem:
    hint = did_you_mean(word.text, known, otherwise=otherwise)
    if expr := _NO_METRICS.get(word.text.lower(), ""):
        hint = f"write {expr}" if isinstance(word, Name) else f"declare one: type: derived, expr: {expr}"
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


def _book(
    name: Scalar | None,
    metrics: Iterable[MetricMeaning],
    settings: Settings,
    place: Place,
    problems: list[Problem],
) -> Book | None:
    """Give the book of a selection: the one it names, else that of its metrics, else the only one."""
    books = {book.name.text: book for book in settings.books}
    if name is None:
        of_metrics = tuple(dict.fromkeys(book for metric in metrics for book in metric.books))
        chosen = of_metrics or (tuple(books) if not settings.broken_books else ())
        if len(chosen) == 1 and chosen[0] in books:
            return books[chosen[0]]
        if not settings.broken_books:
            say = "say --book; " if place.is_typed else ""
            known = f"{say}known: {', '.join(books)}" if books else _NO_BOOK
            problems.append(Problem("missing-book", "nothing says which book is read", place, known))
        return None
    return _named_book(name, settings, problems)


def _named_book(name: Scalar, settings: Settings, problems: list[Problem]) -> Book | None:
    books = {book.name.text: book for book in settings.books}
    if name.text not in books and name.text not in settings.broken_books:
        where = f"known: {', '.join(books)}" if books else _NO_BOOK
        hint = did_you_mean(name.text, books, otherwise=where)
        if "," in name.text:
            hint = "name one book at a time: what two books hold is never added up"
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
        if what == "attribute" and word.text in KEYS:
            message = (
                f"'{word.text}' is a column of every row already: books, comparisons and periods never mix"
            )
            problems.append(Problem("key-in-by", message, word.place, "leave it out"))
            continue
        hint = did_you_mean(word.text, known, otherwise=f"known: {', '.join(known) or 'none'}")
        message = f"{what} '{word.text}' is not defined{where}"
        problems.append(Problem(f"unknown-{what}", message, word.place, hint))
    return tuple(found)
