"""The JSON Schema of metrics/*.yml, which editors complete and check by, made from the tables of keys."""

from __future__ import annotations

from typing import Any

from rollforward.keys import (
    CARD_KEYS,
    DIMENSION_KEYS,
    FILE_KEYS,
    TYPE_KEYS,
    VIEW_KEYS,
    Key,
    required,
)

SCHEMA_FILE = "metrics.schema.json"
"""Its name, beside this module."""
_LISTS = {"metrics": "metric", "dimensions": "dimension", "views": "view"}


def schema() -> dict[str, Any]:
    """Give the schema as data."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Metrics, dimensions and views of rollforward",
        "type": "object",
        "additionalProperties": False,
        "minProperties": 1,
        "properties": {
            key: {
                "description": said,
                "type": ["array", "null"],
                "items": {"$ref": f"#/definitions/{_LISTS[key]}"},
            }
            for key, said in FILE_KEYS.items()
        },
        "definitions": {
            "metric": _metric(),
            **{kind: _object((*CARD_KEYS, *keys)) | _more(kind) for kind, keys in TYPE_KEYS.items()},
            "dimension": _object(DIMENSION_KEYS),
            "view": _object(VIEW_KEYS),
        },
    }


def _metric() -> dict[str, Any]:
    """Give what all metrics have in common, and let the type say the rest."""
    return {
        "type": "object",
        "required": list(required(CARD_KEYS)),
        "properties": {key.name: _value(key) for key in CARD_KEYS},
        "allOf": [
            {
                "if": {"properties": {"type": {"const": kind}}, "required": ["type"]},
                "then": {"$ref": f"#/definitions/{kind}"},
            }
            for kind in TYPE_KEYS
        ],
    }


def _object(keys: tuple[Key, ...]) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required(keys)),
        "properties": {key.name: _value(key) for key in keys},
    }


def _more(kind: str) -> dict[str, Any]:
    """Give what a type asks for besides its keys: only counting needs no expression."""
    if kind != "simple":
        return {}
    return {"if": {"not": {"properties": {"agg": {"const": "count"}}}}, "then": {"required": ["expr"]}}


def _value(key: Key) -> dict[str, Any]:
    return {"description": key.said, **_shape(key)}


def _shape(key: Key) -> dict[str, Any]:
    match key.holds:
        case "name":
            return {"type": "string", **({"pattern": "^[a-z][a-z0-9_]{0,49}$"} if key.name == "name" else {})}
        case "text" | "sql":
            return {"type": ["string", "number"]}
        case "word":
            return {"enum": list(key.allowed or TYPE_KEYS)}
        case "words":
            least = {"minItems": 1} if key.required else {}
            return {"type": "array", "items": {"type": "string"}, "uniqueItems": True, **least}
        case "number":
            return {"type": "integer", "minimum": key.least, "maximum": key.most}
        case "numbers":
            return {"type": "array", "items": {"type": "number", "minimum": 0}, "minItems": 1}
