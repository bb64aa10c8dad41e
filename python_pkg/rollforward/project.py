"""A dbt project on disk: what it defines, and its generated files brought in line with that.

Imports of what reads YAML and writes SQL wait until they are needed: when nothing changed, they never are.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rollforward.folders import DEFINITIONS, PROJECT_FILE, VARS_FILE, is_folder
from rollforward.stamp import STAMP, is_fresh, state_of, write_stamp

if TYPE_CHECKING:
    from rollforward.errors import Problem
    from rollforward.layout import Layout
    from rollforward.outputs import Difference


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did: the files written and removed, as seen from the project."""

    written: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def compile_project(root: Path, target: Path) -> Outcome:
    """Bring the generated files in line; raises ProblemsFound, and then every file is as it was."""
    if is_fresh(root, target / STAMP):
        return Outcome()
    from rollforward.layout import shown_path
    from rollforward.outputs import apply

    compared = _compared(root)
    apply(compared.found, root)
    _remember(compared, target)
    return Outcome(
        written=tuple(shown_path(each.path, root) for each in compared.found if each.text is not None),
        removed=tuple(shown_path(each.path, root) for each in compared.found if each.text is None),
    )


def check_project(root: Path, target: Path) -> None:
    """Raise ProblemsFound where a generated file is not what the definitions say."""
    if is_fresh(root, target / STAMP):
        return
    from rollforward.errors import ProblemsFound
    from rollforward.outputs import problem_of

    compared = _compared(root)
    if compared.found:
        raise ProblemsFound([problem_of(each, root) for each in compared.found])
    _remember(compared, target)


def is_due(root: Path, target: Path) -> bool:
    """Whether a dbt command has to look: something changed, in a project that has the package.

    The metrics/ folder of any other project is none of our business.
    """
    if is_fresh(root, target / STAMP):
        return False
    from rollforward.errors import ProblemsFound
    from rollforward.layout import is_installed, read_layout

    try:
        return is_installed(read_layout(root, []))
    except ProblemsFound:
        return is_folder(root / "dbt_packages" / "rollforward")


@dataclass(frozen=True, slots=True)
class _Compared:
    """The differences found, and the state of what they were judged by before it was read."""

    layout: Layout
    found: tuple[Difference, ...]
    state: str


def _compared(root: Path) -> _Compared:
    """Compile, and compare with the files that are there; raises ProblemsFound."""
    from rollforward.catalog import read_catalog
    from rollforward.compiler import compile_catalog
    from rollforward.errors import Place, Problem, ProblemsFound
    from rollforward.layout import check_layout, defines_nothing, read_layout
    from rollforward.outputs import Expected, differences

    problems: list[Problem] = []
    layout = read_layout(root, problems)
    problems += check_layout(layout)
    if defines_nothing(layout):
        hint = f"write metrics and views in {DEFINITIONS}/*.yml beside {PROJECT_FILE}"
        message = f"the project has no folder {DEFINITIONS}/"
        problems.append(Problem("no-definitions", message, Place(PROJECT_FILE), hint))
    if problems:
        raise ProblemsFound(problems)
    state = state_of(root, _inputs(layout))
    files = compile_catalog(read_catalog(layout, problems), problems)
    if problems:
        raise ProblemsFound(problems)
    folders = {"macros": layout.macros, "models": layout.models}
    expected = {folders[file.folder] / file.name: Expected(file.text, file.source) for file in files}
    return _Compared(layout, differences(expected, folders.values(), root), state)


def _inputs(layout: Layout) -> list[Path]:
    from rollforward.catalog import COHORTS_FILE

    own = [layout.root / name for name in (PROJECT_FILE, VARS_FILE, DEFINITIONS)]
    return [*own, layout.package / DEFINITIONS, layout.package / COHORTS_FILE, *layout.snapshot_paths]


def _named(layout: Layout) -> list[Path]:
    """Give the folders whose files take names that no definition can have."""
    return [*layout.model_paths, *layout.seed_paths, layout.package / "models"]


def _remember(compared: _Compared, target: Path) -> None:
    """Note that everything is fresh, unless a definition was edited while we worked.

    Where the environment says where things are, there is nothing to know them by: each run looks.
    """
    from rollforward.layout import depends_on_environment

    layout = compared.layout
    inputs = _inputs(layout)
    if state_of(layout.root, inputs) == compared.state and not depends_on_environment(layout):
        write_stamp(layout.root, target / STAMP, [*inputs, layout.macros, layout.models], _named(layout))
