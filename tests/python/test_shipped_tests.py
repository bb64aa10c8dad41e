"""The dbt tests that ship with the package pass on every build, and fail when something is broken."""

import re
import shutil
from pathlib import Path

import duckdb
import pytest
import yaml
from conftest import REPO, Built, Project

MARTS = REPO / "models" / "marts"
SHIPPED = REPO / "tests" / "dbt"

ROWS = [
    {"customer": "a", "plan": "pro", "mrr": "100", "since": "2026-01-05", "until": "2026-04-10"},
    {"customer": "a", "plan": "pro", "mrr": "150", "since": "2026-04-10", "until": None},
    {"customer": "b", "plan": "basic", "mrr": "60", "since": "2026-01-20", "until": "2026-05-02"},
    {"customer": "c", "plan": "basic", "mrr": "80", "since": "2026-02-03", "until": None},
    {"customer": "d", "plan": None, "mrr": "70", "since": "2026-05-30", "until": None},
]
COLUMNS = {
    "customer": "varchar",
    "plan": "varchar",
    "mrr": "decimal(18, 2)",
    "since": "date",
    "until": "date",
}
# The books, and their rows: `ended` are subscriptions of which none is in force any more.
BOOKS = {"mrr": ROWS, "ended": [row for row in ROWS if row["until"]]}
SETTINGS = {
    "books": {
        book: {
            "relation": f"source('raw', '{book}')",
            "shape": "intervals",
            "unit": "customer",
            "amount": "mrr",
            "started_on": "since",
            "ended_on": "until",
            "attributes": ["plan"],
        }
        for book in BOOKS
    },
    "as_of_date": "2026-06-30",
}
VIEW = """
views:
  - name: mrr_retention
    description: Retention by plan.
    book: mrr
    metrics: [gross_revenue_retention, net_expansion_rate]
    comparisons: [month_over_month]
    by: [plan]
"""
# What is done to the built tables, and the tests that must notice.
DAMAGE = {
    "update rollforward__revenue_cohorts set churned_revenue = churned_revenue + 1"
    " where churned_revenue > 0": {
        "rollforward_adds_up_rollforward__revenue_cohorts_starting_revenue",
        "revenue_bridge_closes",
    },
    "update rollforward__revenue_cohorts set retained_customers = retained_customers - 1,"
    " unchanged_customers = unchanged_customers - 1, churned_customers = churned_customers + 1,"
    " new_customers = new_customers + 1 where unchanged_customers > 0": {"ledger_adds_up_to_cohorts"},
    "update rollforward__revenue_cohorts set contracted_customers = contracted_customers + 1,"
    " unchanged_customers = unchanged_customers - 1 where unchanged_customers > 0": {
        "ledger_adds_up_to_cohorts"
    },
    "update rollforward__revenue_cohorts set plan = case when plan = 'pro' then 'basic' else 'pro' end": {
        "ledger_adds_up_to_cohorts"
    },
    "update rollforward__revenue_cohorts set new_customers = -1 where new_customers > 0": {
        "rollforward_within_rollforward__revenue_cohorts_new_customers",
        "rollforward_adds_up_rollforward__revenue_cohorts_ending_customers",
    },
    "delete from rollforward__revenue_cohorts where comparison = 'month_over_month' and plan = 'pro'"
    " and period_end = '2026-06-30'": {
        "period_starts_where_the_compared_one_ended",
        "ledger_adds_up_to_cohorts",
    },
    "update int_rollforward__pieces set amount = amount + 5 where until_period = 30000": {
        "input_is_accounted_for",
        "ledger_adds_up_to_cohorts",
    },
    # Nothing of the book `ended` is in force any more.
    "update int_rollforward__pieces set until_period = 30000 where series_id ="
    " (select series_id from int_rollforward__series where book = 'ended')": {"input_is_accounted_for"},
    "update int_rollforward__pieces set first_piece_period = first_piece_period - 1 where is_run": {
        "units_are_new_once",
    },
    "update rollforward__revenue_cohorts set retained_revenue = retained_revenue * 3"
    " where retained_revenue > 0": {
        "rollforward_within_mrr_retention_gross_revenue_retention",
    },
    "insert into rollforward__observed_books select * from rollforward__observed_books": {
        "unique_rollforward__observed_books_book",
    },
}


def with_books(folder: Path) -> Project:
    project = Project(folder, tables=BOOKS)
    project.load_all({book: (COLUMNS, rows) for book, rows in BOOKS.items()})
    project.write("vars.yml", yaml.safe_dump({"vars": {"rollforward": SETTINGS}}))
    return project


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Built]:
    project = with_books(tmp_path_factory.mktemp("shipped") / "project")
    project.write("metrics/retention.yml", VIEW)
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("CI", raising=False)
        return project, project.dbt("build")


def test_they_pass_on_what_was_built(built: tuple[Project, Built]) -> None:
    _, result = built
    assert result.success, result.messages
    noticing = {name for names in DAMAGE.values() for name in names}
    passed = {name for name, status in result.statuses.items() if status == "pass"}
    assert {name for name in noticing if not any(test.startswith(name) for test in passed)} == set()


@pytest.mark.parametrize("damage", DAMAGE)
def test_they_notice_what_is_broken(built: tuple[Project, Built], tmp_path: Path, damage: str) -> None:
    project, _ = built
    shutil.copy(project.database, tmp_path / "whole.duckdb")
    try:
        with duckdb.connect(str(project.database)) as connection:
            assert connection.execute(damage).fetchall() != [(0,)], "something is damaged"
        asked = [f"{name}*" for name in DAMAGE[damage]]
        result = project.dbt("test", "--select", *asked, "--target-path", str(tmp_path / "target"))
    finally:
        shutil.copy(tmp_path / "whole.duckdb", project.database)
    assert set(result.statuses.values()) == {"fail"}
    assert len(result.statuses) == len(asked)


def test_the_ledger_is_held_against_every_measure() -> None:
    [cohorts] = yaml.safe_load((MARTS / "rollforward__revenue_cohorts.yml").read_text())["models"]
    columns = {column["name"]: column.get("config", {}).get("meta", {}) for column in cohorts["columns"]}
    listed = re.findall(r"^    '(\w+)': \(", (SHIPPED / "ledger_adds_up_to_cohorts.sql").read_text(), re.M)
    assert set(listed) == {name for name, meta in columns.items() if "measure" in meta}


def test_an_edited_definition_changes_the_view(tmp_path: Path) -> None:
    """Edit the YAML, run `dbt build`: the view has changed."""
    project = with_books(tmp_path / "project")
    metric = """
metrics:
  - name: loss_rate
    label: Loss rate
    description: What was lost.
    type: derived
    expr: {expr}
views:
  - name: losses
    description: Losses.
    book: mrr
    metrics: [loss_rate]
    comparisons: [month_over_month]
"""
    rates = []
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("CI", raising=False)
        for expr in ("churned_revenue / starting_revenue", "churned_revenue / ending_revenue"):
            project.write("metrics/losses.yml", metric.format(expr=expr))
            result = project.dbt("build", "--select", "+losses")
            assert result.success, result.messages
            rates += result.rows("select loss_rate from losses where period_end = '2026-05-31'")
    # May: 290 at the start, b leaves with 60, d joins with 70.
    assert [row["loss_rate"] for row in rates] == [pytest.approx(60 / 290), pytest.approx(60 / 300)]


@pytest.mark.parametrize(
    ("days", "status"),
    [
        ({"2026-01-31": 4, "2026-02-28": 3, "2026-03-31": 2}, "pass"),
        ({"2026-01-15": 4, "2026-01-31": 4, "2026-02-10": 1, "2026-02-28": 2}, "pass"),
        ({"2026-01-31": 4, "2026-02-27": 4, "2026-02-28": 1}, "warn"),
        ({"2026-01-31": 4, "2026-03-31": 4}, "warn"),
    ],
    ids=["fewer", "a short day within a month", "a straggler", "a month without"],
)
def test_snapshots_that_look_cut_short_are_a_warning(
    days: dict[str, int], status: str, tmp_path: Path
) -> None:
    project = Project(tmp_path / "project", tables=["snapshots"])
    rows = [
        {"account": f"account {number}", "mrr": "10", "day": day}
        for day, count in days.items()
        for number in range(count)
    ]
    project.load("snapshots", {"account": "varchar", "mrr": "decimal(18, 2)", "day": "date"}, rows)
    book = {
        "relation": "source('raw', 'snapshots')",
        "shape": "snapshots",
        "unit": "account",
        "amount": "mrr",
        "snapshot_on": "day",
    }
    built = project.dbt("build", settings={"books": {"mrr": book}, "as_of_date": "2026-06-30"})
    assert built.success, built.messages
    assert built.statuses["snapshots_are_whole"] == status


@pytest.mark.parametrize(
    ("months", "as_of", "status"),
    [
        ({1: 20, 2: 21, 3: 19}, "2026-03-31", "pass"),
        ({1: 20, 2: 21, 3: 19, 4: 1}, "2026-04-10", "pass"),
        ({1: 20, 2: 21}, "2026-03-31", "warn"),
        ({1: 20, 2: 21, 4: 1}, None, "warn"),
        ({1: 1, 2: 21, 3: 20}, "2026-03-31", "warn"),
        ({1: 20, 2: 21, 3: 2}, "2026-03-31", "warn"),
        ({1: 3, 2: 20, 3: 200}, "2026-03-31", "pass"),
    ],
    ids=["even", "begun", "not loaded", "one stray day", "begins late", "cut short", "growing"],
)
def test_payments_that_look_cut_short_are_a_warning(
    months: dict[int, int], as_of: str | None, status: str, tmp_path: Path
) -> None:
    project = Project(tmp_path / "project", tables=["payments"])
    rows = [
        {"account": f"account {number}", "paid": "10", "day": f"2026-{month:02}-05"}
        for month, count in months.items()
        for number in range(count)
    ]
    project.load("payments", {"account": "varchar", "paid": "decimal(18, 2)", "day": "date"}, rows)
    book = {
        "relation": "source('raw', 'payments')",
        "shape": "payments",
        "unit": "account",
        "amount": "paid",
        "occurred_on": "day",
    }
    known = {} if as_of is None else {"as_of_date": as_of}
    built = project.dbt("build", settings={"books": {"sales": book}, **known})
    assert built.success, built.messages
    assert built.statuses["payments_are_whole"] == status
