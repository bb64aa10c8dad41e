"""A Spark cluster on this machine, reached through its Thrift server: dbt's method `thrift`."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

from tests.engines.case import read_cases
from tests.engines.perform import REPO, Bench
from tests.engines.spark_processes import HERE, Cluster
from tests.engines.spark_settings import JAVA, QUICK
from tests.engines.spark_tables import FEWER, create_from_json, write_json
from tests.engines.warehouse import difference

SETTINGS = {
    **QUICK,
    "spark.sql.shuffle.partitions": "4",
    "spark.default.parallelism": "2",
    "spark.eventLog.enabled": "false",
    "spark.driver.extraJavaOptions": JAVA,
    "spark.executor.extraJavaOptions": JAVA,
}
DISTURBED_WHILE = "int_rollforward__combined_runs"


class SparkCluster:
    """A master, two workers and a Thrift server."""

    name = "spark_cluster"
    adapter = "spark"
    skips: Mapping[str, str] = dict.fromkeys(("drawn_2", "drawn_3", "drawn_4"), FEWER)

    def start(self, folder: Path) -> None:
        self.cluster = Cluster(folder / "cluster", driver_memory_mb=2048, settings=SETTINGS)
        self.cluster.start()

    def stop(self) -> None:
        self.cluster.stop()

    def output(self, schema: str) -> dict[str, Any]:
        return {**profile_of_the_page(), "host": HERE, "port": self.cluster.port, "schema": schema}

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


def profile_of_the_page() -> dict[str, Any]:
    """Give the output that docs/how-to/spark.md tells users to write."""
    text = (REPO / "docs" / "how-to" / "spark.md").read_text(encoding="utf-8")
    found = re.search(r'^```yaml title="profiles.yml"\n(.*?)^```$', text, flags=re.S | re.M)
    assert found is not None
    output: dict[str, Any] = yaml.safe_load(found.group(1))["first_book"]["outputs"]["dev"]
    return output


def a_worker_stops_in_the_middle_of_a_build(bench: Bench) -> None:
    """Whether the build gets through or not, after the next one everything is as the oracle says."""
    engine = cluster_of(bench)
    disturbed(bench, "worker_stops", lambda: engine.cluster.kill("worker_2"))
    engine.cluster.start_worker("worker_2")


def disturbed(bench: Bench, name: str, disturb: Callable[[], None]) -> bool:
    """Build a drawn book, do something in the middle, and build again; whether the first got through."""
    from dbt.cli.main import dbtRunner

    drawn = next(case for case in read_cases(REPO / ".engines" / "cases.json") if case.name == "drawn_1")
    case = replace(drawn, name=name)
    step = case.steps[0]
    root = bench.project(case)
    for table, given in step.load.items():
        bench.warehouse.load("raw", table, given.types, given.rows)
    beside = bench.folder / name
    places = ["--project-dir", str(root), "--profiles-dir", str(beside)]
    settings = ["--vars", json.dumps({"rollforward": step.settings})]
    disturbed_at, finished = threading.Event(), threading.Event()
    in_time = []

    def in_the_middle() -> None:
        disturb()
        in_time.append(not finished.is_set())
        disturbed_at.set()

    def listen(event: Any) -> None:
        if event.info.name not in ("NodeStart", "NodeFinished"):
            return
        if event.data.node_info.node_name == DISTURBED_WHILE:
            if event.info.name == "NodeFinished":
                finished.set()
            else:
                threading.Timer(1.0, in_the_middle).start()

    quiet = ["--log-level", "none", "--log-level-file", "none"]
    first = dbtRunner(callbacks=[listen]).invoke([*quiet, "run", *settings, *places])
    assert disturbed_at.wait(300), f"nothing was disturbed: {first.exception}"
    assert in_time == [True], f"{DISTURBED_WHILE} was through before anything happened"
    print(f"    {name}: the build {'got through' if first.success else 'failed'}", flush=True)
    assert bench.dbt(case, root, "run", *settings), "\n".join(bench.problems)
    for table, expected in step.expected.items():
        wrong = difference(bench.read(step.read[table], name), expected)
        assert not wrong, f"{table}: {wrong}"
    return bool(first.success)


def cluster_of(bench: Bench) -> SparkCluster:
    """Give the cluster that is up."""
    assert isinstance(bench.warehouse, SparkCluster)
    return bench.warehouse


CHECKS = (a_worker_stops_in_the_middle_of_a_build,)


def warehouse() -> SparkCluster:
    """Give the engine."""
    return SparkCluster()
