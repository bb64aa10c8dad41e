"""Questions to a built database: answered with what is published, in every form; what goes wrong is said."""

import csv
import io
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import asked_project
import duckdb
import pytest
import rollforward
import yaml
from conftest import Built, Project, close_databases, forget_settings, run_dbt
from rollforward import cli, command_query
from rollforward.arguments import parser
from rollforward.manifest import read_manifest
from rollforward.profile import Target, Wanted, read_target
from rollforward.said import Setting
from rollforward.screen import Screen
from rollforward.session_adapter import open_adapter
from rollforward.tables import Column, table_of
from rollforward.workspace import dialect_for

QUERY = ["--book", "subscriptions", "--by", "plan", "--comparison", "trailing_12_months"]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Project, Built]]:
    project, built = asked_project.built_project(tmp_path_factory.mktemp("asked") / "shop")
    yield project, built
    project.remove()


@pytest.fixture(autouse=True)
def here(shop: tuple[Project, Built], monkeypatch: pytest.MonkeyPatch) -> None:
    """Questions are asked in the project's folder, by nobody with settings of their own."""
    monkeypatch.chdir(shop[0].folder)
    forget_settings(monkeypatch)
    monkeypatch.delenv("COLUMNS", raising=False)


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    """What a command prints, all of it."""
    assert cli.main(arguments) == code, capsys.readouterr().err
    printed = capsys.readouterr()
    return printed.err if code else printed.out


# --- query ----------------------------------------------------------------------------------------


def test_the_answer_is_what_the_view_publishes(
    shop: tuple[Project, Built], capsys: pytest.CaptureFixture[str]
) -> None:
    """Two ways to the same numbers: the view that dbt built, and the statement made for the question."""
    asked = json.loads(
        said(capsys, "query", "nrr", "grr", "cer", "net_new_revenue", *QUERY, "--format", "json")
    )
    published = shop[1].rows(
        "select comparison, period_end, plan, net_expansion_rate, gross_revenue_retention,"
        " customer_expansion_rate, net_new_revenue from retention_by_plan"
        " where comparison = 'trailing_12_months' order by period_end, plan"
    )
    assert len(asked["rows"]) == len(published) > 20
    for row, other in zip(asked["rows"], published, strict=True):
        assert (row["period_end"], row["plan"]) == (other["period_end"].isoformat(), other["plan"])
        for metric in ("net_expansion_rate", "gross_revenue_retention", "customer_expansion_rate"):
            assert row[metric] == other[metric]
        assert row["net_new_revenue"] == str(other["net_new_revenue"])


def test_metrics_that_come_along_need_no_definitions(
    shop: tuple[Project, Built],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A project that only builds the cohorts; it has nothing of its own to compile."""
    asked = ("query", "net_expansion_rate", *QUERY, "--format", "json")
    answer = said(capsys, *asked)
    made = shutil.ignore_patterns("metrics", "macros", "large_by_plan*")
    bare = shutil.copytree(shop[0].folder, tmp_path / "shop", symlinks=True, ignore=made)
    monkeypatch.chdir(bare)
    assert said(capsys, *asked) == answer
    assert "net_expansion_rate" in said(capsys, "list", "metrics")
    assert "no-definitions" in said(capsys, "check", code=1)


def test_a_model_may_ask_for_metrics_over_the_ledger(
    shop: tuple[Project, Built], capsys: pytest.CaptureFixture[str]
) -> None:
    """The macro `rollforward.query` and the command give the same; the macro leaves `where` as it is."""
    words = ["query", "large_expansion", "average_tenure", *QUERY, "--where", "plan = 'pro'"]
    asked = json.loads(said(capsys, *words, "--format", "json"))["rows"]
    rows = shop[1].rows("select * from large_by_plan order by period_end")
    assert {row["plan"] for row in rows} == {"pro"} and len(rows) == len(asked) > 10
    assert any(row["large_expansion"] for row in rows)
    for row, other in zip(rows, asked, strict=True):
        assert f"{row['period_end']}" == other["period_end"]
        assert row["large_expansion"] == Decimal(other["large_expansion"])
        assert row["average_tenure"] == other["average_tenure"]


def test_a_condition_is_a_condition_on_the_customers(
    shop: tuple[Project, Built], capsys: pytest.CaptureFixture[str]
) -> None:
    """By hand from the ledger: nobody is counted whom it leaves out, nor lost for having no plan."""
    where = ["--where", "plan <> 'basic' and region = 'north'", "--from", "2026-01", "--to", "2026-Q1"]
    asked = json.loads(said(capsys, "query", "nrr", "--book", "subscriptions", *where, "--format", "json"))[
        "rows"
    ]
    by_hand = shop[1].rows(
        "select period_end, sum(case when starting_amount > 0 then ending_amount else 0 end)"
        " / nullif(sum(starting_amount), 0)::double as rate"
        " from rollforward__customer_movements"
        " where book = 'subscriptions' and comparison = 'month_over_month'"
        " and coalesce(plan, '') <> 'basic' and region = 'north'"
        " and period_end between '2026-01-01' and '2026-03-31' group by 1 order by 1"
    )
    assert [row["period_end"] for row in asked] == ["2026-01-31", "2026-02-28", "2026-03-31"]
    assert [row["net_expansion_rate"] for row in asked] == pytest.approx([row["rate"] for row in by_hand])


def test_csv_json_and_parquet_hold_the_same_exact_values(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    metrics = ["query", "nrr", "net_new_revenue", *QUERY]
    as_json = json.loads(said(capsys, *metrics, "--format", "json"))
    as_csv = list(csv.DictReader(io.StringIO(said(capsys, *metrics, "--format", "csv"))))
    file = tmp_path / "answer.parquet"
    said(capsys, *metrics, "--format", "parquet", "--output", str(file))
    with duckdb.connect() as connection:
        rows = connection.execute(f"from '{file}'").fetchall()
        types = [str(row[1]) for row in connection.execute(f"describe from '{file}'").fetchall()]
    assert [column["type"] for column in as_json["columns"]] == [
        "text", "text", "date", "date", "boolean", "text", "number", "amount",
    ]  # fmt: skip
    assert types == ["VARCHAR", "VARCHAR", "DATE", "DATE", "BOOLEAN", "VARCHAR", "DOUBLE", "DECIMAL(18,4)"]
    for row, line, record in zip(rows, as_csv, as_json["rows"], strict=True):
        assert Decimal(line["net_new_revenue"]) == row[7] == Decimal(record["net_new_revenue"])
        assert line["net_new_revenue"] == record["net_new_revenue"]
        assert (float(line["net_expansion_rate"]) if line["net_expansion_rate"] else None) == row[6]
        assert row[6] == record["net_expansion_rate"]
        assert (line["plan"] or None) == row[5] == record["plan"]
        assert line["is_complete"] == "true"


def test_a_table_fits_eighty_columns_and_repeats_its_keys(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    text = said(
        capsys, "query", "nrr", "grr", "cer", "crr", "rgr", *QUERY, "--from", "2026-04", "--to", "2026-05"
    )
    assert all(len(line) <= 80 for line in text.splitlines())
    assert text.count("period   plan") == 2 and "\033" not in text
    assert (
        text.splitlines()[0]
        == "subscriptions, trailing_12_months: each month against the month a year before"
    )
    assert "2026-04  (none)" in text and "%" in text


def test_order_limit_incomplete_and_several_comparisons(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["query", "nrr", "--book", "subscriptions", "--format", "csv"]
    last = said(capsys, *words, "--include-incomplete", "--order-by", "-period", "--limit", "1").splitlines()
    assert last[1].startswith("subscriptions,month_over_month,2026-06-01,2026-06-30,false,")
    both = said(
        capsys, *words, "--comparison", "month_over_month,year_over_year", "--from", "2025", "--to", "2025"
    )
    assert [line.split(",")[1] for line in both.splitlines()[1:]] == ["month_over_month"] * 12 + [
        "year_over_year"
    ]
    shown = said(capsys, *words[:-2], "--include-incomplete", "--from", "2026-05").splitlines()
    assert shown[1] == "observed through 2026-06-20"
    assert shown[3].split() == ["period", "complete", "net_expansion_rate"]
    assert [line.split()[:2] for line in shown[5:]] == [["2026-05", "yes"], ["2026-06", "no"]]


def test_the_sql_on_a_card_runs_over_the_ledger(
    shop: tuple[Project, Built], capsys: pytest.CaptureFixture[str]
) -> None:
    """What a metric over single customers is made of has no column of its own anywhere."""
    for name in ("average_tenure", "large_expansion_share", "largest_customer"):
        card = json.loads(said(capsys, "show", name, "--format", "json"))
        [found] = shop[1].rows(
            f"select {card['sql']} as value from rollforward__customer_movements where book = 'subscriptions'"
            " and comparison = 'trailing_12_months' and period_end = '2026-05-31'"
        )
        words = ["query", name, *QUERY[:2], "--comparison", "trailing_12_months", "--format", "json"]
        rows = json.loads(said(capsys, *words, "--order-by", "-period", "--limit", "1"))["rows"]
        assert float(found["value"]) == pytest.approx(float(rows[0][name])), name
        assert rows[0]["period_end"] == "2026-05-31"
    share = json.loads(said(capsys, "show", "large_expansion_share", "--format", "json"))
    assert share["in_words"] == "large expansion over starting revenue"
    assert "movement = 'expansion'" in share["inputs"]["large_expansion"]


def test_no_rows_is_no_problem(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["query", "nrr", "--book", "subscriptions", "--from", "1999", "--to", "1999"]
    assert cli.main(words) == 0
    printed = capsys.readouterr()
    assert "no rows" in printed.out
    there = "complete periods of subscriptions at month_over_month go from 2024-02-01 to 2026-05-31"
    known = "it is observed through 2026-06-20, as far as its rows or as_of_date say"
    shown = "--include-incomplete shows the period that ends on 2026-06-30"
    assert printed.err == f"rollforward: {there}; {known}: {shown}\n"
    assert said(capsys, *words, "--format", "csv").count("\n") == 1
    assert json.loads(said(capsys, *words, "--format", "json"))["rows"] == []
    assert "nothing to draw" in said(capsys, *words, "--plot")


def test_a_book_without_periods_says_what_became_of_its_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project = Project(tmp_path / "shop", name="shop", tables=["sales"])
    columns = {"customer": "varchar", "paid": "integer", "day": "date"}
    project.load("sales", columns, [{"customer": "a", "paid": 5, "day": "2026-01-05"}] * 1200)
    book = {
        "relation": "source('raw', 'sales')",
        "shape": "payments",
        "unit": "customer",
        "occurred_on": "day",
    }
    settings = {"books": {"sales": {**book, "amount": "customer"}}}
    project.write("vars.yml", yaml.safe_dump({"vars": {"rollforward": settings}}))
    project.dbt("build")
    close_databases()
    monkeypatch.chdir(project.folder)
    why = "left out were 1,200 rows non_numeric_amount (see rollforward__rejected_rows)"
    assert cli.main(["query", "nrr"]) == 0
    assert f"the cohorts have no period of sales at month_over_month: {why}" in capsys.readouterr().err
    assert f"hint: {why}" in said(capsys, "explain", "nrr", code=1)


def test_what_is_asked_says_how_far_a_book_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project = Project(tmp_path / "shop", name="shop", tables=["sales"])
    columns = {"customer": "varchar", "paid": "varchar", "day": "date"}
    days = ["2026-01-05", "2026-02-05", "2026-03-05", "2026-04-05"]
    paid = [{"customer": "a", "paid": "5", "day": day} for day in days]
    project.load("sales", columns, [*paid, {"customer": "b", "paid": "5 EUR", "day": days[0]}])
    book = {"relation": "source('raw', 'sales')", "shape": "payments", "unit": "customer", "amount": "paid"}
    books = {"sales": {**book, "occurred_on": "day"}}
    settings = {"rollforward": {"books": books, "as_of_date": "2026-04-30"}}
    project.write("vars.yml", yaml.safe_dump({"vars": settings}))
    project.dbt("build")
    close_databases()
    monkeypatch.chdir(project.folder)
    assert cli.main(["query", "nrr"]) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines()[1] == "observed through 2026-04-30"
    assert "was built as of" not in printed.err

    assert cli.main(["query", "nrr", "--comparison", "trailing_12_months"]) == 0
    needs = "it needs 24 months, and sales is known from 2026-01-05 through 2026-04-30"
    none = f"the cohorts have no period of sales at trailing_12_months: {needs}"
    assert none in capsys.readouterr().err
    assert f"hint: {needs}" in said(capsys, "explain", "nrr", "--comparison", "trailing_12_months", code=1)
    left_out = said(capsys, "explain", "nrr").splitlines()[-1]
    assert left_out.split() == ["non_numeric_amount", "1", "unknown"]
    assert json.loads(said(capsys, "explain", "nrr", "--format", "json"))["left_out"][0]["amount"] is None

    project.dbt("build", "--vars", '{"rollforward_as_of_date": "2026-03-10"}')
    close_databases()
    for words in (["query", "nrr"], ["explain", "nrr"]):
        assert cli.main(words) == 0
        printed = capsys.readouterr()
        built = "sales was built as of 2026-03-10, and its as_of_date is 2026-04-30"
        assert f"rollforward: {built}: `dbt build` brings it there\n" in printed.err
        assert "observed through 2026-03-10" in printed.out


def test_a_condition_that_leaves_nothing_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["query", "nrr", *QUERY, "--where", "plan = 'Basic'", "--limit", "3"]
    assert cli.main(words) == 0
    err = capsys.readouterr().err
    assert re.fullmatch(r"rollforward: --where leaves none of \d+ rows: --by shows .*\n", err), err


@pytest.mark.parametrize(
    ("name", "form"), [("a.csv", "csv"), ("a.JSON", "json"), ("a.md", "table"), ("a", "table")]
)
def test_a_file_is_written_as_its_ending_says(
    name: str, form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["query", "nrr", *QUERY]
    wanted = said(capsys, *words, "--format", form)
    said(capsys, *words, "--output", str(tmp_path / name))
    assert (tmp_path / name).read_text(encoding="utf-8") == wanted


@pytest.mark.parametrize(
    "option", ["--book", "--where", "--from", "--to", "--comparison", "--by", "--order-by"]
)
def test_an_option_for_which_nothing_is_given_is_refused(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """As of a variable of the shell that is not set: without the option the answer is another one."""
    for value in ("", " ", ","):
        with pytest.raises(SystemExit) as stopped:
            cli.main(["query", "nrr", "--book", "orders", option, value])
        assert stopped.value.code == 2
        assert f"argument {option}: nothing is given for it" in capsys.readouterr().err


def test_a_plot_has_a_line_for_every_slice(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    text = said(capsys, "query", "nrr", *QUERY, "--plot")
    assert all(len(line) <= 80 for line in text.splitlines())
    for name in ("basic", "pro", "(none)"):
        assert f" {name}: " in text
    assert "●" in text and "│" in text
    last = max(
        row["period_start"]
        for row in json.loads(said(capsys, "query", "nrr", *QUERY, "--format", "json"))["rows"]
    )
    assert any(line.endswith(last[:7]) for line in text.splitlines())


def test_a_plot_goes_to_a_file_like_any_other_answer(
    shop: tuple[Project, Built], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is written is what a pipe is given: no colours, whatever the terminal."""
    drawn = said(capsys, "query", "nrr", *QUERY, "--plot")
    words = ["query", "nrr", *QUERY, "--plot", "-o", str(tmp_path / "plot.txt")]
    assert cli.main(words) == 0
    printed = capsys.readouterr()
    assert printed.out == "" and printed.err == f"rollforward: wrote the plot to {words[-1]}\n"
    assert (tmp_path / "plot.txt").read_text(encoding="utf-8") == drawn
    screen = Screen(colour=True, terminal=True)
    assert command_query.run(parser().parse_args(words), Setting(shop[0].folder, screen)).out == ""
    assert (tmp_path / "plot.txt").read_text(encoding="utf-8") == drawn
    words[-1] = str(tmp_path / "missing" / "plot.txt")
    assert "error[not-writable]" in said(capsys, *words, code=1)


def test_sql_is_the_statement_that_is_run(
    shop: tuple[Project, Built], capsys: pytest.CaptureFixture[str]
) -> None:
    text = said(capsys, "sql", "nrr", *QUERY)
    assert text.startswith("/*") and '"warehouse"."main"."rollforward__revenue_cohorts"' in text
    asked = json.loads(said(capsys, "query", "nrr", *QUERY, "--format", "json"))["rows"]
    assert [row["net_expansion_rate"] for row in shop[1].rows(text)] == [
        row["net_expansion_rate"] for row in asked
    ]


@pytest.mark.parametrize(
    ("words", "code", "expected"),
    [
        (["nrr"], 2, "error[missing-book]: nothing says which book is read"),
        (["nrr", "--book", "ordrs"], 2, "hint: did you mean 'orders'?"),
        (["nrr", "--book", "orders,sheet"], 2, "hint: name one book at a time: what two books hold is never"),
        (["nrx", "--book", "orders"], 2, "error[unknown-metric]: metric 'nrx' is not defined"),
        (["nrr"], 2, "hint: say --book; known: "),
        (["MRR", "--book", "orders"], 2, "hint: declare one: type: derived, expr: ending_revenue\n"),
        (["nrr", "--book", "orders", "--where", "period_end > '2026'"], 2, "hint: use --from and --to"),
        (["nrr", "--book", "orders", "--by", "plan"], 2, "error[unknown-attribute]"),
        (["nrr", "--book", "orders", "--comparison", "year_over_year"], 2, "error[comparison-not-in-book]"),
        (["nrr", "--book", "orders", "--where", "unit = 'b01'"], 2, "error[row-column-in-where]"),
        (["nrr", "--book", "orders", "--from", "2026-13"], 2, "error[not-a-period]: there is no '2026-13'"),
        (["nrr", "--book", "orders", "--from", "June"], 2, "hint: write 2026-06, 2026-Q2, 2026"),
        (
            ["nrr", "--book", "orders", "--from", "2026-03", "--to", "2026-01"],
            2,
            "error[no-period]: 2026-01-31",
        ),
        (["nrr", "--book", "orders", "--order-by", "plan"], 2, "error[unknown-column]"),
        (["nrr", "--book", "orders", "--plot", "--format", "csv"], 2, "error[plot-of-data]"),
        (["nrr", "--book", "orders", "--plot", "-o", "a.csv"], 2, "error[plot-of-data]: a plot is no csv\n"),
        (["nrr", "--book", "orders", "--plot", "-o", "a.PNG"], 2, "hint: end it in .txt or .md\n"),
        (["nrr", "--book", "orders", "-o", "a.xlsx"], 2, "error[unknown-ending]: nothing is written as"),
        (["nrr", "--book", "orders", "-o", "a.csv.old"], 2, "hint: end it in .csv, .json or .parquet, or"),
        (["nrr", "--book", "orders", "-o", "a.xls", "--format", "csv"], 2, "error[unknown-ending]"),
        (["nrr", "--book", "orders", "--target", "prod"], 2, "--target: error[target-missing]: profile"),
        (["nrr", "--book", "orders", "--profile", "shp"], 2, "hint: did you mean 'shop'?"),
        (["nrr", "--book", "orders", "--profiles-dir", "x"], 2, "there is no profiles.yml in x"),
        (["nrr", "--book", "orders", "-o", "missing/file.csv"], 1, "error[not-writable]"),
        ([""], 2, "METRIC: error[no-metric]: the question names no metric"),
        ([",", "--book", "orders"], 2, "hint: `rollforward list metrics` names them all"),
        (["nrr", "nrr", "--book", "orders"], 2, "error[listed-twice]: 'nrr' is listed already"),
        (
            ["nrr", "ner", "--book", "orders"],
            2,
            "'ner' is metric 'net_expansion_rate', which is listed already",
        ),
        (["nrr", "--book", "orders", "--by", "country,country"], 2, "--by:1:1: error[listed-twice]"),
        (["nrr", "--book", "orders", *(["--comparison", "month_over_month"] * 2)], 2, "error[listed-twice]"),
        (
            ["nrr", "--book", "orders", "--order-by", "-period,period"],
            2,
            "--order-by:1:1: error[listed-twice]",
        ),
    ],
)
def test_what_is_asked_wrongly_is_said(
    words: list[str], code: int, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert expected in said(capsys, "query", *words, code=code)


def test_names_are_found_in_capitals_too(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--book", "subscriptions", "--order-by", "-NRR", "--limit", "3", "--format", "csv"]
    assert said(capsys, "query", "NRR", "Net_New_Revenue", *words) == said(
        capsys, "query", "nrr", "net_new_revenue", *(word.lower() for word in words)
    )
    assert said(capsys, "show", "NRR") == said(capsys, "show", "nrr")
    assert said(capsys, "explain", "NRR", *words[:2]) == said(capsys, "explain", "nrr", *words[:2])


def test_problems_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["query", "nrx", "--book", "orders", "--format", "json"]) == 2
    assert json.loads(capsys.readouterr().out)["problems"][0]["code"] == "unknown-metric"


# --- Python ---------------------------------------------------------------------------------------


def test_the_python_way_gives_typed_rows(shop: tuple[Project, Built]) -> None:
    project = rollforward.Project(shop[0].folder / "models")
    found = project.query(
        ["nrr", "net_new_revenue"], by="plan", comparison="trailing_12_months", book="subscriptions",
        start=date(2026, 5, 1), order_by="-net_new_revenue",
    )  # fmt: skip
    assert found.columns[-2:] == ("net_expansion_rate", "net_new_revenue")
    assert {type(row["net_new_revenue"]) for row in found.rows} == {Decimal}
    assert {type(row["period_start"]) for row in found.rows} == {date}
    amounts = [row["net_new_revenue"] for row in found.rows]
    assert amounts == sorted(amounts, reverse=True) and len(found) == len(amounts)
    assert found.sql == project.sql(
        ["nrr", "net_new_revenue"], by="plan", comparison="trailing_12_months", book="subscriptions",
        start=date(2026, 5, 1), order_by="-net_new_revenue",
    )  # fmt: skip
    assert "net_expansion_rate" in [metric.name for metric in project.metrics]
    with pytest.raises(rollforward.ProblemsFound, match="unknown-metric"):
        project.query("nrx", book="orders")
    with pytest.raises(rollforward.ProblemsFound, match="no-project"):
        rollforward.Project("/")
    with pytest.raises(rollforward.ProblemsFound, match="no-metric"):
        project.query([], book="orders")
    with pytest.raises(rollforward.ProblemsFound, match="--limit: error.not-a-number.: -1 is not above 0"):
        project.query("nrr", book="orders", limit=-1)
    with pytest.raises(rollforward.ProblemsFound, match="--customers: error.not-a-number.: 0 is not above 0"):
        project.explain("nrr", book="orders", customers=0)
    with pytest.raises(rollforward.ProblemsFound, match="listed-twice"):
        project.explain("nrr", book="orders", by=["country", "country"])


def test_arrow_and_pandas_where_they_are_installed(shop: tuple[Project, Built]) -> None:
    found = rollforward.Project(shop[0].folder).query(["nrr", "net_new_revenue"], book="subscriptions")
    for method, module in ((found.arrow, "pyarrow"), (found.pandas, "pandas")):
        try:
            __import__(module)
        except ImportError:
            with pytest.raises(ImportError, match=module):
                method()
        else:
            assert len(method()) == len(found)


# --- ways to the database -------------------------------------------------------------------------


def test_the_adapter_gives_what_the_direct_way_gives(shop: tuple[Project, Built]) -> None:
    """The same questions through dbt's own adapter for DuckDB."""
    folder = shop[0].folder
    project = rollforward.Project(folder)
    direct = project.query(["nrr", "net_new_revenue"], by="plan", book="subscriptions")
    target = read_target(folder, None, Wanted(profile="shop"))
    columns = [
        Column(name, kind)  # type: ignore[arg-type]
        for name, kind in zip(
            direct.columns,
            ("text", "text", "date", "date", "boolean", "text", "number", "amount"),
            strict=True,
        )
    ]
    with open_adapter(target, folder, Wanted(profile="shop")) as session:
        rows = session.rows(direct.sql)
        assert session.exists("main.rollforward__revenue_cohorts") and not session.exists("main.nothing")
        described = dict(session.columns("main.order_retention"))
        with pytest.raises(rollforward.ProblemsFound, match="database-error"):
            session.rows("select nothing")
    close_databases()
    assert table_of(columns, rows).rows == direct.table.rows
    assert described["period_start"] == "date"


def changed_profile(monkeypatch: pytest.MonkeyPatch, folder: Path, output: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "profiles.yml").write_text(f"shop: {{target: dev, outputs: {{dev: {output}}}}}\n")
    monkeypatch.setenv("DBT_PROFILES_DIR", str(folder))


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("{type: duckdb, path: ':memory:'}", "error[database-in-memory]"),
        ("{type: duckdb}", "error[database-in-memory]"),
        ("{type: duckdb, path: other.duckdb}", "error[database-missing]: there is no database other.duckdb"),
        (f"{{type: duckdb, path: {'x' * 300}}}", "error[database-missing]: there is no database xxx"),
        ("{type: duckdb, path: ~no_such_user/a.duckdb}", "error[database-missing]"),
        ("{type: duckdb, path: a.duckdb, attach: 5}", "error[wrong-shape]: `attach` of target"),
        ("{type: duckdb, path: a.duckdb, attach: yes}", "error[wrong-shape]"),
        ("{type: duckdb, path: a.duckdb, attach: [b.duckdb]}", "error[wrong-shape]"),
        ("{type: duckdb, path: \"{{ env_var('NOT_UTF_8') }}\"}", "error[database-error]: std::bad_cast"),
        ("{type: oracle, host: x}", "error[needs-dbt]"),
        ("{type: __init__, path: a.duckdb}", "error[needs-dbt]"),
        # dbt passes on what the driver itself raises where it cannot connect.
        ("{type: duckdb, path: profiles.yml, is_ducklake: true}", "error[database-error]: IO Error: "),
    ],
)
def test_a_database_that_cannot_be_asked_is_said(
    output: str,
    expected: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    changed_profile(monkeypatch, tmp_path / "profiles", output)
    (tmp_path / "\udcff.duckdb").touch()
    monkeypatch.setenv("NOT_UTF_8", f"{tmp_path}/\udcff.duckdb")
    assert expected in said(capsys, "query", "nrr", "--book", "orders", code=1)


def test_a_manifest_of_other_shapes_is_no_reason_to_give_up(tmp_path: Path) -> None:
    written = {"metadata": {"adapter_type": 5}, "nodes": {"model.a.b": {"name": "b", "config": 5}}}
    (tmp_path / "manifest.json").write_text(json.dumps(written))
    found = read_manifest(tmp_path, ("model.a.b",))
    assert found is not None and (found.adapter, found.nodes["model.a.b"].configured_schema) == ("5", "")


def copied(shop: tuple[Project, Built], file: Path, *changes: str) -> str:
    """The output of a profile for a copy of the database, changed by somebody."""
    shutil.copy(shop[1].database, file)
    with duckdb.connect(str(file)) as connection:
        for change in changes:
            connection.execute(change)
    return f"{{type: duckdb, path: '{file}'}}"


def test_a_database_that_somebody_writes_to_is_said(
    shop: tuple[Project, Built],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = tmp_path / "warehouse.duckdb"
    changed_profile(monkeypatch, tmp_path / "profiles", copied(shop, file))
    code = f"import duckdb; c = duckdb.connect({str(file)!r}); print('open', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None and other.stdout.readline() == "open\n"
        text = said(capsys, "query", "nrr", "--book", "orders", code=1)
        other.communicate("\n")
    assert "error[database-locked]" in text and f"is open for writing elsewhere (PID {other.pid})" in text
    assert "hint: wait for the dbt run or close the SQL client" in text


def test_cohorts_and_ledger_of_different_builds_are_not_mixed(
    shop: tuple[Project, Built],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    change = "update rollforward__revenue_cohorts set existing_revenue = existing_revenue + 1"
    changed_profile(monkeypatch, tmp_path / "profiles", copied(shop, tmp_path / "warehouse.duckdb", change))
    assert "error[ledger-differs]" in said(capsys, "explain", "nrr", "--book", "orders", code=1)


ENDLESS = "select kept.* from kept, range(1000000000000) as numbers(n) where hash(n) <> 0"
INTERRUPTED = """
import os, signal, sys, threading
from rollforward import cli
from rollforward.session_duckdb import DuckDB

asked = DuckDB.rows

def interrupted(session, sql):
    threading.Timer(1, os.kill, (os.getpid(), signal.SIGINT)).start()
    return asked(session, sql)

DuckDB.rows = interrupted
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.exit(cli.main(sys.argv[1:]))
"""


@pytest.mark.skipif(
    sys.platform == "win32", reason="Ctrl-C is no signal that a process can send itself there"
)
@pytest.mark.parametrize("command", ["query", "explain"])
def test_a_query_that_takes_too_long_is_stopped_by_ctrl_c(
    command: str, shop: tuple[Project, Built], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The signal comes while the engine is at work; the process ends at once, and says nothing."""
    cohorts = "rollforward__revenue_cohorts"
    changes = (f"alter table {cohorts} rename to kept", f"create view {cohorts} as {ENDLESS}")
    changed_profile(monkeypatch, tmp_path / "profiles", copied(shop, tmp_path / "warehouse.duckdb", *changes))
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, command, "nrr", "--book", "orders"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_without_duckdb_it_says_what_to_install(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_duckdb", "duckdb"):
        monkeypatch.setitem(sys.modules, name, None)
    assert "error[needs-duckdb]" in said(capsys, "query", "nrr", "--book", "orders", code=1)


def test_an_engine_nobody_writes_for_is_said() -> None:
    with pytest.raises(rollforward.ProblemsFound, match="unknown-engine"):
        dialect_for(Target("shop", "dev", True, "sqlite", {}, "profiles.yml"))


def test_parquet_is_not_written_to_a_screen(shop: tuple[Project, Built]) -> None:
    options = parser().parse_args(["query", "nrr", "--book", "orders", "--format", "parquet"])
    with pytest.raises(rollforward.ProblemsFound, match="binary-to-terminal"):
        command_query.run(options, Setting(shop[0].folder, Screen(terminal=True)))
    said = command_query.run(options, Setting(shop[0].folder, Screen()))
    assert isinstance(said.out, bytes) and said.out.startswith(b"PAR1")


def test_a_database_without_the_models_asks_for_a_build(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with duckdb.connect(str(tmp_path / "empty.duckdb")):
        pass
    changed_profile(
        monkeypatch, tmp_path / "profiles", f"{{type: duckdb, path: {tmp_path / 'empty.duckdb'}}}"
    )
    text = said(capsys, "query", "nrr", "--book", "orders", code=1)
    assert "error[relation-missing]" in text and "run `dbt build`" in text


def test_what_is_stale_is_said_and_answered(
    shop: tuple[Project, Built], capsys: pytest.CaptureFixture[str]
) -> None:
    """A warning beside the numbers: they are of the cohorts as they are built."""
    project = shop[0]
    words = ["query", "nrr", "--book", "orders", "--format", "csv"]
    assert cli.main(words) == 0
    before = capsys.readouterr()
    assert before.err == ""
    view = project.folder / "metrics" / "views.yml"
    text = view.read_text()
    try:
        view.write_text(text.replace("What the board reads.", "What the board wants."))
        assert cli.main(words) == 0
        after = capsys.readouterr()
        assert after.out == before.out
        assert after.err == (
            "rollforward: 1 generated file is not what the definitions say: run `rollforward compile`\n"
        )
    finally:
        view.write_text(text)


def test_settings_changed_after_the_build_are_said(
    shop: tuple[Project, Built], capsys: pytest.CaptureFixture[str]
) -> None:
    file = shop[0].folder / "dbt_project.yml"
    text = file.read_text()
    try:
        file.write_text(text.replace("attributes: [country]", "attributes: [country, channel]"))
        # Any dbt command writes the manifest anew; only a build makes the cohorts what the settings say.
        assert run_dbt(shop[0].folder, shop[1].database, ["parse"]).success
        assert cli.main(["query", "nrr", "--book", "orders"]) == 0
        assert "dbt_project.yml has changed since dbt last ran" in capsys.readouterr().err
        problem = said(capsys, "query", "nrr", "--book", "orders", "--by", "channel", code=1)
        assert "error[built-from-other-settings]" in problem and "run `dbt build`" in problem
    finally:
        file.write_text(text)
