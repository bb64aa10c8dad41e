"""A plan -> the texts of the files it stands for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from rollforward.definitions import SIDES, Fragment
from rollforward.dialects import DIALECTS
from rollforward.emit_macro import macro, metric_macro
from rollforward.emit_properties import view_properties
from rollforward.emit_view import view_model
from rollforward.header import with_header
from rollforward.plan import Plan, ViewPlan

Conditions = Mapping[str, Fragment]
"""For each view that has one, its `where`."""


@dataclass(frozen=True, slots=True)
class Generated:
    """A file: the folder it goes to, its name there, its text, and the YAML file it comes from."""

    folder: Literal["macros", "models"]
    name: str
    text: str
    source: str


def emit(plan: Plan, conditions: Conditions) -> Iterator[Generated]:
    """Give every file of a plan; `conditions` are the `where` of the views that have one."""
    rows: dict[str, str] = {}
    for metric in plan.metrics:
        yield _file("macros", f"{metric.name}.sql", metric_macro(metric), metric.path)
        for item in metric.measures:
            if item.name.removesuffix(SIDES[0]).removesuffix(SIDES[1]) == metric.name:
                yield from _fragment(plan.project, f"{item.name}__row", item.row, metric.path, rows)
    for dimension in plan.dimensions:
        path = dimension.dimension.name.place.path
        yield from _fragment(plan.project, f"{dimension.name}__row", dimension.row, path, rows)
    for view in plan.views:
        yield from _view_files(plan.project, view, conditions.get(view.name, Fragment("")), rows)


def _fragment(
    project: str, name: str, piece: Fragment, path: str, calls: dict[str, str]
) -> Iterator[Generated]:
    """Leave what engines write differently to a macro, which knows the engine, and note how it is called."""
    if piece.variants:
        calls[name] = f"{{{{ {project}.{name}() }}}}"
        texts = {engine: piece.on(engine.adapter) for engine in DIALECTS}
        yield _file("macros", f"{name}.sql", macro(name, project, texts), path)


def _view_files(
    project: str, view: ViewPlan, where: Fragment, rows: Mapping[str, str]
) -> Iterator[Generated]:
    calls: dict[str, str] = {}
    yield from _fragment(project, f"{view.name}__where", where, view.path, calls)
    written = next(iter(calls.values()), where.text)
    yield _file("models", f"{view.name}.sql", view_model(view, written, rows), view.path)
    yield _file("models", f"{view.name}.yml", view_properties(view, where.text), view.path)


def _file(folder: Literal["macros", "models"], name: str, body: str, source: str) -> Generated:
    return Generated(folder, name, with_header(body, source, jinja=name.endswith(".sql")), source)
