"""What each engine made of the cases, kept in docs/reference/engines for the support matrix."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from rollforward.dialects import dialect_of

REPO = Path(__file__).parents[2]
RECORDS = REPO / "docs" / "reference" / "engines"


def record(
    found: Mapping[str, Any], passed: list[str], failed: Mapping[str, list[str]], skipped: Mapping[str, str]
) -> None:
    """Write what came of an engine, and with which models."""
    dialect = dialect_of(found["adapter"])
    assert dialect is not None
    outcome = {
        "engine": found["engine"],
        "level": dialect.level,
        "versions": found["versions"],
        "date": date.today().isoformat(),
        "models": models_fingerprint(),
        "passed": passed,
        "failed": sorted(failed),
        "skipped": dict(skipped),
    }
    RECORDS.mkdir(parents=True, exist_ok=True)
    (RECORDS / f"{found['engine']}.json").write_text(json.dumps(outcome, indent=2) + "\n", encoding="utf-8")


def records() -> list[dict[str, Any]]:
    """Give what is kept of every engine, in the order of their names."""
    return [json.loads(file.read_text(encoding="utf-8")) for file in sorted(RECORDS.glob("*.json"))]


def models_fingerprint() -> str:
    """Give a hash of what the package sends to an engine: its models and macros."""
    files = sorted(file for folder in ("macros", "models") for file in (REPO / folder).rglob("*.sql"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
