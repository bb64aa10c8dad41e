"""Documents of metrics/*.yml -> metrics and views."""

from __future__ import annotations

from dataclasses import dataclass

from rollforward.definitions import Card, Derived, IncompletePeriods, Measure, Metric, Ratio, Selection, View
from rollforward.errors import Problem, ProblemsFound
from rollforward.formula import parse_formula
from rollforward.reader import Entries, check_name, is_nothing
from rollforward.source import Document, Mapping, Scalar, Sequence

FORMATS = ("percent", "decimal", "currency", "count")
MATERIALIZATIONS = ("view", "table")
INCOMPLETE_PERIODS = ("exclude", "include")
CARD_KEYS = ("name", "label", "description", "type", "format", "aliases")
TYPE_KEYS = {"ratio": ("numerator", "denominator"), "derived": ("expr",)}
VIEW_KEYS = (
    "name",
    "description",
    "book",
    "metrics",
    "comparisons",
    "by",
    "where",
    "materialized",
    "incomplete_periods",
)
VIEW_REQUIRED = ("name", "book", "metrics", "comparisons")


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a file defines. `broken` are names of metrics that could not be read: they are not unknown."""

    metrics: tuple[Metric, ...] = ()
    views: tuple[View, ...] = ()
    broken: frozenset[str] = frozenset()

    def and_also(self, other: Parsed) -> Parsed:
        """Give what two files define together."""
        return Parsed(self.metrics + other.metrics, self.views + other.views, self.broken | other.broken)


def parse_definitions(document: Document, project: str, problems: list[Problem]) -> Parsed:
    """Read the `metrics:` and `views:` of a file that belongs to a dbt project."""
    top = Entries(document.root, "a metrics file", document.root.place, problems)
    top.check_keys(("metrics", "views"))
    metrics, views, broken = [], [], set()
    for entry in _entries(top, "metrics", "metric"):
        metric = _metric(entry, project)
        if metric is not None:
            metrics.append(metric)
        else:
            broken |= _names_of(entry.mapping)
    for entry in _entries(top, "views", "view"):
        view = _view(entry)
        if view is not None:
            views.append(view)
    return Parsed(tuple(metrics), tuple(views), frozenset(broken))


def parse_measures(document: Document, model: str) -> tuple[Measure, ...]:
    """Read the measures from the description of the cohorts: columns whose meta says `measure`."""
    models = document.root.get("models")
    described = [item for item in _items(models) if _text(item.get("name")) == model]
    return tuple(
        Measure(
            name=_text(column.get("name")),
            kind="count" if kind == "count" else "amount",
            description=_text(column.get("description")),
            parts=_parts(column),
        )
        for item in described
        for column in _items(item.get("columns"))
        if (kind := _text(_path(column, "config", "meta", "measure")))
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
    before = len(entry.problems)
    kind = entry.word("type", TYPE_KEYS, "")
    own_keys = TYPE_KEYS.get(kind, ())
    others = own_keys or tuple(key for keys in TYPE_KEYS.values() for key in keys)
    entry.check_keys((*CARD_KEYS, *others), ("name", "type", *own_keys))
    card = _card(entry, project)
    metric = _of_kind(kind, card, entry) if card else None
    return metric if len(entry.problems) == before else None


def _card(entry: Entries, project: str) -> Card | None:
    name = entry.text("name")
    aliases = entry.texts("aliases")
    for alias in aliases:
        check_name(alias, "a metric", entry.problems)
    label, description = entry.prose("label"), entry.prose("description")
    shown_as = entry.word("format", FORMATS, "")
    if name is None or not check_name(name, "a metric", entry.problems):
        return None
    return Card(name, label or in_title_case(name.text), description, shown_as, aliases, project)


def in_title_case(name: str) -> str:
    """Give the label of something that was given none.

    >>> in_title_case("net_new_revenue")
    'Net New Revenue'
    """
    return name.replace("_", " ").title()


def _of_kind(kind: str, card: Card, entry: Entries) -> Metric | None:
    if kind == "ratio":
        numerator, denominator = entry.text("numerator"), entry.text("denominator")
        return Ratio(card, numerator, denominator) if numerator and denominator else None
    if kind == "derived" and (expr := entry.text("expr")):
        try:
            return Derived(card, expr, parse_formula(expr))
        except ProblemsFound as found:
            entry.problems.extend(found.problems)
    return None


def _view(entry: Entries) -> View | None:
    before = len(entry.problems)
    entry.check_keys(VIEW_KEYS, VIEW_REQUIRED)
    name, book = entry.text("name"), entry.text("book")
    named = name is not None and check_name(name, "a view", entry.problems)
    metrics, comparisons = entry.texts("metrics"), entry.texts("comparisons")
    by, where = entry.texts("by"), entry.text("where")
    description = entry.prose("description")
    materialized = entry.word("materialized", MATERIALIZATIONS, MATERIALIZATIONS[0])
    incomplete = entry.word("incomplete_periods", INCOMPLETE_PERIODS, INCOMPLETE_PERIODS[0])
    if name is None or not named or book is None or len(entry.problems) > before:
        return None
    kept: IncompletePeriods = "include" if incomplete == "include" else "exclude"
    return View(name, description, Selection(metrics, book, comparisons, by, where, kept), materialized)
