"""What is said of a build on a Spark cluster is what its log of events says."""

import importlib
import json
import sys
from pathlib import Path
from typing import Any

from conftest import REPO

sys.path.append(str(REPO / "benchmarks"))
event_log, spark_report = map(importlib.import_module, ("event_log", "spark_report"))

STATEMENT = '/* {"app": "dbt", "node_id": "model.rollforward.%s"} */ create table x'


def task(stage: int, executor: str, seconds: int, shuffled: int, result: int, reason: str = "Success") -> Any:
    """A task that ended."""
    return {
        "Event": "SparkListenerTaskEnd",
        "Stage ID": stage,
        "Stage Attempt ID": 0,
        "Task End Reason": {"Reason": reason},
        "Task Info": {"Executor ID": executor},
        "Task Metrics": {
            "Executor Run Time": 1000 * seconds,
            "Executor CPU Time": 500_000_000 * seconds,
            "Input Metrics": {"Bytes Read": 0},
            "Output Metrics": {"Bytes Written": 0},
            "Shuffle Write Metrics": {"Shuffle Bytes Written": shuffled << 20},
            "Disk Bytes Spilled": 0,
            "Result Size": result << 20,
            "Peak Execution Memory": 3 << 20,
        },
    }


def job(stages: list[int], model: str) -> Any:
    """A job of a model's statement."""
    said = {"spark.job.description": STATEMENT % model}
    return {"Event": "SparkListenerJobStart", "Stage IDs": stages, "Properties": said}


def test_an_event_log_is_read_by_model_and_by_worker(tmp_path: Path) -> None:
    added = [{"Event": "SparkListenerExecutorAdded", "Executor ID": name} for name in ("0", "1")]
    events = [
        *added,
        job([0, 1], "int_rollforward__pieces"),
        task(0, "0", 2, 5, 0),
        task(0, "1", 4, 7, 0),
        task(1, "1", 1, 0, 1),
        # A stage that a later job skips, because its result is there, stays with the model that made it.
        job([1, 2], "int_rollforward__runs"),
        task(2, "0", 3, 0, 2, reason="ExecutorLostFailure"),
    ]
    file = tmp_path / "app-1"
    # The last line of an application that is still running is not whole.
    file.write_text("".join(json.dumps(event) + "\n" for event in events) + '{"Event": "Spark')
    found = event_log.summary(file)
    assert found["stages"] == 3
    assert {name: one["tasks"] for name, one in found["workers"].items()} == {"worker 1": 2, "worker 2": 2}
    assert found["models"]["int_rollforward__pieces"]["tasks_by_worker"] == {"worker 1": 1, "worker 2": 2}
    assert found["models"]["int_rollforward__pieces"]["shuffle_mb"] == 12
    assert found["models"]["int_rollforward__pieces"]["cpu_seconds"] == 3.5
    assert found["models"]["int_rollforward__runs"]["failed_tasks"] == 1
    assert found["whole"]["shuffle_mb"] == 12
    assert found["whole"]["task_seconds"] == 10
    assert found["largest_result"] == {"model": "int_rollforward__runs", "result_mb": 2}
    assert found["most_uneven"][0]["longest_s"] == 4


def test_the_page_is_what_was_measured() -> None:
    """`make bench-spark` writes it."""
    files = sorted((REPO / "benchmarks" / "results").glob("spark_*.json"))
    results = sorted((json.loads(file.read_text()) for file in files), key=lambda one: one["customers"])
    assert results
    assert (REPO / "docs" / "reference" / "spark.md").read_text() == spark_report.page(results)
