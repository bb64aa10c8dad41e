"""A dbt project of a user's that installs the package and reads a generated book in place."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from books import ATTRIBUTES, COMPARISONS, DATED, Job

REPO = Path(__file__).parents[1]
LAKE = "lake"


def book_settings(job: Job) -> dict[str, Any]:
    """What the user writes about the book."""
    dates = {DATED[job.shape]: DATED[job.shape]}
    if job.shape == "intervals":
        dates["ended_on"] = "ended_on"
    return {
        "relation": f"source('{LAKE}', '{job.shape}')",
        "shape": job.shape,
        "unit": "customer_id",
        "amount": "amount",
        **dates,
        "attributes": list(ATTRIBUTES[job.shape]),
        **({} if set(job.comparisons) == set(COMPARISONS) else {"comparisons": list(job.comparisons)}),
    }


def duckdb_output(job: Job) -> dict[str, Any]:
    """Where dbt builds: the job's own DuckDB file."""
    from warehouse import settings

    # One model at a time: DuckDB itself uses the threads, and what is measured does not depend on the order.
    return {"type": "duckdb", "path": str(job.database), "threads": 1, "settings": settings(job)}


def lake(files: Mapping[str, str]) -> str:
    """The source that books are on DuckDB, as YAML: the files of every shape, read where they are."""
    tables = [
        {"name": shape, "config": {"meta": {"external_location": place}}} for shape, place in files.items()
    ]
    return yaml.safe_dump({"sources": [{"name": LAKE, "tables": tables}]}, sort_keys=False)


def write_project(job: Job, output: Mapping[str, Any] | None = None, files: str = "") -> None:
    """Write the project's files into the job's folder, the package installed as `dbt deps` leaves it.

    `output` is where dbt builds, DuckDB unless it is given. There the book is a source; elsewhere a model,
    the view of `files`.
    """
    folder = Path(job.folder)
    book = book_settings(job)
    (folder / "models").mkdir(parents=True)
    (folder / "dbt_packages").mkdir()
    (folder / "dbt_packages" / "rollforward").symlink_to(REPO, target_is_directory=True)
    if files:
        book["relation"] = f"given_{job.shape}"
        view = f"{{{{ config(materialized='view') }}}}\n\nselect * from {files}\n"
        (folder / "models" / f"given_{job.shape}.sql").write_text(view)
    else:
        from warehouse import read_files

        (folder / "models" / "lake.yml").write_text(lake({job.shape: read_files(job)}))
    configured = {"as_of_date": str(job.book.last_day), "books": {"book": book}}
    texts = {
        "dbt_project.yml": {
            "name": "benchmark",
            "version": "1.0.0",
            "profile": "benchmark",
            "vars": {"rollforward": configured},
        },
        "profiles.yml": {"benchmark": {"target": "dev", "outputs": {"dev": output or duckdb_output(job)}}},
        "packages.yml": {"packages": [{"local": str(REPO)}]},
    }
    for name, content in texts.items():
        (folder / name).write_text(yaml.safe_dump(content, sort_keys=False))
