"""A Spark cluster on this machine, reached through its Thrift server: dbt's method `thrift`."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.engines.case import Case
from tests.engines.perform import Bench
from tests.engines.spark_processes import HERE, Cluster
from tests.engines.spark_tables import FEWER, create_from_json, write_json

QUICK = {"spark.sql.shuffle.partitions": "4", "spark.default.parallelism": "2"}
KILLED_WHILE = "int_rollforward__combined_runs"


class SparkCluster:
    """A master, two workers and a Thrift server."""

    name = "spark_cluster"
    level = "executed"
    skips: Mapping[str, str] = dict.fromkeys(("drawn_2", "drawn_3", "drawn_4"), FEWER)

    def start(self, folder: Path) -> None:
        self.cluster = Cluster(folder / "cluster", settings=QUICK)
        self.cluster.start()

    def stop(self) -> None:
        self.cluster.stop()

    def output(self, schema: str) -> dict[str, Any]:
        return {
            "type": "spark",
            "method": "thrift",
            "host": HERE,
            "port": self.cluster.port,
            "user": "rollforward",
            "schema": schema,
            "threads": 2,
            "poll_interval": 1,
        }

    def load(
        self, schema: str, table: str, types: Mapping[str, str], rows: Iterable[Mapping[str, str | None]]
    ) -> None:
        file = write_json(self.cluster.folder / "given" / f"{table}.json", rows)
        with self._connection() as connection, connection.cursor() as cursor:
            for statement in create_from_json(schema, table, types, file):
                cursor.execute(statement)

    def rows(self, sql: str) -> list[dict[str, Any]]:
        with self._connection() as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            names = [column[0].rsplit(".", 1)[-1] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def versions(self) -> dict[str, str]:
        (row,) = self.rows("select version() as spark")
        return {"Spark": row["spark"].split()[0], "dbt-spark": version("dbt-spark")}

    def _connection(self) -> Any:
        from pyhive import hive

        return hive.connect(host=HERE, port=self.cluster.port, username="rollforward")


def a_worker_stops_in_the_middle_of_a_build(bench: Bench) -> None:
    """The build ends, or a second one does; what it leaves is what an undisturbed build left."""
    from dbt.cli.main import dbtRunner

    engine = bench.warehouse
    assert isinstance(engine, SparkCluster)
    undisturbed = bench.read(COHORTS, "demo")
    assert undisturbed, "the demo was not built before"
    case = Case("worker_stops", project=".", profile="rollforward_demo")
    root = bench.project(case)
    beside = bench.folder / case.name
    places = [
        "--project-dir",
        str(root),
        "--profiles-dir",
        str(beside),
        "--target-path",
        str(beside / "target"),
    ]
    killed: list[str] = []

    def stop_a_worker() -> None:
        engine.cluster.kill("worker_2")
        killed.append("worker_2")

    def listen(event: Any) -> None:
        if event.info.name == "NodeStart" and event.data.node_info.node_name == KILLED_WHILE:
            threading.Timer(2.0, stop_a_worker).start()

    quiet = ["--log-level", "none", "--log-level-file", "none"]
    first = dbtRunner(callbacks=[listen]).invoke([*quiet, "build", *places])
    assert killed, f"nothing was stopped: {first.exception}"
    if first.success:
        print("    the build went on with the worker that was left")
    assert bench.dbt(case, root, "build"), "\n".join(bench.problems)
    assert bench.read(COHORTS, case.name) == undisturbed
    engine.cluster.start_worker("worker_2")


def the_server_stops_in_the_middle_of_a_build(bench: Bench) -> None:
    """The build fails, and says so; once the server is back, a build gives what an undisturbed one gave."""
    from dbt.cli.main import dbtRunner

    engine = bench.warehouse
    assert isinstance(engine, SparkCluster)
    undisturbed = bench.read(COHORTS, "demo")
    case = Case("server_stops", project=".", profile="rollforward_demo")
    root = bench.project(case)
    beside = bench.folder / case.name
    places = [
        "--project-dir",
        str(root),
        "--profiles-dir",
        str(beside),
        "--target-path",
        str(beside / "target"),
    ]

    def listen(event: Any) -> None:
        if event.info.name == "NodeStart" and event.data.node_info.node_name == KILLED_WHILE:
            threading.Timer(3.0, engine.cluster.kill, ["server"]).start()

    quiet = ["--log-level", "none", "--log-level-file", "none"]
    first = dbtRunner(callbacks=[listen]).invoke([*quiet, "build", *places])
    assert not first.success
    engine.cluster.start_server()
    assert bench.dbt(case, root, "build"), "\n".join(bench.problems)
    assert bench.read(COHORTS, case.name) == undisturbed


COHORTS = "select * from {schema}.rollforward__revenue_cohorts"
CHECKS = (a_worker_stops_in_the_middle_of_a_build, the_server_stops_in_the_middle_of_a_build)


def warehouse() -> SparkCluster:
    """Give the engine."""
    return SparkCluster()
