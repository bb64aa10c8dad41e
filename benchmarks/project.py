"""A dbt project of a user's that installs the package and reads a generated book in place."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from books import ATTRIBUTES, COMPARISONS, DATED, Job

REPO = Path(__file__).parents[1]


def book_settings(job: Job) -> dict[str, Any]:
    """What the user writes about the book."""
    dates = {DATED[job.shape]: DATED[job.shape]}
    if job.shape == "intervals":
        dates["ended_on"] = "ended_on"
    return {
        "relation": f"given_{job.shape}",
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


def given_model(files: str) -> str:
    """The model that is the book: the relation of its files, where they are."""
    return f"{{{{ config(materialized='view') }}}}\n\nselect * from {files}\n"


def write_project(job: Job, output: Mapping[str, Any] | None = None, files: str = "") -> None:
    """Write the project's files into the job's folder, the package installed as `dbt deps` leaves it.

    `output` is where dbt builds, DuckDB unless it is given; `files` is the relation that the book is there.
    """
    if not files:
        from warehouse import read_files

        files = read_files(job)
    folder = Path(job.folder)
    (folder / "models").mkdir(parents=True)
    (folder / "dbt_packages").mkdir()
    (folder / "dbt_packages" / "rollforward").symlink_to(REPO, target_is_directory=True)
    configured = {"as_of_date": str(job.book.last_day), "books": {"book": book_settings(job)}}
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
    (folder / "models" / f"given_{job.shape}.sql").write_text(given_model(files))
