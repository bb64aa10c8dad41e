"""Asking the database: what every way of getting there can do, and which way a target takes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from rollforward.profile import Target, Wanted


class Session(Protocol):
    """A connection that reads, open until the `with` it was opened in ends."""

    def __enter__(self) -> Session:
        """Give the session itself."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connection."""

    def rows(self, sql: str) -> list[Sequence[Any]]:
        """Give the rows of a query; raises ProblemsFound."""

    def exists(self, relation: str) -> bool:
        """Whether a relation can be read."""

    def columns(self, relation: str) -> list[tuple[str, str]]:
        """Give the names and types of a relation's columns."""


def open_session(target: Target, root: Path, wanted: Wanted) -> Session:
    """Connect to a target: straight to a DuckDB file, to anything else through its dbt adapter."""
    if target.type == "duckdb":
        from rollforward.session_duckdb import is_direct, open_duckdb

        if is_direct(target):
            return open_duckdb(target, root)
    from rollforward.session_adapter import open_adapter

    return open_adapter(target, root, wanted)
