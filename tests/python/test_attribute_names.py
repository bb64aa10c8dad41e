"""Attributes may have every name that is not refused: none is taken for what a model calls by it."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from conftest import REPO, Project
from rollforward import definitions, shapes
from rollforward.words import SQL_WORDS

REFUSED = {*definitions.KEYS, *definitions.ROW_COLUMNS, *definitions.INNER_COLUMNS, *SQL_WORDS}
SHAPES = ("intervals", "payments")
ROWS = 12


def names_in_models() -> list[str]:
    """What columns and tables are called in the package's own SQL, where that speaks of attributes."""
    folders = ("models/staging", "models/intermediate", "models/marts", "macros/sql", "macros/building")
    texts = [path.read_text() for folder in folders for path in (REPO / folder).glob("*.sql")]
    texts = [text for text in texts if "attribute_columns()" in text or "rollforward.attributes()" in text]
    called = {name for text in texts for name in re.findall(r"\bas ([a-z]\w*)\b(?! *\()", text)}
    taken = {name for name in called if "__" in name or name.endswith(("_revenue", "_customers"))}
    return sorted(called - REFUSED - taken)


def cohorts(folder: Path, names: list[str]) -> list[tuple[Any, ...]]:
    """The cohorts of two small books that have the attributes, and their ledger."""
    project = Project(folder / "project", tables=SHAPES)
    columns = {"customer": "varchar", "day": "date", "sum_paid": "decimal(9, 2)"}
    rows = [
        {"customer": f"c{at % 4}", "day": date(2026, 1 + at % 3, 5), "sum_paid": Decimal(10 + at)}
        | {name: f"{place} {at % 2}" for place, name in enumerate(names)}
        for at in range(ROWS)
    ]
    project.load_all({shape: (columns | dict.fromkeys(names, "varchar"), rows) for shape in SHAPES})
    dates = shapes.SHAPES
    books = {
        shape: {
            "shape": shape,
            "unit": "customer",
            "amount": "sum_paid",
            dates[shape].dates[0]: "day",
            "attributes": names,
        }
        for shape in SHAPES
    }
    built = project.build(books, as_of_date="2026-04-30")
    found = []
    for table in ("rollforward__revenue_cohorts", "rollforward__customer_movements"):
        kept = set(built.rows(f"select * from {table} limit 1")[0]) - set(names)
        listed = ", ".join(f'"{name}"' for name in (*sorted(kept), *names))
        found += [tuple(row.values()) for row in built.rows(f"select {listed} from {table} order by all")]
    return found


def test_every_name_that_is_not_refused_can_be_an_attribute(tmp_path: Path) -> None:
    names = names_in_models()
    assert {"month", "sets", "given"} & set(names), "names of columns and of tables are among them"
    neutral = [f"attribute_{place}" for place in range(len(names))]
    assert cohorts(tmp_path / "own", names) == cohorts(tmp_path / "neutral", neutral)
