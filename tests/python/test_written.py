"""How values, tables and pictures are written: exact for programs, readable and safe for people."""

import csv
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from rollforward.errors import ProblemsFound
from rollforward.exports import as_csv, as_json
from rollforward.parquet import as_parquet
from rollforward.screen import Screen
from rollforward.spans import span_of
from rollforward.tables import Column, Table, table_of
from rollforward.text_table import term_list, text_table, width_of
from rollforward.written import number, period_name, points, signed, written

COLUMNS = (
    Column("plan", "text"),
    Column("period_end", "date"),
    Column("is_complete", "boolean"),
    Column("net_new_revenue", "amount"),
    Column("customers", "count"),
    Column("rate", "number", "percent"),
)


def test_values_take_the_types_of_their_columns() -> None:
    """Drivers give a count as a decimal, a rate too, a day as a text or a timestamp."""
    given = [("a", "2026-01-31 00:00:00", 1, 12.5, Decimal(3), Decimal("0.5")), (None,) * 6]
    table = table_of(COLUMNS, given)
    assert table.rows == (("a", date(2026, 1, 31), True, Decimal("12.5"), 3, 0.5), (None,) * 6)
    assert [type(value) for value in table.rows[0]] == [str, date, bool, Decimal, int, float]


@pytest.mark.parametrize(
    ("given", "kept"),
    [("958", "958.0000"), ("958.000000000", "958.0000"), ("1E+2", "100.0000"), ("0.00001", "0.00001")],
)
def test_an_amount_has_all_its_decimals(given: str, kept: str) -> None:
    """BigQuery leaves zeros at the end off; a digit is never lost."""
    [(found,)] = table_of([Column("amount", "amount")], [(Decimal(given),)]).rows
    assert str(found) == kept


@pytest.mark.parametrize("text", ["0.1", "12345678901234.5678", "-0.0001", "100", "1E+2"])
def test_an_amount_keeps_every_digit(text: str) -> None:
    """In csv and json as text, in parquet as a decimal; never by way of a float."""
    amount = Decimal(text)
    table = Table((Column("amount", "amount"),), ((amount,),))
    assert Decimal(as_csv(table).splitlines()[1]) == amount
    [row] = json.loads(as_json(table, None))["rows"]
    assert isinstance(row["amount"], str) and Decimal(row["amount"]) == amount
    assert "E" not in as_csv(table) and "e" not in row["amount"]
    assert as_parquet(table).startswith(b"PAR1")


def test_a_rate_keeps_every_digit() -> None:
    table = Table((Column("rate", "number"),), ((0.1 + 0.2,), (None,)))
    assert as_csv(table) == 'rate\n0.30000000000000004\n""\n'
    assert json.loads(as_json(table, None))["rows"] == [{"rate": 0.1 + 0.2}, {"rate": None}]


def test_csv_tells_missing_from_empty_and_is_read_back_as_it_was(tmp_path: Path) -> None:
    texts = ["plain", "", None, 'says "so"', "a,b", "line\nbreak", "cr\rhere", " spaces ", "é", "(none)"]
    table = Table((Column("plan", "text"), Column("n", "count")), tuple((text, 1) for text in texts))
    (tmp_path / "a.csv").write_text(as_csv(table), encoding="utf-8", newline="")
    assert as_csv(table).splitlines()[2:4] == ['"",1', ",1"]
    assert [row[0] for row in csv.reader(io.StringIO(as_csv(table), newline=""))] == [
        "plan", *(text or "" for text in texts)
    ]  # fmt: skip
    read = duckdb.execute(
        "select plan from read_csv(?, quote='\"', escape='\"', allow_quoted_nulls=false)",
        [str(tmp_path / "a.csv")],
    )
    assert [row[0] for row in read.fetchall()] == texts


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        ("-0.3333333", "-33.33 pt"),
        ("0", "+0.00 pt"),
        ("-0.00005", "-0.0050 pt"),
        ("-0.0000034", "-0.00034 pt"),
        ("1e-13", "+1.0e-11 pt"),
        ("1234.5", "+123,450.00 pt"),
    ],
)
def test_a_part_of_a_rate_is_never_nothing(share: str, expected: str) -> None:
    assert points(Decimal(share)) == expected


@pytest.mark.parametrize(
    ("value", "form", "expected"),
    [
        (1.0308, "percent", "103.1 %"),
        (-0.00001, "percent", "0.0 %"),
        (0.9995, "percent", "100.0 %"),
        (Decimal("1234567.895"), "currency", "1,234,567.90"),
        (1234.5, "count", "1,235"),
        (0.12345, "", "0.123"),
        (1e30, "currency", "1e+30"),
    ],
)
def test_numbers_as_people_read_them(value: float, form: str, expected: str) -> None:
    assert number(value, form) == expected


def test_a_change_has_a_sign() -> None:
    assert [signed(value, "percent") for value in (0.013, -0.013, 0.0)] == ["+1.3 pt", "-1.3 pt", "0.0 pt"]


def test_what_is_missing_says_so_and_what_is_data_stays_data() -> None:
    assert written(None, Column("rate", "number")) == "-"
    assert written(None, Column("plan", "text")) == "(none)"
    assert written("a\x1b[31m\nb", Column("plan", "text")) == "a [31m b"


def test_periods_go_by_their_names() -> None:
    names = {
        period_name(date(2026, 4, 1), date(2026, 6, 30), grain)  # type: ignore[arg-type]
        for grain in ("month", "quarter", "year")
    }
    assert names == {"2026-06", "2026-Q2", "2026"}
    assert period_name(date(2026, 2, 1), date(2026, 4, 30), "quarter", 2) == "2026-04"


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026-q1", "2026-01-01", "2026-03-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2026-6", "2026-06-01", "2026-06-30"),
        ("2026-06-15", "2026-06-15", "2026-06-15"),
    ],
)
def test_periods_as_people_type_them(text: str, first: str, last: str) -> None:
    assert span_of(text, "--from") == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize("text", ["2026-13", "2026-02-30", "26", "last month", "2026-Q5", "0000", ""])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ProblemsFound, match="not-a-period"):
        span_of(text, "--from")


def test_a_fiscal_quarter_has_to_be_said_in_months() -> None:
    with pytest.raises(ProblemsFound, match="a year that begins in month 2"):
        span_of("2026-Q1", "--from", 2)
    assert span_of("2026-02", "--from", 2)[0] == date(2026, 2, 1)


def test_a_wide_table_is_cut_into_blocks_that_repeat_the_keys() -> None:
    columns = (Column("period", "text"), *(Column(f"some_long_metric_name_{n}", "count") for n in range(6)))
    table = Table(columns, (("2026-06", *range(6)),))
    text = text_table(table, Screen(width=40), keys=1)
    assert all(len(line) <= 40 for line in text.splitlines())
    assert text.count("2026-06") == text.count("\n\n") + 1 > 1
    wide = text_table(table, Screen(width=10_000), keys=1)
    assert len(wide.splitlines()) == 3 and "some_long_metric_name_5" in wide


def test_wide_letters_stand_in_line() -> None:
    table = Table((Column("plan", "text"), Column("n", "count")), (("大口", 1), ("pro", 22)))
    lines = text_table(table, Screen()).splitlines()
    assert len({width_of(line) for line in lines[2:]}) == 1


def test_terms_are_wrapped_beside_their_names() -> None:
    text = term_list([("nrr", ["Net Revenue Retention, which many call NDR as well"])], Screen(width=30))
    assert text.splitlines() == ["nrr  Net Revenue Retention,", "     which many call NDR as", "     well"]


def test_colours_are_only_for_screens_that_want_them() -> None:
    assert Screen(colour=True).paint("x", "1", "31") == "\033[1;31mx\033[0m"
    assert Screen().paint("x", "1") == "x"
