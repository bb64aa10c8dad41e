"""Values -> YAML a person can review: blocks for mappings, one line for everything else, few quotes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

Value = str | int | float | bool | Mapping[str, "Value"] | Sequence["Value"]

# What no YAML reader takes for anything but text; within [ ] a comma would end it.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_ .,;/()*+<>=$%-]*[A-Za-z0-9_).]|[A-Za-z]")
_NOT_TEXT = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


def yaml_text(value: Value) -> str:
    """Write a value as YAML.

    >>> print(yaml_text({"name": "plan", "tests": [{"within": {"minimum": 0}}], "columns": ["a", "no"]}))
    name: plan
    tests:
      - within:
          minimum: 0
    columns: [a, "no"]
    """
    return "\n".join(_lines(value, ""))


def _lines(value: Value, indent: str) -> list[str]:
    match value:
        case dict():
            entries = ((f"{indent}{_on_a_line(key)}:", inner) for key, inner in value.items())
            return [line for key, inner in entries for line in _entry(key, inner, indent)]
        case list():
            return [line for item in value for line in _item(item, indent)]
        case _:
            return [indent + _on_a_line(value)]


def _entry(key: str, value: Value, indent: str) -> list[str]:
    return [key, *_lines(value, f"{indent}  ")] if _is_block(value) else [f"{key} {_on_a_line(value)}"]


def _item(value: Value, indent: str) -> list[str]:
    first, *others = _lines(value, f"{indent}  ")
    return [f"{indent}- {first.lstrip()}", *others]


def _is_block(value: Value) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and any(map(_is_block, value)))


def _on_a_line(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value if _PLAIN.fullmatch(value) and value.lower() not in _NOT_TEXT else _quoted(value)
        case list():
            return f"[{', '.join(map(_in_list, value))}]"
        case _:
            return str(value)


def _in_list(value: Value) -> str:
    return _quoted(value) if isinstance(value, str) and "," in value else _on_a_line(value)


def _quoted(text: str) -> str:
    """Write a text in double quotes; JSON's escapes are YAML's, and what cannot be printed is escaped too."""
    written = json.dumps(text, ensure_ascii=False)
    return "".join(char if char.isprintable() else f"\\U{ord(char):08x}" for char in written)
