"""target/manifest.json: where dbt put the models, read without parsing the megabytes around them."""

from __future__ import annotations

import json
import mmap
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
_decoder = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Node:
    """A model as the manifest knows it: its relation, the schema its config asks for, and its code."""

    database: str
    schema: str
    identifier: str
    relation: str
    configured_schema: str
    code: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The models that were asked for, by their ids, and what the manifest says about itself."""

    path: Path
    adapter: str
    project: str
    written: float
    nodes: Mapping[str, Node]


def read_manifest(target: Path, ids: tuple[str, ...]) -> Manifest | None:
    """Give some models of the manifest in a target folder; None where there is none that can be read."""
    path = target / MANIFEST
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
            written = path.stat().st_mtime
            metadata = _value_of(text, "metadata") or {}
            found = {name: _node(value) for name in ids if (value := _value_of(text, name)) is not None}
    except (OSError, ValueError):
        return None
    return Manifest(
        path,
        str(metadata.get("adapter_type") or ""),
        str(metadata.get("project_name") or ""),
        written,
        found,
    )


def _value_of(text: mmap.mmap, key: str) -> Mapping[str, Any] | None:
    """Give the object behind a key: ids stand in other places too, but only nodes are objects there."""
    start = re.search(rb'"%s"\s*:\s*(?=\{)' % re.escape(key.encode()), text)
    if start is None:
        return None
    size = 1 << 16
    while True:
        piece = text[start.end() : start.end() + size].decode("utf-8", errors="ignore")
        try:
            value, _ = _decoder.raw_decode(piece)
        except ValueError:
            if start.end() + size >= len(text):
                raise
            size *= 4
        else:
            return value if isinstance(value, dict) else None


def _node(value: Mapping[str, Any]) -> Node:
    config = value.get("config")
    name = str(value.get("alias") or value.get("name") or "")
    return Node(
        database=str(value.get("database") or ""),
        schema=str(value.get("schema") or ""),
        identifier=name,
        relation=str(value.get("relation_name") or name),
        configured_schema=str(config.get("schema") or "") if isinstance(config, dict) else "",
        code=str(value.get("raw_code") or ""),
    )
