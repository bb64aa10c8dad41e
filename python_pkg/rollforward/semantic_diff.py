"""What changed in meaning between two states of a project: by fingerprints, not by lines of YAML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from rollforward.errors import Problem
from rollforward.fingerprint import view_fingerprint
from rollforward.plan import MetricPlan, ViewPlan, plan, plan_metric
from rollforward.rational import in_words
from rollforward.resolve import Meanings, metric_names
from rollforward.settings import own_vars
from rollforward.source import Document, Node, Scalar, Sequence
from rollforward.source import Mapping as Nodes

What = Literal["metric", "view", "book", "setting"]
How = Literal["added", "removed", "changed", "renamed", "reworded"]


@dataclass(frozen=True, slots=True)
class Part:
    """One thing about a definition that differs: what it was and what it is."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """A definition that differs; `views` are those in which it can be seen, as they are called now."""

    what: What
    name: str
    how: How
    parts: tuple[Part, ...] = ()
    before: str = ""
    after: str = ""
    views: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """What a project means at one time: everything by its name."""

    metrics: Mapping[str, MetricPlan]
    aliases: Mapping[str, tuple[str, ...]]
    views: Mapping[str, ViewPlan]
    conditions: Mapping[str, str]
    settings: Mapping[str, Mapping[str, str]]

    def fingerprint(self, view: ViewPlan) -> str:
        """Give the fingerprint of a view."""
        return view_fingerprint(view.meaning, view.policies, self.conditions.get(view.name, ""))


def state_of(meanings: Meanings, settings: Document) -> State:
    """Give what a project means; `settings` is the file that holds its vars."""
    catalog = meanings.catalog
    problems: list[Problem] = []
    conditions: dict[str, str] = {}
    if any(view.view.selection.where for view in meanings.views):
        from rollforward.where import read_conditions

        written = read_conditions(meanings, problems)
        conditions = {name: condition.text for name, condition in written.items()}
    return State(
        metrics={each.name: plan_metric(each, catalog) for each in meanings.metrics},
        aliases={
            each.name: tuple(alias.text for alias in metric_names(each.metric)[1:])
            for each in meanings.metrics
        },
        views={view.name: view for view in plan(meanings).views},
        conditions=conditions,
        settings=_settings(settings),
    )


def changes(before: State, after: State) -> list[Change]:
    """Give every difference in meaning, and after them what is only said in other words."""
    found = [
        *_books(before, after),
        *_metrics(before, after),
        *_views(before, after),
        *_reworded(before, after),
    ]
    return sorted(found, key=lambda change: change.how == "reworded")


# --- metrics --------------------------------------------------------------------------------------


def _metrics(before: State, after: State) -> Iterable[Change]:
    gone = [name for name in before.metrics if name not in after.metrics]
    come = [name for name in after.metrics if name not in before.metrics]
    for name in list(come):
        fingerprint = after.metrics[name].fingerprint
        same = next((old for old in gone if before.metrics[old].fingerprint == fingerprint), None)
        if same is not None:
            gone.remove(same)
            come.remove(name)
            part = Part("name", same, name)
            yield Change("metric", name, "renamed", (part,), fingerprint, fingerprint, _seen_in(after, name))
    for name in come:
        new = after.metrics[name]
        part = Part("formula", "", new.words)
        yield Change("metric", name, "added", (part,), "", new.fingerprint, _seen_in(after, name))
    for name in gone:
        old = before.metrics[name]
        yield Change("metric", name, "removed", (Part("formula", old.words, ""),), old.fingerprint, "")
    for name, new in after.metrics.items():
        previous = before.metrics.get(name)
        if previous is not None and previous.fingerprint != new.fingerprint:
            parts = tuple(_metric_parts(previous, new))
            views = _seen_in(after, name)
            yield Change("metric", name, "changed", parts, previous.fingerprint, new.fingerprint, views)


def _metric_parts(old: MetricPlan, new: MetricPlan) -> Iterable[Part]:
    """Give what differs in a metric: its formula, or else what the names in it stand for."""
    if old.words != new.words:
        yield Part("formula", old.words, new.words)
        return
    rows = [{item.name: item.row.text for item in plan.measures if not item.held} for plan in (old, new)]
    names = [name for name in rows[1] if name in rows[0] and rows[0][name] != rows[1][name]]
    yield from (Part(name, rows[0][name], rows[1][name]) for name in names)
    if not names:
        yield Part("formula", in_words(old.form), in_words(new.form))


def _reworded(before: State, after: State) -> Iterable[Change]:
    """Give what changes no number: labels, descriptions, formats, aliases."""
    for name, new in after.metrics.items():
        old = before.metrics.get(name)
        if old is None or old.fingerprint != new.fingerprint:
            continue
        parts = [
            Part(key, getattr(old, key), getattr(new, key))
            for key in ("label", "description", "format")
            if getattr(old, key) != getattr(new, key)
        ]
        if before.aliases[name] != after.aliases[name]:
            parts.append(Part("aliases", ", ".join(before.aliases[name]), ", ".join(after.aliases[name])))
        if parts:
            yield Change("metric", name, "reworded", tuple(parts), new.fingerprint, new.fingerprint)


def _seen_in(state: State, metric: str) -> tuple[str, ...]:
    return tuple(name for name, view in state.views.items() if view.meaning.selected.shows(metric))


# --- views ----------------------------------------------------------------------------------------


def _views(before: State, after: State) -> Iterable[Change]:
    for name, new in after.views.items():
        old = before.views.get(name)
        fingerprint = after.fingerprint(new)
        if old is None:
            yield Change("view", name, "added", (), "", fingerprint)
        elif (previous := before.fingerprint(old)) != fingerprint:
            parts = tuple(_view_parts(before, old, after, new))
            if parts:
                yield Change("view", name, "changed", parts, previous, fingerprint)
    for name, old in before.views.items():
        if name not in after.views:
            yield Change("view", name, "removed", (), before.fingerprint(old), "")


def _view_parts(before: State, old: ViewPlan, after: State, new: ViewPlan) -> Iterable[Part]:
    """Give what differs in a view itself; where only a metric means something else, that one says so."""
    said_before, said_after = _said(before, old), _said(after, new)
    for key, value in said_after.items():
        if said_before[key] != value:
            yield Part(key, said_before[key], value)


def _said(state: State, view: ViewPlan) -> dict[str, str]:
    selected = view.meaning.selected
    return {
        "book": selected.book.name.text,
        "unit": ", ".join(column.text for column in selected.book.unit),
        "measurement": selected.book.measurement,
        "metrics": ", ".join(metric.name for metric in selected.metrics),
        "comparisons": ", ".join(
            f"{each.name} ({each.lookback} x {each.grain}, {each.periods_summed} summed)"
            for each in selected.comparisons
        ),
        "by": ", ".join(selected.by),
        "dimensions": ", ".join(
            f"{each.name} = {' '.join(each.row.text.split())}" for each in selected.dimensions
        ),
        "where": state.conditions.get(view.name, ""),
        **{key: str(value) for key, value in view.policies.items()},
    }


# --- settings -------------------------------------------------------------------------------------


def _books(before: State, after: State) -> Iterable[Change]:
    names = dict.fromkeys((*after.settings, *before.settings))
    for name in names:
        old, new = before.settings.get(name), after.settings.get(name)
        if old == new:
            continue
        what: What = "book" if name.startswith(_BOOK) else "setting"
        shown = name.removeprefix(_BOOK)
        keys = dict.fromkeys((*(new or {}), *(old or {})))
        parts = tuple(
            Part(key, (old or {}).get(key, ""), (new or {}).get(key, ""))
            for key in keys
            if (old or {}).get(key) != (new or {}).get(key)
        )
        how: How = "added" if old is None else "removed" if new is None else "changed"
        of_book = {
            view.name for view in after.views.values() if view.meaning.selected.book.name.text == shown
        }
        views = tuple(view for view in after.views if what == "setting" or view in of_book)
        yield Change(what, shown, how, parts, views=views)


_BOOK = "book "


def _settings(document: Document) -> dict[str, dict[str, str]]:
    """Give the vars under rollforward as texts: each book by itself, and everything else."""
    scoped = own_vars(document)
    found: dict[str, dict[str, str]] = {}
    for key, value in scoped.entries if isinstance(scoped, Nodes) else ():
        if isinstance(value, Nodes) and key.text in ("books", "comparisons"):
            mark = _BOOK if key.text == "books" else "comparison "
            for name, inner in value.entries:
                found[mark + name.text] = _flat(inner)
        else:
            found[key.text] = {"value": _written(value)}
    return found


def _flat(node: Node) -> dict[str, str]:
    if isinstance(node, Nodes):
        return {key.text: _written(value) for key, value in node.entries}
    return {"value": _written(node)}


def _written(node: Node) -> str:
    match node:
        case Scalar(text):
            return text
        case Sequence(items):
            return ", ".join(map(_written, items))
        case Nodes(entries):
            return ", ".join(f"{key.text}: {_written(value)}" for key, value in entries)
