"""Sail: Spark's SQL without Java, reached through Spark Connect with dbt's method `session`.

Its catalog lives as long as a session, and pyspark keeps one for the whole process: loading, building and
reading use the same one.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.engines.spark_processes import HERE, free_port
from tests.engines.spark_session import write_missing_values_of_seeds
from tests.engines.spark_tables import load_table

WAIT = 60


class Sail:
    """A server of its own, which keeps its tables in the folder it is started in."""

    name = "sail"
    adapter = "spark"
    skips: Mapping[str, str] = {}

    def start(self, folder: Path) -> None:
        self.folder, port = folder.resolve(), free_port()
        command = [sys.executable, "-m", "pysail", "spark", "server", "--ip", HERE, "--port", str(port)]
        with (self.folder / "server.log").open("wb") as log:
            self.server = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log)
        until = time.monotonic() + WAIT
        while time.monotonic() < until and self.server.poll() is None and not is_open(port):
            time.sleep(0.2)
        os.environ["SPARK_REMOTE"] = f"sc://{HERE}:{port}"
        write_missing_values_of_seeds()
        self.session().conf.set("spark.sql.session.timeZone", "UTC")

    def stop(self) -> None:
        from pyspark.sql import SparkSession as Spark

        # A session that is still open would look for its server when the process ends, for minutes.
        if (session := Spark.getActiveSession()) is not None:
            session.stop()
        self.server.terminate()
        self.server.wait(30)

    def output(self, schema: str) -> dict[str, Any]:
        return {"type": "spark", "method": "session", "host": HERE, "schema": schema, "threads": 2}

    def load(
        self, schema: str, table: str, types: Mapping[str, str], rows: Iterable[Mapping[str, str | None]]
    ) -> None:
        load_table(self.session(), self.folder, schema, table, types, rows)

    def rows(self, sql: str) -> list[dict[str, Any]]:
        return [row.asDict() for row in self.session().sql(sql).collect()]

    def versions(self) -> dict[str, str]:
        return {name: version(package) for name, package in PACKAGES.items()}

    def session(self) -> Any:
        """Give the session, begun where there is none."""
        from pyspark.sql import SparkSession as Spark

        return Spark.builder.getOrCreate()


PACKAGES = {"Sail": "pysail", "Spark Connect": "pyspark-client", "dbt-spark": "dbt-spark"}


def is_open(port: int) -> bool:
    """Whether somebody listens on a port of loopback."""
    with socket.socket() as probe:
        return probe.connect_ex((HERE, port)) == 0


def warehouse() -> Sail:
    """Give the engine."""
    return Sail()
