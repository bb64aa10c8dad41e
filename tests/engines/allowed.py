"""Is every construct on the list of its engine? `python -m tests.engines.allowed` says which are not.

allowed.yml says what each engine may be given, as somebody has reviewed it, and what it must not be given,
with the reason and an example. What is on neither list is refused as well: nobody has looked at it yet.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from rollforward.dialects import DIALECTS

from tests.engines.constructs import constructs
from tests.engines.rendered import Statement, statements

FILE = Path(__file__).with_name("allowed.yml")
ENGINES = tuple(engine.adapter for engine in DIALECTS)
DIALECT = {engine.adapter: engine.sqlglot for engine in DIALECTS}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A construct that an engine has not, or takes for something else, and SQL in which it occurs."""

    construct: str
    engine: str
    reason: str
    example: str


@dataclass(frozen=True, slots=True)
class Lists:
    """What each engine may be given, and what it must not."""

    allowed: Mapping[str, frozenset[str]]
    refused: Mapping[tuple[str, str], Refusal]


@dataclass(frozen=True, slots=True)
class Finding:
    """A construct that is not allowed on an engine, where it is, and why."""

    construct: str
    engine: str
    source: str
    reason: str

    def __str__(self) -> str:
        return f"{self.engine}: {self.construct}, in {self.source}: {self.reason}"


def read_lists() -> Lists:
    """Read allowed.yml; ValueError where it contradicts itself."""
    text = FILE.read_text(encoding="utf-8")
    given = yaml.safe_load(text)
    allowed = {construct: engines_of(entry) for construct, entry in given["allowed"].items()}
    refused = {
        (construct, engine): Refusal(construct, engine, entry["because"], entry["example"])
        for construct, entry in given["refused"].items()
        for engine in engines_of(entry)
    }
    written = re.findall(r'^  "(.*)":', text, re.MULTILINE)
    names = [*sorted(given["allowed"]), *sorted(given["refused"])]
    if [name.replace("\\\\", "\\") for name in written] != names:
        raise ValueError(f"{FILE.name}: not in order, or listed twice")
    if both := [key for key in refused if key[1] in allowed.get(key[0], ())]:
        raise ValueError(f"{FILE.name}: both allowed and refused: {both}")
    return Lists(allowed, refused)


def engines_of(entry: Any) -> frozenset[str]:
    """The engines an entry is about: `all`, some, or `[all, but, ...]`."""
    match entry:
        case {"engines": named}:
            return engines_of(named)
        case "all":
            return frozenset(ENGINES)
        case ["all", "but", *others]:
            return frozenset(ENGINES) - engines_of(others)
        case [*names] if names and set(names) <= set(ENGINES):
            return frozenset(names)
    raise ValueError(f"{FILE.name}: no engines: {entry}")


def used(given: Iterable[Statement]) -> dict[tuple[str, str], str]:
    """Give the constructs in statements with their engines, and where the first of each is."""
    found: dict[tuple[str, str], str] = {}
    for statement in given:
        for construct in _constructs(statement.sql, DIALECT[statement.engine]):
            found.setdefault((construct, statement.engine), statement.source)
    return found


@cache
def _constructs(sql: str, dialect: str) -> tuple[str, ...]:
    return tuple(sorted(constructs(sql, dialect)))


def findings(given: Iterable[Statement], lists: Lists) -> list[Finding]:
    """What is in statements without being allowed, each construct once an engine."""
    found = []
    for (construct, engine), source in used(given).items():
        if engine not in lists.allowed.get(construct, ()):
            refusal = lists.refused.get((construct, engine))
            reason = refusal.reason if refusal else f"not in {FILE.name}; what does the manual say?"
            found.append(Finding(construct, engine, source, reason))
    return found


def stale(given: Iterable[Statement], lists: Lists) -> list[str]:
    """What the list allows an engine though none of its statements has it any more."""
    known = used(given)
    unused = {
        construct: [engine for engine in ENGINES if engine in engines and (construct, engine) not in known]
        for construct, engines in lists.allowed.items()
    }
    return [
        f"{FILE.name}: nothing uses '{name}' on {', '.join(names)}" for name, names in unused.items() if names
    ]


def main() -> int:
    """Check everything that is rendered."""
    given, lists = list(statements()), read_lists()
    found = [*findings(given, lists), *stale(given, lists)]
    print("\n".join(map(str, found)) or "every construct is on the list of its engine, and nothing else is")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
