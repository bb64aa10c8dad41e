"""A case: a project that is built step by step, and what of it is compared. It travels as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.engines.warehouse import Row


@dataclass(frozen=True)
class Table:
    """A table that is read: its columns with their types, and rows of texts."""

    types: Mapping[str, str]
    rows: list[dict[str, str | None]]


@dataclass(frozen=True)
class Step:
    """One build: what is loaded before, the dbt command, and what is read afterwards.

    `read` are queries by name, in which {schema} stands for where the project builds, and `ask` command lines
    of rollforward. `expected` holds rows known beforehand; `same_as` is an earlier step that gave the same
    tables.
    """

    name: str
    command: list[str]
    read: Mapping[str, str]
    load: Mapping[str, Table] = field(default_factory=dict)
    settings: Mapping[str, Any] | None = None
    ask: Mapping[str, list[str]] = field(default_factory=dict)
    expected: Mapping[str, list[Row]] = field(default_factory=dict)
    same_as: str = ""


@dataclass(frozen=True)
class Case:
    """A project: a folder of the repository (`.` is the demo), or files written into a new one.

    A case that cannot be made says why in `skipped`.
    """

    name: str
    project: str = ""
    profile: str = "consumer"
    files: Mapping[str, str] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    skipped: str = ""


def project_files(tables: Iterable[str]) -> dict[str, str]:
    """A project of a user's that reads tables of the schema raw."""
    sources = [{"name": "raw", "schema": "raw", "tables": [{"name": name} for name in tables]}]
    return {
        "dbt_project.yml": "name: consumer\nversion: '1.0.0'\nprofile: consumer\n",
        "models/sources.yml": yaml.safe_dump({"sources": sources}),
    }


def write_cases(cases: list[Case], file: Path) -> None:
    """Write cases to a file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps([asdict(case) for case in cases]), encoding="utf-8")


def is_wanted(name: str, wanted: str) -> bool:
    """Whether a case's name has one of the words in it that are asked for, with commas between them."""
    return any(word in name for word in wanted.split(","))


def read_cases(file: Path) -> list[Case]:
    """Read them again."""
    cases = []
    for given in json.loads(file.read_text(encoding="utf-8")):
        steps = []
        for step in given.pop("steps"):
            load = {name: Table(**table) for name, table in step.pop("load").items()}
            steps.append(Step(**step, load=load))
        cases.append(Case(**given, steps=steps))
    return cases
