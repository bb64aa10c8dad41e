"""Tables as text: aligned columns that fit the screen, in several blocks where one is too wide."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from rollforward.screen import BOLD, DIM, Screen
from rollforward.tables import Column, Table
from rollforward.written import written

_GAP = "  "
_HEADING = 16
"""Headings longer than this are broken at their underscores."""
_SHORTEST = 8


def text_table(table: Table, screen: Screen, *, keys: int = 0, longest: int = 0) -> str:
    """Give a table as lines; the first `keys` columns are repeated in every block.

    `longest` cuts texts off there; without it only what would not fit the screen is cut.
    """
    cells = [[written(value, column) for column, value in zip(table.columns, row, strict=True)] for row in table.rows]
    columns = [
        _Drawn(column, [row[index] for row in cells], screen, longest)
        for index, column in enumerate(table.columns)
    ]
    lines: list[str] = []
    for block in _blocks(columns, keys, screen.width):
        lines += [*([""] if lines else []), *_lines(block, len(cells), screen)]
    return "\n".join(lines)


class _Drawn:
    """A column as it is drawn: its heading on one or more lines, its cells, its width."""

    def __init__(self, column: Column, cells: Sequence[str], screen: Screen, longest: int) -> None:
        self.right = column.is_numeric
        self.heading = _broken(column.name) if screen.terminal else [column.name]
        most = longest or (max(_SHORTEST, screen.width // 3) if screen.terminal else 0)
        self.cells = [_cut(cell, most) for cell in cells] if most and not self.right else list(cells)
        self.width = max(map(width_of, [*self.heading, *self.cells]))

    def padded(self, text: str) -> str:
        space = " " * (self.width - width_of(text))
        return space + text if self.right else text + space


def _blocks(columns: list[_Drawn], keys: int, width: int) -> Iterator[list[_Drawn]]:
    repeated, others = columns[:keys], columns[keys:]
    block: list[_Drawn] = []
    for column in others:
        if block and _width([*repeated, *block, column]) > width:
            yield [*repeated, *block]
            block = []
        block.append(column)
    yield [*repeated, *block]


def _width(columns: Sequence[_Drawn]) -> int:
    return sum(column.width for column in columns) + len(_GAP) * (len(columns) - 1)


def _lines(columns: Sequence[_Drawn], rows: int, screen: Screen) -> Iterator[str]:
    height = max(len(column.heading) for column in columns)
    for line in range(height):
        # The last words of the headings stand level, right above the numbers.
        words = [
            column.heading[line - height + len(column.heading)] if line >= height - len(column.heading) else ""
            for column in columns
        ]
        yield screen.paint(_joined(columns, words), BOLD)
    yield screen.paint(_GAP.join("-" * column.width for column in columns), DIM)
    for row in range(rows):
        yield _joined(columns, [column.cells[row] for column in columns])


def _joined(columns: Sequence[_Drawn], texts: Sequence[str]) -> str:
    return _GAP.join(column.padded(text) for column, text in zip(columns, texts, strict=True)).rstrip()


def _broken(name: str) -> list[str]:
    """Give a heading on lines of a bearable length.

    >>> _broken("gross_revenue_retention")
    ['gross_revenue_', 'retention']
    """
    lines = [""]
    for piece in name.replace("_", "_ ").split(" "):
        if lines[-1] and len(lines[-1]) + len(piece) > _HEADING:
            lines.append("")
        lines[-1] += piece
    return lines


def _cut(text: str, most: int) -> str:
    if width_of(text) <= most:
        return text
    kept = text[: most - 1]
    while width_of(kept) > most - 1:
        kept = kept[:-1]
    return kept + "…"


def width_of(text: str) -> int:
    """Give the columns a text takes on a screen, where letters of East Asia take two."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(unicodedata.combining(char) > 0 for char in text)
