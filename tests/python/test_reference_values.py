"""The how-to pages on real data, followed to the letter, give every cell of the reference values."""

import csv
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pages
import pytest
from conftest import REPO, SHARED, Built, Project, needs_shared
from test_oracle import PUBLISHED, PUBLISHED_RATES

pytestmark = needs_shared

# Their rates and ours; `revenue_churn_rate` there takes contraction in.
RATES = PUBLISHED_RATES | {"ner": "customer_expansion_rate"}
COMPARISONS = {
    "month": "month_over_month",
    "quarter": "quarter_over_quarter",
    "ttm": "trailing_12_months",
}


def followed_page(
    page: str, folder: Path, data: Mapping[str, Path], books: list[str], comparisons: list[str]
) -> Built:
    """Do what a how-to page says, over the data it names, with two more models that ask for every rate."""
    project = Project(folder)
    (folder / "data").mkdir()
    for name, source in data.items():
        (folder / "data" / name).symlink_to(source)
    add_rate_models(project, books, comparisons)
    pages.follow(REPO / "docs" / "how-to" / page, folder)
    return Built(True, {}, "", next(folder.glob("*.duckdb")))


def add_rate_models(project: Project, books: list[str], comparisons: list[str]) -> None:
    """Two models that ask for every rate, in total and by country, incomplete periods too."""
    for name, by in (("rates_in_total", []), ("rates_by_country", ["country"])):
        project.write(
            f"models/{name}.sql",
            f"{{{{ rollforward.query(metrics={list(RATES.values())}, book={books}, comparison={comparisons},"
            f" by={by}, incomplete_periods='include') }}}}\n",
        )


def check_reference(built: Built, file: str, book: str) -> None:
    """Every row of a reference file, totals and slices: amounts and counts exactly, rates to 12 decimals."""
    comparison = COMPARISONS[file.rsplit("_", 1)[1]]
    sums = ", ".join(f"sum({name}) as {name}" for name in PUBLISHED.values())
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for slice_value, rates in (("'all'", "rates_in_total"), ("country", "rates_by_country")):
        for query in (
            f"select {sums}, {slice_value} as slice_value, strftime(period_end, '%Y-%m') as period"
            " from rollforward__revenue_cohorts where book = ? and comparison = ?"
            " group by slice_value, period_end",
            f"select *, {slice_value} as slice_value, strftime(period_end, '%Y-%m') as period"
            f" from {rates} where book = ? and comparison = ?",
        ):
            for row in built.rows(query, [book, comparison]):
                found.setdefault((row["slice_value"], row["period"]), {}).update(row)
    with (SHARED / "oracle" / f"{file}.csv").open() as stream:
        expected = {(row["slice_value"], row["cur_to"]): row for row in csv.DictReader(stream)}
    assert set(found) == set(expected)
    for key, row in expected.items():
        for theirs, ours in PUBLISHED.items():
            assert found[key][ours] == Decimal(row[theirs]), (key, ours)
        for theirs, ours in RATES.items():
            rate = None if row[theirs] == "" else pytest.approx(float(row[theirs]), abs=1e-12)
            assert found[key][ours] == rate, (key, ours)


BOOKS_OF_RAVENSTACK = ["subscriptions", "snapshots", "activities"]


@pytest.fixture(scope="module")
def ravenstack(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("ravenstack") / "project"
    data = {name: SHARED / "data" / name for name in ("ravenstack", "ravenstack_shapes")}
    comparisons = ["month_over_month", "quarter_over_quarter"]
    return followed_page("subscriptions.md", folder, data, BOOKS_OF_RAVENSTACK, comparisons)


@pytest.mark.parametrize("book", BOOKS_OF_RAVENSTACK)
@pytest.mark.parametrize("file", ["ravenstack_month", "ravenstack_quarter"])
def test_ravenstack(ravenstack: Built, file: str, book: str) -> None:
    check_reference(ravenstack, file, book)


def test_ravenstack_shapes_answer_alike(ravenstack: Built) -> None:
    rows = ravenstack.rows("select * exclude (book) from retention_of_all_shapes")
    assert len(rows) == 3 * len({(row["comparison"], row["period_end"]) for row in rows})
    assert len({tuple(row.items()) for row in rows}) == len(rows) / 3


def test_ravenstack_lists_what_it_left_out(ravenstack: Built) -> None:
    rows = ravenstack.rows("select book, reason, row_count from rollforward__input_problems")
    assert rows == [{"book": "subscriptions", "reason": "zero_length_interval", "row_count": 13}]


@pytest.fixture(scope="module")
def online_retail(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("online_retail") / "project"
    data = {"online_retail.parquet": SHARED / "data" / "online_retail" / "online_retail.parquet"}
    comparisons = ["month_over_month", "quarter_over_quarter"]
    return followed_page("invoice-lines.md", folder, data, ["sales"], comparisons)


@pytest.mark.parametrize("file", ["online_retail_gross_month", "online_retail_gross_quarter"])
def test_online_retail(online_retail: Built, file: str) -> None:
    check_reference(online_retail, file, "sales")


def test_online_retail_views_leave_the_cut_month_out(online_retail: Built) -> None:
    rows = online_retail.rows(
        "select period_end, is_complete from sales_retention where comparison = 'month_over_month'"
    )
    assert len(rows) == 11
    assert all(row["is_complete"] for row in rows)


CHINOOK = {
    "dbt_project.yml": """
name: chinook
version: "1.0.0"
profile: consumer
vars:
  rollforward:
    books:
      invoices:
        {relation: fct_invoices, shape: payments, unit: CustomerId, amount: Total, occurred_on: InvoiceDate,
         attributes: [country]}
""",
    "models/fct_invoices.sql": """
select invoices.*, customers.Country as country
from read_csv('%(data)s/Invoice.csv') as invoices
inner join read_csv('%(data)s/Customer.csv') as customers on invoices.CustomerId = customers.CustomerId
""",
}


@pytest.fixture(scope="module")
def chinook(tmp_path_factory: pytest.TempPathFactory) -> Built:
    project = Project(tmp_path_factory.mktemp("chinook") / "project")
    write_all(project, CHINOOK.items(), SHARED / "data" / "chinook")
    add_rate_models(project, ["invoices"], list(COMPARISONS.values()))
    built = project.dbt("build")
    assert built.success, built.messages
    return built


def write_all(project: Project, files: Iterable[tuple[str, str]], data: Path) -> None:
    for path, text in files:
        project.write(path, text % {"data": data} if "%(data)s" in text else text)


@pytest.mark.parametrize("file", ["chinook_month", "chinook_quarter", "chinook_ttm"])
def test_chinook(chinook: Built, file: str) -> None:
    check_reference(chinook, file, "invoices")
