"""Measure the command line beside MetricFlow's, in one run, on one DuckDB file: `make bench-cli`.

Both answer the same question with the same numbers, which is checked. Each command is a process of its own;
the two take turns, and the median counts. MetricFlow lives in an environment of its own, `metricflow/.venv`,
and reads the cohorts that were built here.
"""

import argparse
import csv
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
REPO = HERE.parent
BESIDE = HERE / "metricflow"
WORK = BESIDE / "work"
SHOP, MANY, MANY_BESIDE = WORK / "shop", WORK / "many", WORK / "many_beside"
OURS = Path(sys.executable).parent
THEIRS = BESIDE / ".venv" / "bin"
RESULTS = HERE / "results" / "cli.json"
METRICS = 200
MEASURES = ("existing_revenue", "starting_revenue", "retained_revenue")

QUERY = ["rollforward", "query", "net_expansion_rate", "--by", "plan", "--format", "csv"]
QUERY_BESIDE = [
    "mf", "query", "--metrics", "net_expansion_rate", "--group-by", "metric_time__month,cohort_month__plan",
]  # fmt: skip


def main() -> int:
    """Build, compare the answers, measure, write the results."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--repeats", type=int, default=9)
    options.add_argument("--simple", action="store_true", help="measure simple metrics again, keep the rest")
    given = options.parse_args()
    repeats = given.repeats
    if given.simple:
        return write({**json.loads(RESULTS.read_text(encoding="utf-8")), "simple_metrics": simple_metrics()})
    build()
    check_same_numbers()
    found = {
        "query": both(repeats, lambda: ours(QUERY, SHOP), lambda: theirs(QUERY_BESIDE, BESIDE)),
        "check": both(
            repeats, check_afresh, lambda: theirs(["mf", "validate-configs", "--skip-dw"], MANY_BESIDE)
        ),
        "import": both(
            repeats,
            lambda: ours(["python", "-c", "import rollforward.cli"], SHOP),
            lambda: theirs(["python", "-c", "import dbt_metricflow.cli.main"], BESIDE),
        ),
        "start": both(
            repeats,
            lambda: ours(["rollforward", "--version"], SHOP),
            lambda: theirs(["mf", "--version"], BESIDE),
        ),
    }
    results = {
        "what": "seconds, median of the repeats, each command a process of its own",
        "repeats": repeats,
        "machine": {
            "python": platform.python_version(),
            "cores": os.cpu_count(),
            "system": platform.system(),
            "load": round(os.getloadavg()[0], 1),
        },
        "versions": {"rollforward": version("rollforward"), **versions_beside()},
        "seconds": found,
        "compile_20_metrics_after_import_ms": compile_time("twenty", many_metrics()[:20]),
        "simple_metrics": simple_metrics(),
        "query_peak_memory_mb": peak_memory(),
        "metrics_checked": METRICS,
    }
    return write(results)


def write(results: Mapping[str, Any]) -> int:
    """Write the results down."""
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(results, indent=2))
    return 0


# --- building -------------------------------------------------------------------------------------


def build() -> None:
    """Build the demo's subscriptions in a project of their own, and what MetricFlow reads of them."""
    shutil.rmtree(WORK, ignore_errors=True)
    write_shop(SHOP)
    (SHOP / "seeds").mkdir()
    shutil.copy(REPO / "seeds" / "demo_subscriptions.csv", SHOP / "seeds" / "subscriptions.csv")
    ours(["dbt", "--quiet", "build"], SHOP)
    write_shop(MANY)
    (MANY / "metrics" / "many.yml").write_text(yaml.safe_dump({"metrics": many_metrics()}, sort_keys=False))
    ours(["rollforward", "compile"], MANY)
    theirs(["dbt", "--quiet", "build"], BESIDE)
    shutil.copytree(BESIDE / "models", MANY_BESIDE / "models")
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(BESIDE / name, MANY_BESIDE / name)
    (MANY_BESIDE / "models" / "many.yml").write_text(
        yaml.safe_dump({"metrics": many_metrics_beside()}, sort_keys=False)
    )
    theirs(["dbt", "--quiet", "parse"], MANY_BESIDE)


def write_shop(folder: Path) -> None:
    """Write a project with one book and one view, the package installed as `dbt deps` leaves it."""
    (folder / "dbt_packages").mkdir(parents=True)
    (folder / "dbt_packages" / "rollforward").symlink_to(REPO, target_is_directory=True)
    (folder / "metrics").mkdir()
    book = {
        "relation": "subscriptions", "shape": "intervals", "unit": "customer_id", "amount": "mrr",
        "started_on": "started_on", "ended_on": "ended_on", "attributes": ["plan", "region"],
        "key": "subscription_id",
    }  # fmt: skip
    view = {
        "name": "retention", "book": "recurring_revenue", "metrics": ["net_expansion_rate"],
        "comparisons": ["month_over_month"], "by": ["plan"],
    }  # fmt: skip
    output = {"type": "duckdb", "path": str(SHOP / "shop.duckdb")}
    files: Mapping[str, Any] = {
        "dbt_project.yml": {
            "name": "shop",
            "version": "1.0.0",
            "profile": "shop",
            "vars": {"rollforward": {"as_of_date": "2026-10-15", "books": {"recurring_revenue": book}}},
        },
        "profiles.yml": {"shop": {"target": "dev", "outputs": {"dev": output}}},
        "packages.yml": {"packages": [{"local": str(REPO)}]},
        "metrics/retention.yml": {"views": [view]},
    }
    for name, content in files.items():
        (folder / name).write_text(yaml.safe_dump(content, sort_keys=False))


def many_metrics() -> list[dict[str, Any]]:
    """Ratios of the same measures, as many as a large project has."""
    return [
        {
            "name": f"ratio_{number}",
            "label": f"Ratio {number}",
            "description": "One of many.",
            "type": "ratio",
            "numerator": MEASURES[number % 3],
            "denominator": MEASURES[(number + 1) % 3],
        }
        for number in range(METRICS)
    ]


def many_metrics_beside() -> list[dict[str, Any]]:
    """The same in MetricFlow's words."""
    return [
        {
            "name": metric["name"],
            "label": metric["label"],
            "description": metric["description"],
            "type": "ratio",
            "type_params": {"numerator": metric["numerator"], "denominator": metric["denominator"]},
        }
        for metric in many_metrics()
    ]


def check_same_numbers() -> None:
    """Stop where the two do not answer the same."""
    said = list(csv.DictReader(ours(QUERY, SHOP).splitlines()))
    mine = {
        (row["period_start"], row["plan"]): float(row["net_expansion_rate"])
        for row in said
        if row["net_expansion_rate"]
    }
    file = WORK / "beside.csv"
    theirs([*QUERY_BESIDE, "--csv", str(file)], BESIDE)
    with file.open(newline="") as opened:
        rows = list(csv.DictReader(opened))
    beside = {
        (row["metric_time__month"][:10], row["cohort_month__plan"]): float(row["net_expansion_rate"])
        for row in rows
        if row["net_expansion_rate"]
    }
    if mine.keys() != beside.keys() or any(abs(mine[key] - beside[key]) > 1e-9 for key in mine):
        raise SystemExit("the two do not answer the same: there is nothing to compare")


# --- measuring ------------------------------------------------------------------------------------


def both(repeats: int, mine: Callable[[], object], beside: Callable[[], object]) -> dict[str, Any]:
    """Time two ways in turns, after one run of each that does not count."""
    times: dict[str, list[float]] = {"rollforward": [], "metricflow": []}
    for repeat in range(repeats + 1):
        for name, run in (("rollforward", mine), ("metricflow", beside)):
            start = time.perf_counter()
            run()
            if repeat:
                times[name].append(time.perf_counter() - start)
    medians = {name: round(statistics.median(taken), 3) for name, taken in times.items()}
    return {
        **medians,
        "times_faster": round(medians["metricflow"] / medians["rollforward"], 1),
        "fastest": {name: round(min(taken), 3) for name, taken in times.items()},
    }


def check_afresh(folder: Path = MANY) -> None:
    """Check without the stamp by which an unchanged project is known."""
    (folder / "target" / "rollforward_stamp.json").unlink(missing_ok=True)
    ours(["rollforward", "check"], folder)


def simple_metrics() -> dict[str, float]:
    """Measure where every metric has SQL of its own: nothing of this has a counterpart without a database.

    It is the time of the processor, which other programs on the machine make little difference to.
    """
    load = round(os.getloadavg()[0], 1)
    folder = project_of("many_simple", many_simple_metrics())
    ours(["rollforward", "compile"], folder)
    taken = []
    for _ in range(5):
        start = os.times()
        check_afresh(folder)
        end = os.times()
        taken.append(end.children_user + end.children_system - start.children_user - start.children_system)
    return {
        "compile_20_after_import_cpu_ms": compile_time("twenty_simple", many_simple_metrics()[:20]),
        "check_200_cpu_seconds": round(statistics.median(taken), 3),
        "load": load,
    }


def many_simple_metrics() -> list[dict[str, Any]]:
    """Aggregates over single customers, each with a threshold of its own: no two texts are the same."""
    aggregates = [
        {"agg": "sum", "expr": "ending_amount - starting_amount"},
        {"agg": "count"},
        {"agg": "average", "expr": "case when movement = 'churn' then 0 else ending_amount end"},
        {"agg": "max", "expr": "ending_amount"},
        {"agg": "count_distinct", "expr": "plan"},
    ]
    return [
        {
            "name": f"simple_{number}",
            "label": f"Simple {number}",
            "description": "One of many.",
            "type": "simple",
            **aggregates[number % 5],
            "filter": f"movement <> 'new' and starting_amount >= {100 * number + 1} and plan <> 'internal'",
        }
        for number in range(METRICS)
    ]


def project_of(name: str, metrics: list[dict[str, Any]]) -> Path:
    """Write a project with some metrics and a view of its own."""
    folder = WORK / name
    if not folder.exists():
        write_shop(folder)
        (folder / "metrics" / "many.yml").write_text(yaml.safe_dump({"metrics": metrics}, sort_keys=False))
    return folder


def compile_time(name: str, metrics: list[dict[str, Any]]) -> float:
    """Compile metrics and a view nine times in one process; gives the processor's time, the median, in ms."""
    code = """
import sys, time, statistics
from pathlib import Path
from rollforward.catalog import read_catalog
from rollforward.compiler import compile_catalog
from rollforward.layout import read_layout
import rollforward.emit
def once():
    start = time.process_time()
    problems = []
    files = compile_catalog(read_catalog(read_layout(Path(sys.argv[1]), problems), problems), problems)
    assert files and not problems
    return (time.process_time() - start) * 1000
print(statistics.median(once() for _ in range(9)))
"""
    folder = project_of(name, metrics)
    return round(float(ours(["python", "-c", code, str(folder)], folder)), 1)


def peak_memory() -> float:
    """Give the most memory that a query takes, in MB."""
    code = (
        "import resource, sys; sys.argv = ['rollforward', *sys.argv[1:]]\n"
        "from rollforward.cli import main\nmain()\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)"
    )
    done = subprocess.run(
        [OURS / "python", "-c", code, *QUERY[1:]],
        cwd=SHOP,
        env=environment(),
        capture_output=True,
        check=True,
    )
    kilobytes = int(done.stderr.split()[-1])
    return round(kilobytes / (1024 if sys.platform != "darwin" else 1024**2), 1)


def versions_beside() -> dict[str, str]:
    """Give the versions of what is measured beside."""
    code = "import importlib.metadata as m; print(*(m.version(n) for n in ('dbt-metricflow', 'metricflow')))"
    first, second = theirs(["python", "-c", code], BESIDE).split()
    return {"dbt-metricflow": first, "metricflow": second}


def ours(command: Sequence[str], folder: Path) -> str:
    """Run a command of this environment."""
    return run(OURS, command, folder)


def theirs(command: Sequence[str], folder: Path) -> str:
    """Run a command of MetricFlow's environment."""
    return run(THEIRS, command, folder)


def run(programs: Path, command: Sequence[str], folder: Path) -> str:
    """Run a command in a folder; gives what it prints."""
    done = subprocess.run(
        [programs / command[0], *command[1:]],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{command[0]} failed:\n{done.stdout}\n{done.stderr}")
    return done.stdout


def environment() -> dict[str, str]:
    """Give the environment of a user: bytecode kept, statistics at home, nothing chosen beforehand."""
    given = {
        name: value for name, value in os.environ.items() if not name.startswith("DBT_") and name != "CI"
    }
    given.pop("PYTHONDONTWRITEBYTECODE", None)
    return {
        **given,
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "BENCH_DB": str(SHOP / "shop.duckdb"),
    }


if __name__ == "__main__":
    sys.exit(main())
