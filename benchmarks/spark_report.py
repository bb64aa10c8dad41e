"""The page of what a Spark cluster did, made from the results of spark.py.

python benchmarks/spark_report.py benchmarks/results/spark_*.json
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from report import DOCS, figure, table

Result = Mapping[str, Any]
HEAVIEST = 8
HOW = """\
`make bench-spark CUSTOMERS=…` measures one size: a master, two workers of one core and a Thrift server on one
machine, dbt building one model at a time. The cohorts are DuckDB's to the last cell, or there are no figures.
All else is read from Spark's own log of events. *Shuffled* is what tasks write for other tasks to read; *one
stage to the driver* is what the tasks of one stage send there, for the stage that sends most: were it more
than a number a customer, there would be no figures either. By model it is what all of its stages send."""


def page(results: Sequence[Result]) -> str:
    """The whole page; the results are in order of size."""
    largest = results[-1]
    return "\n".join(
        [
            "# A build on a Spark cluster",
            "",
            facts(largest),
            "",
            HOW,
            "",
            by_size(results),
            "",
            "## Spread over the workers",
            "",
            by_worker(results),
            "",
            f"## By model, {largest['customers']:,} customers",
            "",
            by_model(largest),
            "",
            "## The longest tasks",
            "",
            "The stages with the longest tasks, beside their middle task. Without skew they are alike.",
            "",
            longest_tasks(largest),
            "",
        ]
    )


def facts(result: Result) -> str:
    """When and with what."""
    versions = ", ".join(f"{name} {number}" for name, number in result["versions"].items())
    return (
        f"Measured on {result['measured_on']}: {versions}; {result['worker_memory_mb']:,} MB a worker,"
        " on a machine of 2 cores that did other work besides: elapsed seconds say little, while CPU and"
        " bytes do not depend on it."
    )


def by_size(results: Sequence[Result]) -> str:
    """One line a size."""
    head = ["customers", "rows", "time, s", "CPU, s", "shuffled, MB", "bytes a customer", "spilled, MB"]
    head += ["tables, MB", "one stage to the driver, MB"]
    lines = [
        [
            f"{one['customers']:,}",
            f"{one['rows']:,}",
            figure(one["seconds"]),
            figure(one["whole"]["cpu_seconds"]),
            figure(one["whole"]["shuffle_mb"]),
            f"{one['whole']['shuffle_mb'] * (1 << 20) / one['customers']:,.0f}",
            figure(one["whole"]["spilled_mb"]),
            figure(sum(one["tables_mb"].values())),
            figure(one["largest_result"]["result_mb"]),
        ]
        for one in results
    ]
    return table(head, lines)


def by_worker(results: Sequence[Result]) -> str:
    """One line a size and worker."""
    head = ["customers", "worker", "tasks", "failed", "CPU, s", "shuffled, MB"]
    lines = [
        [
            f"{one['customers']:,}",
            name,
            f"{worker['tasks']:,}",
            str(worker["failed_tasks"]),
            figure(worker["cpu_seconds"]),
            figure(worker["shuffle_mb"]),
        ]
        for one in results
        for name, worker in one["workers"].items()
    ]
    return table(head, lines)


def by_model(result: Result) -> str:
    """The models whose tasks took longest."""
    head = [
        "model",
        "time, s",
        "CPU, s",
        "tasks by worker",
        "read, MB",
        "shuffled, MB",
        "to the driver, MB",
    ]
    heaviest = sorted(result["by_model"].items(), key=lambda item: -item[1]["cpu_seconds"])[:HEAVIEST]
    lines = [
        [
            f"`{name}`",
            figure(result["models"].get(name)),
            figure(one["cpu_seconds"]),
            " / ".join(str(count) for count in one["tasks_by_worker"].values()),
            figure(one["read_mb"]),
            figure(one["shuffle_mb"]),
            figure(one["result_mb"]),
        ]
        for name, one in heaviest
    ]
    return table(head, lines)


def longest_tasks(result: Result) -> str:
    """The stages with the longest tasks."""
    lines = [
        [f"`{one['model']}`", str(one["tasks"]), figure(one["longest_s"]), figure(one["middle_s"])]
        for one in result["most_uneven"]
    ]
    return table(["model", "tasks", "longest, s", "middle, s"], lines)


if __name__ == "__main__":
    given = sorted(
        (json.loads(Path(file).read_text()) for file in sys.argv[1:]), key=lambda one: one["customers"]
    )
    (DOCS / "spark.md").write_text(page(given))
