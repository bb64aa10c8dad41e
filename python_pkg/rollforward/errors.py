"""Problems as data, and the one place that turns them into text."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands: a file, or an option or argument that was typed, named by `path` as well.

    Lines and columns count from 1; line 0 means the file as a whole.
    """

    path: str
    line: int = 0
    column: int = 0
    length: int = 1
    source: str = ""
    is_typed: bool = False


def on_command_line(option: str = "command line") -> Place:
    """Give the place of an option or argument, or of the command as a whole."""
    return Place(option, is_typed=True)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: a stable code, a sentence, the place, and what to do about it."""

    code: str
    message: str
    place: Place
    hint: str = ""


class ProblemsFound(Exception):
    """All problems of a run, sorted by file and line; as text it is what the user should see."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Sort the problems and drop those said twice."""
        once = dict.fromkeys(problems)
        self.problems = tuple(sorted(once, key=lambda problem: (problem.place, problem.code)))
        super().__init__(self.problems)

    def __str__(self) -> str:
        """Give the problems, rendered, as many of a file as somebody may read."""
        return "\n".join(render(problem) for problem in readable(self.problems))


MOST_OF_A_FILE = 200
"""How many problems of one file are said: a slip at its top can make one of every line."""


def readable(problems: Iterable[Problem]) -> list[Problem]:
    """Give the first problems of each file, and one that says how many more it has."""
    of_files: dict[str, list[Problem]] = {}
    for problem in problems:
        of_files.setdefault(problem.place.path, []).append(problem)
    return [problem for path, found in of_files.items() for problem in _first_ones(path, found)]


def _first_ones(path: str, found: list[Problem]) -> list[Problem]:
    more = len(found) - MOST_OF_A_FILE
    if more <= 0:
        return found
    message = "1 more problem is not said" if more == 1 else f"{more:,} more problems are not said"
    hint = "mend the first ones, then run again"
    return [*found[:MOST_OF_A_FILE], Problem("more-problems", message, Place(path), hint)]


def refused(code: str, message: str, place: Place, hint: str = "") -> ProblemsFound:
    """Give the one problem that stops a command, to be raised."""
    return ProblemsFound([Problem(code, message, place, hint)])


_WIDEST_SOURCE = 160
_RED, _BOLD, _PLAIN = "\033[31m", "\033[1m", "\033[0m"


def render(problem: Problem, *, colour: bool = False) -> str:
    """Give the text of a problem: place and message, the line with the fault underlined, the hint."""
    red, bold, plain = (_RED, _BOLD, _PLAIN) if colour else ("", "", "")
    place = problem.place
    where = f"{place.path}:{place.line}:{place.column}" if place.line else place.path
    lines = [f"{bold}{where}{plain}: {red}error[{problem.code}]{plain}: {problem.message}"]
    if place.line and place.source:
        lines += _underlined(place, red, plain)
    if problem.hint:
        lines.append(f"     = hint: {problem.hint}")
    return "\n".join(lines)


def _underlined(place: Place, red: str, plain: str) -> list[str]:
    """Give the source line and the carets below it; of a very long line only the part around the fault."""
    start = max(0, place.column - _WIDEST_SOURCE // 2) if len(place.source) > _WIDEST_SOURCE else 0
    shown = "".join(
        char if char.isprintable() else " " for char in place.source[start : start + _WIDEST_SOURCE]
    )
    before = place.column - 1 - start
    carets = "^" * max(1, min(place.length, len(shown) - before))
    return [f"{place.line:>4} | {shown.rstrip()}", f"       {' ' * before}{red}{carets}{plain}"]


def did_you_mean(given: str, known: Iterable[str], *, otherwise: str = "") -> str:
    """Give the hint for a word that is not known: the nearest known one, or one that begins so.

    Where there is none it is `otherwise`, a sentence of the caller's.

    >>> did_you_mean("starting_revenu", ["starting_revenue", "ending_revenue"])
    "did you mean 'starting_revenue'?"
    """
    names = list(known)
    begun = [name for name in names if len(given) > 2 and name.startswith(given)]
    near = difflib.get_close_matches(given, names, n=1, cutoff=0.7) or begun
    return f"did you mean '{near[0]}'?" if near else otherwise
