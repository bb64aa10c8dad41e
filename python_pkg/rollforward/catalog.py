"""Files of a project and of the package -> the Catalog."""

from __future__ import annotations

from rollforward.definitions import COHORTS, PACKAGE, Catalog, Settings
from rollforward.errors import Problem, ProblemsFound
from rollforward.layout import (
    Layout,
    definition_files,
    macro_names,
    model_names,
    read_file,
    snapshot_names,
    vars_document,
)
from rollforward.parse import Parsed, parse_definitions, parse_measures
from rollforward.settings import read_settings

COHORTS_FILE = f"models/marts/{COHORTS}.yml"


def read_catalog(layout: Layout, problems: list[Problem]) -> Catalog:
    """Read everything a project defines and what the package ships, noting every problem."""
    own = _definitions(layout, own=True, problems=problems)
    shipped = Parsed() if layout.is_package else _definitions(layout, own=False, problems=problems)
    described = read_file(layout.root, layout.package / COHORTS_FILE)
    return Catalog(
        project=layout.name,
        measures=parse_measures(described, COHORTS),
        metrics=shipped.metrics + own.metrics,
        views=own.views,
        settings=_settings(layout, problems),
        models=model_names(layout),
        snapshots=snapshot_names(layout),
        macros=macro_names(layout),
        dimensions=shipped.dimensions + own.dimensions,
        broken=shipped.broken | own.broken,
    )


def _definitions(layout: Layout, *, own: bool, problems: list[Problem]) -> Parsed:
    """Read one metrics/ folder; views that the package ships are its own demo's."""
    folder, project = (layout.root, layout.name) if own else (layout.package, PACKAGE)
    together = Parsed()
    for path in definition_files(folder):
        try:
            document = read_file(layout.root, path)
        except ProblemsFound as found:
            problems += found.problems
        else:
            together = together.and_also(parse_definitions(document, project, problems))
    return together


def _settings(layout: Layout, problems: list[Problem]) -> Settings:
    try:
        document = vars_document(layout)
    except ProblemsFound as found:
        problems += found.problems
        return Settings()
    return read_settings(document, problems)
