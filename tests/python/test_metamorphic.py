"""What must hold whatever the numbers are: identities, and how the answers move when the input is changed.

A build holds drawn books together with changed copies of them, which are compared with the originals. The
settings stay the same from one example to the next, so that dbt parses once.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from math import prod
from pathlib import Path
from typing import Any

import oracle
import pytest
import strategies
from conftest import Project
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from identities import (
    METRICS,
    Found,
    Measures,
    check_identities,
    check_ledger,
    check_net_change,
    close,
    found_in,
)

Rows = list[dict[str, Any]]

COMPARISONS = {"rolling_quarter": {"grain": "month", "lookback": 1, "periods_summed": 3}}
ATTRIBUTES = ["plan", "region"]

few_examples = settings(
    max_examples=3,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)


def book_of(shape: str, **given_keys: Any) -> dict[str, Any]:
    dates = {name: name for name in oracle.DATE_KEYS[shape]}
    unit = {"unit": "customer_id", "amount": "amount", "attributes": ATTRIBUTES}
    return {"shape": shape, **unit, **dates, **given_keys}


def project_with(folder: Path, books: Mapping[str, Mapping[str, Any]]) -> Project:
    """A project that asks for every metric of every book, in total and by plan."""
    project = Project(folder / "project", tables=books)
    comparisons = [*oracle.STANDARD_COMPARISONS, *COMPARISONS]
    names = [name for name, book in books.items() if book["attributes"]]
    query = {"metrics": METRICS, "comparison": comparisons, "incomplete_periods": "include"}
    project.ask("rates", **query, book=list(books))
    project.ask("rates_by_plan", **query, book=names, by=["plan"])
    return project


# --- changes of rows ------------------------------------------------------------------------------


def amount_of(row: Mapping[str, Any]) -> Decimal | None:
    try:
        amount = Decimal(str(row["amount"]))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def with_amounts(rows: Rows, change: Callable[[Decimal], Decimal]) -> Rows:
    """Rows with their amounts changed, where they are amounts; text stays text."""
    changed = []
    for row in rows:
        amount = amount_of(row)
        if amount is not None:
            given_as = str if isinstance(row["amount"], str) else Decimal
            row = {**row, "amount": given_as(format(change(amount), "f"))}
        changed.append(row)
    return changed


def four_decimals(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.0001"))


def split_in_two(rows: Rows, position: int) -> Rows:
    """One row as two of the same attributes; the new one has a key of its own."""
    quarter = with_amounts(rows, lambda amount: four_decimals(amount / 4))[position]
    rest = with_amounts(rows, lambda amount: amount - four_decimals(amount / 4))[position]
    return [*rows[:position], rest, *rows[position + 1 :], {**quarter, "row_id": "split off"}]


def renamed(rows: Rows) -> Rows:
    """Other names for customers and products; their order stays, since duplicates may go by it."""
    names = {
        column: {
            name: f"{column} {i:03}" for i, name in enumerate(sorted({row[column] for row in rows} - {None}))
        }
        for column in ("customer_id", "product")
    }
    return [{**row, **{column: names[column].get(row[column]) for column in names}} for row in rows]


@st.composite
def drawn_rows(draw: st.DrawFn, shape: str) -> Rows:
    """Rows as nasty as any, but that their amounts have no more decimals than are kept."""
    return with_amounts(draw(strategies.books(shape))[0], four_decimals)


def load(project: Project, tables: Mapping[str, Rows], books: Mapping[str, Mapping[str, Any]]) -> None:
    """Load each table; a copy, named after its original, has the same types of columns."""
    originals = {name: tables.get(name.rsplit("_", 1)[0], rows) for name, rows in tables.items()}
    project.load_all(
        {name: (strategies.column_types(originals[name], books[name]), rows) for name, rows in tables.items()}
    )


# --- changes that change no rate ------------------------------------------------------------------

# A duplicate of a key may go by the order of its unit's name: shapes with a key have units of one column.
GIVEN_BOOKS = {
    "intervals": book_of("intervals", key="row_id"),
    "snapshots": book_of("snapshots"),
    "movements": book_of("movements", unit=["customer_id", "product"]),
    "payments": book_of("payments", unit=["customer_id", "product"]),
}
COPIES = ("permuted", "scaled", "split", "renamed")


def books_with_copies() -> dict[str, dict[str, Any]]:
    books: dict[str, dict[str, Any]] = {}
    for shape, book in GIVEN_BOOKS.items():
        books[shape] = book
        books |= {f"{shape}_{copy}": book for copy in COPIES}
        books[f"{shape}_in_total"] = {**book, "relation": f"source('raw', '{shape}')", "attributes": []}
    return books


@pytest.fixture(scope="module")
def project_of_copies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    project = project_with(tmp_path_factory.mktemp("copies"), books_with_copies())
    yield project
    project.remove()


@st.composite
def changed_copies(draw: st.DrawFn) -> tuple[dict[str, Rows], int]:
    """Rows by table, and the factor of the scaled ones."""
    factor = draw(st.sampled_from([2, 3, 7]))
    tables = {}
    for shape in GIVEN_BOOKS:
        rows = draw(drawn_rows(shape))
        # Splitting a row of which there is a duplicate would change which of them is the larger.
        ids = [row["row_id"] for row in rows]
        single = [i for i, row_id in enumerate(ids) if ids.count(row_id) == 1]
        tables[shape] = rows
        tables[f"{shape}_permuted"] = draw(st.permutations(rows))
        tables[f"{shape}_scaled"] = with_amounts(rows, lambda amount: amount * factor)
        tables[f"{shape}_split"] = split_in_two(rows, draw(st.sampled_from(single))) if single else rows
        tables[f"{shape}_renamed"] = renamed(rows)
    return tables, factor


@few_examples
@given(drawn=changed_copies())
def test_changes_that_change_no_rate(project_of_copies: Project, drawn: Any) -> None:
    """Scaling every amount, permuting rows, splitting a subscription in two, renaming customers."""
    project, (tables, factor), books = project_of_copies, drawn, books_with_copies()
    load(project, tables, books)
    built = project.build(books, comparisons=COMPARISONS, fiscal_year_start_month=4)
    found = found_in(built, ATTRIBUTES)
    check_identities(found)
    check_ledger(built, list(GIVEN_BOOKS))
    for shape in GIVEN_BOOKS:
        check_net_change(found, shape)
        for copy in COPIES:
            times = factor if copy == "scaled" else 1
            expected = {
                key: {
                    name: value * times if name in oracle.REVENUE_MEASURES else value
                    for name, value in measures.items()
                }
                for key, measures in found.cohorts[shape].items()
            }
            name = f"{shape}_{copy}"
            assert found.cohorts[name] == expected, name
            check_same_rates(found.rates[name], found.rates[shape], times, name)
            check_same_rates(found.rates_by_plan[name], found.rates_by_plan[shape], times, name)
        # A book without attributes has the totals themselves; over the slices they add up to the same.
        assert found.totals[f"{shape}_in_total"] == found.totals[shape], shape
        assert found.rates[f"{shape}_in_total"] == found.rates[shape], shape


def check_same_rates(
    rates: Mapping[Any, Measures], given_rates: Mapping[Any, Measures], times: int, name: str
) -> None:
    amounts = {"average_revenue_per_customer", "net_new_revenue"}
    assert rates.keys() == given_rates.keys(), name
    for key, values in given_rates.items():
        for metric, value in values.items():
            exact = None if value is None else Fraction(value) * (times if metric in amounts else 1)
            assert close(rates[key][metric], exact), (name, *key, metric)


# --- changes that move some of the numbers --------------------------------------------------------

MERGED = ("intervals", "snapshots", "payments")
MOVING_BOOKS = {
    **{shape: book_of(shape) for shape in oracle.DATE_KEYS},
    **{f"{shape}_joined": book_of(shape) for shape in oracle.DATE_KEYS},
    **{f"{shape}_merged": book_of(shape) for shape in MERGED},
    "two_months": book_of("snapshots"),
    "two_months_swapped": book_of("snapshots"),
    "closed_snapshots": book_of("snapshots"),
    "closed_intervals": book_of("intervals"),
}
# What becomes of what when start and end are swapped; nobody was there before, so joiners are new.
SWAPPED = {
    "starting_revenue": "ending_revenue",
    "retained_revenue": "retained_revenue",
    "expansion_revenue": "contraction_revenue",
    "churned_revenue": "new_revenue",
    "starting_customers": "ending_customers",
    "retained_customers": "retained_customers",
    "expanded_customers": "contracted_customers",
    "unchanged_customers": "unchanged_customers",
    "churned_customers": "new_customers",
}


@dataclass(frozen=True)
class Moved:
    """Rows by table, and what the new customers of each shape pay from which day on."""

    tables: dict[str, Rows]
    joined: dict[str, tuple[date | None, list[Decimal]]]


@pytest.fixture(scope="module")
def moving_project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    project = project_with(tmp_path_factory.mktemp("moving"), MOVING_BOOKS)
    yield project
    project.remove()


positive = st.integers(1, 50).map(Decimal)
plans = st.sampled_from(strategies.PLANS)


@st.composite
def with_new_customers(draw: st.DrawFn, shape: str, rows: Rows) -> tuple[Rows, date | None, list[Decimal]]:
    """Customers nobody has seen, who join on the last day that was observed; null when there is none."""
    observed_through = oracle.read(rows, shape, oracle.Settings(MOVING_BOOKS)).observed_through
    amounts = draw(st.lists(positive, min_size=1, max_size=3)) if observed_through else []
    dated = oracle.DATE_KEYS[shape][0]
    new = [
        {"row_id": f"new {i}", "customer_id": f"new {i}", "plan": draw(plans), "amount": amount}
        | {dated: observed_through}
        for i, amount in enumerate(amounts)
    ]
    return rows + new, observed_through, amounts


def merged(rows: Rows) -> Rows:
    """The first two customers as one."""
    names = list(dict.fromkeys(row["customer_id"] for row in rows if row["customer_id"] is not None))
    return [
        {**row, "customer_id": names[0] if row["customer_id"] in names[:2] else row["customer_id"]}
        for row in rows
    ]


def snapshot(customer: str, plan: str | None, amount: Decimal, day: str) -> dict[str, Any]:
    names = dict.fromkeys(strategies.column_names(book_of("snapshots")))
    return {**names, "customer_id": customer, "plan": plan, "amount": amount, "snapshot_on": day}


@st.composite
def two_months(draw: st.DrawFn) -> tuple[Rows, Rows]:
    """Snapshots of two months, and the same with the months swapped; nobody changes plan."""
    amounts = st.sampled_from([*map(Decimal, (0, 5, 10, 10, 20, 30, -5))])
    customers = draw(st.lists(st.tuples(plans, amounts, amounts), min_size=1, max_size=12))
    days = ("2025-01-31", "2025-02-28")
    swapped = dict(zip(days, reversed(days), strict=True))
    # Somebody is there in both months, or one of them would not be observed.
    rows = [snapshot("always", "pro", Decimal(1), day) for day in days]
    for i, (plan, *pays) in enumerate(customers):
        rows += [snapshot(f"c{i}", plan, amount, day) for amount, day in zip(pays, days, strict=True)]
    return rows, [{**row, "snapshot_on": swapped[row["snapshot_on"]]} for row in rows]


@st.composite
def closed_population(draw: st.DrawFn) -> tuple[Rows, Rows]:
    """Customers that all pay something in every month, as snapshots and as intervals."""
    months = draw(st.integers(13, 15))
    customers = draw(st.lists(st.lists(positive, min_size=months, max_size=months), min_size=1, max_size=5))
    days = [date(2024 + i // 12, i % 12 + 1, 1) for i in range(months + 1)]
    snapshots, intervals = [], []
    for i, amounts in enumerate(customers):
        for day, following, amount in zip(days, days[1:], amounts, strict=False):
            row = snapshot(f"c{i}", None, amount, day.isoformat())
            snapshots.append(row)
            ended_on = None if following == days[-1] else following
            intervals.append({**row, "started_on": day, "ended_on": ended_on})
    return snapshots, intervals


@st.composite
def moved(draw: st.DrawFn) -> Moved:
    tables: dict[str, Rows] = {}
    joined = {}
    for shape in oracle.DATE_KEYS:
        rows = draw(drawn_rows(shape))
        if shape in MERGED:
            # Two customers of which one is below zero would be worth less together.
            rows = with_amounts(rows, abs)
            tables[f"{shape}_merged"] = merged(rows)
        tables[shape] = rows
        tables[f"{shape}_joined"], *joined[shape] = draw(with_new_customers(shape, rows))
    tables["two_months"], tables["two_months_swapped"] = draw(two_months())
    tables["closed_snapshots"], tables["closed_intervals"] = draw(closed_population())
    return Moved(tables, {shape: tuple(values) for shape, values in joined.items()})


@few_examples
@given(drawn=moved())
def test_changes_that_move_what_they_should(moving_project: Project, drawn: Moved) -> None:
    """New customers, two customers merged, start and end swapped, and a population nobody joins or leaves."""
    load(moving_project, drawn.tables, MOVING_BOOKS)
    built = moving_project.build(MOVING_BOOKS, comparisons=COMPARISONS, reactivation="new")
    found = found_in(built, ATTRIBUTES)
    check_identities(found)
    for shape in oracle.DATE_KEYS:
        check_net_change(found, shape)
        check_new_customers(found, shape, *drawn.joined[shape])
    for shape in MERGED:
        check_merged(found, shape)
    check_swapped(found)
    for name in ("closed_snapshots", "closed_intervals"):
        check_closed_population(found, name)


def check_new_customers(found: Found, shape: str, joined_on: date | None, amounts: list[Decimal]) -> None:
    """Customers that are new in the last period move new and ending revenue, and growth; nothing else."""
    nothing = dict.fromkeys(oracle.MEASURES, 0)
    totals, totals_after = found.totals[shape], found.totals[f"{shape}_joined"]
    for key in totals.keys() | totals_after.keys():
        before, after = totals.get(key, nothing), totals_after.get(key, nothing)
        is_last = joined_on is not None and key[1] <= joined_on <= found.period_ends[key]
        added = {"revenue": sum(amounts), "customers": len(amounts)} if is_last else {}
        for name in oracle.MEASURES:
            kind = name.rsplit("_", 1)[1]
            moves = name in ("ending_revenue", "new_revenue", "ending_customers", "new_customers")
            assert after[name] == before[name] + (added.get(kind, 0) if moves else 0), (*key, name)
        if before["starting_revenue"] == 0:
            continue
        rates, rates_after = found.rates[shape][key], found.rates[f"{shape}_joined"][key]
        grown = Fraction(added.get("revenue", 0)) / Fraction(before["starting_revenue"])
        for metric in METRICS:
            if metric == "revenue_growth_rate":
                assert close(rates_after[metric], Fraction(rates[metric]) + grown), (*key, metric)
            elif metric not in ("quick_ratio", "average_revenue_per_customer", "net_new_revenue"):
                assert rates_after[metric] == rates[metric], (*key, metric)


def check_merged(found: Found, shape: str) -> None:
    """Two customers taken for one never lower retention: one makes up for what the other loses."""
    apart, together = found.totals[shape], found.totals[f"{shape}_merged"]
    assert apart.keys() == together.keys()
    for key, m in apart.items():
        assert together[key]["starting_revenue"] == m["starting_revenue"], (shape, *key)
        assert together[key]["ending_revenue"] == m["ending_revenue"], (shape, *key)
        for name in ("existing_revenue", "retained_revenue"):
            assert together[key][name] >= m[name], (shape, *key, name)
        for metric in ("net_expansion_rate", "gross_revenue_retention"):
            before, after = found.rates[shape][key][metric], found.rates[f"{shape}_merged"][key][metric]
            assert after is before is None or after >= before, (shape, *key, metric)


def check_swapped(found: Found) -> None:
    forward, backward = found.cohorts["two_months"], found.cohorts["two_months_swapped"]
    assert forward.keys() == backward.keys()
    assert {starts for _, starts, *_ in forward} == {date(2025, 2, 1)}
    for key, m in forward.items():
        for name, counterpart in SWAPPED.items():
            assert backward[key][counterpart] == m[name], (*key, name)
            assert backward[key][name] == m[counterpart], (*key, name)


def check_closed_population(found: Found, book: str) -> None:
    """Where nobody joins, leaves or returns, the year is the product of its months, exactly."""
    totals = found.totals[book]
    months = sorted(starts for comparison, starts in totals if comparison == "month_over_month")
    years = [starts for comparison, starts in totals if comparison == "trailing_12_months"]
    assert years
    for last in years:
        position = months.index(last) + 1
        monthly = [totals[("month_over_month", starts)] for starts in months[position - 12 : position]]
        yearly = totals[("trailing_12_months", last)]
        assert len(monthly) == 12
        assert prod(map(net_expansion, monthly), start=Fraction(1)) == net_expansion(yearly)
        changes = sum(m["ending_revenue"] - m["starting_revenue"] for m in monthly)
        assert changes == yearly["ending_revenue"] - yearly["starting_revenue"]


def net_expansion(measures: Measures) -> Fraction:
    return Fraction(measures["existing_revenue"]) / Fraction(measures["starting_revenue"])
