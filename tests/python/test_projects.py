"""The two projects of this repository, the demo and a consumer's, build and give the oracle's numbers."""

import csv
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import oracle
import pytest
import yaml
from conftest import REPO, Built, Project, run_dbt
from test_build_against_oracle import check

CONSUMER = REPO / "tests" / "integration"


def seed_rows(path: Path) -> list[dict[str, Any]]:
    """A seed's rows as dbt loads them: an empty field is null."""
    with path.open(newline="") as stream:
        return [{name: value or None for name, value in row.items()} for row in csv.DictReader(stream)]


def settings_of(file: Path) -> oracle.Settings:
    given = yaml.safe_load(file.read_text())["vars"]["rollforward"]
    return oracle.Settings(**given)


def built_project(folder: Path, database_variable: str, made_in: Path) -> Built:
    """Build one of the repository's projects without leaving anything in its folder."""
    database = made_in / "built.duckdb"
    os.environ[database_variable] = str(database)
    try:
        for command in (["deps"], ["build", "--target-path", str(made_in / "target")]):
            built = run_dbt(folder, database, [*command])
            assert built.success, built.messages
    finally:
        del os.environ[database_variable]
    return built


@pytest.fixture(scope="module")
def consumer(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return built_project(CONSUMER, "CONSUMER_DB", tmp_path_factory.mktemp("consumer_project"))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return built_project(REPO, "ROLLFORWARD_DEMO_DB", tmp_path_factory.mktemp("demo_project"))


def test_consumer_cells_equal_the_oracle(consumer: Built) -> None:
    given = settings_of(CONSUMER / "dbt_project.yml")
    snapshots = seed_rows(CONSUMER / "seeds" / "workspace_mrr_snapshots.csv")
    usage = seed_rows(CONSUMER / "seeds" / "usage_charges.csv")
    check(consumer, given, {"workspace_mrr": snapshots, "account_mrr": snapshots, "usage": usage})


def test_consumer_views_hold_its_metrics(consumer: Built) -> None:
    rows = consumer.rows("select * from account_retention_by_tier")
    assert rows
    for row in rows:
        assert row["tier"] != "internal"
        assert row["is_complete"]
        if row["starting_revenue"]:
            ratio = float(row["existing_revenue"]) / float(row["starting_revenue"])
            assert row["net_expansion_rate"] == pytest.approx(ratio, abs=1e-12)


def test_consumer_keeps_periods_that_are_not_complete(consumer: Built) -> None:
    kept = consumer.rows("select count(*) as n from usage_retention")[0]["n"]
    assert (
        kept
        == consumer.rows(
            "select count(distinct period_start) as n from rollforward__revenue_cohorts"
            " where book = 'usage' and comparison = 'half_year'"
        )[0]["n"]
    )


def test_consumer_metrics_over_the_ledger(consumer: Built) -> None:
    """By size and tier, from the rows of the ledger, one account at a time."""
    movements: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in consumer.rows(
        "select * from rollforward__customer_movements where is_complete and book = 'account_mrr'"
        " and comparison in ('month_over_month', 'half_year')"
    ):
        before = row["starting_amount"]
        size = (
            None
            if not before
            else "below 100"
            if before < 100
            else "100 to 500"
            if before < 500
            else "500 and above"
        )
        key = (row["comparison"], row["period_start"], size, row["tier"])
        movements.setdefault(key, []).append(row)
    found = consumer.rows("select * from account_sizes")
    cells = {(r["comparison"], r["period_start"], r["size_at_start"], r["tier"]): r for r in found}
    assert cells.keys() == movements.keys() and len(cells) == len(found)
    assert any(row["large_account_expansion"] and row["large_accounts"] for row in found)
    for key, rows in movements.items():
        cell, pairs = cells[key], [(row["starting_amount"], row["ending_amount"]) for row in rows]
        expansion = sum(after - before for before, after in pairs if 500 <= before < after)
        start = sum(before for before, _ in pairs)
        assert cell["large_account_expansion"] == expansion
        assert cell["large_accounts"] == sum(min(pair) >= 500 for pair in pairs)
        assert cell["lost_accounts"] == sum(not after for _, after in pairs)
        assert cell["largest_account"] == max(after for _, after in pairs)
        kept = sum(after for before, after in pairs if before)
        for name, upper in (("large_account_expansion_rate", expansion), ("net_expansion_rate", kept)):
            assert cell[name] == (pytest.approx(float(upper) / float(start)) if start else None)


def test_consumer_metrics_over_several_periods(consumer: Built) -> None:
    """Every value again from the cohorts, period by period."""
    sums: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in consumer.rows(
        "select comparison, period_start, tier, sum(existing_revenue) as existing, sum(starting_revenue) as"
        " starting, sum(new_revenue) as new from rollforward__revenue_cohorts where book = 'account_mrr'"
        " and is_complete group by all"
    ):
        sums[row["comparison"], row["period_start"], row["tier"]] = row
    observed = {key[:2] for key in sums}
    found = consumer.rows("select * from account_trend")
    assert any(row["net_expansion_rate_smoothed"] for row in found)
    for row in found:
        months = 3 if row["comparison"] == "quarter_over_quarter" else 1
        index = row["period_start"].year * 12 + row["period_start"].month - 1
        starts = [
            date((index - back * months) // 12, (index - back * months) % 12 + 1, 1) for back in range(3)
        ]
        parts = [sums.get((row["comparison"], start, row["tier"])) for start in starts]
        if not all((row["comparison"], start) in observed for start in starts):
            assert row["net_expansion_rate_smoothed"] is None and row["usual_new_revenue"] is None
            continue
        starting = sum(part["starting"] for part in parts if part)
        existing = sum(part["existing"] for part in parts if part)
        new = sum(part["new"] for part in parts if part)
        assert row["net_expansion_rate_smoothed_numerator"] == existing
        assert row["net_expansion_rate_smoothed"] == (
            pytest.approx(float(existing) / float(starting)) if starting else None
        )
        assert row["usual_new_revenue"] == pytest.approx(float(new) / 3)


def test_nothing_of_the_demo_is_in_the_consumer(consumer: Built) -> None:
    shown = yaml.safe_load((REPO / "metrics" / "demo_views.yml").read_text())["views"]
    names = {view["name"] for view in shown} | {file.stem for file in (REPO / "seeds").glob("*.csv")}
    relations = {
        row["name"] for row in consumer.rows("select table_name as name from information_schema.tables")
    }
    assert not names & relations
    assert not {name for name in consumer.statuses if "demo" in name}
    books = {row["book"] for row in consumer.rows("select distinct book from rollforward__revenue_cohorts")}
    assert books == {"workspace_mrr", "account_mrr", "usage"}


def test_demo_cells_equal_the_oracle(demo: Built) -> None:
    subscriptions = seed_rows(REPO / "seeds" / "demo_subscriptions.csv")
    orders = seed_rows(REPO / "seeds" / "demo_orders.csv")
    rows = {"recurring_revenue": subscriptions, "product_revenue": subscriptions, "orders": orders}
    check(demo, settings_of(REPO / "vars.yml"), rows)


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_demo_report_closes_its_bridge(demo: Built, encoding: str) -> None:
    environment = {**os.environ, "ROLLFORWARD_DEMO_DB": str(demo.database), "PYTHONIOENCODING": encoding}
    shown = subprocess.run(
        [sys.executable, str(REPO / "demo" / "report.py")], env=environment, capture_output=True, check=False
    )
    text = shown.stdout.decode(encoding)
    assert shown.returncode == 0, shown.stderr
    assert text.count("closes") == 2
    assert all(len(line) <= 100 for line in text.splitlines())


def test_without_books_the_package_is_off(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    project.write("models/one.sql", "select 1 as one\n")
    built = project.dbt("build")
    assert built.success, built.messages
    assert set(built.statuses) == {"one"}
