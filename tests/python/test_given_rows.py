"""Input as people have it: text columns with blanks, awkward column names, amounts nobody can mean."""

from decimal import Decimal

import pytest
from conftest import Built, Project

COLUMNS = ("user", "order", "My Amount", "began", "ended", "plan")
ROWS = [
    ("a", "1", " 12.50 ", "2026-01-05", "", "pro"),
    ("b", "2", "20", "2026-01-05T23:30:00", "2026-03-01", " "),
    ("", "3", "30", "2026-01-05", "", "pro"),
    ("  ", "4", "31", "2026-01-05", "", "pro"),
    ("c", "5", "", "2026-01-05", "", "pro"),
    ("c", "6", "twelve", "2026-01-05", "", "pro"),
    ("c", "7", "1e20", "2026-01-05", "", "pro"),
    ("d", "8", "40", " ", "", "pro"),
    ("d", "9", "41", "in spring", "", "pro"),
    ("d", "10", "42", "2026-01-05", "in spring", "pro"),
    ("e", "11", "50", "2026-02-05", "", "pro"),
    ("e", "11", "51", "2026-02-06", "", "pro"),
    ("e", "", "5", "2026-02-06", "", "pro"),
    ("e", "", "5", "2026-02-06", "", "pro"),
]
BOOK = {
    "shape": "intervals",
    "unit": "user",
    "amount": "My Amount",
    "started_on": "began",
    "ended_on": "ended",
    "attributes": ["plan"],
    "key": "order",
    "comparisons": ["month_over_month"],
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    project = Project(tmp_path_factory.mktemp("given") / "project", tables=["rows_given"])
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in ROWS]
    project.load("rows_given", dict.fromkeys(COLUMNS, "varchar"), rows)
    book = {**BOOK, "relation": "source('raw', 'rows_given')"}
    result = project.dbt("build", settings={"books": {"texts": book}, "as_of_date": "2026-03-31"})
    assert result.success, result.messages
    return result


def test_blanks_are_missing_values(built: Built) -> None:
    ledger = built.rows(
        "select unit, starting_amount, ending_amount, movement from rollforward__customer_movements"
        " where period_end = '2026-03-31' order by unit"
    )
    assert [tuple(row.values()) for row in ledger] == [
        ("a", Decimal("12.5"), Decimal("12.5"), "unchanged"),
        ("b", Decimal("20"), Decimal("0"), "churn"),
        ("e", Decimal("60"), Decimal("60"), "unchanged"),
    ]


def test_every_other_row_is_listed(built: Built) -> None:
    listed = built.rows("select reason, row_count, amount from rollforward__input_problems")
    assert {row["reason"]: (row["row_count"], row["amount"]) for row in listed} == {
        "null_unit": (2, 61),
        "null_amount": (1, 0),
        "non_numeric_amount": (1, 0),
        "amount_too_large": (1, 10**20),
        "missing_date": (1, 40),
        "unparseable_date": (2, 83),
        "duplicate_key": (1, 51),
    }
    keys = built.rows("select row_key from rollforward__rejected_rows where reason = 'duplicate_key'")
    assert keys == [{"row_key": "11"}]


def test_somebody_is_told(built: Built) -> None:
    assert built.statuses["rows_left_out"] == "warn"


def test_a_column_that_is_not_there_is_an_error(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Engines know words such as `user` without any column: columns are asked of the relation by name."""
    project = Project(tmp_path_factory.mktemp("absent") / "project", tables=["rows_given"])
    project.load("rows_given", {"customer": "varchar", "amount": "integer", "paid_on": "date"}, [])
    book = {
        "relation": "source('raw', 'rows_given')",
        "shape": "payments",
        "unit": "user",
        "amount": "amount",
    }
    result = project.dbt("build", settings={"books": {"sales": {**book, "occurred_on": "paid_on"}}})
    assert not result.success
    assert '"user"' in result.messages
