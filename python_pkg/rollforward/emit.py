"""A plan -> the texts of the files it stands for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from rollforward.dialects import DEFAULT, Dialect
from rollforward.emit_macro import macro, metric_macro
from rollforward.emit_properties import view_properties
from rollforward.emit_view import view_model
from rollforward.header import with_header
from rollforward.plan import Plan, ViewPlan

Conditions = Mapping[str, Mapping[Dialect, str]]
"""For each view that has one, its `where` as every engine writes it."""


@dataclass(frozen=True, slots=True)
class Generated:
    """A file: the folder it goes to, its name there, its text, and the YAML file it comes from."""

    folder: Literal["macros", "models"]
    name: str
    text: str
    source: str


def emit(plan: Plan, conditions: Conditions) -> Iterator[Generated]:
    """Give every file of a plan; `conditions` are the `where` of the views that have one."""
    for metric in plan.metrics:
        yield _file("macros", f"{metric.name}.sql", metric_macro(metric), metric.path)
    for view in plan.views:
        yield from _view_files(plan.project, view, conditions)


def _view_files(project: str, view: ViewPlan, conditions: Conditions) -> Iterator[Generated]:
    texts = conditions.get(view.name, {})
    where = normal = texts.get(DEFAULT, "")
    if len(set(texts.values())) > 1:
        name = f"{view.name}__where"
        where = f"{{{{ {project}.{name}() }}}}"
        yield _file("macros", f"{name}.sql", macro(name, project, texts), view.path)
    yield _file("models", f"{view.name}.sql", view_model(view, where), view.path)
    yield _file("models", f"{view.name}.yml", view_properties(view, normal), view.path)


def _file(folder: Literal["macros", "models"], name: str, body: str, source: str) -> Generated:
    return Generated(folder, name, with_header(body, source, jinja=name.endswith(".sql")), source)
