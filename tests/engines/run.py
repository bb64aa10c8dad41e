"""Test engines: `python -m tests.engines.run [ENGINE ...]`; without names, all there are.

For each: its environment from requirements/engines/<engine>.txt, the engine brought up, the cases performed,
the engine taken down. The same is done on DuckDB. What each gave is compared cell by cell. Engines that
nothing here can run are compiled for (see compiled.py). What came of each is written to
docs/reference/engines/<engine>.json, and the support matrix is made of that.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.engines import compiled
from tests.engines.case import Case, Step, is_wanted, read_cases
from tests.engines.environments import FOLDER, LOCKS, REPO, environment
from tests.engines.records import record
from tests.engines.warehouse import difference

REFERENCE = "duckdb"
LONGEST = 3600


def main() -> int:
    """Run what is asked for; 1 when anything is not as it should be."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engines", nargs="*", metavar="ENGINE")
    parser.add_argument("--cases", default="", help="only cases whose names contain one of these, a,b,c")
    parser.add_argument("--no-record", action="store_true", help="leave docs/reference/engines as it is")
    given = parser.parse_args()
    engines = given.engines or [REFERENCE, *known_engines(), *compiled.COMPILED]
    keep = not given.no_record and not given.cases
    failures = sum(compiled.compile_for(name, keep=keep) for name in engines if name in compiled.COMPILED)
    if brought_up := [name for name in engines if name not in compiled.COMPILED]:
        failures += run(brought_up, given.cases, keep=keep)
    if keep:
        subprocess.run([sys.executable, "-m", "docs.generate"], cwd=REPO, check=True)
    return 1 if failures else 0


def run(engines: list[str], wanted: str, *, keep: bool) -> int:
    """Perform the cases on engines that are brought up here, and on DuckDB; how many failed."""
    cases_file = FOLDER / "cases.json"
    subprocess.run([sys.executable, "-m", "tests.engines.cases", str(cases_file)], cwd=REPO, check=True)
    cases = [case for case in read_cases(cases_file) if is_wanted(case.name, wanted)]
    failures = 0
    # The reference takes one core, and the first engine another.
    with ThreadPoolExecutor(1) as beside:
        coming = beside.submit(reference_result, cases_file, wanted)
        for name in engines:
            found = {} if name == REFERENCE else performed(name, environment(name), cases_file, wanted)
            reference = coming.result()
            passed, failed, skipped = judged(found or reference, reference, cases)
            failures += len(failed)
            show(name, passed, failed, skipped)
            if keep:
                record(found or reference, passed, failed, skipped)
    return failures


def known_engines() -> list[str]:
    """Give the engines that a plain machine can run."""
    return sorted(lock.stem for lock in LOCKS.glob("*.txt"))


def performed(name: str, python: Path, cases_file: Path, wanted: str) -> dict[str, Any]:
    """Give what an engine made of the cases."""
    result_file = FOLDER / name / "result.json"
    result_file.parent.mkdir(parents=True, exist_ok=True)
    result_file.unlink(missing_ok=True)
    # dbt imports hundreds of modules: let Python keep their bytecode.
    settings = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    command = [str(python), "-m", "tests.engines.perform", name, str(cases_file), str(result_file), wanted]
    with subprocess.Popen(command, cwd=REPO, env=settings) as process:
        try:
            code = process.wait(LONGEST)
        finally:
            # Not killed outright: it has an engine to take down.
            process.terminate()
    if code:
        raise RuntimeError(f"{name} could not be brought up or taken down")
    found: dict[str, Any] = json.loads(result_file.read_text(encoding="utf-8"))
    return found


def reference_result(cases_file: Path, wanted: str) -> dict[str, Any]:
    """Give what DuckDB makes of the cases, as it was found before when nothing has changed since."""
    kept, key = FOLDER / REFERENCE / "kept.json", fingerprint(cases_file)
    kept.parent.mkdir(parents=True, exist_ok=True)
    # Engines can be tested side by side; the reference has one folder to work in.
    with kept.with_name("lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if kept.exists() and (known := json.loads(kept.read_text(encoding="utf-8")))["of"] == key:
            known["cases"] = {name: each for name, each in known["cases"].items() if is_wanted(name, wanted)}
            return dict(known)
        found = performed(REFERENCE, Path(sys.executable), cases_file, wanted)
        if not wanted and not any("error" in outcome for outcome in found["cases"].values()):
            kept.write_text(json.dumps({"of": key, **found}), encoding="utf-8")
        return found


def fingerprint(cases_file: Path) -> str:
    """Give a hash of everything the reference depends on: the cases, the project, what is installed."""
    files = [cases_file, REPO / "dbt_project.yml", REPO / "vars.yml", REPO / "requirements" / "dev.txt"]
    for folder in ("macros", "models", "metrics", "seeds", "tests/dbt", "tests/integration", "python_pkg"):
        found = (REPO / folder).rglob("*")
        files += sorted(
            file
            for file in found
            if file.suffix in (".sql", ".yml", ".csv", ".py")
            and file.is_file()
            and not {"target", "dbt_packages"} & set(file.relative_to(REPO).parts)
        )
    files += sorted((REPO / "tests" / "engines").glob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


# --- judging ------------------------------------------------------------------------------------------


def judged(
    found: dict[str, Any], reference: dict[str, Any], cases: list[Case]
) -> tuple[list[str], dict[str, list[str]], dict[str, str]]:
    """Give the cases that passed, those that failed with what is wrong, and those skipped with the reason."""
    by_name = {case.name: case for case in cases}
    passed, failed, skipped = [], {}, {}
    for name, outcome in found["cases"].items():
        if "skipped" in outcome:
            skipped[name] = outcome["skipped"]
        elif "error" in outcome:
            failed[name] = [outcome["error"]]
        elif wrong := wrong_in(by_name.get(name, Case(name)), outcome, reference["cases"]):
            failed[name] = wrong
        else:
            passed.append(name)
    return passed, failed, skipped


def show(name: str, passed: list[str], failed: dict[str, list[str]], skipped: dict[str, str]) -> None:
    """Say what came of an engine."""
    print(f"{name}: {len(passed)} passed, {len(failed)} failed, {len(skipped)} skipped")
    for case, wrong in failed.items():
        print(f"  {case}\n    " + "\n".join(wrong[:5]).replace("\n", "\n    "))
    for case, reason in skipped.items():
        print(f"  {case} skipped: {reason}")


def wrong_in(case: Case, outcome: dict[str, Any], reference: dict[str, Any]) -> list[str]:
    """Give what is wrong in a case: against what is known, the reference, and its own earlier steps."""
    wrong = []
    for step in case.steps:
        tables, answers = (outcome["steps"][step.name][key] for key in ("tables", "answers"))
        wrong += differing(step, "what is known", tables, step.expected)
        beside = reference.get(case.name, {}).get("steps", {}).get(step.name)
        if beside is None:
            wrong.append(f"{step.name}: the reference did not get there")
        else:
            wrong += differing(step, "the reference", tables, beside["tables"])
            said = {
                name: first_difference(answer, beside["answers"][name]) for name, answer in answers.items()
            }
            wrong += [f"{step.name}: another answer to {name}: {text}" for name, text in said.items() if text]
        if step.same_as:
            earlier = outcome["steps"][step.same_as]["tables"]
            wrong += differing(step, step.same_as, tables, {name: earlier[name] for name in tables})
    return wrong


def differing(step: Step, than: str, found: dict[str, Any], expected: Any) -> list[str]:
    """Give the tables that are other than expected."""
    said = {name: difference(found[name], rows) for name, rows in expected.items()}
    return [f"{step.name}: {name} differs from {than}: {text}" for name, text in said.items() if text]


def first_difference(one: Any, other: Any, path: str = "") -> str:
    """Say where two answers differ; nothing where they are the same, floats to 1e-12."""
    match one, other:
        case dict(), dict() if one.keys() == other.keys():
            return next(
                filter(None, (first_difference(one[key], other[key], f"{path}.{key}") for key in one)), ""
            )
        case list(), list() if len(one) == len(other):
            pairs = enumerate(zip(one, other, strict=True))
            return next(filter(None, (first_difference(*pair, f"{path}[{at}]") for at, pair in pairs)), "")
        case float(), float():
            return (
                ""
                if abs(one - other) <= 1e-12 * max(1.0, abs(other))
                else f"{path}: {one} instead of {other}"
            )
    return "" if one == other else f"{path}: {one!r} instead of {other!r}"


if __name__ == "__main__":
    sys.exit(main())
