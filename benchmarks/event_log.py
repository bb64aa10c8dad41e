"""What a Spark application did, from the log of events it writes: by model and by worker.

    python benchmarks/event_log.py EVENTS_FILE    prints it as JSON

dbt begins every statement with a comment that names the node, and the Thrift server describes a job by its
statement: so every stage belongs to a model. A worker runs one executor.
"""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NODE = re.compile(r'"node_id": ?"(?:\w+)\.\w+\.([^"]+)"')
OTHER = "between models"
MEGABYTE = 1 << 20


def events(file: Path) -> Iterator[dict[str, Any]]:
    """Every event of a log, in the order it was written; a last line cut off is left out."""
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            if line.endswith("\n"):
                yield json.loads(line)


def summary(file: Path) -> dict[str, Any]:
    """Figures of the whole application, of every worker and of every model."""
    model_of_stage: dict[int, str] = {}
    executors: dict[str, str] = {}
    models: dict[str, dict[str, Any]] = defaultdict(new_figures)
    workers: dict[str, dict[str, Any]] = defaultdict(new_figures)
    stages: dict[tuple[int, int], dict[str, Any]] = defaultdict(new_figures)
    for event in events(file):
        match event["Event"]:
            case "SparkListenerExecutorAdded":
                name = f"worker {len(executors) + 1}"
                executors[event["Executor ID"]] = name
            case "SparkListenerJobStart":
                said = event.get("Properties", {}).get("spark.job.description") or ""
                found = NODE.search(said)
                for stage in event["Stage IDs"]:
                    model_of_stage.setdefault(stage, found.group(1) if found else OTHER)
            case "SparkListenerTaskEnd":
                model = model_of_stage.get(event["Stage ID"], OTHER)
                worker = executors.get(event["Task Info"]["Executor ID"], "driver")
                stage = (event["Stage ID"], event["Stage Attempt ID"])
                for figures in (models[model], workers[worker], stages[stage]):
                    add_task(figures, event)
                stages[stage]["model"] = model
                models[model]["workers"][worker] += 1
    all_of_it = new_figures()
    for figures in workers.values():
        for name in COUNTED:
            all_of_it[name] += figures[name]
        all_of_it["largest_task_mb"] = max(all_of_it["largest_task_mb"], figures["largest_task_mb"])
    largest = max(stages.values(), key=lambda figures: figures["result_mb"])
    return {
        "whole": rounded(all_of_it),
        "workers": {name: rounded(figures) for name, figures in sorted(workers.items())},
        "models": {name: rounded(figures) for name, figures in models.items()},
        "stages": len(stages),
        "largest_result": {"model": largest["model"], "result_mb": round(largest["result_mb"], 3)},
        "most_uneven": [uneven(figures) for figures in slowest(stages)],
    }


COUNTED = (
    "tasks",
    "failed_tasks",
    "task_seconds",
    "cpu_seconds",
    "read_mb",
    "shuffle_mb",
    "spilled_mb",
    "result_mb",
    "written_mb",
)


def new_figures() -> dict[str, Any]:
    """Nothing yet."""
    counted: dict[str, Any] = dict.fromkeys(COUNTED, 0.0)
    return {**counted, "largest_task_mb": 0.0, "task_times": [], "workers": defaultdict(int), "model": OTHER}


def add_task(figures: dict[str, Any], event: dict[str, Any]) -> None:
    """Count a task that ended. What comes back to the driver is its result."""
    figures["tasks"] += 1
    if event["Task End Reason"]["Reason"] != "Success":
        figures["failed_tasks"] += 1
    metrics = event.get("Task Metrics")
    if not metrics:
        return
    figures["task_seconds"] += metrics["Executor Run Time"] / 1000
    figures["cpu_seconds"] += metrics["Executor CPU Time"] / 1e9
    figures["read_mb"] += metrics["Input Metrics"]["Bytes Read"] / MEGABYTE
    figures["shuffle_mb"] += metrics["Shuffle Write Metrics"]["Shuffle Bytes Written"] / MEGABYTE
    figures["spilled_mb"] += metrics["Disk Bytes Spilled"] / MEGABYTE
    figures["result_mb"] += metrics["Result Size"] / MEGABYTE
    figures["written_mb"] += metrics["Output Metrics"]["Bytes Written"] / MEGABYTE
    figures["largest_task_mb"] = max(figures["largest_task_mb"], metrics["Peak Execution Memory"] / MEGABYTE)
    figures["task_times"].append(metrics["Executor Run Time"] / 1000)


def slowest(stages: dict[tuple[int, int], dict[str, Any]]) -> list[dict[str, Any]]:
    """The five stages with the longest tasks."""
    several = [figures for figures in stages.values() if len(figures["task_times"]) > 1]
    return sorted(several, key=lambda figures: -max(figures["task_times"]))[:5]


def uneven(figures: dict[str, Any]) -> dict[str, Any]:
    """How much longer a stage's longest task took than its middle one."""
    times = sorted(figures["task_times"])
    middle = times[len(times) // 2]
    return {"model": figures["model"], "tasks": len(times), "longest_s": times[-1], "middle_s": middle}


def rounded(figures: dict[str, Any]) -> dict[str, Any]:
    """Figures as they are written down."""
    found = {name: round(figures[name], 1) for name in (*COUNTED, "largest_task_mb")}
    found |= {"tasks": int(figures["tasks"]), "failed_tasks": int(figures["failed_tasks"])}
    return found | (
        {"tasks_by_worker": dict(sorted(figures["workers"].items()))} if figures["workers"] else {}
    )


if __name__ == "__main__":
    print(json.dumps(summary(Path(sys.argv[1])), indent=1))
