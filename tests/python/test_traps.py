"""Answers that are easy to get wrong: for each the tiny table, the query many would write, and what is true.

The table stands above the tests that use it, and all are books of one build. Amounts are such that the
easy answer and the true one differ.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from conftest import Project
from tiny_tables import METRICS, Answers, Table, build, dated, intervals, snapshots

TABLES: dict[str, Table] = {}
JAN, FEB, MAR, APR = "2025-01-31", "2025-02-28", "2025-03-31", "2025-04-30"


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answers]:
    """Every table as a book, observed through the last date it has."""
    project = Project(tmp_path_factory.mktemp("traps") / "project", tables=TABLES)
    yield build(project, TABLES)
    project.remove()


@pytest.fixture(scope="module")
def answers_as_of_may(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answers]:
    """Some of the books, as of 31 May 2025."""
    tables = {name: TABLES[name] for name in ("growing", "changing_plans", "open_ended", "booked_ahead")}
    project = Project(tmp_path_factory.mktemp("traps_as_of") / "project", tables=tables)
    yield build(project, tables, as_of_date="2025-05-31")
    project.remove()


# --- who is in the ratio --------------------------------------------------------------------------

TABLES["growing"] = snapshots([JAN, FEB], acme=(100, 80), bolt=(100, None), cora=(None, 150))
THEN_AND_NOW = """
    (select * from raw.{0} where snapshot_on = '2025-01-31') as before
    {1} join (select * from raw.{0} where snapshot_on = '2025-02-28') as after
"""


def test_new_customers_do_not_leak_into_net_expansion(answers: Answers) -> None:
    """Total now over total then counts whoever joined."""
    naive = answers.naive(
        "select sum(amount) filter (where snapshot_on = '2025-02-28')"
        " / sum(amount) filter (where snapshot_on = '2025-01-31') from raw.growing"
    )
    assert naive == 1.15
    assert answers.total("growing", "2025-02-01")["net_expansion_rate"] == 0.4


def test_churned_customers_are_not_lost_in_a_join(answers: Answers) -> None:
    naive = answers.naive(
        "select sum(after.amount) / sum(before.amount) from"
        + THEN_AND_NOW.format("growing", "inner")
        + "using (customer_id)"
    )
    assert naive == 0.8
    assert answers.total("growing", "2025-02-01")["net_expansion_rate"] == 0.4


def test_least_that_skips_nulls_does_not_retain_the_churned(answers: Answers) -> None:
    """`least(100, null)` is 100 in some engines: the churned count as fully retained."""
    naive = answers.naive(
        "select sum(least(before.amount, after.amount)) / sum(before.amount) from"
        + THEN_AND_NOW.format("growing", "left")
        + "using (customer_id)"
    )
    assert naive == 0.9
    assert answers.total("growing", "2025-02-01")["gross_revenue_retention"] == 0.4


def test_counts_are_not_divided_as_integers(answers: Answers) -> None:
    naive = answers.naive(
        # Written `/` in engines where whole numbers divide to a whole number.
        "select count(after.customer_id) // count(*) from"
        + THEN_AND_NOW.format("growing", "left")
        + "using (customer_id)"
    )
    assert naive == 0
    row = answers.total("growing", "2025-02-01")
    assert (row["customer_retention_rate"], row["customer_churn_rate"]) == (0.5, 0.5)


TABLES["up_and_down"] = snapshots([JAN, FEB], acme=(100, 150), bolt=(100, 60))


def test_gross_retention_is_capped_customer_by_customer(answers: Answers) -> None:
    """The smaller of two totals lets one customer's expansion pay for another's loss."""
    naive = answers.naive(
        "select least(sum(after.amount), sum(before.amount)) / sum(before.amount) from"
        + THEN_AND_NOW.format("up_and_down", "inner")
        + "using (customer_id)"
    )
    assert naive == 1
    assert answers.total("up_and_down", "2025-02-01")["gross_revenue_retention"] == 0.8


# --- slices ---------------------------------------------------------------------------------------

TABLES["changing_plans"] = snapshots(
    [JAN, FEB, MAR],
    acme=((100, "basic"), (300, "pro"), (300, "basic")),
    bolt=((100, "basic"), (50, "basic"), (50, "pro")),
    cora=((300, "pro"), (300, "pro"), (300, "pro")),
)
RATE_BY_PLAN = "sum(after.amount) / sum(before.amount) from" + THEN_AND_NOW.format("changing_plans", "left")


def rates_by_plan(answers: Answers) -> dict[str | None, float]:
    slices = answers.slices("changing_plans", "2025-02-01")
    return {plan: row["net_expansion_rate"] for plan, row in slices.items()}


def test_slices_are_by_the_plan_at_the_start_not_at_the_end(answers: Answers) -> None:
    """By the plan at the end, upgrading makes the plan upgraded to look as if it expanded."""
    naive = answers.naive(f"select after.plan, {RATE_BY_PLAN} using (customer_id) group by 1")
    assert dict(naive) == {"basic": 0.5, "pro": 1.5}
    assert rates_by_plan(answers) == {"basic": 1.75, "pro": 1}


def test_slices_are_by_the_plan_at_the_start_not_by_todays(answers: Answers) -> None:
    naive = answers.naive(
        f"select today.plan, {RATE_BY_PLAN} using (customer_id)"
        " inner join (select * from raw.changing_plans where snapshot_on = '2025-03-31') as today"
        " using (customer_id) group by 1"
    )
    assert dict(naive) == {"basic": 3, "pro": 0.875}
    assert rates_by_plan(answers) == {"basic": 1.75, "pro": 1}


def test_the_same_plan_is_not_demanded_on_both_sides(answers: Answers) -> None:
    """Whoever moved plan would count as gone, and the slices would not add up to the total."""
    naive = answers.naive(f"select before.plan, {RATE_BY_PLAN} using (customer_id, plan) group by 1")
    assert dict(naive) == {"basic": 0.25, "pro": 1}
    assert answers.naive(f"select {RATE_BY_PLAN} using (customer_id, plan)") == 0.7
    assert rates_by_plan(answers) == {"basic": 1.75, "pro": 1}
    assert answers.total("changing_plans", "2025-02-01")["net_expansion_rate"] == 1.3


TABLES["plan_move"] = snapshots([JAN, FEB], acme=((100, "basic"), (100, "pro")))


def test_a_plan_move_is_not_churn_plus_new(answers: Answers) -> None:
    naive = answers.naive(
        "select count(*) filter (where after.customer_id is null),"
        " count(*) filter (where before.customer_id is null) from"
        + THEN_AND_NOW.format("plan_move", "full")
        + "using (customer_id, plan)"
    )
    assert naive == [(1, 1)]
    assert answers.movements("plan_move", "2025-02-01") == {"acme": "unchanged"}
    assert {
        plan: (row["starting_revenue"], row["existing_revenue"])
        for plan, row in answers.slices("plan_move", "2025-02-01").items()
    } == {"basic": (100, 100)}


TABLES["without_plan"] = snapshots([JAN, FEB], acme=(100, 50), bolt=((100, "basic"), (100, "basic")))


def test_a_null_attribute_is_a_group_of_its_own(answers: Answers) -> None:
    """Null equals nothing, so a join over the plan drops it."""
    naive = answers.naive(
        "select before.plan, count(*) from"
        + THEN_AND_NOW.format("without_plan", "inner")
        + "using (customer_id, plan) group by 1"
    )
    assert naive == [("basic", 1)]
    slices = answers.slices("without_plan", "2025-02-01")
    assert {plan: row["net_expansion_rate"] for plan, row in slices.items()} == {None: 0.5, "basic": 1}
    total = answers.total("without_plan", "2025-02-01")
    assert sum(row["starting_revenue"] for row in slices.values()) == total["starting_revenue"] == 200


TABLES["two_subscriptions"] = snapshots(
    [JAN, FEB],
    acme=([(50, "pro"), (50, "basic")], [(50, "pro"), (50, "basic")]),
    bolt=([(30, "basic"), (70, "pro")], [(30, "basic"), (70, "pro")]),
    cora=([(40, "pro"), (40, None), (30, "basic"), (20, "basic")], 100),
)


def test_a_customer_with_several_plans_is_in_one_slice(answers: Answers) -> None:
    """The one with most of its amount; of equal ones the smallest."""
    naive = answers.naive(
        "select plan, count(distinct customer_id) from raw.two_subscriptions"
        " where snapshot_on = '2025-01-31' group by 1 order by 1 nulls last"
    )
    assert naive == [("basic", 3), ("pro", 3), (None, 1)]
    slices = answers.slices("two_subscriptions", "2025-02-01")
    assert {plan: (row["starting_customers"], row["starting_revenue"]) for plan, row in slices.items()} == {
        "basic": (2, 230),  # acme by the alphabet, cora because 30 + 20 is more than 40
        "pro": (1, 100),
    }


# --- windows --------------------------------------------------------------------------------------

TABLES["a_quarter"] = snapshots(
    ["2024-12-31", JAN, FEB, MAR],
    acme=(100, 200, 100, 100),
    bolt=(100, 100, 100, 50),
    cora=(None, 100, 300, 300),
)
MONTHLY = """
    (
        select before.snapshot_on, sum(after.amount) as existing, sum(before.amount) as starting
        from raw.a_quarter as before
        inner join raw.a_quarter as after
            on before.customer_id = after.customer_id
            and last_day(before.snapshot_on + interval 1 day) = after.snapshot_on
        group by 1
    )
"""


def test_a_longer_window_is_not_a_mean_of_monthly_rates(answers: Answers) -> None:
    assert answers.naive(f"select round(avg(existing / starting), 4) from {MONTHLY}") == 1.2167
    row = answers.total("a_quarter", "2025-01-01", "quarter_over_quarter")
    assert row["net_expansion_rate"] == 0.75


def test_a_quarter_is_not_months_added_up(answers: Answers) -> None:
    """Adding up the monthly numerators and denominators lets who joined within the quarter in."""
    assert answers.naive(f"select round(sum(existing) / sum(starting), 4) from {MONTHLY}") == 1.1364
    assert answers.total("a_quarter", "2025-01-01", "quarter_over_quarter")["net_expansion_rate"] == 0.75
    assert answers.total("a_quarter", "2025-03-01", "three_months")["net_expansion_rate"] == 0.75


TABLES["up_then_down"] = snapshots([JAN, FEB, MAR], acme=(100, 150, 120))


def test_net_change_adds_up_over_periods_but_movements_do_not(answers: Answers) -> None:
    months = [answers.total("up_then_down", period) for period in ("2025-02-01", "2025-03-01")]
    whole = answers.total("up_then_down", "2025-03-01", "two_months")
    assert sum(month["net_new_revenue"] for month in months) == whole["net_new_revenue"] == 20
    assert sum(month["expansion_revenue"] for month in months) == 50 != whole["expansion_revenue"] == 20
    assert sum(month["contraction_revenue"] for month in months) == 30 != whole["contraction_revenue"] == 0


TABLES["two_years"] = snapshots(
    ["2023-12-31", "2024-12-31"], acme=(100, 120), bolt=(50, None), cora=(None, 1)
)
TABLES["two_years_as_intervals"] = intervals(
    ("acme", 100, "2023-12-01", "2024-06-01"),
    ("acme", 120, "2024-06-01", None),
    ("bolt", 50, "2023-12-01", "2024-03-01"),
    ("cora", 1, "2024-12-31", None),
)
TABLES["two_years_as_movements"] = dated(
    "movements",
    *(("acme", 100, "2023-12-01"), ("acme", 20, "2024-06-01")),
    *(("bolt", 50, "2023-12-01"), ("bolt", -50, "2024-03-01")),
    ("cora", 1, "2024-12-31"),
)


@pytest.mark.parametrize("book", ["two_years", "two_years_as_intervals", "two_years_as_movements"])
@pytest.mark.parametrize(
    ("comparison", "period"),
    [
        ("trailing_12_months", "2024-12-01"),
        ("same_month_last_year", "2024-12-01"),
        ("four_quarters", "2024-10-01"),
        ("year_over_year", "2024-01-01"),
    ],
)
def test_comparisons_that_look_as_far_back_do_not_double_each_other(
    answers: Answers, book: str, comparison: str, period: str
) -> None:
    row = answers.total(book, period, comparison)
    assert (row["starting_revenue"], row["existing_revenue"], row["new_revenue"]) == (150, 120, 1)
    assert (row["starting_customers"], row["churned_customers"], row["new_customers"]) == (2, 1, 1)
    assert row["net_expansion_rate"] == 0.8
    assert answers.movements(book, period, comparison) == {
        "acme": "expansion",
        "bolt": "churn",
        "cora": "new",
    }


# --- movements ------------------------------------------------------------------------------------

TABLES["going"] = snapshots([JAN, FEB], acme=(100, 0), bolt=(100, 60), cora=(100, None))


def test_churn_is_not_taken_for_contraction(answers: Answers) -> None:
    """Where smaller is asked before gone, nothing is ever gone."""
    naive = answers.naive(
        "select before.customer_id, case"
        " when coalesce(after.amount, 0) < before.amount then 'contraction'"
        " when coalesce(after.amount, 0) = 0 then 'churn' end from"
        + THEN_AND_NOW.format("going", "left")
        + "using (customer_id)"
    )
    assert dict(naive) == dict.fromkeys(("acme", "bolt", "cora"), "contraction")
    expected = {"acme": "churn", "bolt": "contraction", "cora": "churn"}
    assert answers.movements("going", "2025-02-01") == expected
    row = answers.total("going", "2025-02-01")
    assert (row["churned_revenue"], row["contraction_revenue"]) == (200, 40)


TABLES["trial"] = snapshots([JAN, FEB, MAR, APR], acme=(0, 0, 50, 60), bolt=(10, 10, 10, 10))


def test_a_trial_is_no_customer_and_its_first_payment_is_new(answers: Answers) -> None:
    assert answers.naive("select count(*) from raw.trial where snapshot_on = '2025-02-28'") == 2
    assert answers.total("trial", "2025-02-01")["ending_customers"] == 1
    found = [answers.movements("trial", f"2025-0{month}-01").get("acme") for month in (2, 3, 4)]
    assert found == [None, "new", "expansion"]


MAY, JUN = "2025-05-31", "2025-06-30"
TABLES["credited"] = intervals(
    *(("acme", 100, "2025-01-01", "2025-05-01"), ("acme", -100, "2025-01-01", "2025-04-01")),
    ("acme", 120, "2025-05-01", "2025-07-01"),
    ("bolt", 50, "2025-01-01", "2025-07-01"),
)
TABLES["credited_snapshots"] = snapshots(
    [JAN, FEB, MAR, APR, MAY, JUN], acme=([100, -100], None, [100, -100], 100, 120, 120), bolt=(50,) * 6
)
TABLES["credited_movements"] = dated(
    "movements",
    *(("acme", 100, "2025-01-01"), ("acme", -100, "2025-01-01"), ("acme", 100, "2025-04-01")),
    *(("acme", 20, "2025-05-01"), ("bolt", 50, "2025-01-01"), ("bolt", 10, "2025-06-30")),
)
TABLES["credited_payments"] = dated(
    "payments",
    *(("acme", 100, "2025-01-01"), ("acme", -100, "2025-01-02"), ("acme", 100, "2025-04-01")),
    *(("acme", 120, "2025-05-01"), *(("bolt", 50, f"2025-0{month}-28") for month in range(1, 7))),
    ("cora", 1, "2025-06-30"),
)


@pytest.mark.parametrize("book", [name for name in TABLES if name.startswith("credited")])
def test_who_was_credited_everything_was_no_customer_yet(answers: Answers, book: str) -> None:
    """Also where what is compared is an amount that nothing was ever credited of."""
    dated_on = TABLES[book].dates[0]
    paying = f"select min({dated_on}) from raw.{book} where customer_id = 'acme' and amount > 0"
    assert answers.naive(paying).strftime("%Y-%m") == "2025-01"
    found = [answers.movements(book, f"2025-0{month}-01").get("acme") for month in (2, 3, 4, 5)]
    assert found == [None, None, "new", "expansion"]
    assert answers.movements(book, "2025-04-01", "quarter_over_quarter")["acme"] == "new"
    row = answers.total(book, "2025-04-01", "quarter_over_quarter")
    assert (row["reactivated_customers"], row["reactivation_revenue"]) == (0, 0)


TABLES["passing_through"] = intervals(
    ("acme", 100, "2025-01-01", "2025-07-01"),
    ("within a month", 10, "2025-02-05", "2025-02-20"),
    ("within a quarter", 10, "2025-05-10", "2025-06-10"),
)


def test_who_joins_and_leaves_within_a_period_is_not_seen_in_it(answers: Answers) -> None:
    """Endpoints are compared; a finer grain sees more."""
    assert "within a month" not in answers.movements("passing_through", "2025-02-01")
    assert answers.movements("passing_through", "2025-05-01")["within a quarter"] == "new"
    assert answers.movements("passing_through", "2025-06-01")["within a quarter"] == "churn"
    found = answers.movements("passing_through", "2025-04-01", "quarter_over_quarter")
    assert found == {"acme": "unchanged"}
    assert answers.problems("passing_through") == {}


TABLES["from_nothing"] = snapshots([JAN, FEB, MAR], acme=(0, 100, 0))


def test_a_denominator_of_zero_gives_null(answers: Answers) -> None:
    begins = answers.total("from_nothing", "2025-02-01")
    values = {"net_new_revenue": 100, "average_revenue_per_customer": 100}
    assert {name: begins[name] for name in METRICS} == {name: values.get(name) for name in METRICS}
    ends = answers.total("from_nothing", "2025-03-01")
    assert (ends["net_expansion_rate"], ends["quick_ratio"]) == (0, 0)
    assert ends["average_revenue_per_customer"] is None
    assert ends["survivor_net_expansion_rate"] is None


# --- calendars ------------------------------------------------------------------------------------

TABLES["month_ends"] = snapshots([JAN, FEB, MAR], acme=(100, 100, 100), bolt=(None, 10, 10))
TABLES["leap_february"] = snapshots(
    ["2024-01-31", "2024-02-29", "2024-03-31", FEB], acme=(100, 100, 100, 90), bolt=(None, 10, 10, 10)
)
TABLES["end_of_november"] = snapshots(["2024-08-31", "2024-11-30"], acme=(100, 120))


def matched(answers: Answers, table: str, day: str, interval: str) -> Any:
    """How many rows of a day find theirs by going back an interval."""
    return answers.naive(
        f"select count(*) from raw.{table} as after inner join raw.{table} as before"
        f" on before.customer_id = after.customer_id"
        f" and before.snapshot_on = after.snapshot_on - interval {interval}"
        f" where after.snapshot_on = '{day}'"
    )


def test_month_ends_are_a_month_apart(answers: Answers) -> None:
    """28 February less a month is 28 January, when there is no snapshot."""
    assert matched(answers, "month_ends", FEB, "1 month") == 0
    assert answers.movements("month_ends", "2025-02-01") == {"acme": "unchanged", "bolt": "new"}
    assert answers.movements("month_ends", "2025-03-01") == {"acme": "unchanged", "bolt": "unchanged"}


def test_a_leap_february_is_a_february(answers: Answers) -> None:
    """28 February 2025 less a year is 28 February 2024, a day before the month's end."""
    assert matched(answers, "leap_february", FEB, "1 year") == 0
    assert answers.movements("leap_february", "2024-02-01") == {"acme": "unchanged", "bolt": "new"}
    assert answers.movements("leap_february", "2024-03-01") == {"acme": "unchanged", "bolt": "unchanged"}
    row = answers.total("leap_february", "2025-02-01", "trailing_12_months")
    assert (row["starting_revenue"], row["existing_revenue"]) == (110, 100)
    assert answers.periods("leap_february")[date(2024, 2, 1)]


def test_three_months_before_november_is_august(answers: Answers) -> None:
    """30 November less three months is 30 August."""
    assert matched(answers, "end_of_november", "2024-11-30", "3 months") == 0
    row = answers.total("end_of_november", "2024-11-01", "three_months")
    assert row["net_expansion_rate"] == 1.2


# --- edges of what was observed -------------------------------------------------------------------


def test_nobody_is_new_at_the_left_edge(answers: Answers) -> None:
    naive = answers.naive(
        "select count(*) from (select customer_id, min(snapshot_on) as first_on from raw.growing group by 1)"
        " where first_on = '2025-01-31'"
    )
    assert naive == 2
    assert answers.periods("growing") == {date(2025, 2, 1): True}
    assert answers.movements("growing", "2025-02-01")["cora"] == "new"
    assert answers.periods("leap_february", "trailing_12_months") == {date(2025, 2, 1): True}
    assert answers.periods("growing", "quarter_over_quarter") == {}


TABLES["stopped"] = dated(
    "payments",
    *(("acme", 100, f"2025-0{month}-03") for month in (1, 2, 3)),
    *(("bolt", 100, f"2025-0{month}-20") for month in (1, 2)),
)


def test_an_extract_that_stops_is_not_churn(answers: Answers) -> None:
    """A calendar that runs on says that everybody left; the last month is only not complete."""
    naive = answers.naive(
        "select count(amount)"
        " from range(date '2025-01-01', date '2025-05-01', interval 1 month) as months(first_day)"
        " left join raw.stopped on occurred_on >= first_day and occurred_on < first_day + interval 1 month"
        " group by first_day order by first_day"
    )
    assert [count for (count,) in naive] == [2, 2, 1, 0]
    assert answers.periods("stopped") == {date(2025, 2, 1): True, date(2025, 3, 1): False}
    shown = answers.built.rows(
        "select period_start from totals where book = 'stopped' and comparison = 'month_over_month'"
    )
    assert shown == [{"period_start": date(2025, 2, 1)}]


TABLES["open_ended"] = intervals(
    ("acme", 100, "2025-01-01", "2099-12-31"),
    ("bolt", 100, "2025-01-01", None),
    ("cora", 50, "2025-02-01", "2025-03-15"),
)


def test_an_end_far_away_makes_no_periods(answers: Answers) -> None:
    """A calendar up to the last end has decades in which retention is 100 %."""
    naive = answers.naive("select max(year(ended_on)) from raw.open_ended")
    assert naive == 2099
    assert answers.periods("open_ended") == {date(2025, 2, 1): True, date(2025, 3, 1): False}


def test_a_day_named_moves_the_right_edge(answers_as_of_may: Answers) -> None:
    """Subscriptions run on to it; snapshots say nothing after the last of them."""
    expected = {date(2025, month, 1): True for month in (2, 3, 4, 5)}
    assert answers_as_of_may.periods("open_ended") == expected
    assert answers_as_of_may.movements("open_ended", "2025-05-01") == {
        "acme": "unchanged",
        "bolt": "unchanged",
    }
    assert answers_as_of_may.periods("growing") == {date(2025, 2, 1): True}
    assert answers_as_of_may.periods("changing_plans") == {date(2025, 2, 1): True, date(2025, 3, 1): True}


TABLES["booked_ahead"] = intervals(
    ("acme", 100, "2025-01-01", "2025-07-01"),
    ("bolt", 30, "2025-06-01", None),
)


def test_what_happens_after_the_day_named_has_not_happened(answers_as_of_may: Answers) -> None:
    assert answers_as_of_may.movements("booked_ahead", "2025-05-01") == {"acme": "unchanged"}
    assert max(answers_as_of_may.periods("booked_ahead")) == date(2025, 5, 1)
    assert answers_as_of_may.problems("booked_ahead") == {"after_observed_through": (1, 30)}


# --- rows that cannot be used ---------------------------------------------------------------------

BAD_ROWS = [
    ("1", "acme", "100", "2025-01-01", None),
    ("2", None, "10", "2025-01-01", None),
    ("3", "bolt", "20", "2025-02-01", "2025-02-01"),
    ("4", "bolt", "30", "2025-02-10", "2025-01-10"),
    ("5", "bolt", None, "2025-01-01", None),
    ("6", "bolt", "n/a", "2025-01-01", None),
    ("7", "bolt", "40", "2025-02-30", None),
    ("8", "bolt", "50", None, None),
    ("1", "acme", "60", "2025-02-01", None),
    ("9", "cora", "5", "2025-02-28", None),
]
BAD_COLUMNS = ("subscription_id", "customer_id", "amount", "started_on", "ended_on")
TABLES["bad_rows"] = Table(
    "intervals",
    BAD_COLUMNS[3:],
    [dict(zip(BAD_COLUMNS, row, strict=True)) for row in BAD_ROWS],
    types=dict.fromkeys(BAD_COLUMNS, "varchar"),
    key="subscription_id",
)


def test_bad_rows_are_listed_and_the_totals_add_up(answers: Answers) -> None:
    problems = answers.problems("bad_rows")
    assert problems == {
        "null_unit": (1, 10),
        "zero_length_interval": (1, 20),
        "inverted_interval": (1, 30),
        "null_amount": (1, 0),
        "non_numeric_amount": (1, 0),
        "unparseable_date": (1, 40),
        "missing_date": (1, 50),
        "duplicate_key": (1, 60),
    }
    given = answers.naive("select sum(try_cast(amount as integer)) from raw.bad_rows")
    in_ledger = answers.total("bad_rows", "2025-02-01")["ending_revenue"]
    assert given == in_ledger + sum(amount for _, amount in problems.values())


TABLES["refunded"] = dated(
    "payments",
    *(("acme", 100, "2025-01-10"), ("acme", -30, "2025-02-10")),
    *(("bolt", 50, "2025-01-10"), ("bolt", 50, "2025-02-28")),
)


def test_a_negative_net_amount_counts_as_nothing_and_is_listed(answers: Answers) -> None:
    naive = answers.naive(
        "select sum(amount) filter (where month(occurred_on) = 2)"
        " / sum(amount) filter (where month(occurred_on) = 1) from raw.refunded"
    )
    assert round(naive, 4) == 0.1333
    row = answers.total("refunded", "2025-02-01")
    assert (row["starting_revenue"], row["existing_revenue"], row["churned_revenue"]) == (150, 50, 100)
    monthly = answers.built.rows(
        "select row_count, amount from rollforward__input_problems"
        " where book = 'refunded' and reason = 'negative_net_amount' and grain = 'month'"
        " and periods_summed = 1"
    )
    assert monthly == [{"row_count": 1, "amount": -30}]
