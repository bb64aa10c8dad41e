"""What a stage of the compiler makes of a metric, as data, and the data as text for people."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from rollforward.errors import Place
from rollforward.kinds import Kind
from rollforward.source import Scalar

_INDENT = "  "


def stage_as_data(value: Any) -> Any:
    """Give a value of a stage as json holds it; what has fields says what it `is`.

    >>> stage_as_data((("starting_revenue", Fraction(1)), ("new_revenue", Fraction(1, 2))))
    {'starting_revenue': 1, 'new_revenue': '1/2'}
    """
    match value:
        case None | bool() | int() | str():
            return value
        case Fraction():
            return value.numerator if value.denominator == 1 else str(value)
        case Place(path, line, column):
            return f"{path}:{line}:{column}"
        case Scalar(text, place):
            return {"text": text, "place": stage_as_data(place)}
        case Kind():
            return str(value)
        case tuple():
            # A sum of measures is pairs of a name and a factor.
            if value and all(isinstance(item, tuple) and len(item) == 2 for item in value):
                return {name: stage_as_data(inner) for name, inner in value}
            return [stage_as_data(item) for item in value]
        case _ if dataclasses.is_dataclass(value):
            shown = (field.name for field in dataclasses.fields(value) if field.repr)
            return {"is": type(value).__name__} | {
                name: stage_as_data(getattr(value, name)) for name in shown
            }
        case _:
            return str(value)


def stage_as_text(data: Any) -> str:
    """Give the data of a stage as lines, each field on one of its own; what is empty is left out.

    >>> print(stage_as_text({"is": "Total", "terms": {"new_revenue": 1}}))
    Total
      terms:
        new_revenue: 1
    """
    return "\n".join(_lines(data))


def _lines(data: Any) -> Iterator[str]:
    """Give the lines of a value, the first of which goes behind its name."""
    match data:
        case {"text": str(text), "place": str(place), **others} if set(others) <= {"is"}:
            first, *more = text.splitlines() or [""]
            yield f"{first}    # {place}"
            yield from (f"{_INDENT}{line}" for line in more)
        case dict():
            yield data.get("is", "")
            for name, value in data.items():
                if name != "is" and value not in (None, "", [], {}):
                    first, *more = _lines(value)
                    yield f"{_INDENT}{name}: {first}".rstrip()
                    yield from (f"{_INDENT}{line}" for line in more)
        case list() if any(isinstance(item, dict) for item in data):
            yield ""
            for item in data:
                first, *more = _lines(item)
                yield f"{_INDENT}- {first}"
                yield from (f"{_INDENT}{line}" for line in more)
        case list():
            yield ", ".join(map(str, data))
        case bool():
            yield "yes" if data else "no"
        case str() if "\n" in data:
            # The lines of a piece of SQL stay below one another.
            yield ""
            yield from (f"{_INDENT}{line}" for line in data.splitlines())
        case _:
            yield str(data)
