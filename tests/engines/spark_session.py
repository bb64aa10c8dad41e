"""Spark in this process: dbt's method `session`, with a warehouse folder and a metastore of its own.

dbt-spark keeps one session for the whole process, so loading and reading use the same one.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.engines.spark_settings import JAVA, QUICK
from tests.engines.spark_tables import FEWER, load_table

HERE = {
    "spark.master": "local[2]",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.memory": "2g",
    "spark.default.parallelism": "2",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.session.timeZone": "UTC",
}


class SparkSession:
    """One session, started by the first statement of whoever comes first."""

    name = "spark_session"
    adapter = "spark"
    skips: Mapping[str, str] = dict.fromkeys(("drawn_3", "drawn_4"), FEWER)

    def start(self, folder: Path) -> None:
        self.folder = folder.resolve()
        java = f"-Dderby.stream.error.file={self.folder}/derby.log -Xms2g -Xmn1g {JAVA}"
        self.settings = {
            **QUICK,
            **HERE,
            "spark.sql.warehouse.dir": str(self.folder / "tables"),
            "spark.driver.extraJavaOptions": java,
        }
        os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
        self.session().sparkContext.setLogLevel("OFF")
        write_missing_values_of_seeds()

    def stop(self) -> None:
        from pyspark.sql import SparkSession as Spark

        if Spark.getActiveSession() is not None:
            self.session().stop()

    def output(self, schema: str) -> dict[str, Any]:
        return {"type": "spark", "method": "session", "host": "this process", "schema": schema, "threads": 2}

    def load(
        self, schema: str, table: str, types: Mapping[str, str], rows: Iterable[Mapping[str, str | None]]
    ) -> None:
        load_table(self.session(), self.folder, schema, table, types, rows)

    def rows(self, sql: str) -> list[dict[str, Any]]:
        return [row.asDict() for row in self.session().sql(sql).collect()]

    def versions(self) -> dict[str, str]:
        return {"Spark": self.session().version, "dbt-spark": version("dbt-spark")}

    def session(self) -> Any:
        """Give the session, started where there is none."""
        from pyspark.sql import SparkSession as Spark

        builder = Spark.builder.appName("rollforward").enableHiveSupport()
        return builder.config(map=self.settings).getOrCreate()


def write_missing_values_of_seeds() -> None:
    """Let seeds have missing values: dbt-spark 1.11 writes them as the text None in a session."""
    from dbt.adapters.spark.session import SessionConnectionWrapper

    as_it_is = SessionConnectionWrapper._fix_binding

    def fixed(value: Any) -> Any:
        return "null" if value is None else as_it_is(value)

    SessionConnectionWrapper._fix_binding = staticmethod(fixed)


def warehouse() -> SparkSession:
    """Give the engine."""
    return SparkSession()
