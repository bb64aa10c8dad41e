"""A build that goes on from the one before gives what a build from nothing gives."""

import ast
import random
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import strategies
from conftest import REPO, Built, Project
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from test_build_against_oracle import build, check

Rows = dict[str, list[dict[str, Any]]]


def edited(rows: Rows, by: random.Random) -> Rows:
    """The rows after a while: some gone, some restated, some late, some of units never seen before."""
    after: Rows = {}
    for book, given_rows in rows.items():
        kept = [dict(row) for row in given_rows if by.random() > 0.1]
        for row in kept:
            other = by.choice(given_rows)
            for column in by.sample(sorted(row), k=1 if by.random() < 0.2 else 0):
                row[column] = other[column]
        again = [dict(by.choice(given_rows)) for _ in range(by.randint(0, 3)) if given_rows]
        for row in again:
            row |= {
                "customer_id": by.choice(["newcomer", row["customer_id"]]),
                "plan": by.choice(["aaa", "zzz"]),
            }
        after[book] = kept + again if by.random() > 0.1 else given_rows
    return after


def moved(day: str | None, by: random.Random) -> str | None:
    """Another day to build as of, some weeks earlier or later."""
    return day and str(date.fromisoformat(str(day)) + timedelta(days=by.choice([0, 0, 31, 40, -40])))


def has_gone_on(built: Built) -> bool:
    """Whether the build went on from the one before: it could, and left what did not change as it was."""
    (row,) = built.rows(
        "select count(previous_build) as builds_before,"
        " (select count(*) from int_rollforward__pieces where build < this_build.build) as old_pieces,"
        " (select count(distinct unit_id) from int_rollforward__pieces) as units,"
        " (select count(distinct unit_id) from int_rollforward__piece_changes where direction >= 0)"
        " as changed_units from int_rollforward__build as this_build group by build"
    )
    return bool(row["builds_before"]) and bool(row["old_pieces"] or row["units"] == row["changed_units"])


def nulls(built: Built) -> list[str]:
    """Columns in which a kept table says nothing: such rows are equal to no other, and none would go."""
    columns = built.rows(
        "select table_name as kept, column_name as name from information_schema.columns"
        " where table_name in"
        " ('int_rollforward__pieces', 'int_rollforward__units', 'int_rollforward__combined_runs')"
    )
    assert len(columns) > 20
    return [
        f"{column['kept']}.{column['name']}"
        for column in columns
        if built.rows(f"select 1 from {column['kept']} where {column['name']} is null limit 1")
    ]


@settings(
    max_examples=3,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
@given(drawn=strategies.many_books(a_shape=2), seed=st.integers(0, 10**9))
def test_going_on_equals_the_oracle(project: Project, drawn: Any, seed: int) -> None:
    given_settings, rows = drawn
    by = random.Random(seed)
    build(project, given_settings, rows, rebuild_above_percent=100)
    for _ in range(2):
        rows = edited(rows, by)
        given_settings = replace(given_settings, as_of_date=moved(given_settings.as_of_date, by))
        built = build(project, given_settings, rows, rebuild_above_percent=100)
        assert has_gone_on(built)
        assert not nulls(built)
        check(built, given_settings, rows)


COLUMNS = {"customer": "text", "plan": "text", "mrr": "decimal(18, 2)", "since": "date", "until": "date"}
BOOK = {
    "relation": "source('raw', 'src_1')",
    "shape": "intervals",
    "unit": "customer",
    "amount": "mrr",
    "started_on": "since",
    "ended_on": "until",
    "attributes": ["plan"],
}
VARS = {"books": {"mrr": BOOK}, "as_of_date": "2026-06-30"}


def subscription(customer: str, mrr: int, until: str | None = None, plan: str = "basic") -> dict[str, Any]:
    return {"customer": customer, "plan": plan, "mrr": mrr, "since": "2025-11-15", "until": until}


class Book:
    """Twenty customers in a project of their own, and what June says of them."""

    def __init__(self, project: Project):
        self.project = project
        self.rows = [subscription(f"c{number}", 10 + number) for number in range(20)]

    def run(self, *arguments: str, **more: Any) -> Built:
        self.project.load("src_1", COLUMNS, self.rows)
        return self.project.dbt("run", *arguments, settings={**VARS, **more})

    def ending_revenue(self, built: Built) -> Any:
        (row,) = built.rows(
            "select sum(ending_revenue) as revenue from rollforward__revenue_cohorts"
            " where comparison = 'month_over_month' and period_end = '2026-06-30'"
        )
        assert row["revenue"] == sum(row["mrr"] for row in self.rows if row["until"] is None)
        self.check_ledger(built)
        return row["revenue"]

    def check_ledger(self, built: Built) -> None:
        """Everyone is in the ledger, which spells out the numbers of units."""
        ledger = built.rows(
            "select unit, ending_amount from rollforward__customer_movements"
            " where comparison = 'month_over_month' and period_end = '2026-06-30' and ending_amount > 0"
        )
        there = {row["customer"]: row["mrr"] for row in self.rows if row["until"] is None}
        assert {row["unit"]: row["ending_amount"] for row in ledger} == there


@pytest.fixture(scope="module")
def project_of_one_book(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(tmp_path_factory.mktemp("going_on") / "project")


@pytest.fixture
def book(project_of_one_book: Project) -> Book:
    return Book(project_of_one_book)


def test_only_changed_units_are_followed_anew(book: Book) -> None:
    book.ending_revenue(book.run())
    book.rows[3] = subscription("c3", 99)
    book.rows[7] = subscription("c7", 17, until="2026-05-20")
    built = book.run()
    book.ending_revenue(built)
    changed = (
        "select distinct unit from int_rollforward__piece_changes"
        " join int_rollforward__units using (unit_id) order by unit"
    )
    assert [row["unit"] for row in built.rows(changed)] == ["c3", "c7"]
    # The same again changes nothing; more than the percentage, and everything is built anew.
    assert not book.run().rows(changed)
    del book.rows[:7]
    built = book.run()
    book.ending_revenue(built)
    assert not has_gone_on(built)


def test_a_model_built_again_by_itself_counts_nothing_twice(book: Book) -> None:
    book.run()
    book.rows[2] = subscription("c2", 500)
    book.ending_revenue(book.run())
    for again in (
        "int_rollforward__cohort_changes+",
        "int_rollforward__pieces+",
        "int_rollforward__input_totals+",
    ):
        book.ending_revenue(book.run("--select", again))


def test_a_model_built_by_itself_over_newer_rows_leaves_no_trace(book: Book) -> None:
    """Tables of one build belong together: what has been built stays until the next build."""
    book.ending_revenue(book.run("--full-refresh"))
    book.rows[4] = subscription("c4", 700, plan="another")
    kept_changes = ("piece_changes", "pieces", "unit_changes", "run_changes", "combined_runs")
    for alone in ("input_totals", "units", "given_sets", *kept_changes):
        assert book.run("--select", f"int_rollforward__{alone}").success
    built = book.run()
    book.ending_revenue(built)
    (row,) = built.rows(
        "select sum(ending_revenue) as revenue from rollforward__revenue_cohorts"
        " where comparison = 'month_over_month' and period_end = '2026-06-30' and plan = 'another'"
    )
    assert row["revenue"] == 700


FAILS = "{% if env_var('FAILS', '') == this.name %}select error('lost'){% else %}select 1{% endif %}"
BUILDING = (REPO / "macros" / "building" / "build.sql").read_text()
KEPT = ast.literal_eval(
    BUILDING.split("{% macro kept_tables() %}", 1)[1].split("return(", 1)[1].split(")", 1)[0]
)


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """A book in a project in which the model that the environment names fails."""
    hooks = {"rollforward": {"intermediate": {"+pre-hook": FAILS}}}
    return Book(Project(tmp_path_factory.mktemp("failing") / "project", models=hooks))


@pytest.mark.parametrize("after", ["run", "retry"])
@pytest.mark.parametrize("model", KEPT)
def test_a_build_that_failed_is_made_good(
    failing: Book, model: str, after: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever was built before a model failed, the next run or `dbt retry` gives the right numbers."""
    failing.ending_revenue(failing.run("--full-refresh"))
    failing.rows.append(subscription(f"new {len(failing.rows)}", 200))
    monkeypatch.setenv("FAILS", model)
    assert not failing.run().success
    monkeypatch.delenv("FAILS")
    failing.ending_revenue(failing.run() if after == "run" else failing.project.dbt("retry"))
    failing.rows.append(subscription(f"new {len(failing.rows)}", 300))
    failing.ending_revenue(failing.run())


def test_rows_that_are_away_for_a_moment_come_back(failing: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when a table is emptied and loaded again while dbt runs."""
    failing.ending_revenue(failing.run("--full-refresh"))
    failing.rows[3] = subscription("c3", 77)
    monkeypatch.setenv("FAILS", "int_rollforward__unit_changes")
    assert not failing.run().success
    monkeypatch.delenv("FAILS")
    failing.project.load("src_1", COLUMNS, [])
    emptied = failing.project.dbt("retry")
    assert not emptied.success
    assert "rows of 1 units went away while dbt ran: build again when the relations" in emptied.messages
    failing.ending_revenue(failing.run())
    assert has_gone_on(failing.run())


@pytest.mark.parametrize("refresh", [(), ("--full-refresh",)], ids=["going on", "from nothing"])
@pytest.mark.parametrize("left_out", ["units", "unit_changes", "unit_changes+"])
def test_names_that_a_build_left_out_come_back(book: Book, left_out: str, refresh: tuple[str, ...]) -> None:
    """Only the ledger needs names, so that nothing else tells that they are missing."""
    book.ending_revenue(book.run("--full-refresh"))
    book.rows.append(subscription("zoe", 500))
    assert book.run("--exclude", f"int_rollforward__{left_out}", *refresh).success
    book.ending_revenue(book.run())


@pytest.mark.parametrize(
    "alone",
    [
        ("int_rollforward__build", "int_rollforward__cohort_changes"),
        ("int_rollforward__build",),
        ("int_rollforward__build", "int_rollforward__run_changes+"),
    ],
)
def test_a_new_number_beside_old_changes_counts_nothing_twice(book: Book, alone: tuple[str, ...]) -> None:
    book.ending_revenue(book.run("--full-refresh"))
    book.rows.append(subscription("zoe", 500))
    book.ending_revenue(book.run())
    for model in alone:
        assert book.run("--select", model).success
    book.ending_revenue(book.run())
    book.rows.append(subscription("yan", 70))
    book.ending_revenue(book.run())


def test_a_share_that_is_set_afterwards_changes_no_build_that_was(book: Book) -> None:
    book.ending_revenue(book.run("--full-refresh"))
    book.rows[:10] = [subscription(f"c{number}", 15 + number) for number in range(10)]
    book.ending_revenue(book.run())
    for alone in ("pieces", "units", "combined_runs"):
        assert book.run("--select", f"int_rollforward__{alone}", rebuild_above_percent=100).success
    book.ending_revenue(book.run(rebuild_above_percent=100))


@pytest.mark.parametrize("table", ["units", "pieces", "combined_runs"])
def test_a_kept_table_that_was_dropped_is_not_built_alone(book: Book, table: str) -> None:
    """What it held before is gone; a build of everything starts from nothing."""
    book.ending_revenue(book.run("--full-refresh"))
    book.rows.append(subscription("zoe", 500))
    book.ending_revenue(book.run())
    book.project.execute(f"drop table int_rollforward__{table}")
    alone = book.run("--select", f"int_rollforward__{table}")
    assert not alone.success
    assert "is missing, and so is what it held before: build the whole package again" in alone.messages
    built = book.run()
    book.ending_revenue(built)
    assert not has_gone_on(built)


def test_plain_tables_hold_everything_too(tmp_path: Path) -> None:
    """Whoever asks for dbt's own materialization gets all rows, and not what changed alone."""
    project = Project(tmp_path / "project", models={"rollforward": {"+materialized": "table"}})
    book = Book(project)
    book.ending_revenue(book.run())
    for name, mrr in (("zoe", 500), ("yan", 70)):
        book.rows.append(subscription(name, mrr))
        built = book.run(rebuild_above_percent=100)
        book.ending_revenue(built)
        assert has_gone_on(built)


def test_a_build_without_rows_is_none_to_go_on_from(book: Book) -> None:
    """`dbt run --empty` reads no row of any relation, its own number included."""
    book.ending_revenue(book.run("--full-refresh"))
    assert book.run("--empty").success
    book.ending_revenue(book.run())


def test_other_settings_build_everything(book: Book) -> None:
    """A new attribute, another comparison, a refresh asked for: nothing is left of the build before."""
    book.run()
    for more in (
        {"books": {"mrr": {**BOOK, "attributes": ["plan", "customer"]}}},
        {"comparisons": {"half_year": {"grain": "month", "lookback": 6}}},
    ):
        built = book.run(**more)
        book.ending_revenue(built)
        assert not has_gone_on(built)
    assert has_gone_on(book.run(**more))
    assert not has_gone_on(book.run("--full-refresh", **more))
