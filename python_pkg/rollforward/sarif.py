"""Problems as SARIF 2.1.0, which code hosts show beside the lines of a change."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from rollforward import __version__
from rollforward.codes import CODES
from rollforward.errors import Problem

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(problems: Iterable[Problem]) -> str:
    """Give the log of a run; without problems it says that there are none."""
    problems = tuple(problems)
    codes = sorted({problem.code for problem in problems})
    driver = {
        "name": "rollforward",
        "semanticVersion": __version__,
        "rules": [{"id": code, "shortDescription": {"text": CODES.get(code, code)}} for code in codes],
    }
    results = [_result(problem, codes.index(problem.code)) for problem in problems]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _result(problem: Problem, rule: int) -> dict[str, Any]:
    text = f"{problem.message}\nhint: {problem.hint}" if problem.hint else problem.message
    return {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": "error",
        "message": {"text": text},
        "locations": [{"physicalLocation": _place(problem)}],
    }


def _place(problem: Problem) -> dict[str, Any]:
    place = problem.place
    file = {"artifactLocation": {"uri": _as_uri(place.path)}}
    if not place.line:
        return file
    region = {
        "startLine": place.line,
        "startColumn": max(1, place.column),
        "endColumn": max(1, place.column) + max(1, place.length),
    }
    return {**file, "region": region}


def _as_uri(path: str) -> str:
    from urllib.parse import quote

    return quote(path)
