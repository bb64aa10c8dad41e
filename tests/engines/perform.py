"""Perform cases on one engine, in its own environment: `python -m tests.engines.perform ENGINE CASES RESULT`.

Nothing is judged here: the result holds what each step gave, or what went wrong.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import yaml

from tests.engines.case import Case, Step, is_wanted, read_cases
from tests.engines.warehouse import Warehouse, canonical

REPO = Path(__file__).parents[2]


@dataclass
class Bench:
    """An engine that is up, and a folder for what is built on it; the checks of an engine get one too."""

    warehouse: Warehouse
    folder: Path
    problems: list[str] = field(default_factory=list)

    def project(self, case: Case) -> Path:
        """Write the project of a case and give its folder; the repository's own is built where it is."""
        profiles = self.folder / case.name
        shutil.rmtree(profiles, ignore_errors=True)
        profiles.mkdir(parents=True)
        output = self.warehouse.output(case.name)
        given = {case.profile: {"target": "dev", "outputs": {"dev": output}}}
        (profiles / "profiles.yml").write_text(yaml.safe_dump(given))
        if case.project == ".":
            return REPO
        root = profiles / "project"
        left = shutil.ignore_patterns(
            "dbt_packages", "target", "logs", "*.duckdb*", "profiles.yml", "package-lock.yml"
        )
        if case.project:
            shutil.copytree(REPO / case.project, root, ignore=left)
        for path, text in case.files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        (root / "dbt_packages").mkdir(parents=True)
        (root / "dbt_packages" / "rollforward").symlink_to(REPO, target_is_directory=True)
        (root / "packages.yml").write_text(f"packages:\n  - local: {REPO}\n")
        return root

    def dbt(self, case: Case, root: Path, *arguments: str) -> bool:
        """Run dbt, in this process where it is Python; what it complains of is kept in `problems`."""
        beside = self.folder / case.name
        folders = [
            "--project-dir",
            str(root),
            "--profiles-dir",
            str(beside),
            "--target-path",
            str(beside / "target"),
        ]
        own_way = getattr(self.warehouse, "dbt", run_dbt)
        self.problems = own_way([*arguments, *folders])
        return not self.problems

    def step(self, case: Case, step: Step, root: Path) -> dict[str, Any]:
        """Load, build and read."""
        for table, given in step.load.items():
            self.warehouse.load("raw", table, given.types, given.rows)
        settings = [] if step.settings is None else ["--vars", json.dumps({"rollforward": step.settings})]
        if not self.dbt(case, root, *step.command, *settings):
            raise RuntimeError(f"dbt {' '.join(step.command)} failed:\n" + "\n".join(self.problems))
        tables = {name: self.read(sql, case.name) for name, sql in step.read.items()}
        answers = {name: self.ask(words, case, root) for name, words in step.ask.items()}
        return {"tables": tables, "answers": answers}

    def read(self, sql: str, schema: str) -> list[dict[str, Any]]:
        """Give the rows of a query in the form that is compared."""
        return canonical(self.warehouse.rows(sql.format(schema=schema)))

    def ask(self, words: list[str], case: Case, root: Path) -> Any:
        """Give what a rollforward command answers in JSON."""
        from rollforward.cli import main

        said, complaints = io.StringIO(), io.StringIO()
        folders = ["--project-dir", str(root), "--profiles-dir", str(self.folder / case.name)]
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complaints):
            code = main([*words, "--format", "json", *folders])
        if code:
            raise RuntimeError(f"rollforward {' '.join(words)}: {complaints.getvalue() or said.getvalue()}")
        return json.loads(said.getvalue())


def run_dbt(arguments: list[str]) -> list[str]:
    """Run dbt in this process and give what it complains of; nothing when all went well."""
    from dbt.cli.main import dbtRunner

    problems: list[str] = []

    def listen(event: Any) -> None:
        if event.info.level in ("error", "warn"):
            problems.append(event.info.msg)

    quiet = ["--log-level", "none", "--log-level-file", "none"]
    result = dbtRunner(callbacks=[listen]).invoke([*quiet, *arguments])
    return [] if result.success else [*problems, str(result.exception or "")]


def perform(bench: Bench, cases: list[Case], checks: tuple[Callable[[Bench], None], ...]) -> dict[str, Any]:
    """Perform every case, then the engine's own checks; what went wrong in one does not stop the others."""
    found: dict[str, Any] = {}
    for case in cases:
        reason = case.skipped or next(
            (why for name, why in bench.warehouse.skips.items() if case.name.startswith(name)), ""
        )
        if reason:
            found[case.name] = {"skipped": reason}
            continue
        begun, steps = time.monotonic(), {}
        try:
            root = bench.project(case)
            for step in case.steps:
                steps[step.name] = bench.step(case, step, root)
            found[case.name] = {"steps": steps, "seconds": round(time.monotonic() - begun, 1)}
        except Exception:  # noqa: BLE001 - whatever an engine does wrong is a result
            found[case.name] = {"error": traceback.format_exc(limit=4)}
        print(
            f"  {bench.warehouse.name}: {case.name}, {time.monotonic() - begun:.0f} s",
            file=sys.stderr,
            flush=True,
        )
    for check in checks:
        name = check.__name__
        try:
            check(bench)
            found[name] = {"steps": {}}
        except Exception:  # noqa: BLE001
            found[name] = {"error": traceback.format_exc(limit=4)}
        print(f"  {bench.warehouse.name}: {name}", file=sys.stderr, flush=True)
    return found


def version_of(package: str) -> dict[str, str]:
    """Give the version of a package, if it is here."""
    try:
        return {package: version(package)}
    except PackageNotFoundError:
        return {}


def main(name: str, cases_file: str, result_file: str, wanted: str = "") -> None:
    """Start an engine, perform the cases that are wanted, stop it, and write what was found."""
    # Whoever stops this process stops the engine: `finally` below is reached.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    os.environ.update(DBT_SEND_ANONYMOUS_USAGE_STATS="false", ROLLFORWARD_COMPILE="off")
    os.environ.pop("COLUMNS", None)
    module = importlib.import_module(f"tests.engines.{name}")
    engine: Warehouse = module.warehouse()
    folder = Path(result_file).parent / "work"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        engine.start(folder)
        versions = {**engine.versions(), **version_of("dbt-core")}
        cases = [case for case in read_cases(Path(cases_file)) if is_wanted(case.name, wanted)]
        checks = tuple(each for each in getattr(module, "CHECKS", ()) if is_wanted(each.__name__, wanted))
        found = perform(Bench(engine, folder), cases, checks)
    finally:
        engine.stop()
    result = {"engine": engine.name, "adapter": engine.adapter, "versions": versions, "cases": found}
    Path(result_file).write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
