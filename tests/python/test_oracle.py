"""The oracle against published numbers, and each policy on a few rows with the answer written out."""

import csv
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb
import pytest
from conftest import SHARED, needs_shared
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from oracle import MEASURES, Settings, cohorts, ledger, metrics, problems, read
from strategies import many_books

SHAPES: dict[str, dict[str, Any]] = {
    "intervals": {"shape": "intervals", "started_on": "on", "ended_on": "until"},
    "snapshots": {"shape": "snapshots", "snapshot_on": "on"},
    "movements": {"shape": "movements", "occurred_on": "on"},
    "payments": {"shape": "payments", "occurred_on": "on"},
}
NOTHING = Decimal(0)

Row = dict[str, Any]
Example = tuple[Settings, dict[str, list[Row]]]


def vars_for(shape: str, *, book: dict[str, Any] | None = None, **values: Any) -> Settings:
    """Settings of one book named `book`, whose rows have unit, on, (until,) and amount."""
    config = {"relation": "input", "unit": "unit", "amount": "amount", **SHAPES[shape], **(book or {})}
    return Settings(books={"book": config}, **{"today": date(2026, 1, 1), **values})


def rows_of(*lines: tuple[Any, ...], columns: str = "unit on amount") -> list[Row]:
    return [dict(zip(columns.split(), line, strict=True)) for line in lines]


def intervals(*lines: tuple[Any, ...]) -> list[Row]:
    return rows_of(*lines, columns="unit on until amount")


def movements_of(rows: list[Row], settings: Settings, comparison: str) -> dict[Any, Any]:
    """(last month of the period, unit) -> (starting, ending, movement)."""
    return {
        (f"{row.period_end:%Y-%m}", row.unit): (row.starting_amount, row.ending_amount, row.movement)
        for row in ledger(rows, "book", settings)
        if row.comparison == comparison
    }


def periods_of(rows: list[Row], settings: Settings, comparison: str) -> list[tuple[str, str, bool]]:
    found = {
        (str(row.period_start), str(row.period_end), row.is_complete)
        for row in ledger(rows, "book", settings)
        if row.comparison == comparison
    }
    return sorted(found)


# --- published numbers --------------------------------------------------------------------------------

PUBLISHED = {
    "n_start": "starting_customers",
    "n_retained": "retained_customers",
    "n_expanded": "expanded_customers",
    "n_contracted": "contracted_customers",
    "n_unchanged": "unchanged_customers",
    "n_churned": "churned_customers",
    "n_new": "new_customers",
    "n_reactivated": "reactivated_customers",
    "start_revenue": "starting_revenue",
    "existing_end_revenue": "existing_revenue",
    "expansion": "expansion_revenue",
    "contraction": "contraction_revenue",
    "churn": "churned_revenue",
    "new_revenue": "new_revenue",
    "reactivation": "reactivation_revenue",
    "total_end_revenue": "ending_revenue",
}
PUBLISHED_RATES = {
    "cer_revenue": "gross_expansion_rate",
    "cer_logo": "expanding_customer_share",
    "nrr": "net_expansion_rate",
    "grr": "gross_revenue_retention",
    "logo_retention": "customer_retention_rate",
    "revenue_churn_rate": "gross_revenue_churn_rate",  # the files count contraction as churned revenue
    "rgr": "revenue_growth_rate",
}
COMPARISON = {"month": "month_over_month", "quarter": "quarter_over_quarter", "ttm": "trailing_12_months"}


def read_csv(*path: str) -> list[dict[str, str]]:
    with SHARED.joinpath(*path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def ravenstack_countries() -> dict[str, str]:
    accounts = read_csv("data", "ravenstack", "ravenstack_accounts.csv")
    return {row["account_id"]: row["country"] for row in accounts}


def ravenstack_intervals() -> list[Row]:
    countries = ravenstack_countries()
    return [
        {
            "unit": row["account_id"],
            "on": row["start_date"],
            "until": row["end_date"] or None,
            "amount": row["mrr_amount"],
            "country": countries[row["account_id"]],
        }
        for row in read_csv("data", "ravenstack", "ravenstack_subscriptions.csv")
    ]


def ravenstack_snapshots() -> list[Row]:
    countries = ravenstack_countries()
    lines = [
        (row["account_id"], row["snapshot_month"], row["mrr"], countries[row["account_id"]])
        for row in read_csv("data", "ravenstack_shapes", "mrr_snapshots.csv")
    ]
    return rows_of(*lines, columns="unit on amount country")


def ravenstack_movements() -> list[Row]:
    countries = ravenstack_countries()
    lines = [
        (account, row["date"], Decimal(row["activity-mrr-movement"]) / 100, countries[account])
        for row in read_csv("data", "ravenstack_shapes", "chartmogul_activities.csv")
        for account in [row["customer-external-id"]]
    ]
    return rows_of(*lines, columns="unit on amount country")


def chinook() -> list[Row]:
    countries = {row["CustomerId"]: row["Country"] for row in read_csv("data", "chinook", "Customer.csv")}
    lines = [
        (row["CustomerId"], row["InvoiceDate"], row["Total"], countries[row["CustomerId"]])
        for row in read_csv("data", "chinook", "Invoice.csv")
    ]
    return rows_of(*lines, columns="unit on amount country")


def online_retail() -> list[Row]:
    """Bought lines, added up per customer and day; the country is the one of the customer's latest line."""
    lines = duckdb.execute(
        "select CustomerID, InvoiceDate, Quantity, UnitPrice, Country from read_parquet($path)"
        " where CustomerID is not null",
        {"path": str(SHARED / "data" / "online_retail" / "online_retail.parquet")},
    ).fetchall()
    latest: dict[int, Any] = {}
    for customer, moment, *_ in lines:
        latest.setdefault(customer, moment)
        latest[customer] = max(latest[customer], moment)
    countries: dict[int, str] = {}
    for customer, moment, _, _, country in lines:
        if moment == latest[customer]:
            countries[customer] = min(country, countries.get(customer, country))
    days: dict[tuple[int, date], Decimal] = {}
    for customer, moment, quantity, price, _ in lines:
        if quantity > 0 and price > 0:
            day = (customer, moment.date())
            days[day] = days.get(day, NOTHING) + quantity * price
    bought = [(customer, day, amount, countries[customer]) for (customer, day), amount in days.items()]
    return rows_of(*bought, columns="unit on amount country")


@needs_shared
@pytest.mark.parametrize(
    ("dataset", "grains", "shape", "load"),
    [
        ("ravenstack", ("month", "quarter"), "intervals", ravenstack_intervals),
        ("ravenstack", ("month", "quarter"), "snapshots", ravenstack_snapshots),
        ("ravenstack", ("month", "quarter"), "movements", ravenstack_movements),
        ("chinook", ("month", "quarter", "ttm"), "payments", chinook),
        ("online_retail_gross", ("month", "quarter"), "payments", online_retail),
    ],
    ids=["ravenstack", "ravenstack_snapshots", "ravenstack_chartmogul", "chinook", "online_retail_gross"],
)
def test_published_numbers(
    dataset: str, grains: tuple[str, ...], shape: str, load: Callable[[], list[Row]]
) -> None:
    comparisons = [COMPARISON[grain] for grain in grains]
    settings = vars_for(shape, book={"attributes": ["country"], "comparisons": comparisons})
    rows = ledger(load(), "book", settings)
    total, slices = cohorts(rows, []), cohorts(rows, ["country"])
    for grain in grains:
        published = read_csv("oracle", f"{dataset}_{grain}.csv")
        assert {row["slice_attr"] for row in published} == {"all", "country"}
        expected = {(row["cur_to"], row["slice_attr"], row["slice_value"]): row for row in published}
        found = {
            (f"{key[3]:%Y-%m}", attribute, *(key[5:] or ["all"])): measures
            for attribute, measures_by_key in (("all", total), ("country", slices))
            for key, measures in measures_by_key.items()
            if key[1] == COMPARISON[grain]
        }
        assert found.keys() == expected.keys()
        for key, row in expected.items():
            assert_published(found[key], row)


def assert_published(measures: dict[str, Decimal | int], row: dict[str, str]) -> None:
    assert {name: measures[name] for name in PUBLISHED.values()} == {
        name: Decimal(row[column]) for column, name in PUBLISHED.items()
    }
    rates = metrics(measures)
    for column, name in PUBLISHED_RATES.items():
        rate = rates[name]
        if row[column] == "":
            assert rate is None
        else:
            assert abs(rate - Fraction(row[column])) <= Fraction(1, 2 * 10**12)


@needs_shared
def test_ravenstack_lists_what_it_leaves_out() -> None:
    rows = ravenstack_intervals()
    amount = sum(Decimal(row["amount"]) for row in rows if row["on"] == row["until"])
    assert problems(rows, "book", vars_for("intervals")) == {
        ("zero_length_interval", None, None): (13, amount)
    }


# --- the ledger ---------------------------------------------------------------------------------------


def test_every_movement_of_a_month() -> None:
    rows = intervals(
        ("kept", "2024-01-05", None, 10),
        ("grows", "2024-01-05", "2024-02-10", 10),
        ("grows", "2024-02-10", None, 15),
        ("shrinks", "2024-01-05", "2024-02-29", 10),
        ("shrinks", "2024-02-29", None, 4),
        ("leaves", "2024-01-05", "2024-02-29", 10),
        ("joins", "2024-02-29", None, 7),
        ("passes", "2024-02-01", "2024-02-29", 99),
        ("trial", "2024-01-05", "2024-02-03", 0),
        ("trial", "2024-02-03", None, 5),
    )
    settings = vars_for("intervals")
    assert movements_of(rows, settings, "month_over_month") == {
        ("2024-02", "kept"): (10, 10, "unchanged"),
        ("2024-02", "grows"): (10, 15, "expansion"),
        ("2024-02", "shrinks"): (10, 4, "contraction"),
        ("2024-02", "leaves"): (10, 0, "churn"),
        ("2024-02", "joins"): (0, 7, "new"),
        ("2024-02", "trial"): (0, 5, "new"),
    }
    [measures] = cohorts(ledger(rows, "book", settings), []).values()
    assert measures == {
        "starting_revenue": 40,
        "ending_revenue": 41,
        "existing_revenue": 29,
        "retained_revenue": 24,
        "new_revenue": 12,
        "reactivation_revenue": 0,
        "expansion_revenue": 5,
        "contraction_revenue": 6,
        "churned_revenue": 10,
        "starting_customers": 4,
        "ending_customers": 5,
        "retained_customers": 3,
        "expanded_customers": 1,
        "contracted_customers": 1,
        "unchanged_customers": 1,
        "churned_customers": 1,
        "new_customers": 2,
        "reactivated_customers": 0,
    }
    assert metrics(measures) == {
        "customer_expansion_rate": Fraction(-11, 40),
        "net_expansion_rate": Fraction(29, 40),
        "gross_revenue_retention": Fraction(24, 40),
        "customer_retention_rate": Fraction(3, 4),
        "revenue_growth_rate": Fraction(1, 40),
        "gross_expansion_rate": Fraction(5, 40),
        "contraction_rate": Fraction(6, 40),
        "revenue_churn_rate": Fraction(10, 40),
        "gross_revenue_churn_rate": Fraction(16, 40),
        "net_revenue_churn_rate": Fraction(11, 40),
        "customer_churn_rate": Fraction(1, 4),
        "expanding_customer_share": Fraction(1, 4),
        "survivor_net_expansion_rate": Fraction(29, 30),
        "quick_ratio": Fraction(17, 16),
        "average_revenue_per_customer": Fraction(41, 5),
        "net_new_revenue": Fraction(1),
    }


def test_a_denominator_of_zero_gives_none() -> None:
    rates = metrics(dict.fromkeys(MEASURES, 0))
    assert {name for name, rate in rates.items() if rate is not None} == {"net_new_revenue"}
    assert rates["net_new_revenue"] == 0


@pytest.mark.parametrize(("policy", "movement"), [("own", "reactivation"), ("new", "new")])
def test_reactivation_policy(policy: str, movement: str) -> None:
    rows = intervals(
        ("a", "2024-01-01", "2024-02-10", 10), ("a", "2024-03-01", None, 8), ("b", "2024-01-01", None, 1)
    )
    settings = vars_for("intervals", reactivation=policy)
    assert movements_of(rows, settings, "month_over_month")["2024-03", "a"] == (0, 8, movement)
    march = cohorts(ledger(rows, "book", settings), [])[
        "book", "month_over_month", date(2024, 3, 1), date(2024, 3, 31), False
    ]
    assert march["new_revenue"] == (8 if policy == "new" else 0)
    assert march["new_customers"] == (1 if policy == "new" else 0)
    assert march["reactivation_revenue"] == (0 if policy == "new" else 8)
    assert march["reactivated_customers"] == (0 if policy == "new" else 1)
    assert metrics(march)["customer_expansion_rate"] == 0


def test_reactivation_looks_at_months_also_inside_quarters() -> None:
    rows = intervals(
        ("seen at a month end", "2024-01-31", "2024-02-10", 10),
        ("seen at a month end", "2024-05-01", None, 10),
        ("between month ends", "2024-01-02", "2024-01-31", 10),
        ("between month ends", "2024-05-01", None, 10),
    )
    assert movements_of(rows, vars_for("intervals"), "quarter_over_quarter") == {
        ("2024-06", "seen at a month end"): (0, 10, "reactivation"),
        ("2024-06", "between month ends"): (0, 10, "new"),
    }


@pytest.mark.parametrize("active_on", ["2024-01-10", "2024-03-10"])
def test_a_positive_month_inside_a_negative_window_is_activity(active_on: str) -> None:
    rows = rows_of(
        ("b", "2024-01-01", 1), ("a", active_on, 10), ("a", "2024-02-10", -30), ("a", "2024-04-01", 5)
    )
    found = movements_of(rows, vars_for("payments"), "quarter_over_quarter")
    assert found["2024-06", "a"] == (0, 5, "reactivation")


def test_activity_after_the_starting_period_is_not_activity_before_it() -> None:
    rows = rows_of(("a", "2024-05-10", 10), ("a", "2025-02-10", 10), ("b", "2024-01-01", 1))
    found = movements_of(rows, vars_for("payments"), "same_month_last_year")
    assert found["2025-02", "a"] == (0, 10, "new")


# --- edges --------------------------------------------------------------------------------------------


def test_as_of_date_clamps_to_the_state_of_that_day() -> None:
    rows = intervals(
        ("stays", "2024-01-01", "2024-05-20", 10),  # ends after the day: not ended yet
        ("left", "2024-01-01", "2024-05-15", 10),  # no longer in force on the day it ended
        ("late", "2024-05-16", None, 10),
    )
    settings = vars_for("intervals", as_of_date="2024-05-15")
    assert periods_of(rows, settings, "quarter_over_quarter") == [("2024-04-01", "2024-06-30", False)]
    assert movements_of(rows, settings, "quarter_over_quarter") == {
        ("2024-06", "stays"): (10, 10, "unchanged"),
        ("2024-06", "left"): (10, 0, "churn"),
    }
    assert problems(rows, "book", settings) == {("after_observed_through", None, None): (1, 10)}


def test_periods_end_with_the_as_of_date_not_with_the_rows() -> None:
    rows = intervals(("a", "2024-01-15", None, 10))
    settings = vars_for("intervals", as_of_date=date(2024, 3, 31))
    assert periods_of(rows, settings, "month_over_month") == [
        ("2024-02-01", "2024-02-29", True),
        ("2024-03-01", "2024-03-31", True),
    ]


def test_without_as_of_date_the_last_day_seen_that_is_not_after_today() -> None:
    rows = intervals(
        ("a", "2024-01-15", "2099-12-31", 10),
        ("b", "2024-01-15", "2024-03-02", 10),
        ("c", "2030-01-01", None, 10),
    )
    settings = vars_for("intervals", today=date(2024, 6, 30))
    assert read(rows, "book", settings).observed_through == date(2024, 3, 2)
    assert periods_of(rows, settings, "month_over_month")[-1] == ("2024-03-01", "2024-03-31", False)
    assert problems(rows, "book", settings) == {("after_observed_through", None, None): (1, 10)}


def test_rejected_rows_move_neither_edge() -> None:
    rows = rows_of(
        ("a", "2024-02-01", 1), ("a", "2024-03-01", 1), (None, "2023-01-01", 1), ("a", "2024-09-01", None)
    )
    settings = vars_for("payments")
    assert periods_of(rows, settings, "month_over_month") == [("2024-03-01", "2024-03-31", False)]


def test_a_zero_amount_is_observed_but_not_active() -> None:
    rows = rows_of(("a", "2024-01-31", 0), ("a", "2024-02-29", 5))
    assert movements_of(rows, vars_for("payments"), "month_over_month") == {("2024-02", "a"): (0, 5, "new")}


def test_nothing_observed_nothing_compared() -> None:
    rows = rows_of(("a", "2024-01-31", 7))
    settings = vars_for("movements", as_of_date="2023-01-01")
    assert ledger(rows, "book", settings) == []
    assert problems(rows, "book", settings) == {("after_observed_through", None, None): (1, 7)}
    assert ledger([], "book", settings) == []
    assert problems([], "book", settings) == {}


# --- snapshots ----------------------------------------------------------------------------------------


def test_a_month_without_a_snapshot_is_not_observed() -> None:
    rows = rows_of(*(("a", f"2024-{month:02}-01", 10) for month in (1, 2, 4, 5, 6, 9)))
    settings = vars_for("snapshots")
    assert [start for start, _, _ in periods_of(rows, settings, "month_over_month")] == [
        "2024-02-01",
        "2024-05-01",
        "2024-06-01",
    ]
    # The first quarter is read in March, which has no snapshot; the third at the month of the last one.
    assert periods_of(rows, settings, "quarter_over_quarter") == [("2024-07-01", "2024-09-30", False)]


def test_only_the_last_snapshot_of_a_month_counts() -> None:
    rows = rows_of(
        ("a", "2024-01-31", 10),
        ("b", "2024-01-31", 10),
        ("a", "2024-02-10", 30),
        ("b", "2024-02-10", 30),
        ("a", "2024-02-20", 40),
        ("b", "2024-02-21", None),  # a row that cannot be used makes no snapshot
    )
    settings = vars_for("snapshots")
    assert movements_of(rows, settings, "month_over_month") == {
        ("2024-02", "a"): (10, 40, "expansion"),
        ("2024-02", "b"): (10, 0, "churn"),
    }
    assert problems(rows, "book", settings) == {
        ("superseded_snapshot", None, None): (2, 60),
        ("null_amount", None, None): (1, 0),
    }


def test_the_snapshot_that_counts_is_the_last_one_not_after_the_as_of_date() -> None:
    rows = rows_of(("a", "2024-01-31", 10), ("a", "2024-02-10", 20), ("a", "2024-02-20", 30))
    settings = vars_for("snapshots", as_of_date="2024-02-15")
    assert movements_of(rows, settings, "month_over_month") == {("2024-02", "a"): (10, 20, "expansion")}
    assert problems(rows, "book", settings) == {("after_observed_through", None, None): (1, 30)}


def test_snapshots_that_stop_do_not_look_like_churn() -> None:
    rows = rows_of(("a", "2024-01-01", 10), ("a", "2024-02-01", 10))
    settings = vars_for("snapshots", as_of_date="2024-12-31")
    assert read(rows, "book", settings).observed_through == date(2024, 2, 29)
    assert periods_of(rows, settings, "month_over_month") == [("2024-02-01", "2024-02-29", True)]


def test_snapshots_after_the_as_of_date_are_as_if_not_there() -> None:
    rows = rows_of(("a", "2024-01-31", 10), ("a", "2024-02-29", 10), ("a", "2024-04-30", 20))
    settings = vars_for("snapshots", as_of_date="2024-03-15")
    assert read(rows, "book", settings).observed_through == date(2024, 2, 29)
    assert periods_of(rows, settings, "month_over_month") == [("2024-02-01", "2024-02-29", True)]


# --- attributes ---------------------------------------------------------------------------------------


def test_the_largest_part_gives_each_attribute_by_itself() -> None:
    rows = rows_of(
        ("a", "2024-01-01", None, 6, "pro", "us"),
        ("a", "2024-01-01", None, 5, "basic", "eu"),
        ("a", "2024-01-01", None, 5, "basic", "us"),
        ("tie", "2024-01-01", None, 5, "pro", None),
        ("tie", "2024-01-01", None, 5, "Pro", "us"),
        ("none", "2024-01-01", None, 5, None, None),
        ("none", "2024-01-01", None, 4, "pro", None),
        ("later", "2024-02-01", None, 4, "pro", "eu"),
        columns="unit on until amount plan region",
    )
    settings = vars_for(
        "intervals", book={"attributes": ["plan", "region"], "comparisons": ["month_over_month"]}
    )
    assert {row.unit: row.attributes for row in ledger(rows, "book", settings)} == {
        "a": {"plan": "basic", "region": "us"},
        "tie": {"plan": "Pro", "region": "us"},
        "none": {"plan": None, "region": None},
        "later": {"plan": "pro", "region": "eu"},
    }


def test_attributes_are_read_at_the_start_and_for_joiners_at_the_end() -> None:
    rows = rows_of(
        ("moves", "2024-01-01", "2024-02-15", 10, "basic"),
        ("moves", "2024-02-15", None, 20, "pro"),
        ("returns", "2024-01-01", "2024-01-31", 10, "basic"),
        ("returns", "2024-02-15", None, 5, "pro"),
        columns="unit on until amount plan",
    )
    settings = vars_for("intervals", book={"attributes": "plan", "comparisons": ["month_over_month"]})
    slices = cohorts(ledger(rows, "book", settings), ["plan"])
    names = ("starting_revenue", "existing_revenue", "ending_revenue")
    found = {key[5]: [measures[name] for name in names] for key, measures in slices.items()}
    assert found == {"basic": [10, 20, 20], "pro": [0, 0, 5]}


def test_the_attribute_of_movements_is_the_one_with_the_largest_running_total() -> None:
    rows = rows_of(
        ("a", "2024-01-01", 10, "basic"),
        ("a", "2024-02-01", -10, "basic"),
        ("a", "2024-02-01", 12, "pro"),
        ("b", "2024-03-01", 1, "pro"),
        columns="unit on amount plan",
    )
    settings = vars_for("movements", book={"attributes": ["plan"], "comparisons": ["month_over_month"]})
    found = [
        (row.period_start.month, row.unit, row.attributes["plan"]) for row in ledger(rows, "book", settings)
    ]
    assert sorted(found) == [(2, "a", "basic"), (3, "a", "pro"), (3, "b", "pro")]


# --- periods ------------------------------------------------------------------------------------------


def test_fiscal_quarters_and_years() -> None:
    rows = rows_of(
        ("a", "2023-01-31", 1), ("a", "2023-02-01", 2), ("a", "2023-04-30", 4), ("a", "2023-05-01", 8)
    )
    settings = vars_for("payments", fiscal_year_start_month=2)
    assert movements_of(rows, settings, "quarter_over_quarter") == {
        ("2023-04", "a"): (1, 6, "expansion"),
        ("2023-07", "a"): (6, 8, "expansion"),
    }
    assert movements_of(rows, settings, "year_over_year") == {("2024-01", "a"): (1, 14, "expansion")}
    assert periods_of(rows, settings, "year_over_year") == [("2023-02-01", "2024-01-31", False)]
    assert len(periods_of(rows, settings, "month_over_month")) == 4


def test_trailing_windows_need_a_whole_window_at_the_start() -> None:
    paid = [("a", f"{year}-{month:02}-28", 1) for year in (2022, 2023) for month in range(1, 13)]
    rows = rows_of(*paid, ("a", "2024-01-31", 5))
    assert movements_of(rows, vars_for("payments"), "trailing_12_months") == {
        ("2023-12", "a"): (12, 12, "unchanged"),
        ("2024-01", "a"): (12, 16, "expansion"),
    }
    assert len(periods_of(rows, vars_for("payments"), "same_month_last_year")) == 13
    # A state has no window: a year after the first month is enough.
    assert len(periods_of(rows, vars_for("movements"), "trailing_12_months")) == 13


def test_a_window_is_summed_before_it_is_floored() -> None:
    rows = rows_of(
        ("a", "2024-01-10", 10), ("a", "2024-02-10", -4), ("a", "2024-04-10", 6), ("b", "2024-06-30", 1)
    )
    settings = vars_for("payments")
    assert movements_of(rows, settings, "quarter_over_quarter")["2024-06", "a"] == (6, 6, "unchanged")
    assert movements_of(rows, settings, "month_over_month")["2024-02", "a"] == (10, 0, "churn")


def test_a_declared_comparison() -> None:
    half_year = {"grain": "month", "lookback": 6, "periods_summed": 6}
    rows = rows_of(*(("a", f"2024-{month:02}-15", month) for month in range(1, 13)))
    settings = vars_for("payments", book={"comparisons": ["half_year"]}, comparisons={"half_year": half_year})
    assert {row.comparison for row in ledger(rows, "book", settings)} == {"half_year"}
    assert movements_of(rows, settings, "half_year") == {("2024-12", "a"): (21, 57, "expansion")}


def test_month_ends_and_leap_days() -> None:
    rows = intervals(
        ("a", "2024-02-29", "2025-02-28", 10), ("b", "2023-11-30", None, 10), ("b", "2024-11-30", None, 5)
    )
    found = movements_of(rows, vars_for("intervals", as_of_date="2025-02-28"), "trailing_12_months")
    assert found == {
        ("2024-11", "a"): (0, 10, "new"),
        ("2024-11", "b"): (10, 15, "expansion"),
        ("2024-12", "a"): (0, 10, "new"),
        ("2024-12", "b"): (10, 15, "expansion"),
        ("2025-01", "a"): (0, 10, "new"),
        ("2025-01", "b"): (10, 15, "expansion"),
        ("2025-02", "a"): (10, 0, "churn"),
        ("2025-02", "b"): (10, 15, "expansion"),
    }


# --- what is left out ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ((None, None, None, "x"), "null_unit"),
        (("a", None, "soon", "x"), "missing_date"),
        (("a", "2023-02-29", None, None), "unparseable_date"),
        (("a", "2023-02-28", "soon", None), "unparseable_date"),
        (("a", "1899-12-31", "2023-02-28", None), "date_too_early"),
        (("a", "2023-02-28", "2023-02-28", None), "null_amount"),
        (("a", "2023-02-28", "2023-02-28", "12,50"), "non_numeric_amount"),
        (("a", "2023-02-28", "2023-02-28", float("nan")), "non_numeric_amount"),
        (("a", "2023-02-28 09:00:00", "2023-02-28T17:00:00Z", "12.50"), "zero_length_interval"),
        (("a", "2023-02-28", "2023-02-27", "12.50"), "inverted_interval"),
        (("a", "2099-02-28", None, "12.50"), "after_observed_through"),
    ],
)
def test_the_first_reason_is_the_only_one(line: tuple[Any, ...], reason: str) -> None:
    rows = intervals(line, ("b", "2023-01-01", None, "1"))
    amount = Decimal("12.50") if line[3] == "12.50" else 0
    assert problems(rows, "book", vars_for("intervals")) == {(reason, None, None): (1, amount)}


def test_duplicate_keys_keep_the_earliest_then_the_largest() -> None:
    rows = rows_of(
        ("1", "late", "2024-02-02", None, 50, "x"),
        ("1", "early", "2024-02-01", None, 10, "x"),
        ("1", None, "2024-01-01", None, 10, "x"),  # has a reason of its own and is no rival
        ("2", "small", "2024-02-01", "2024-03-01", 10, "x"),
        ("2", "large", "2024-02-01", None, 20, "x"),
        ("3", "open", "2024-02-01", None, 10, "x"),
        ("3", "short", "2024-02-01", "2024-03-01", 10, "x"),
        ("4", "z", "2024-02-01", None, 10, "x"),
        ("4", "y", "2024-02-01", None, 10, "y"),
        ("5", "same", "2024-02-01", None, 10, None),
        ("5", "same", "2024-02-01", None, 10, "z"),
        columns="id unit on until amount plan",
    )
    settings = vars_for("intervals", book={"key": "id", "attributes": ["plan"]})
    kept = {part.unit: part.attributes["plan"] for part in read(rows, "book", settings).parts}
    assert kept == {"early": "x", "large": "x", "short": "x", "y": "y", "same": "z"}
    assert problems(rows, "book", settings) == {
        ("null_unit", None, None): (1, 10),
        ("duplicate_key", None, None): (5, 90),
    }
    assert ("duplicate_key", None, None) not in problems(rows, "book", vars_for("intervals"))


def test_amounts_are_rounded_row_by_row_half_away_from_zero() -> None:
    rows = rows_of(
        ("a", "2024-01-01", "1.00005"), ("a", "2024-01-01", "-3.00005"), ("a", "2024-01-01", "5.12344")
    )
    settings = vars_for("payments")
    assert [str(part.amount) for part in read(rows, "book", settings).parts] == [
        "5.1234",
        "1.0001",
        "-3.0001",
    ]
    assert problems(rows, "book", settings) == {("rounded_amount", None, None): (3, Decimal("0.00004"))}


def test_negative_nets_of_a_state_are_listed_by_month() -> None:
    rows = rows_of(
        ("a", "2024-01-10", 10), ("a", "2024-02-10", -15), ("a", "2024-04-10", 20), ("b", "2024-01-01", 5)
    )
    settings = vars_for("movements")
    assert movements_of(rows, settings, "quarter_over_quarter")["2024-06", "a"] == (0, 15, "reactivation")
    assert problems(rows, "book", settings) == {("negative_net_amount", "month", 1): (2, -10)}


def test_negative_nets_of_sums_are_listed_for_each_window_in_use() -> None:
    paid = [("a", "2024-01-10", 1), ("a", "2024-02-10", -9), ("a", "2024-03-10", 5), ("a", "2024-05-10", -2)]
    rows = rows_of(*paid, ("b", "2024-01-10", -3))
    book = {"comparisons": ["quarter_over_quarter", "two_months"]}
    two_months = {"grain": "month", "lookback": 2, "periods_summed": 2}
    settings = vars_for("payments", book=book, comparisons={"two_months": two_months})
    assert problems(rows, "book", settings) == {
        ("negative_net_amount", "month", 1): (3, -9 - 2 - 3),
        ("negative_net_amount", "quarter", 1): (3, -3 - 2 - 3),
        # December and January together are no window: December was not observed.
        ("negative_net_amount", "month", 2): (4, -8 - 4 - 2 - 3),
    }


def test_snapshots_have_no_negative_net_in_a_month_they_did_not_see() -> None:
    rows = rows_of(("a", "2024-01-31", -1), ("a", "2024-03-31", -1))
    assert problems(rows, "book", vars_for("snapshots")) == {("negative_net_amount", "month", 1): (2, -2)}


def test_units_of_several_columns_do_not_collide() -> None:
    rows = rows_of(
        ("a", "b|c", "2024-01-01", 1),
        ("a|b", "c", "2024-01-01", 1),
        ("a~", "c", "2024-01-01", 1),
        (7, None, "2024-01-01", 1),
        columns="customer product on amount",
    )
    parts = read(rows, "book", vars_for("payments", book={"unit": ["customer", "product"]})).parts
    assert {part.unit for part in parts} == {"a|b~|c", "a~|b|c", "a~~|c"}
    one = read(rows, "book", vars_for("payments", book={"unit": ["customer"]})).parts
    assert {part.unit for part in one} == {"a", "a|b", "a~", "7"}


# --- what holds for every book ------------------------------------------------------------------------


@hypothesis_settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(many_books())
def test_identities(example: Example) -> None:
    settings, rows = example
    for name, book in settings.books.items():
        lines = ledger(rows[name], name, settings)
        total, slices = cohorts(lines, []), cohorts(lines, book["attributes"])
        for key, measures in total.items():
            assert_identities(measures)
            parts = [values for slice_key, values in slices.items() if slice_key[:5] == key]
            assert measures == {measure: sum(part[measure] for part in parts) for measure in MEASURES}
        assert_input_reconciles(rows[name], name, settings)


def assert_identities(m: dict[str, Any]) -> None:
    start, end = m["starting_revenue"], m["ending_revenue"]
    joined = m["new_revenue"] + m["reactivation_revenue"]
    lost = m["contraction_revenue"] + m["churned_revenue"]
    assert end == start + joined + m["expansion_revenue"] - lost
    assert m["existing_revenue"] == start + m["expansion_revenue"] - lost
    assert m["retained_revenue"] == start - lost
    joiners = m["new_customers"] + m["reactivated_customers"]
    assert m["ending_customers"] == m["starting_customers"] + joiners - m["churned_customers"]
    assert m["retained_customers"] == (
        m["expanded_customers"] + m["contracted_customers"] + m["unchanged_customers"]
    )
    assert all(m[name] >= 0 for name in MEASURES)
    rates = metrics(m)
    ner, grr = rates["net_expansion_rate"], rates["gross_revenue_retention"]
    if start > 0:
        assert 0 <= grr <= 1 and grr <= ner
        assert ner - grr == rates["gross_expansion_rate"]
        assert rates["customer_expansion_rate"] == ner - 1 == -rates["net_revenue_churn_rate"]
        assert rates["revenue_growth_rate"] == ner - 1 + Fraction(joined) / Fraction(start)
        assert rates["customer_retention_rate"] + rates["customer_churn_rate"] == 1


def assert_input_reconciles(rows: list[Row], name: str, settings: Settings) -> None:
    """Input total = total of the rows that count + listed amounts, and no row is lost or listed twice."""
    listed = problems(rows, name, settings)
    about_rows = {key[0]: value for key, value in listed.items() if key[1] is None}
    kept = read(rows, name, settings).parts
    left_out = sum(count for reason, (count, _) in about_rows.items() if reason != "rounded_amount")
    assert len(rows) == len(kept) + left_out
    amount = settings.books[name]["amount"]
    numbers = [Decimal(row[amount]) for row in rows if row[amount] not in (None, "n/a", "12,50", "NaN")]
    listed_amount = sum(amount for _, amount in about_rows.values())
    assert sum(numbers) == sum(part.amount for part in kept) + listed_amount


@hypothesis_settings(max_examples=10, suppress_health_check=list(HealthCheck))
@given(many_books())
def test_the_order_of_rows_changes_nothing(example: Example) -> None:
    settings, rows = example
    for name in settings.books:
        there = ledger(rows[name], name, settings)
        back = ledger(rows[name][::-1], name, settings)
        assert sorted(map(str, there)) == sorted(map(str, back))
