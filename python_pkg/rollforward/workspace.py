"""A project as the commands that ask and show see it: what it defines, and how far its files lag behind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rollforward.catalog import read_catalog
from rollforward.dialects import DEFAULT, Dialect, dialect_of
from rollforward.errors import Problem, ProblemsFound, refused
from rollforward.folders import target_folder
from rollforward.layout import Layout, check_layout, defines_nothing, read_layout
from rollforward.profile import Target, Wanted, read_target
from rollforward.resolve import Meanings, resolve
from rollforward.rules import check
from rollforward.source import Scalar
from rollforward.stamp import STAMP, is_fresh


@dataclass(frozen=True, slots=True)
class Workspace:
    """A project with every name followed; `folder` is dbt's target folder."""

    layout: Layout
    folder: Path
    meanings: Meanings

    def target(self, wanted: Wanted) -> Target:
        """Give the target of its profile; raises ProblemsFound."""
        profile = self.layout.project_file.root.get("profile")
        return read_target(self.layout.root, profile if isinstance(profile, Scalar) else None, wanted)

    def notes(self) -> list[str]:
        """Give what is doubtful about the generated files, which dashboards read and questions do not."""
        root = self.layout.root
        if defines_nothing(self.layout) or is_fresh(root, self.folder / STAMP):
            return []
        from rollforward.project import check_project

        try:
            check_project(root, self.folder)
        except ProblemsFound as found:
            files = (
                "1 generated file is"
                if len(found.problems) == 1
                else f"{len(found.problems)} generated files are"
            )
            return [f"{files} not what the definitions say: run `rollforward compile`"]
        return []


def open_workspace(root: Path) -> Workspace:
    """Read a project; raises ProblemsFound with everything that is wrong with its definitions."""
    problems: list[Problem] = []
    layout = read_layout(root, problems)
    problems += check_layout(layout)
    if problems:
        raise ProblemsFound(problems)
    meanings = resolve(read_catalog(layout, problems), problems)
    problems += check(meanings)
    if problems:
        raise ProblemsFound(problems)
    return Workspace(layout, target_folder(root), meanings)


def dialect_for(target: Target) -> Dialect:
    """Give the engine of a target; raises ProblemsFound for one that SQL is not written for."""
    found = dialect_of(target.type)
    if found is None:
        message = f"target '{target.name}' is {target.type or 'of no type'}, for which no SQL is written"
        raise refused("unknown-engine", message, target.place)
    return found


def first_dialect(adapters: Iterable[str]) -> Dialect:
    """Give the engine of the first adapter that has one."""
    return next((found for name in adapters if (found := dialect_of(name))), DEFAULT)
