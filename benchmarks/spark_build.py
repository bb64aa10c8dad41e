"""A build on a Spark cluster, in that engine's own environment; `spark.py` runs it.

    python benchmarks/spark_build.py '{"shape": "intervals", ...}' '{"worker_memory_mb": 3072, ...}'

It leaves `figures.json`, the tables, and the log of events in the job's folder.
"""

import json
import os
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import Any

from books import Job, job_from_text
from project import REPO, write_project

sys.path.insert(0, str(REPO))
from tests.engines.spark_processes import HERE, Cluster  # noqa: E402

SCHEMA = "benchmark"
os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false"
os.environ["ROLLFORWARD_COMPILE"] = "off"


def build(job: Job, size: dict[str, Any]) -> dict[str, Any]:
    """Bring a cluster up, build on it once, and take it down; gives seconds, also by model."""
    from dbt.cli.main import dbtRunner

    shutil.rmtree(job.folder, ignore_errors=True)
    folder = Path(job.folder)
    cluster = Cluster(folder / "cluster", **size)
    try:
        cluster.start()
        output = {
            "type": "spark",
            "method": "thrift",
            "host": HERE,
            "port": cluster.port,
            "user": "benchmark",
            "schema": SCHEMA,
            "threads": 1,
            "poll_interval": 1,
        }
        write_project(job, output, f"parquet.`{job.files}/*.parquet`")
        places = ["--project-dir", str(folder), "--profiles-dir", str(folder)]
        begun = time.monotonic()
        result = dbtRunner().invoke(["--log-level", "none", "--log-level-file", "none", "run", *places])
        seconds = time.monotonic() - begun
        if not result.success:
            nodes = getattr(result.result, "results", None) or []
            said = "\n".join(f"{one.node.name}: {one.message}" for one in nodes if one.status == "error")
            raise SystemExit(f"dbt run failed: {result.exception or said}")
        results = json.loads((folder / "target" / "run_results.json").read_text())["results"]
    finally:
        cluster.stop()
    by_model = {one["unique_id"].split(".", 2)[2]: round(one["execution_time"], 1) for one in results}
    return {"seconds": round(seconds, 1), "models": by_model}


if __name__ == "__main__":
    # The cluster is taken down, too, when the build is told to end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    given = job_from_text(sys.argv[1])
    taken = build(given, json.loads(sys.argv[2]))
    (Path(given.folder) / "figures.json").write_text(json.dumps(taken))
