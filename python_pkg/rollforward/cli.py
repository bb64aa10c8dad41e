"""The command line. The only module that prints."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from rollforward import __version__
from rollforward.errors import Problem, ProblemsFound, render
from rollforward.folders import PROJECT_FILE, find_root
from rollforward.project import Outcome, check_project, compile_project
from rollforward.sarif import sarif

DONE, PROBLEMS, USAGE, INTERRUPTED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; gives the exit code: 0, 1 for problems, 2 for wrong usage."""
    options = _parser().parse_args(arguments)
    root = _root(options.project_dir)
    if root is None:
        print(
            f"rollforward: no dbt_project.yml in {options.project_dir or 'this folder or above it'}",
            file=sys.stderr,
        )
        return USAGE
    target = root / os.environ.get("DBT_TARGET_PATH", "target")
    try:
        if options.command == "check":
            check_project(root, target)
            _say(Outcome(), options.format, "generated files are what the definitions say")
        else:
            outcome = compile_project(root, target)
            _say(outcome, options.format, "nothing to write: generated files are what the definitions say")
    except ProblemsFound as found:
        _say_problems(found.problems, options.format)
        return PROBLEMS
    except KeyboardInterrupt:
        return INTERRUPTED
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="rollforward", description="Metric YAML in, reviewed SQL out.")
    parser.add_argument("--version", action="version", version=f"rollforward {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for name, said in (
        ("compile", "write macros/metrics and models/metrics from metrics/*.yml"),
        ("check", "say whether the written files are what the definitions say; exit 1 where not"),
    ):
        command = commands.add_parser(name, help=said, description=said)
        command.add_argument(
            "--project-dir", type=Path, help="the folder of dbt_project.yml (default: here or above)"
        )
        formats = ("text", "json", "sarif") if name == "check" else ("text", "json")
        command.add_argument("--format", choices=formats, default="text", help="how to answer")
    return parser


def _root(given: Path | None) -> Path | None:
    if given is None:
        return find_root(Path.cwd())
    return given.resolve() if (given / PROJECT_FILE).is_file() else None


def _say(outcome: Outcome, how: str, nothing: str) -> None:
    if how == "sarif":
        print(sarif(()))
        return
    if how == "json":
        print(json.dumps({"written": outcome.written, "removed": outcome.removed, "problems": []}, indent=2))
        return
    for verb, paths in (("wrote", outcome.written), ("removed", outcome.removed)):
        for path in paths:
            print(f"{verb} {path}")
    if not outcome.written and not outcome.removed:
        print(nothing)


def _say_problems(problems: Sequence[Problem], how: str) -> None:
    if how == "sarif":
        print(sarif(problems))
        return
    if how == "json":
        print(
            json.dumps(
                {"written": [], "removed": [], "problems": [_as_data(each) for each in problems]}, indent=2
            )
        )
        return
    for problem in problems:
        print(render(problem, colour=sys.stderr.isatty() and "NO_COLOR" not in os.environ), file=sys.stderr)
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    print(f"rollforward: {count}", file=sys.stderr)


def _as_data(problem: Problem) -> dict[str, str | int]:
    place = problem.place
    return {
        "code": problem.code,
        "message": problem.message,
        "file": place.path,
        "line": place.line,
        "column": place.column,
        "length": place.length,
        "hint": problem.hint,
    }
