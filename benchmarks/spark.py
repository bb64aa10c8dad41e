"""Build a generated book on a Spark cluster of two workers, and say how the work was spread.

    python benchmarks/spark.py --customers 1000000 --out benchmarks/results/spark_1000000.json

The cohorts are compared with DuckDB's, cell by cell; everything else is read from Spark's log of events.
"""

import argparse
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from books import COMPARISON_SETS, Book, Job
from event_log import summary
from generate import written
from spark_build import SCHEMA

HERE = Path(__file__).parent
REPO = HERE.parent
sys.path.insert(0, str(REPO))
from tests.engines.environments import environment  # noqa: E402

COHORTS = "rollforward__revenue_cohorts"


def main() -> None:
    """Measure one size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--worker-memory-mb", type=int, default=3072)
    parser.add_argument("--partitions", type=int, default=32, help="of a shuffle")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--read-only", action="store_true", help="read what the last build left")
    parser.add_argument("--work", type=Path, default=HERE / "work")
    given = parser.parse_args()
    found = measured(
        given.customers, given.worker_memory_mb, given.partitions, given.work.resolve(), given.read_only
    )
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(found, indent=1) + "\n")
    print(json.dumps(found["whole"]), found["seconds"], "s")


def measured(customers: int, memory: int, partitions: int, work: Path, read_only: bool) -> dict[str, Any]:
    """Everything that is known of one build."""
    book = Book("intervals", customers)
    files = written(book, work)
    settings = {
        "spark.sql.shuffle.partitions": str(partitions),
        # One file of the book is read in as many parts as there are groups of rows in it.
        "spark.sql.files.maxPartitionBytes": "4m",
    }
    size = {"worker_memory_mb": memory, "driver_memory_mb": 1536, "settings": settings}
    common = (book.shape, book.customers, book.months, str(files))
    spark = Job(*common, str(work / f"spark_{customers}"), COMPARISON_SETS["three"])
    beside = Job(*common, str(work / f"spark_{customers}_beside"), COMPARISON_SETS["three"])
    if not (Path(spark.folder) / "figures.json").exists() or not read_only:
        run(environment("spark_cluster"), "spark_build.py", spark.as_text(), json.dumps(size))
    if not beside.database.exists():
        run(Path(sys.executable), "dbt_build.py", beside.as_text(), "run")
    cluster = Path(spark.folder) / "cluster"
    tables = cluster / "tables" / f"{SCHEMA}.db"
    (log,) = (file for file in (cluster / "events").iterdir() if file.name.startswith("app-"))
    found = summary(log)
    sent_mb, a_number_each_mb = found["largest_result"]["result_mb"], 8 * customers / (1 << 20)
    if sent_mb > max(a_number_each_mb, 1):
        raise SystemExit(f"{sent_mb} MB went to the driver in one stage: that may be customers")
    return {
        "customers": customers,
        "rows": int((files / "rows.txt").read_text()),
        "measured_on": date.today().isoformat(),
        "worker_memory_mb": memory,
        "partitions": partitions,
        "cohorts": compared(tables / COHORTS, beside.database),
        **json.loads((Path(spark.folder) / "figures.json").read_text()),
        **{("by_model" if name == "models" else name): one for name, one in found.items()},
        "tables_mb": sizes(tables),
        "versions": versions(log),
    }


def run(python: Path, script: str, *arguments: str) -> None:
    """Run a script of this folder."""
    settings = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    subprocess.run([str(python), str(HERE / script), *arguments], check=True, env=settings)


def compared(table: Path, database: Path) -> int:
    """The rows of the cohorts, which are DuckDB's to the last cell."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{database}' as beside (read_only)")
        names = [one[0] for one in connection.execute(f"describe beside.{COHORTS}").fetchall()]
        sides = [f"read_parquet('{table}/*.parquet')", f"beside.{COHORTS}"]
        selects = [f"(select {', '.join(names)} from {side})" for side in sides]
        for one, other in (selects, selects[::-1]):
            (only,) = connection.execute(f"select count(*) from ({one} except all {other})").fetchone()
            if only:
                raise SystemExit(f"{only} rows of the cohorts differ between Spark and DuckDB")
        (rows,) = connection.execute(f"select count(*) from {selects[0]}").fetchone()
    if not rows:
        raise SystemExit("there are no cohorts")
    return int(rows)


def sizes(tables: Path) -> dict[str, float]:
    """Megabytes of every table."""
    return {
        folder.name: round(sum(file.stat().st_size for file in folder.rglob("*.parquet")) / (1 << 20), 1)
        for folder in sorted(tables.iterdir())
    }


def versions(log: Path) -> dict[str, str]:
    """Spark's and Java's, from the log's first events."""
    found = {}
    with log.open() as lines:
        for line in lines:
            event = json.loads(line)
            if event["Event"] == "SparkListenerLogStart":
                found["Spark"] = event["Spark Version"]
            if event["Event"] == "SparkListenerEnvironmentUpdate":
                found["Java"] = event["JVM Information"]["Java Version"].split()[0]
                return found
    return found


if __name__ == "__main__":
    main()
