"""rollforward's build: dbt runs the package's models on a user's project, or builds and tests them.

dbt tells when it starts and finishes a node. Everything before the first node is its own startup (imports,
parsing), which does not depend on the data; it is told apart from the build.

    python benchmarks/dbt_build.py '{"shape": "intervals", ...}' run

`a_month_before` runs it as it was known a month before, so that the next run goes on from there.
"""

import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

from books import Job, job_from_text
from project import write_project

FIGURES = "figures.json"
os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false"


def now() -> dict[str, float]:
    """Seconds on the clock, seconds of CPU of this process so far, its largest memory so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"wall": time.monotonic(), "cpu": time.process_time(), "peak_mb": peak / 1024}


def build(job: Job, command: str) -> dict[str, Any]:
    """Run dbt; gives what the nodes took together (`build`), each by itself (`nodes`), and dbt's startup."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    marks: dict[str, dict[str, float]] = {}

    def listen(event: Any) -> None:
        if event.info.name == "NodeStart":
            marks.setdefault("first_start", now())
        elif event.info.name == "NodeFinished":
            marks["last_finish"] = now()

    began = {"wall": time.monotonic(), "cpu": time.process_time()}
    folder = Path(job.folder)
    if not (folder / "dbt_project.yml").exists():
        write_project(job)
    quiet = ["--log-level", "none", "--log-level-file", "none"]
    places = ["--project-dir", str(folder), "--profiles-dir", str(folder)]
    asked = [command]
    if command == "a_month_before":
        asked = ["run", "--vars", json.dumps({"rollforward_as_of_date": str(job.book.last_day_before)})]
    result = dbtRunner(callbacks=[listen]).invoke([*quiet, *asked, *places])
    DuckDBConnectionManager.close_all_connections()
    if not result.success:
        raise SystemExit(f"dbt {command} failed: {result.exception or messages(result)}")
    first, last = marks["first_start"], marks["last_finish"]
    return {
        "startup": {"wall": first["wall"] - began["wall"], "cpu": first["cpu"], "peak_mb": first["peak_mb"]},
        "build": {name: last[name] - first[name] for name in ("wall", "cpu")},
        "nodes": node_seconds(folder),
    }


def messages(result: Any) -> str:
    """What the nodes that failed said."""
    nodes = getattr(result.result, "results", None) or []
    return "\n".join(
        f"{node.node.name}: {node.message}" for node in nodes if node.status in ("error", "fail")
    )


def node_seconds(folder: Path) -> dict[str, float]:
    """Seconds by node, from dbt's run_results.json."""
    results = json.loads((folder / "target" / "run_results.json").read_text())["results"]
    return {node["unique_id"].split(".", 2)[2]: round(node["execution_time"], 3) for node in results}


if __name__ == "__main__":
    given = job_from_text(sys.argv[1])
    taken = build(given, sys.argv[2])
    (Path(given.folder) / FIGURES).write_text(json.dumps(taken))
