"""Wrong settings stop dbt at parse time with one message that names the key and lists what is allowed."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import REPO, Project
from rollforward import definitions
from rollforward import settings as compiler_settings
from rollforward.days import MONTHS
from rollforward.errors import ProblemsFound
from rollforward.project import check_project
from rollforward.shapes import SHAPES
from rollforward.words import SQL_WORDS
from small_project import METRIC, small_project

BOOK = {
    "relation": "source('raw', 'src_1')",
    "shape": "payments",
    "unit": "customer_id",
    "amount": "amount",
    "occurred_on": "paid_on",
}

# Everything below is wrong at once: one parse gives one message with a line for each.
WRONG: dict[str, Any] = {
    "book": {},
    "reactivation": "never",
    "fiscal_year_start_month": 13,
    "amount_scale": 12,
    "rebuild_above_percent": 101,
    "as_of_date": "today",
    "comparisons": {
        "fortnight": {"grain": "week", "lookback": 0},
        "listed": {"grain": ["month"], "lookback": 1},
        "trailing_12_months": {"grain": "month", "lookback": 1},
        "half year": {"grain": "month", "lookback": 6},
    },
    "books": {
        "misspelt": {**BOOK, "ocurred_on": "paid_on"},
        "of_another_shape": {**BOOK, "ended_on": "paid_on"},
        "undated": {key: value for key, value in BOOK.items() if key != "occurred_on"},
        "shapeless": {**BOOK, "shape": "invoices"},
        "plain": "fct_sales",
        "odd_comparison": {**BOOK, "comparisons": ["monthly"]},
        "my sales": {**BOOK, "attributes": ["Plan name", "period_end", "lost_revenue", "a__b", "Group"]},
        "1": {**BOOK, "attributes": ["new_customers", "unit_id", "tenure_months"]},
        "twice": {**BOOK, "attributes": ["plan", "plan"]},
        "numbers": {**BOOK, "relation": 5, "amount": ["a"], "unit": {"a": "b"}, "attributes": 7},
        "listed": {**BOOK, "unit": ["a", 2], "shape": "payments"},
        "shape_list": {**BOOK, "shape": ["payments"]},
        "other_types": {**BOOK, "occurred_on": True, "key": [1.5], "comparisons": 12},
        # What YAML makes of `on` without quotes.
        True: BOOK,
        "Misspelt": BOOK,
        "undecided": {**BOOK, "as_of_date": "2026-02-30"},
    },
}
NO_BOOKS = [[BOOK], "fct_sales"]
MESSAGES = [
    "rollforward: unknown key 'book'; allowed are books, comparisons, as_of_date, fiscal_year_start_month,",
    "reactivation: 'never' is not one of own, new",
    "fiscal_year_start_month: '13' is not a month, 1 to 12",
    "amount_scale: '12' is not a number of decimals, 0 to 9",
    "rebuild_above_percent: '101' is not a percentage, 0 to 100",
    "as_of_date: 'today' is not a date written YYYY-MM-DD",
    "comparisons.fortnight.grain: 'week' is not one of month, quarter, year",
    "comparisons.fortnight.lookback: '0' is not a whole number of periods, 1 to 99",
    "comparisons.listed.grain: '['month']' is not one of month, quarter, year",
    "comparisons.trailing_12_months: every book has this comparison; declare yours under another name",
    "comparisons.half year: a comparison's name is letters, digits and _, no digit first",
    "books.misspelt (payments): unknown key 'ocurred_on'; allowed are relation, shape, unit, amount,",
    "books.of_another_shape (payments): unknown key 'ended_on'",
    "books.undated (payments): 'occurred_on' is missing; required are relation, shape, unit, amount,",
    "books.shapeless.shape: 'invoices' is not one of intervals, snapshots, movements, payments",
    "books.plain: must be a mapping with the keys relation, shape, unit, amount and its dates, not",
    "books.odd_comparison.comparisons: 'monthly' is not one of month_over_month, quarter_over_quarter,",
    "books.my sales: a book's name is letters, digits and _, no digit first",
    "books.my sales.attributes: 'Plan name' is not a plain column name",
    "books.my sales.attributes: 'period_end' is a name the models use themselves",
    "books.my sales.attributes: 'lost_revenue' is a name the models use themselves",
    "books.my sales.attributes: 'a__b' is a name the models use themselves",
    "books.my sales.attributes: 'Group' is a word of SQL",
    "books.1: a book's name is letters, digits and _, no digit first",
    "books.1.attributes: 'new_customers' is a name the models use themselves",
    "books.1.attributes: 'unit_id' is a name the models use themselves",
    "books.1.attributes: 'tenure_months' is a name the models use themselves",
    "books.twice.attributes: 'plan' is listed twice",
    "books.numbers.relation: '5' is not a name",
    "books.numbers.amount: '['a']' is not a name",
    "books.numbers.unit: '{'a': 'b'}' is not a name or a list of names",
    "books.numbers.attributes: '7' is not a name or a list of names",
    "books.listed.unit: '2' is not a name",
    "books.shape_list.shape: '['payments']' is not one of intervals",
    "books.other_types.occurred_on: 'True' is not a name",
    "books.other_types.key: '1.5' is not a name",
    "books.other_types.comparisons: '12' is not a name or a list of names",
    "books.true: a book's name is letters, digits and _, no digit first; in quotes where YAML takes it for",
    "books.Misspelt: only capitals tell it from 'misspelt'; choose another name",
    "books.undecided.as_of_date: '2026-02-30' is not a date written YYYY-MM-DD",
]
COUNTED_OTHERWISE: list[tuple[dict[str, Any], str]] = [
    ({"comparisons": ["month_over_month"] * 2}, "comparisons: 'month_over_month' is listed twice"),
    ({"attributes": ["Reason"]}, "attributes: 'Reason' is a name the models use themselves"),
    ({"attributes": ["Lost_Revenue"]}, "attributes: 'Lost_Revenue' is a name the models use themselves"),
    ({"attributes": ["lacks_unit"]}, "attributes: 'lacks_unit' is a name the models use themselves"),
    ({"attributes": ["plan", "Plan"]}, "the attribute 'Plan' is 'plan' elsewhere; spell it alike"),
]


def test_everything_wrong_is_one_message(project: Project) -> None:
    built = project.dbt("parse", settings=WRONG)
    assert not built.success
    assert "rollforward's vars cannot be used:" in built.messages
    positions = [built.messages.find(message) for message in MESSAGES]
    assert -1 not in positions, MESSAGES[positions.index(-1)]
    assert positions == sorted(positions)
    assert len(set(re.findall(r"^ +- .*", built.messages, re.MULTILINE))) == len(MESSAGES), "all are listed"


@pytest.mark.parametrize(("given", "message"), COUNTED_OTHERWISE)
def test_what_would_be_counted_as_something_else(
    project: Project, tmp_path: Path, given: dict[str, Any], message: str
) -> None:
    settings = {"books": {"sales": {**BOOK, **given}}}
    built = project.dbt("parse", settings=settings)
    assert not built.success
    assert message in built.messages
    written = yaml.safe_dump({"name": "shop", "vars": {"rollforward": settings}}, sort_keys=False)
    root = small_project(tmp_path, {"dbt_project.yml": written, "metrics/a.yml": METRIC})
    with pytest.raises(ProblemsFound) as found:
        check_project(root, root / "target")
    assert {problem.place.path for problem in found.value.problems} == {"dbt_project.yml"}


def one_by_one() -> Iterator[dict[str, Any]]:
    """What is wrong above, each thing in settings that are right but for it."""
    yield from ({key: value} for key, value in WRONG.items() if key not in ("books", "comparisons"))
    for name, given in WRONG["comparisons"].items():
        for key, value in given.items():
            right = {"grain": "month", "lookback": 1}
            if name == "trailing_12_months" or value != right[key]:
                yield {"comparisons": {name: {**right, key: value}}}
    for name, given in WRONG["books"].items():
        yield from ({"books": {"sales": book}} for book in book_by_book(given))
        if name in ("my sales", "1"):
            yield {"books": {name: BOOK}}
    yield from ({"books": books} for books in NO_BOOKS)
    yield from ({"books": {"sales": {**BOOK, **given}}} for given, _ in COUNTED_OTHERWISE)
    spelled = ({**BOOK, "attributes": word} for word in ("plan", "Plan"))
    yield {"books": dict(zip(("sales", "orders"), spelled, strict=True))}


def book_by_book(given: Any) -> Iterator[Any]:
    """A wrong book, once for each of its keys that is wrong or missing, and for each wrong attribute."""
    if not isinstance(given, dict):
        yield given
        return
    for key in dict.fromkeys([*BOOK, *given]):
        value = given.get(key)
        several = key == "attributes" and isinstance(value, list) and len(set(value)) == len(value)
        for one in value if several else [value]:
            if one != BOOK.get(key):
                yield {name: word for name, word in {**BOOK, key: one}.items() if word is not None}


@pytest.mark.parametrize("settings", [*one_by_one(), 5, ["books"]])
def test_what_dbt_refuses_check_refuses(settings: Any, tmp_path: Path) -> None:
    """Of what stands in a file, that is. Two things only dbt can see, which has tests of them below.

    They are what --vars says: settings that hide those of the file, and `rollforward_as_of_date`.
    """
    written = yaml.safe_dump({"name": "shop", "vars": {"rollforward": settings}}, sort_keys=False)
    root = small_project(tmp_path, {"dbt_project.yml": written, "metrics/a.yml": METRIC})
    with pytest.raises(ProblemsFound) as found:
        check_project(root, root / "target")
    assert {problem.place.path for problem in found.value.problems} == {"dbt_project.yml"}
    assert len(found.value.problems) == 1, str(found.value)


def test_dates_and_truths_are_no_names(project: Project, tmp_path: Path) -> None:
    """Without quotes dbt reads something else than a text, and stops; with them, both take them."""
    text = "name: consumer\nprofile: consumer\nvars:\n  rollforward:\n    books:\n      sales:\n" + "".join(
        f"        {key}: {word}\n" for key, word in BOOK.items()
    )
    wrong = text.replace("unit: customer_id", "unit: [yes, 2026-01-31, 0x1F, 1_000, 1.5]")
    right = re.sub(r"\[.*\]", lambda found: re.sub(r"[^][, ]+", r"'\g<0>'", found[0]), wrong)
    for written, codes in ((wrong, ["wrong-shape"] * 5), (right, ["missing"])):
        files = {"dbt_project.yml": written, "metrics/a.yml": METRIC}
        root = small_project(tmp_path / codes[0], files)
        with pytest.raises(ProblemsFound) as found:
            check_project(root, root / "target")
        assert [problem.code for problem in found.value.problems] == codes, str(found.value)
        project.write("vars.yml", written[written.index("vars:") :])
        assert project.dbt("parse").success is (written is right)
    (project.folder / "vars.yml").unlink()


@pytest.mark.parametrize("books", NO_BOOKS)
def test_books_that_are_no_mapping(project: Project, books: Any) -> None:
    built = project.dbt("parse", settings={"books": books})
    assert not built.success
    assert "books: must be a mapping of book names to their settings" in built.messages


def test_a_query_that_cannot_be_answered(project: Project) -> None:
    query = (
        "rollforward.query("
        "metrics=['net_rate', 'nrr', 'trend', 'largest', 'largest__over', 'amount_type', 'by_hand', 'nrr'],"
        " book=['sales', 'orders'], comparison='mom', by='plan', incomplete_periods='maybe')"
    )
    over = "{{% macro {0}() %}}1{{% endmacro %}}{{% macro {0}__over() %}}{1}{{% endmacro %}}".format
    written = over("trend", "several periods") + over("largest", "the ledger")
    trend = project.write("macros/metrics/trend.sql", written)
    by_hand = project.write("macros/by_hand.sql", "{% macro by_hand() %}sum(1){% endmacro %}")
    asked = project.write("models/asked.sql", f"{{{{ {query} }}}}\n")
    settings = {"books": {"sales": {**BOOK, "attributes": ["country"]}}}
    built = project.dbt("compile", "--select", "asked", settings=settings)
    asked.unlink()
    trend.unlink()
    by_hand.unlink()
    assert not built.success
    for message in (
        "rollforward.query cannot be answered:",
        "metrics 'nrr' is listed twice",
        "metric 'net_rate' is not defined",
        "metric 'amount_type' is not defined",
        "metric 'by_hand' is not defined",
        "metric 'largest__over' is not defined",
        "metric 'trend' is worked out over several periods, which takes more than one select: publish it in",
        "largest are worked out over the ledger and nrr over the cohorts: ask for them in two queries, or",
        "book 'orders' is not one of sales",
        "comparison 'mom' is not one that book sales has: month_over_month, quarter_over_quarter",
        "by 'plan' is not an attribute of book sales: country",
        "incomplete_periods 'maybe' is not one of exclude, include",
    ):
        assert message in built.messages


@pytest.mark.parametrize(
    ("where", "answered"),
    [
        ("country <> 'NL'", False),
        ("not (country = 'NL')", False),
        ("country not in ('NL', 'BE')", False),
        ("country = 'not <> there'", True),
        ("coalesce(country, '') <> 'NL'", True),
        ("country <> 'NL' or country is null", True),
        ("country is not null", True),
        ("country is distinct from 'NL'", True),
    ],
)
def test_a_query_does_not_drop_what_is_missing(project: Project, where: str, answered: bool) -> None:
    query = {"metrics": "nrr", "book": "sales", "comparison": "month_over_month", "where": where}
    project.ask("asked", **query)
    settings = {"books": {"sales": {**BOOK, "attributes": ["country"]}}}
    built = project.dbt("compile", "--select", "asked", settings=settings)
    (project.folder / "models" / "asked.sql").unlink()
    assert built.success == answered, built.messages
    assert answered or "rows without a value are neither equal to another nor different" in built.messages


def test_a_query_takes_aliases(project: Project) -> None:
    project.ask("asked", metrics=["nrr", "cer"], book="sales", comparison="month_over_month")
    built = project.dbt("compile", "--select", "asked", settings={"books": {"sales": BOOK}})
    assert built.success, built.messages
    (written,) = (project.folder / "target" / "compiled").rglob("asked.sql")
    text = " ".join(written.read_text().split())
    (project.folder / "models" / "asked.sql").unlink()
    assert "nullif(cast(sum(starting_revenue) as double), 0) ) as nrr," in text
    assert text.count("as double") == 4 and " as cer " in text


def dictionary(macro_file: str, name: str) -> dict[str, Any]:
    """The mapping that opens with a given key in a Jinja file of settings."""
    text = (REPO / "macros" / "settings" / macro_file).read_text().replace(": none", ": None")
    start = text.rindex("{", 0, text.index(f"'{name}':"))
    end = next(
        end
        for end in range(start, len(text) + 1)
        if text[start:end].count("{") == text[start:end].count("}") > 0
    )
    return ast.literal_eval(" ".join(text[start:end].split()))


def test_vars_that_take_the_place_of_all_settings(tmp_path: Path) -> None:
    """`--vars '{rollforward: ...}'` hides every book; building as of another day has a var of its own."""
    project = Project(tmp_path / "project")
    project.write("vars.yml", yaml.safe_dump({"vars": {"rollforward": {"books": {"sales": BOOK}}}}))
    hidden = project.dbt("parse", settings={"as_of_date": "2026-01-31"})
    assert not hidden.success
    assert "use --vars '{rollforward_as_of_date: YYYY-MM-DD}'" in hidden.messages
    for day in (
        "January",
        "2026-02-30",
        "2025-02-29",
        "1900-02-29",
        "2026-13-01",
        "2026-04-31",
        "0000-01-01",
    ):
        wrong = project.dbt("parse", "--vars", f'{{"rollforward_as_of_date": "{day}"}}')
        assert f"as_of_date: '{day}' is not a date" in wrong.messages
    assert project.dbt("parse", "--vars", '{"rollforward_as_of_date": "2024-02-29"}').success
    assert project.dbt("parse", "--vars", '{"rollforward_as_of_date": "2026-01-31"}').success
    misspelt = project.dbt("parse", "--vars", '{"rollforward_as_of_dat": "2026-01-31"}')
    assert "'rollforward_as_of_dat' is not rollforward_as_of_date" in misspelt.messages
    elsewhere = project.dbt("parse", "--vars", '{"books": ["a"], "as_of_date": "never"}')
    assert elsewhere.success, elsewhere.messages


def test_dbt_and_the_compiler_keep_the_same_names_for_themselves() -> None:
    text = (REPO / "macros" / "settings" / "check_settings.sql").read_text()
    listed = text[text.index("macro reserved_columns") :].split("[", 1)[1].split("]", 1)[0]
    kept = (*definitions.KEYS, *definitions.ROW_COLUMNS, *definitions.INNER_COLUMNS)
    assert ast.literal_eval(f"[{listed}]") == list(kept)


def test_dbt_and_the_compiler_know_the_same_words_of_sql() -> None:
    text = (REPO / "macros" / "settings" / "sql_words.sql").read_text()
    assert set(text.split("'")[1].split()) == SQL_WORDS


def test_dbt_and_the_compiler_know_the_same_settings() -> None:
    defaults = dictionary("setting.sql", "books")
    assert list(defaults) == list(compiler_settings.SETTINGS)
    # Books and comparisons are lists of their own kind there; the compiler has no use for the day.
    shared = set(defaults) - {"books", "comparisons", "as_of_date"}
    unset = definitions.Settings()
    assert {name: defaults[name] for name in shared} == {name: getattr(unset, name) for name in shared}
    shapes = dictionary("shapes.sql", "intervals")
    assert {
        name: (form["measurement"], tuple(form[key] for key in ("dated", "ended") if form[key]))
        for name, form in shapes.items()
    } == {name: (shape.measurement, shape.dates) for name, shape in SHAPES.items()}
    assert dictionary("comparisons.sql", "month") == MONTHS
    comparisons = dictionary("comparisons.sql", "month_over_month")
    assert {
        name: (given["grain"], given["lookback"], given.get("periods_summed", 1))
        for name, given in comparisons.items()
    } == {
        given.name: (given.grain, given.lookback, given.periods_summed)
        for given in definitions.STANDARD_COMPARISONS
    }


def test_a_book_that_is_known_less_far(tmp_path: Path) -> None:
    """A build as of another day moves it back, and never further than it is known."""
    project = Project(tmp_path / "project", tables=["src_1"])
    types = {"customer_id": "text", "amount": "integer", "paid_on": "date"}
    project.load("src_1", types, [{"customer_id": "a", "amount": 1, "paid_on": "2026-01-05"}])
    books = {"sales": BOOK, "orders": {**BOOK, "as_of_date": "2026-03-31"}}
    settings = {"rollforward": {"books": books, "as_of_date": "2026-06-30"}}
    project.write("vars.yml", yaml.safe_dump({"vars": settings}))
    for day, orders, sales in (
        ("", "2026-03-31", "2026-06-30"),
        ("2026-02-28", "2026-02-28", "2026-02-28"),
        ("2026-05-31", "2026-03-31", "2026-05-31"),
    ):
        given = ["--vars", f'{{"rollforward_as_of_date": "{day}"}}'] if day else []
        built = project.dbt("run", *given)
        known = built.rows("select book, observed_through from rollforward__observed_books")
        assert {row["book"]: str(row["observed_through"]) for row in known} == {
            "orders": orders,
            "sales": sales,
        }
