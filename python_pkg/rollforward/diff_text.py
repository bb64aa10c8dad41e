"""A semantic diff as text, json, and markdown for a pull request."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rollforward.exports import json_value
from rollforward.screen import BOLD, DIM, GREEN, RED, YELLOW, Screen
from rollforward.semantic_diff import Change, Part
from rollforward.value_diff import ValueChange, ViewValues
from rollforward.written import format_of, period_name, signed, written

_LISTS = ("metrics", "by", "attributes", "aliases")
_NOTHING_IN_BOTH = "no view is in both: no value was compared"
_COLOURS = {"added": GREEN, "removed": RED, "changed": YELLOW, "renamed": YELLOW, "reworded": DIM}


@dataclass(frozen=True, slots=True)
class Difference:
    """All that differs between a revision and now; `values` is None where no database was compared."""

    base: str
    commit: str
    changes: Sequence[Change]
    values: Sequence[ViewValues] | None
    fiscal: int = 1
    limit: int = 20

    @property
    def is_empty(self) -> bool:
        """Whether every meaning and every value is the same; other words do not count.

        A view that could not be compared does: nobody knows that it is the same.
        """
        same = not any(view.changed or view.not_compared for view in self.values or ())
        return same and all(change.how == "reworded" for change in self.changes)


def as_text(found: Difference, screen: Screen) -> str:
    """Give the difference for a terminal."""
    lines = [screen.paint(f"compared with {found.base} ({found.commit})", DIM)]
    if not found.changes:
        lines += ["", "every metric, view and book means what it meant"]
    for change in found.changes:
        lines += ["", *_change(change, screen)]
    for view in found.values or ():
        lines += ["", *_values(view, found, screen)]
    if found.values is not None and not found.values:
        lines += ["", _NOTHING_IN_BOTH]
    return "\n".join(lines) + "\n"


def as_data(found: Difference) -> dict[str, Any]:
    """Give the difference as json holds it."""
    return {
        "base": found.base,
        "commit": found.commit,
        "changes": [
            {
                "what": change.what,
                "name": change.name,
                "how": change.how,
                "fingerprint": {"before": change.before, "after": change.after},
                "parts": [{"name": p.name, "before": p.before, "after": p.after} for p in change.parts],
                "views": list(change.views),
            }
            for change in found.changes
        ],
        "values": None
        if found.values is None
        else [
            {
                "view": view.view,
                "not_compared": view.not_compared or None,
                "values": view.values,
                "changed": len(view.changed),
                "changes": [_value_data(each, found) for each in view.changed],
            }
            for view in found.values
        ],
    }


def as_markdown(found: Difference) -> str:
    """Give the difference for a pull request."""
    lines = [f"### What the numbers mean, compared with `{found.base}` ({found.commit})", ""]
    if not found.changes:
        lines += ["Every metric, view and book means what it meant.", ""]
    else:
        lines += ["| | | before | now | seen in |", "|---|---|---|---|---|"]
        lines += [row for change in found.changes for row in _markdown_rows(change)]
        lines.append("")
    for view in found.values or ():
        lines += [*_markdown_values(view, found), ""]
    if found.values is not None and not found.values:
        lines.append(f"{_NOTHING_IN_BOTH[0].upper()}{_NOTHING_IN_BOTH[1:]}.")
    return "\n".join(lines).rstrip() + "\n"


# --- text -----------------------------------------------------------------------------------------


def _change(change: Change, screen: Screen) -> Iterator[str]:
    marks = ""
    if change.before and change.after and change.before != change.after:
        marks = screen.paint(f"  {change.before} → {change.after}", DIM)
    how = screen.paint(change.how, _COLOURS[change.how])
    yield f"{how} {change.what} {screen.paint(change.name, BOLD)}{marks}"
    for part in change.parts:
        name = "" if part.name == "value" else f"{part.name}: "
        if part.before and part.after and part.name in _LISTS:
            yield from _wrapped(f"{name}{_come_and_gone(part)}", screen, "  ")
            continue
        if part.before and part.after:
            line = f"{name}{part.before} → {part.after}"
            if len(line) + 2 > screen.width:
                yield from _wrapped(f"{name}{part.before}", screen, "  ")
                yield from _wrapped(f"→ {part.after}", screen, " " * max(2, len(name)))
                continue
            yield f"  {line}"
        else:
            yield from _wrapped(f"{name}{part.after or part.before}", screen, "  ")
    if change.views:
        yield from _wrapped(f"seen in {', '.join(change.views)}", screen, "  ")


def _come_and_gone(part: Part) -> str:
    """Give what came to a list and what went from it."""
    before, after = part.before.split(", "), part.after.split(", ")
    come = [f"+ {word}" for word in after if word not in before]
    return ", ".join([*come, *(f"- {word}" for word in before if word not in after)])


def _wrapped(text: str, screen: Screen, indent: str) -> Iterable[str]:
    return textwrap.wrap(
        text, screen.width, initial_indent=indent, subsequent_indent=indent + "  ", break_long_words=False
    )


def _values(view: ViewValues, found: Difference, screen: Screen) -> Iterator[str]:
    yield f"{screen.paint(view.view, BOLD)}: {_outcome(view)}"
    for each in view.changed[: found.limit]:
        before, after, change = _sides(each)
        where = f"{each.column.name}, {_at(each, found)}"
        yield f"  {where}  {before} → {after}{f'  ({change})' if change else ''}"
    if len(view.changed) > found.limit:
        yield screen.paint(f"  and {len(view.changed) - found.limit:,} more: --limit shows them", DIM)


def _outcome(view: ViewValues) -> str:
    if view.not_compared:
        return f"not compared: {view.not_compared}"
    if not view.changed:
        return "no value differs"
    differ = f"{len(view.changed):,} of {view.values:,} values differ"
    one_sided = sum(not each.is_on_both_sides for each in view.changed)
    return f"{differ}, {one_sided:,} of them in rows that only one side has" if one_sided else differ


def _at(each: ValueChange, found: Difference) -> str:
    period = period_name(each.start, each.end, each.grain, found.fiscal)
    slices = "".join(f", {'(none)' if value is None else value}" for value in each.slices)
    return f"{each.comparison} {period}{slices}"


def _sides(each: ValueChange) -> tuple[str, str, str]:
    """Give a value before and after, and what it changed by where both are there; as exactly as it takes."""
    before, after = written(each.before, each.column), written(each.after, each.column)
    if each.before is None or each.after is None:
        return before, after, ""
    change = each.after - each.before
    if before == after:
        return f"{each.before}", f"{each.after}", ""
    return before, after, signed(change, format_of(each.column))


# --- markdown -------------------------------------------------------------------------------------


def _markdown_rows(change: Change) -> Iterator[str]:
    head = f"{change.how} {change.what} | `{change.name}`"
    seen = ", ".join(f"`{name}`" for name in change.views)
    for index, part in enumerate(change.parts or (None,)):
        before, after = (
            ("", "") if part is None else (_cell(part.name, part.before), _cell(part.name, part.after))
        )
        yield f"| {head if index == 0 else ' | '} | {before} | {after} | {seen if index == 0 else ''} |"


def _cell(name: str, text: str) -> str:
    if not text:
        return ""
    said = " ".join(text.split()).replace("|", "\\|").replace("`", "'")
    return f"`{said}`" if name in ("formula", "value") else f"{name}: `{said}`"


def _markdown_values(view: ViewValues, found: Difference) -> Iterator[str]:
    yield f"**`{view.view}`**: {_outcome(view)}"
    if not view.changed:
        return
    yield ""
    yield "| value | where | before | now | by |"
    yield "|---|---|---:|---:|---:|"
    for each in view.changed[: found.limit]:
        before, after, change = _sides(each)
        where = _at(each, found).replace("|", "\\|")
        yield f"| `{each.column.name}` | {where} | {before} | {after} | {change} |"
    if len(view.changed) > found.limit:
        yield f"\nand {len(view.changed) - found.limit:,} more"


def _value_data(each: ValueChange, found: Difference) -> dict[str, Any]:
    return {
        "column": each.column.name,
        "comparison": each.comparison,
        "period": period_name(each.start, each.end, each.grain, found.fiscal),
        "period_end": each.end.isoformat(),
        "slice": list(each.slices),
        "before": json_value(each.before),
        "after": json_value(each.after),
    }
