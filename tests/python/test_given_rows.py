"""Input as people have it: text columns with blanks, awkward column names, amounts nobody can mean."""

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import yaml
from conftest import Built, Project

DAYS = ["2026-1-5", "2026/01/05", "2026-01-05 7:00", "2026-01-05 23:59:59.999", "2026-01-05T23:30:00-08:00"]
# Some database or other reads every one of them, each in its way.
ODD_DAYS = [
    *(" 2026-01-05", "2026-01-05 ", "2026", "2026-01", "05/01/2026", "5.1.2026", "20260105", "2026-02-30"),
    *("epoch", "infinity", "-infinity", "now", "2026-01-05 24:00:00", "2026-01-05 10:00 PM", "1767571200"),
]
ODD_AMOUNTS = ["1_000", "1,000", "0x10", "NaN", "inf", "$5", "1e", "\u0663", "\u00a07"]
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
    ("d", "12", "43", "1899-12-31", "", "pro"),
    ("d", "13", "44", "0001-01-01", "1850-01-01", "pro"),
    *(("d", f"d{at}", "1", began, "", "pro") for at, began in enumerate(ODD_DAYS)),
    *(("f", f"f{at}", "7", began, "2026-02-01", "pro") for at, began in enumerate(DAYS)),
    *(("c", f"c{at}", amount, "2026-01-05", "", "pro") for at, amount in enumerate(ODD_AMOUNTS)),
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
        "non_numeric_amount": (1 + len(ODD_AMOUNTS), 0),
        "amount_too_large": (1, 10**20),
        "missing_date": (1, 40),
        "unparseable_date": (2 + len(ODD_DAYS), 83 + len(ODD_DAYS)),
        "date_too_early": (2, 87),
        "duplicate_key": (1, 51),
    }
    keys = built.rows("select row_key from rollforward__rejected_rows where reason = 'duplicate_key'")
    assert keys == [{"row_key": "11"}]


def test_what_cannot_be_read_is_shown_as_it_was_given(built: Built) -> None:
    listed = built.rows("select row_key, dated_given, amount_given from rollforward__rejected_rows")
    by_key = {row["row_key"]: row for row in listed}
    assert [by_key[f"d{at}"]["dated_given"] for at in range(len(ODD_DAYS))] == ODD_DAYS
    assert [by_key[f"c{at}"]["amount_given"] for at in range(len(ODD_AMOUNTS))] == ODD_AMOUNTS


def test_a_day_is_read_as_it_is_written(built: Built) -> None:
    ledger = built.rows(
        "select movement, starting_amount, ending_amount from rollforward__customer_movements"
        " where unit = 'f' order by period_end"
    )
    assert [tuple(row.values()) for row in ledger] == [
        ("churn", Decimal(7 * len(DAYS)), Decimal(0)),
    ]


@pytest.mark.parametrize("shape", ["payments", "intervals"])
@pytest.mark.parametrize("moment", ["date", "timestamp", "timestamptz"])
def test_infinity_is_no_day(tmp_path_factory: pytest.TempPathFactory, shape: str, moment: str) -> None:
    """It would be the first day there is, and all periods would begin there; nor does anything end then."""
    project = Project(tmp_path_factory.mktemp("infinite") / "project", tables=["rows_given"])
    rows = [("a", day, None, Decimal(5)) for day in ("-infinity", "infinity", "2026-01-05", "2026-02-05")]
    if shape == "intervals":
        rows += [("a", "2026-01-05", end, Decimal(5)) for end in ("-infinity", "infinity")]
    columns = {"customer": "varchar", "day": moment, "until": moment, "amount": "decimal(9, 2)"}
    project.load("rows_given", columns, [dict(zip(columns, row, strict=True)) for row in rows])
    dated = {"occurred_on": "day"} if shape == "payments" else {"started_on": "day", "ended_on": "until"}
    book = {"relation": "source('raw', 'rows_given')", "shape": shape, "unit": "customer", "amount": "amount"}
    settings = {"books": {"sales": {**book, **dated}}, "as_of_date": "2026-02-28"}
    result = project.dbt("build", settings=settings)
    assert result.success, result.messages
    listed = result.rows("select reason, dated_given, ended_given from rollforward__rejected_rows")
    assert {row["reason"] for row in listed} == {"unparseable_date"}
    given = [("dated_given", "-infinity"), ("dated_given", "infinity")]
    given += [("ended_given", "-infinity"), ("ended_given", "infinity")] if shape == "intervals" else []
    assert len(listed) == len(given)
    assert sorted((key, row[key]) for row in listed for key in row if "infinity" in str(row[key])) == given
    ledger = result.rows(
        "select period_end, ending_amount from rollforward__customer_movements where unit = 'a'"
    )
    assert {str(row["period_end"]) for row in ledger} == {"2026-02-28"}
    # Intervals that began in January and February are both in force.
    assert {row["ending_amount"] for row in ledger} == {Decimal(5 if shape == "payments" else 10)}


UNIT_TYPES = ("integer", "bigint", "ubigint", "hugeint", "uuid", "smallint", "decimal(9, 2)", "varchar")


def test_a_unit_is_the_text_of_what_is_given(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever its column is: numbers are told apart and hashed as numbers, and called by their text."""
    project = Project(tmp_path_factory.mktemp("units") / "project", tables=["rows_given"])
    columns = {f"unit_{at}": kind for at, kind in enumerate(UNIT_TYPES)}
    digits = {name: 32 if kind == "uuid" else 1 for name, kind in columns.items()}
    rows = [
        {"day": "2026-01-05", "amount": amount, **{name: number * many for name, many in digits.items()}}
        for number, amount in (("7", 10), ("7", 20), ("8", 40))
    ]
    rows.append({"day": "2026-01-05", "amount": 80})
    project.load("rows_given", {**columns, "day": "date", "amount": "integer"}, rows)
    book = {"relation": "source('raw', 'rows_given')", "shape": "intervals", "amount": "amount"}
    books = {name: {**book, "unit": name, "started_on": "day"} for name in columns}
    result = project.dbt("build", settings={"books": books, "as_of_date": "2026-02-28"})
    assert result.success, result.messages
    for name, kind in columns.items():
        given = result.rows(
            f"select cast({name} as varchar) as unit, cast(sum(amount) as integer) as amount"
            " from raw.rows_given group by unit order by unit"
        )
        units = result.rows(f"select unit from int_rollforward__units where book = '{name}' order by unit")
        named = [row for row in given if row["unit"] is not None]
        assert units == [{"unit": row["unit"]} for row in named], kind
        ledger = result.rows(
            "select unit, cast(ending_amount as integer) as amount from rollforward__customer_movements"
            f" where book = '{name}' and comparison = 'month_over_month' and period_end = '2026-02-28'"
            " order by unit"
        )
        assert ledger == named, kind
        assert [row["amount"] for row in ledger] == [30, 40]


def test_a_float_is_the_number_it_is_written_as(tmp_path: Path) -> None:
    project = Project(tmp_path / "project", tables=["rows_given"])
    rows = [("a", 538886.34), ("b", 0.1), (None, 538886.34), ("c", 1e300), ("d", 1234.56789)]
    project.load(
        "rows_given",
        {"unit": "varchar", "day": "date", "amount": "double"},
        [{"unit": unit, "day": "2026-01-05", "amount": amount} for unit, amount in rows],
    )
    book = {"shape": "payments", "unit": "unit", "amount": "amount", "occurred_on": "day"}
    settings = {"books": {"sales": {**book, "relation": "source('raw', 'rows_given')"}}}
    result = project.dbt("build", settings=settings)
    assert result.success, result.messages
    listed = result.rows("select reason, row_count, amount from rollforward__input_problems")
    assert {row["reason"]: (row["row_count"], row["amount"]) for row in listed} == {
        "null_unit": (1, Decimal("538886.34")),
        "non_numeric_amount": (1, 0),
        "rounded_amount": (1, Decimal("-0.00001")),
    }


def test_a_number_with_an_exponent_is_the_one_it_is_written_as(tmp_path: Path) -> None:
    """As a text and as a float; what is too large for an amount is listed, whatever it is written like."""
    texts = {
        "5.5980559175e14": None,  # 559,805,591,750,000 has a digit too many
        ".08E+15": "80000000000000",
        "7995695.553455929699e6": "7995695553455.9297",
        "-634015899860687e-8": "-6340158.9986",
        "1.5E003": "1500",
        " 12.5e-1 ": "1.25",
        "1e-9": "0",
    }
    floats = {5.5980559175e17: None, 1.2e16: None, 2.5e-05: "0", 7.5e-05: "0.0001", 1e13: "10000000000000"}
    project = Project(tmp_path / "project", tables=["texts", "floats"])
    project.load_all(
        {
            table: (
                {"unit": "varchar", "day": "date", "amount": kind},
                [{"unit": str(key), "day": "2026-01-05", "amount": key} for key in given],
            )
            for table, kind, given in (("texts", "varchar", texts), ("floats", "double", floats))
        }
    )
    book = {"shape": "payments", "unit": "unit", "amount": "amount", "occurred_on": "day"}
    books = {name: {**book, "relation": f"source('raw', '{name}')"} for name in ("texts", "floats")}
    result = project.dbt("build", settings={"books": books})
    assert result.success, result.messages
    for name, given in (("texts", texts), ("floats", floats)):
        staged = result.rows(
            f"select unit, amount, reason from stg_rollforward__payments where book = '{name}'"
        )
        wanted = {str(key): None if amount is None else Decimal(amount) for key, amount in given.items()}
        assert {row["unit"]: row["amount"] for row in staged} == wanted
        listed = {row["unit"]: row["reason"] for row in staged if row["reason"] is not None}
        assert listed == {unit: "amount_too_large" for unit, amount in wanted.items() if amount is None}


def test_amounts_nobody_can_mean_still_have_a_total(tmp_path: Path) -> None:
    """A column of long numbers that are no amounts: however many, they are listed, and the build goes on."""
    most, beyond = 10**21 - 1, 10**26 - 1
    project = Project(tmp_path / "project", tables=["payments"])
    project.load("payments", {"unit": "varchar", "day": "date", "amount": "varchar"}, [])
    for unit, amount, rows in (("a", most, 20000), ("b", beyond, 20), ("c", 7, 1)):
        project.execute(
            f"insert into raw.payments select '{unit}', '2026-01-05', '{amount}' from range({rows})"
        )
    book = {"shape": "payments", "unit": "unit", "amount": "amount", "occurred_on": "day"}
    result = project.build({"payments": book})
    listed = result.rows("select reason, row_count, amount from rollforward__input_problems order by reason")
    assert [tuple(row.values()) for row in listed] == [
        ("amount_too_large", 20000, Decimal(20000 * most)),
        ("non_numeric_amount", 20, 0),
    ]


def test_a_book_of_which_nothing_can_be_used_fails(tmp_path: Path) -> None:
    project = Project(tmp_path / "project", tables=["rows_given", "empty"])
    columns = {"customer": "varchar", "paid": "integer", "day": "date"}
    rows = [{"customer": "a", "paid": 5, "day": "2026-01-05"}]
    project.load_all({"rows_given": (columns, rows), "empty": (columns, [])})
    book = {"shape": "payments", "unit": "customer", "amount": "paid", "occurred_on": "day"}
    settings = {
        "books": {
            "fine": {**book, "relation": "source('raw', 'rows_given')"},
            # Nobody has paid anything yet: that is no mistake.
            "new": {**book, "relation": "source('raw', 'empty')"},
            "wrong": {**book, "relation": "source('raw', 'rows_given')", "amount": "customer"},
        }
    }
    result = project.dbt("build", settings=settings)
    assert [name for name, status in result.statuses.items() if status == "fail"] == ["books_have_used_rows"]
    settings["books"].pop("wrong")
    assert project.dbt("build", settings=settings).success
    # As of a day before it began, a book has no numbers yet.
    assert project.dbt("build", settings=settings | {"as_of_date": "2025-12-31"}).success


def test_somebody_is_told(built: Built) -> None:
    assert built.statuses["rows_left_out"] == "warn"


SALES = {"shape": "payments", "unit": "customer", "amount": "amount", "occurred_on": "Paid_On"}


@pytest.fixture(scope="module")
def sold(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("absent") / "project", tables=["rows_given"])
    project.load("rows_given", {"customer": "varchar", "amount": "integer", "paid_on": "date"}, [])
    project.write(
        "models/within.sql",
        "{{ config(materialized='ephemeral') }}\nselect * from {{ source('raw', 'rows_given') }}\n",
    )
    files = f"{project.folder}/files.parquet"
    row = "select 'a' as customer, 5 as amount, date '2026-01-05' as paid_on"
    duckdb.execute(f"copy ({row}) to '{files}'")
    lake = {"name": "lake", "config": {"external_location": files}, "tables": [{"name": "files"}]}
    project.write("models/lake.yml", yaml.safe_dump({"sources": [lake]}))
    return project


def test_every_column_that_is_not_there_is_named_with_its_book(sold: Project) -> None:
    given = {**SALES, "relation": "source('raw', 'rows_given')"}
    books = {
        "sales": {**given, "unit": ["customer", "user"], "amount": "amout", "occurred_on": "day"},
        "orders": {**given, "attributes": ["plan"], "key": "Order No"},
    }
    built = sold.dbt("build", settings={"books": books})
    assert not built.success
    misspelt = {
        "sales.unit": "user",
        "sales.amount": "amout",
        "sales.occurred_on": "day",
        "orders.attributes": "plan",
        "orders.key": "Order No",
    }
    for key, column in misspelt.items():
        assert f'{key}: "warehouse"."raw"."rows_given" has no column \'{column}\'' in built.messages
    assert built.messages.count("; it has customer, amount, paid_on") >= 5


@pytest.mark.parametrize("relation", ["source('raw', 'rows_given')", "source('lake', 'files')", "within"])
def test_columns_are_asked_of_the_relation(sold: Project, relation: str) -> None:
    """Engines know words such as `user` without any column; what an ephemeral model has only they can say."""
    book = {**SALES, "relation": relation}
    assert sold.dbt("build", settings={"books": {"sales": book}}).success
    built = sold.dbt("build", settings={"books": {"sales": {**book, "unit": "user"}}})
    assert not built.success
    assert ("has no column 'user'" if relation != "within" else '"user"') in built.messages


def test_what_is_not_there_yet_can_be_compiled(tmp_path: Path) -> None:
    """On a fresh warehouse `dbt compile` and `dbt docs generate` come before any table."""
    project = Project(tmp_path / "project", tables=["rows_given"])
    settings = {"books": {"sales": {**SALES, "relation": "source('raw', 'rows_given')"}}}
    built = project.dbt("compile", settings=settings)
    assert built.success, built.messages
