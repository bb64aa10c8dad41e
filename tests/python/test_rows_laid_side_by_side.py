"""No step of a build lays many more rows side by side than there are runs, however long customers stay."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import Built, Project

MONTHS = 120
CUSTOMERS = 40
DAYS = [f"{2015 + month // 12}-{1 + month % 12:02}-15" for month in range(MONTHS)]
BOOKS: Mapping[str, Mapping[str, Any]] = {
    # Other amounts every month: as many runs as there are months.
    "payments": {"shape": "payments", "occurred_on": "day"},
    "snapshots": {"shape": "snapshots", "snapshot_on": "day"},
}


@pytest.fixture(scope="module", params=BOOKS)
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Built]:
    project = Project(tmp_path_factory.mktemp(request.param) / "project")
    rows = [
        {"customer": f"c{customer}", "amount": 10 + (month + customer) % 7, "day": day}
        for customer in range(CUSTOMERS)
        for month, day in enumerate(DAYS)
    ]
    project.load("src_1", {"customer": "text", "amount": "decimal(18, 2)", "day": "date"}, rows)
    book = {"relation": "source('raw', 'src_1')", "unit": "customer", "amount": "amount"}
    book |= BOOKS[request.param]
    return project, project.dbt("run", settings={"books": {"book": book}, "as_of_date": DAYS[-1]})


def test_pairs_do_not_grow_with_the_square_of_the_months(built: tuple[Project, Built]) -> None:
    project, done = built
    assert done.success, done.messages
    (counted,) = done.rows("select count(*) as runs from int_rollforward__runs")
    # A run meets those of the next twelve months at most, once a comparison.
    most = 5 * 12 * counted["runs"]
    assert MONTHS * counted["runs"] > most
    compiled = project.folder / "target" / "compiled" / "rollforward" / "models" / "intermediate"
    with duckdb.connect(str(done.database)) as connection:
        for model in ("retained_changes", "combined_runs", "cohort_changes"):
            statement = (compiled / f"int_rollforward__{model}.sql").read_text()
            assert max(rows_by_operator(connection, statement, project.folder)) <= most, model


def rows_by_operator(connection: duckdb.DuckDBPyConnection, statement: str, folder: Path) -> Iterator[int]:
    """How many rows each step of a statement gives."""
    profile = folder / "profile.json"
    connection.execute(f"set enable_profiling = 'json'; set profiling_output = '{profile}'")
    connection.execute(statement).fetchall()
    connection.execute("set enable_profiling = 'no_output'")
    steps = [json.loads(profile.read_text())]
    while steps:
        step = steps.pop()
        yield step.get("intermediate_rows", 0)
        steps += step.get("operator", step.get("children", []))
