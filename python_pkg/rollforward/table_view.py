"""The answer to a question as people read it: one period column, and nothing said twice."""

from __future__ import annotations

from datetime import date
from typing import Any

from rollforward.answer import Answer
from rollforward.asking import comparison_in_words
from rollforward.definitions import KEYS, Comparison
from rollforward.screen import DIM, Screen
from rollforward.tables import Column, Table
from rollforward.text_table import text_table
from rollforward.written import period_name


def as_text(found: Answer, table: Table, through: date | None, screen: Screen, fiscal: int) -> str:
    """Give an answer as a table under lines that say of what it is, and how far that is known."""
    shown = readable(found, table, fiscal)
    keys = sum(not column.is_numeric for column in shown.columns)
    lines = [screen.paint(line, DIM) for line in captions(found, through)]
    body = text_table(shown, screen, keys=keys) if table.rows else "no rows: no such period or slice"
    return "\n".join([*lines, "", body]) + "\n"


def captions(found: Answer, through: date | None) -> list[str]:
    """Say which book and comparison an answer is about, and how far the book is known."""
    meaning = found.plan.meaning
    compared = [
        f"{meaning.book.name.text}, {each.name}: {comparison_in_words(each, meaning.book)}"
        for each in meaning.comparisons
    ]
    return compared if through is None else [*compared, f"observed through {through}"]


def readable(found: Answer, table: Table, fiscal: int) -> Table:
    """Give the table with its keys put together: the period by its name, the rest only where it varies."""
    meaning = found.plan.meaning
    grains = {each.name: each for each in meaning.comparisons}
    several = len(meaning.comparisons) > 1
    marked = meaning.selection.incomplete_periods == "include"
    kept = range(len(KEYS), len(found.columns))
    columns = [
        *([Column("comparison", "text")] if several else []),
        Column("period", "text"),
        *([Column("complete", "boolean")] if marked else []),
        *(table.columns[index] for index in kept),
    ]
    rows = []
    for row in table.rows:
        keys = dict(zip(KEYS, row[: len(KEYS)], strict=True))
        head: list[Any] = [keys["comparison"]] if several else []
        head.append(name_of(keys["period_start"], keys["period_end"], grains[keys["comparison"]], fiscal))
        head += [keys["is_complete"]] if marked else []
        rows.append((*head, *(row[index] for index in kept)))
    return Table(tuple(columns), tuple(rows))


def name_of(start: date, end: date, comparison: Comparison, fiscal: int) -> str:
    """Give the name of a period of a comparison."""
    return period_name(start, end, comparison.grain, fiscal)
