"""Tables as text: aligned columns that fit the screen, in several blocks where one is too wide."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rollforward.screen import BOLD, DIM, PIPED_WIDTH, Screen
from rollforward.tables import Column, Table
from rollforward.written import written

_GAP = "  "
_HEADING = 16
"""Headings longer than this are broken at their underscores, where the screen is a terminal."""
_SHORTEST = 12


def text_table(table: Table, screen: Screen, *, keys: int = 0) -> str:
    """Give a table as lines; the first `keys` columns are repeated in every block."""
    columns = [
        _drawn(column, [written(row[index], column) for row in table.rows], screen)
        for index, column in enumerate(table.columns)
    ]
    lines: list[str] = []
    for block in _blocks(columns, keys, screen.width):
        lines += [*([""] if lines else []), *_lines(block, screen)]
    return "\n".join(lines)


def term_list(entries: Sequence[tuple[str, Sequence[str]]], screen: Screen) -> str:
    """Give terms with what is said of each beside them, a sentence a line, wrapped to the screen."""
    room = max((len(term) for term, _ in entries), default=0) + len(_GAP)
    lines = []
    for term, sentences in entries:
        said = [line for text in sentences for line in textwrap.wrap(text, max(20, screen.width - room))] or [
            ""
        ]
        lines.append(screen.paint(term, BOLD) + " " * (room - len(term)) + said[0])
        lines += [" " * room + line for line in said[1:]]
    return "\n".join(line.rstrip() for line in lines)


def width_of(text: str) -> int:
    """Give the columns a text takes on a screen, where letters of East Asia take two."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(unicodedata.combining(char) > 0 for char in text)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A column as it is drawn: the lines of its heading, and its cells."""

    right: bool
    heading: tuple[str, ...]
    cells: tuple[str, ...]
    width: int

    def padded(self, text: str) -> str:
        space = " " * (self.width - width_of(text))
        return space + text if self.right else text + space


def _drawn(column: Column, cells: Sequence[str], screen: Screen) -> _Drawn:
    heading = tuple(_broken(column.name)) if screen.width < PIPED_WIDTH else (column.name,)
    most = max(_SHORTEST, screen.width - 2 * _HEADING)
    kept = tuple(cell if column.is_numeric else _cut(cell, most) for cell in cells)
    return _Drawn(column.is_numeric, heading, kept, max(map(width_of, (*heading, *kept))))


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


def _lines(columns: Sequence[_Drawn], screen: Screen) -> Iterator[str]:
    height = max(len(column.heading) for column in columns)
    for line in range(height):
        # The last words of the headings stand level, right above the numbers.
        words = [
            column.heading[line - height + len(column.heading)]
            if line >= height - len(column.heading)
            else ""
            for column in columns
        ]
        yield screen.paint(_joined(columns, words), BOLD)
    yield screen.paint(_GAP.join("-" * column.width for column in columns), DIM)
    for cells in zip(*(column.cells for column in columns), strict=True):
        yield _joined(columns, cells)


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
