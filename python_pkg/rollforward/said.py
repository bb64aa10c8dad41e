"""What a command has to say, before the command line prints it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rollforward.errors import Problem, readable, render
from rollforward.screen import Screen

DONE, PROBLEMS, USAGE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Said:
    """Text or bytes for stdout, lines for stderr, and the exit code."""

    out: str | bytes = ""
    notes: tuple[str, ...] = ()
    code: int = DONE


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a command runs: the project's root, what its output goes to, how to ask the user, if at all."""

    root: Path
    screen: Screen = field(default_factory=Screen)
    ask: Callable[[str, str], str] | None = None


def problems_said(problems: Sequence[Problem], how: str, *, colour: bool, command: str = "") -> Said:
    """Give the problems: as text for people, as json or SARIF where that was asked for.

    Of a file with very many the first are said. The json of a command that writes files says that none was
    written.
    """
    is_usage = all(problem.place.is_typed for problem in problems)
    code = DONE if not problems else USAGE if is_usage else PROBLEMS
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    problems = readable(problems)
    if how == "json":
        nothing: dict[str, Any] = {"written": [], "removed": []} if command in _WRITING else {}
        return Said(as_json({**nothing, "problems": problems_as_data(problems)}), code=code)
    if how == "sarif":
        from rollforward.sarif import sarif

        return Said(sarif(problems) + "\n", code=code)
    return Said(
        notes=(*(render(problem, colour=colour) for problem in problems), f"rollforward: {count}"), code=code
    )


_WRITING = ("compile", "check")


def problems_as_data(problems: Sequence[Problem]) -> list[dict[str, str | int]]:
    """Give problems as json holds them."""
    return [
        {
            "code": problem.code,
            "message": problem.message,
            "file": problem.place.path,
            "line": problem.place.line,
            "column": problem.place.column,
            "length": problem.place.length,
            "hint": problem.hint,
        }
        for problem in problems
    ]


def as_json(value: Any) -> str:
    """Give a value as json that people can read, too."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
