"""Any database dbt has an adapter for, through that adapter; dbt is imported when it is needed."""

from __future__ import annotations

import importlib
import os
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

from rollforward.dialects import dialect_of
from rollforward.errors import ProblemsFound, refused
from rollforward.profile import Target, Wanted


def open_adapter(target: Target, root: Path, wanted: Wanted) -> Adapter:
    """Connect the way dbt does; raises ProblemsFound where dbt or its adapter is missing or cannot."""
    try:
        from dbt.adapters.factory import get_adapter, register_adapter, reset_adapters
        from dbt.config.runtime import RuntimeConfig
        from dbt.flags import set_from_args
        from dbt.mp_context import get_mp_context
        from dbt_common.context import set_invocation_context
        from dbt_common.events.event_manager_client import cleanup_event_logger

        importlib.import_module(f"dbt.adapters.{target.type}")
    except Exception as error:  # noqa: BLE001 - an adapter that is there may fail in its own ways
        message = f"target '{target.name}' is {target.type}, which is asked through dbt: {error}"
        hint = f"pip install dbt-core dbt-{target.type}"
        raise refused("needs-dbt", message, target.place, hint) from None
    set_invocation_context(os.environ)
    # What dbt has to say about connecting would stand among the numbers.
    cleanup_event_logger()
    arguments = Namespace(
        project_dir=str(root),
        profiles_dir=str(Path(target.file).parent),
        profile=wanted.profile or None,
        target=target.name,
        vars={},
        threads=1,
        which="show",
    )
    with _said_as_problems(target):
        set_from_args(arguments, None)
        config = RuntimeConfig.from_args(arguments)
        # dbt keeps one adapter a type: another target of the same would be asked where the first one is.
        reset_adapters()  # type: ignore[no-untyped-call, unused-ignore]
        register_adapter(config, get_mp_context())
        adapter = get_adapter(config)
    return Adapter(adapter, target)


class Adapter:
    """An adapter with a connection of its own name."""

    def __init__(self, adapter: Any, target: Target) -> None:
        """Keep an adapter and the target it is for."""
        self.adapter = adapter
        self.target = target

    def __enter__(self) -> Adapter:
        """Give the session itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close every connection."""
        self.adapter.cleanup_connections()

    def rows(self, sql: str) -> list[Sequence[Any]]:
        """Give the rows of a query; raises ProblemsFound."""
        return [tuple(row) for row in self._table(sql).rows]

    def exists(self, relation: str) -> bool:
        """Whether a relation can be read."""
        try:
            self._table(f"select * from {relation} where 1 = 0")
        except ProblemsFound:
            return False
        return True

    def columns(self, relation: str) -> list[tuple[str, str]]:
        """Give the names and types of a relation's columns."""
        with _said_as_problems(self.target), self.adapter.connection_named("rollforward"):
            found = self.adapter.get_column_schema_from_query(f"select * from {relation} where 1 = 0")
        return [(column.name, str(column.data_type).lower()) for column in found]

    def _table(self, sql: str) -> Any:
        with _said_as_problems(self.target), self.adapter.connection_named("rollforward"):
            _, table = self.adapter.execute(self._ended(sql), fetch=True)
        return table

    def _ended(self, sql: str) -> str:
        """Give a query with what the engine has to be told at its end."""
        engine = dialect_of(self.target.type)
        text = sql.rstrip()
        return text if engine is None or text.endswith(engine.ending) else f"{text}\n{engine.ending}"


@contextmanager
def _said_as_problems(target: Target) -> Iterator[None]:
    """Raise ProblemsFound for whatever is raised: not every error of a driver arrives as one of dbt's."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - each driver has errors of its own
        # What a driver could not do stands in its first line, why in its last.
        said = " ".join(str(error).split()) or type(error).__name__
        raise refused("database-error", said, target.place) from None
