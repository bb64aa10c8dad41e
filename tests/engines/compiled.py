"""Compile for engines with their real adapters, without a database: `make test-compiled [ENGINE=...]`.

What dbt compiles must be what rendered.py renders, word for word, on which the allow-list rests. For engines
that nothing here can run this is all that is known; tests.engines.run has it recorded as well.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from rollforward.dialects import DIALECTS

from tests.engines.allowed import findings, read_lists
from tests.engines.compile_one import OUTPUTS, output_of
from tests.engines.environments import FOLDER, REPO, environment_of
from tests.engines.questions import install_package
from tests.engines.records import record
from tests.engines.rendered import Project, Statement, of_project, projects

PINS = REPO / "requirements" / "adapters.txt"
COMPILED = tuple(engine.adapter for engine in DIALECTS if engine.level == "compiled")


@dataclass(frozen=True, slots=True)
class Compiled:
    """A project compiled for an engine: its statements by their place, or what dbt complained of."""

    statements: dict[str, str]
    problems: str


def main() -> int:
    """Compile for the engines named, or for all."""
    return 1 if sum(compile_for(engine, keep=engine in COMPILED) for engine in sys.argv[1:] or OUTPUTS) else 0


def compile_for(engine: str, *, keep: bool) -> int:
    """Compile for an engine, say what came of it, keep it for the docs; give how much is wrong."""
    python = environment_of("adapters", PINS)
    outputs = {each: output_of(each) for each in OUTPUTS}
    named = {name: {"target": "duckdb", "outputs": outputs} for name in ("rollforward_demo", "consumer")}
    (FOLDER / "adapters" / "profiles.yml").write_text(yaml.safe_dump(named), encoding="utf-8")
    wrong = {name: text for name, text in checked(engine, python) if text}
    said = "\n  ".join(wrong.values()) or "compiled, as it is rendered, and allowed"
    print(f"{engine}: {said}", flush=True)
    if keep:
        keep_record(engine, python, wrong)
    return len(wrong)


def checked(engine: str, python: Path) -> Iterator[tuple[str, str]]:
    """Give what is wrong with each project, and with what the allow-list says; nothing where all is well."""
    dialect = next(each for each in DIALECTS if each.adapter == engine)
    written: list[Statement] = []
    for project in projects():
        for goes_on in project.goes_on:
            found = compiled(engine, project, python, goes_on=goes_on)
            expected = {
                source: sql for source, sql in of_project(dialect, project, goes_on=goes_on) if source
            }
            different = [
                place
                for place, sql in expected.items()
                if plain(found.statements.get(place, "")) != plain(sql)
            ]
            said = (
                [found.problems]
                if found.problems
                else [f"{place} is not what was rendered" for place in different]
            )
            yield case_of(project, goes_on=goes_on), "; ".join(said)
            written += [Statement(engine, place, sql) for place, sql in found.statements.items()]
    yield "allowed", "; ".join(map(str, findings(written, read_lists())))


def case_of(project: Project, *, goes_on: bool) -> str:
    """Give the name of a project that is built from nothing, or going on from the build before."""
    return f"{project.label}, going on" if goes_on else project.label


def compiled(engine: str, project: Project, python: Path, *, goes_on: bool) -> Compiled:
    """Compile a project in the adapters' own environment."""
    target = FOLDER / "adapters" / engine / project.label
    folder = project.folder
    install_package(folder)
    settings = json.dumps({"rollforward": project.settings}) if folder == REPO else "{}"
    state = "going on" if goes_on else "first"
    words = [engine, state, str(folder), str(FOLDER / "adapters"), str(target), settings]
    done = subprocess.run(
        [str(python), "-m", "tests.engines.compile_one", *words],
        cwd=REPO,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPATH": str(REPO / "python_pkg")},
        capture_output=True,
        text=True,
        check=False,
    )
    problems = "" if done.returncode == 0 else done.stdout.strip() or done.stderr[-1500:]
    found = {}
    for path in sorted((target / "compiled").rglob("*.sql")):
        package, *places = path.relative_to(target / "compiled").parts
        if ".yml" not in str(path):
            root = REPO if package == "rollforward" else folder
            found[str((root / Path(*places)).relative_to(REPO))] = path.read_text(encoding="utf-8")
    return Compiled(found, problems)


def plain(sql: str) -> str:
    """A statement without what is no difference: quotes of relations, the moment of the build, blanks."""
    name = r"[\"`]?{}[\"`]?\."
    sql = re.sub(f'(?i)({name.format("warehouse")})?{name.format("analytics")}["`]?(\\w+)["`]?', r"\2", sql)
    sql = re.sub(r"\b\d{13}\b|'[0-9a-f]{32}'", "0", sql)
    return " ".join(sql.split()).lower()


def keep_record(engine: str, python: Path, wrong: dict[str, str]) -> None:
    """Write what is known of an engine that is only compiled for."""
    asked = f"from importlib.metadata import version; print(version('dbt-core'), version('dbt-{engine}'))"
    said = subprocess.run(
        [str(python), "-c", asked], capture_output=True, text=True, check=True
    ).stdout.split()
    versions = dict(zip(("dbt-core", f"dbt-{engine}"), said, strict=True))
    names = [case_of(each, goes_on=goes_on) for each in projects() for goes_on in each.goes_on] + ["allowed"]
    found = {"engine": engine, "adapter": engine, "versions": versions, "cases": {}}
    record(
        found,
        [name for name in names if name not in wrong],
        {name: [text] for name, text in wrong.items()},
        {},
    )


if __name__ == "__main__":
    sys.exit(main())
