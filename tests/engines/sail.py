"""Sail: Spark's language on another engine, in this process, reached as dbt-spark reaches a session.

Its tables are Delta's: those it replaces in one step, and it cannot rename any.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.engines.spark_session import write_missing_values_of_seeds
from tests.engines.spark_tables import create_from_json, write_json


class Sail:
    """A server and one session; its catalogue lives as long as they do."""

    name = "sail"
    level = "executed"
    skips: Mapping[str, str] = {"demo": "its project says nothing of a file format, and Sail needs one"}
    models: Mapping[str, Any] = {"rollforward": {"+file_format": "delta"}}

    def start(self, folder: Path) -> None:
        from pysail.spark import SparkConnectServer

        self.folder = folder.resolve()
        # Managed tables lie below the working directory.
        self.begun_in = Path.cwd()
        os.chdir(self.folder)
        self.server = SparkConnectServer("127.0.0.1", 0)
        self.server.start(background=True)
        _, port = self.server.listening_address
        os.environ["SPARK_REMOTE"] = f"sc://127.0.0.1:{port}"
        write_missing_values_of_seeds()

    def stop(self) -> None:
        if hasattr(self, "server"):
            self.server.stop()
            os.chdir(self.begun_in)

    def output(self, schema: str) -> dict[str, Any]:
        return {"type": "spark", "method": "session", "host": "this process", "schema": schema, "threads": 2}

    def load(
        self, schema: str, table: str, types: Mapping[str, str], rows: Iterable[Mapping[str, str | None]]
    ) -> None:
        file = write_json(self.folder / "given" / f"{table}.json", rows)
        for statement in create_from_json(schema, table, types, file, "delta"):
            self._session().sql(statement).collect()

    def rows(self, sql: str) -> list[dict[str, Any]]:
        return [row.asDict() for row in self._session().sql(sql).collect()]

    def versions(self) -> dict[str, str]:
        return {"Sail": version("pysail"), "dbt-spark": version("dbt-spark")}

    def _session(self) -> Any:
        from pyspark.sql import SparkSession as Spark

        return Spark.builder.getOrCreate()


def warehouse() -> Sail:
    """Give the engine."""
    return Sail()
