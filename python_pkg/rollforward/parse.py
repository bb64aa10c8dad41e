"""Documents of metrics/*.yml -> metrics and views."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from rollforward.definitions import (
    Card,
    Derived,
    Dimension,
    Fragment,
    Measure,
    Metric,
    Ratio,
    Selection,
    Simple,
    Trailing,
    View,
)
from rollforward.errors import Problem, ProblemsFound
from rollforward.formula import parse_formula
from rollforward.keys import (
    AGGREGATES,
    CARD_KEYS,
    DIMENSION_KEYS,
    FILE_KEYS,
    FORMATS,
    INCOMPLETE_PERIODS,
    MATERIALIZATIONS,
    METHODS,
    TYPE_KEYS,
    VIEW_KEYS,
    key_of,
    names,
    required,
)
from rollforward.reader import Entries, check_name, is_nothing
from rollforward.source import Document, Mapping, Scalar, Sequence

Defined = TypeVar("Defined")
COMPOUNDING = ("product", "compound", "geometric_mean", "cumulative", "chain")
"""Methods people ask a trailing metric for that have no meaning."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a file defines, as far as it can be read: everything wrong is to be said at once.

    `broken` are the names of definitions with something wrong in them: those are not unknown, and what
    follows from them is not said.
    """

    metrics: tuple[Metric, ...] = ()
    views: tuple[View, ...] = ()
    dimensions: tuple[Dimension, ...] = ()
    broken: frozenset[str] = frozenset()

    def and_also(self, other: Parsed) -> Parsed:
        """Give what two files define together."""
        return Parsed(
            self.metrics + other.metrics,
            self.views + other.views,
            self.dimensions + other.dimensions,
            self.broken | other.broken,
        )


def parse_definitions(document: Document, project: str, problems: list[Problem]) -> Parsed:
    """Read the lists of a file that belongs to a dbt project."""
    top = Entries(document.root, "a metrics file", document.root.place, problems)
    top.check_keys(FILE_KEYS)
    metrics: list[Metric | None] = []
    views: list[View | None] = []
    dimensions: list[Dimension | None] = []
    broken: set[str] = set()
    for entry in _entries(top, "metrics", "metric"):
        with _noting(entry, broken):
            metrics.append(_metric(entry, project))
    for entry in _entries(top, "dimensions", "dimension"):
        with _noting(entry, broken):
            dimensions.append(_dimension(entry))
    for entry in _entries(top, "views", "view"):
        with _noting(entry, broken):
            views.append(_view(entry))
    return Parsed(_read(metrics), _read(views), _read(dimensions), frozenset(broken))


@contextmanager
def _noting(entry: Entries, broken: set[str]) -> Iterator[None]:
    """Add the names of an entry to those that are broken, where something is wrong in it."""
    before = len(entry.problems)
    yield
    if len(entry.problems) > before:
        broken |= _names_of(entry.mapping)


def _read(found: Iterable[Defined | None]) -> tuple[Defined, ...]:
    return tuple(each for each in found if each is not None)


def parse_measures(document: Document, model: str) -> tuple[Measure, ...]:
    """Read the measures from the description of the cohorts: columns whose meta says `measure`."""
    models = document.root.get("models")
    described = [item for item in _items(models) if _text(item.get("name")) == model]
    return tuple(
        _measure(column, kind)
        for item in described
        for column in _items(item.get("columns"))
        if (kind := _text(_path(column, "config", "meta", "measure")))
    )


def _measure(column: Mapping, kind: str) -> Measure:
    """Read a measure; `expr` and `filter` are what it sums up over the rows of the ledger."""
    meta = _path(column, "config", "meta")
    expr, chosen = _text(_path(meta, "expr")), _text(_path(meta, "filter"))
    return Measure(
        name=_text(column.get("name")),
        kind="count" if kind == "count" else "amount",
        description=_text(column.get("description")),
        parts=_parts(column),
        expr=expr,
        filter=chosen,
        row=Fragment(f"case when {chosen} then {expr} else 0 end" if chosen else expr),
    )


def _parts(column: Mapping) -> tuple[str, ...]:
    tests = (
        _path(test, "rollforward.adds_up", "arguments", "parts") for test in _items(column.get("data_tests"))
    )
    return next((tuple(map(_text, parts.items)) for parts in tests if isinstance(parts, Sequence)), ())


def _items(node: object) -> list[Mapping]:
    return [item for item in node.items if isinstance(item, Mapping)] if isinstance(node, Sequence) else []


def _path(node: object, *keys: str) -> object:
    for key in keys:
        node = node.get(key) if isinstance(node, Mapping) else None
    return node


def _text(node: object) -> str:
    return node.text if isinstance(node, Scalar) else ""


def _entries(top: Entries, key: str, what: str) -> list[Entries]:
    node = top.mapping.get(key)
    if node is None or is_nothing(node):
        return []
    if not isinstance(node, Sequence):
        hint = f"start each {what} with `- name: ...`"
        top.say("wrong-shape", f"'{key}' has to be a list of {key}", node.place, hint)
        return []
    entries = []
    for item in node.items:
        if not isinstance(item, Mapping):
            hint = f"start it with `name:`, followed by the other keys of the {what}"
            top.say("wrong-shape", f"an entry of '{key}' has to be a mapping", item.place, hint)
            continue
        name = item.get("name")
        called = f"{what} '{name.text}'" if isinstance(name, Scalar) else f"a {what}"
        place = name.place if name is not None else item.place
        entries.append(Entries(item, called, place, top.problems))
    return entries


def _names_of(mapping: Mapping) -> set[str]:
    aliases = mapping.get("aliases")
    nodes = (mapping.get("name"), *(aliases.items if isinstance(aliases, Sequence) else ()))
    return {node.text for node in nodes if isinstance(node, Scalar)}


def _metric(entry: Entries, project: str) -> Metric | None:
    kind = entry.word("type", TYPE_KEYS, "")
    own = TYPE_KEYS.get(kind, ())
    others = own or tuple(key for keys in TYPE_KEYS.values() for key in keys)
    hints = {"type": f"one of {', '.join(TYPE_KEYS)}"}
    entry.check_keys(names((*CARD_KEYS, *others)), required((*CARD_KEYS, *own)), hints)
    card = _card(entry, project)
    return _of_kind(kind, card, entry) if card else None


def _card(entry: Entries, project: str) -> Card | None:
    name = entry.text("name")
    aliases = entry.texts("aliases")
    for alias in aliases:
        check_name(alias, "a metric", entry.problems)
    label, description = entry.prose("label"), entry.prose("description")
    shown_as = entry.word("format", FORMATS, "")
    book, comparison = entry.text("book"), entry.text("comparison")
    if name is None:
        return None
    check_name(name, "a metric", entry.problems)
    shown = label or in_title_case(name.text)
    return Card(name, shown, description, shown_as, aliases, project, book, comparison)


def in_title_case(name: str) -> str:
    """Give the label of something that was given none.

    >>> in_title_case("net_new_revenue")
    'Net New Revenue'
    """
    return name.replace("_", " ").title()


def _of_kind(kind: str, card: Card, entry: Entries) -> Metric | None:
    match kind:
        case "simple":
            return _simple(card, entry)
        case "ratio":
            numerator, denominator = entry.text("numerator"), entry.text("denominator")
            return Ratio(card, numerator, denominator) if numerator and denominator else None
        case "derived":
            return _derived(card, entry)
        case "trailing":
            return _trailing(card, entry)
        case _:
            return None


def _simple(card: Card, entry: Entries) -> Simple | None:
    agg = entry.word("agg", AGGREGATES, "")
    expr, chosen = entry.text("expr"), entry.text("filter")
    if agg not in ("", "count") and entry.mapping.get("expr") is None:
        entry.say("missing-key", f"the key 'expr' is missing in {entry.what}", entry.place)
    return next((Simple(card, known, expr, chosen) for known in AGGREGATES if known == agg), None)


def _derived(card: Card, entry: Entries) -> Derived | None:
    expr = entry.text("expr")
    try:
        return Derived(card, expr, parse_formula(expr)) if expr else None
    except ProblemsFound as found:
        entry.problems.extend(found.problems)
        return None


def _trailing(card: Card, entry: Entries) -> Trailing | None:
    followed = entry.text("input")
    limits = key_of(TYPE_KEYS["trailing"], "periods")
    periods = entry.number("periods", limits.least, limits.most, limits.least)
    given = entry.text("method")
    if given is not None and given.text in COMPOUNDING:
        message = f"'{given.text}' would compound {entry.mapping_text('input')} over its periods"
        hint = "who joins or leaves in between breaks the chain: ask for a comparison as long as all of them"
        entry.say("compounded-rate", message, given.place, hint)
        return None
    method = entry.word("method", METHODS, METHODS[0])
    return Trailing(card, followed, periods, method) if followed else None


def _dimension(entry: Entries) -> Dimension | None:
    entry.check_keys(names(DIMENSION_KEYS), required(DIMENSION_KEYS))
    name, expr = entry.text("name"), entry.text("expr")
    label, description = entry.prose("label"), entry.prose("description")
    bands = entry.numbers("bands")
    if name is not None:
        check_name(name, "a dimension", entry.problems)
    if name is None or expr is None:
        return None
    return Dimension(name, label or in_title_case(name.text), description, expr, bands)


def _view(entry: Entries) -> View | None:
    entry.check_keys(names(VIEW_KEYS), required(VIEW_KEYS))
    name, book = entry.text("name"), _book(entry)
    if name is not None:
        check_name(name, "a view", entry.problems)
    metrics, comparisons = entry.texts("metrics"), entry.texts("comparisons")
    by, where = entry.texts("by"), entry.text("where")
    description = entry.prose("description")
    materialized = entry.word("materialized", MATERIALIZATIONS, MATERIALIZATIONS[0])
    incomplete = entry.word("incomplete_periods", INCOMPLETE_PERIODS, INCOMPLETE_PERIODS[0])
    if name is None:
        return None
    selection = Selection(metrics, book, comparisons, by, where, incomplete)
    return View(name, description, selection, materialized)


def _book(entry: Entries) -> Scalar | None:
    """Give the book of a view; a list of them is refused, for their numbers are never added up."""
    given = entry.mapping.get("book")
    if isinstance(given, Sequence):
        hint = "write one view for each book: what two books hold is never added up"
        entry.say("mixed-books", "a view reads one book", given.place, hint)
        return None
    return entry.text("book")
