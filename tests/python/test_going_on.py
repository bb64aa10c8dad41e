"""A build that goes on from the one before gives what a build from nothing gives."""

import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import strategies
from conftest import Built, Project
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
        return row["revenue"]


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


def test_a_build_that_stopped_half_way_is_made_good(book: Book) -> None:
    """Whatever was built of a build that failed, the next one gives the right numbers."""
    book.ending_revenue(book.run())
    for number, left_out in enumerate(
        ["int_rollforward__cohort_changes+", "int_rollforward__combined_runs+"]
    ):
        book.rows[number] = subscription(f"c{number}", 200)
        assert book.run("--exclude", left_out).success
        book.rows[number + 5] = subscription(f"c{number + 5}", 300)
        book.ending_revenue(book.run())


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
