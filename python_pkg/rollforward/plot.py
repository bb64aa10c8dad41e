"""Lines over the periods, drawn with characters: one picture a metric, one mark a slice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from rollforward.answer import Answer
from rollforward.screen import BOLD, CYAN, DIM, GREEN, RED, YELLOW, Screen
from rollforward.table_view import captions, readable
from rollforward.tables import Column, Table
from rollforward.written import written

_HEIGHT = 12
_MOST_LINES = 6
_WIDEST = 160
_COLOURS = (CYAN, YELLOW, GREEN, RED, "35", "34")


@dataclass(frozen=True, slots=True)
class _Ink:
    marks: str
    axis: str
    corner: str
    floor: str
    several: str


_BLOCKS = _Ink(marks="●◆▲■○◇", axis="│", corner="└", floor="─", several="✱")
_ASCII = _Ink(marks="*o+x#@", axis="|", corner="+", floor="-", several="%")


def plot(found: Answer, table: Table, through: date | None, screen: Screen, fiscal: int) -> str:
    """Give a picture of every metric over the periods, with a line for each of the first six slices."""
    shown = readable(found, table, fiscal)
    metrics = [index for index, column in enumerate(shown.columns) if column.is_numeric]
    at = shown.names.index("period")
    others = [
        index
        for index in range(len(shown.columns))
        if index not in (at, *metrics) and shown.columns[index].type == "text"
    ]
    periods = list(dict.fromkeys(row[at] for row in sorted(shown.rows, key=lambda row: str(row[at]))))
    lines = [screen.paint(line, DIM) for line in captions(found, through)]
    for index in metrics:
        series: dict[str, dict[str, float]] = {}
        for row in shown.rows:
            name = ", ".join(written(row[other], shown.columns[other]) for other in others)
            if row[index] is not None:
                series.setdefault(name, {})[row[at]] = float(row[index])
        lines += ["", screen.paint(shown.columns[index].name, BOLD)]
        lines += _picture(series, periods, shown.columns[index], screen) if series else ["nothing to draw"]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _picture(
    series: Mapping[str, Mapping[str, float]], periods: Sequence[str], column: Column, screen: Screen
) -> Iterator[str]:
    ink = _BLOCKS if screen.blocks else _ASCII
    drawn = dict(list(series.items())[:_MOST_LINES])
    values = [value for line in drawn.values() for value in line.values()]
    low, high = min(values), max(values)
    if low == high:
        low, high = low - (abs(low) or 1) / 10, high + (abs(high) or 1) / 10
    labels = [
        written(high - (high - low) * row / (_HEIGHT - 1), _as_number(column)) for row in range(_HEIGHT)
    ]
    margin = max(map(len, labels))
    room = min(screen.width if screen.terminal else 80, _WIDEST) - margin - 2
    columns = _places(len(periods), room)
    grid = [[" "] * (columns[-1] + 1) for _ in range(_HEIGHT)]
    owner: dict[tuple[int, int], int] = {}
    for number, line in enumerate(drawn.values()):
        for period, value in line.items():
            row, place = round((high - value) / (high - low) * (_HEIGHT - 1)), columns[periods.index(period)]
            taken = owner.setdefault((row, place), number)
            mark = ink.marks[number] if taken == number else ink.several
            grid[row][place] = screen.paint(mark, _COLOURS[number])
    for row, cells in enumerate(grid):
        label = labels[row] if row % 3 == 0 or row == _HEIGHT - 1 else ""
        yield f"{label:>{margin}} {screen.paint(ink.axis, DIM)}{''.join(cells)}"
    yield " " * margin + " " + screen.paint(ink.corner + ink.floor * (columns[-1] + 1), DIM)
    yield " " * (margin + 2) + _below(periods, columns, room)
    if len(series) > 1 or "" not in series:
        yield from _legend(series, drawn, column, screen, ink)


def _places(count: int, room: int) -> list[int]:
    """Give the column of every period: evenly spread, at most ten apart."""
    step = min(10.0, max(room - 1, 1) / max(count - 1, 1))
    return [round(index * step) for index in range(count)]


def _below(periods: Sequence[str], columns: Sequence[int], room: int) -> str:
    """Write the names of periods under their columns, as many as there is room for, the last one always."""
    *others, (last, end) = zip(periods, columns, strict=True)
    end = max(0, min(end, room - len(last)))
    line = ""
    for period, column in others:
        if column >= len(line) + (2 if line else 0) and column + len(period) + 2 <= end:
            line += " " * (column - len(line)) + period
    return f"{line:<{end}}{last}"


def _legend(
    series: Mapping[str, Mapping[str, float]],
    drawn: Mapping[str, Mapping[str, float]],
    column: Column,
    screen: Screen,
    ink: _Ink,
) -> Iterator[str]:
    for number, (name, line) in enumerate(drawn.items()):
        last = written(line[max(line)], _as_number(column))
        yield f"  {screen.paint(ink.marks[number], _COLOURS[number])} {name}: {last} in {max(line)}"
    marks = [f"{ink.several} several at one place"] if len(drawn) > 1 else []
    left = len(series) - len(drawn)
    marks += [f"{left} more not drawn: choose with --where"] if left else []
    if marks:
        yield screen.paint(f"  {', '.join(marks)}", DIM)


def _as_number(column: Column) -> Column:
    """Give the column as it labels an axis, whose values are not the exact ones."""
    usual: dict[str, Any] = {"amount": "count", "count": "count"}
    return Column(column.name, "number", column.format or usual.get(column.type, ""))
