"""What is built on every engine: `python -m tests.engines.cases FILE`, in the project's own environment.

The demo and the consumer's project as they are; the books of the published reference values; and drawn
books, built three times over: at first, again after rows were restated, deleted and added, and once more
from nothing.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.engines.case import Case, Step, Table, project_files, write_cases
from tests.engines.warehouse import Row, canonical, canonical_value

REPO = Path(__file__).parents[2]
sys.path.insert(0, str(REPO / "tests" / "python"))

import oracle  # noqa: E402
import strategies  # noqa: E402
import test_oracle as published  # noqa: E402
import test_reference_values as reference  # noqa: E402
from conftest import IS_SHARED, SHARED  # noqa: E402
from test_build_against_oracle import KEYS, attribute_names  # noqa: E402
from test_going_on import edited, moved  # noqa: E402

DRAWN_BOOKS = 4
MARTS = {
    name: f"select * from {{schema}}.rollforward__{name}"
    for name in ("customer_movements", "revenue_cohorts", "input_problems")
}
# How an engine writes an amount or a date it was given is its own affair; which rows it leaves out is not.
REJECTED = "select {columns} from {{schema}}.rollforward__rejected_rows"
WENT_ON = "select count(*) as builds from {schema}.int_rollforward__build where previous_build is not null"


def all_cases() -> list[Case]:
    """Give every case."""
    return [*repository_cases(), *reference_cases(), *drawn_cases()]


# --- the repository's own projects --------------------------------------------------------------------


def repository_cases() -> list[Case]:
    """The demo and the consumer's project, tests included, and questions put to them."""
    build = ["build", "--full-refresh"]
    demo = Step(
        "build",
        build,
        read=MARTS | views_in(REPO),
        ask=questions("recurring_revenue", "plan", "plan = 'growth'"),
    )
    consumer = Step("build", build, read=MARTS | views_in(REPO / "tests" / "integration"))
    return [
        Case("demo", project=".", profile="rollforward_demo", steps=[demo]),
        Case("consumer", project="tests/integration", steps=[consumer]),
    ]


def views_in(project: Path) -> dict[str, str]:
    """Every metric view of a project."""
    names = sorted(file.stem for file in (project / "models" / "metrics").glob("*.sql"))
    return {name: f"select * from {{schema}}.{name}" for name in names}


def questions(book: str, by: str, where: str) -> dict[str, list[str]]:
    """Command lines whose answers are compared."""
    over = ["--book", book, "--comparison", "month_over_month"]
    return {
        "query": ["query", "net_expansion_rate", "net_new_revenue", "--by", by, *over],
        "query where": ["query", "customer_retention_rate", "--where", where, *over],
        "explain": ["explain", "net_expansion_rate", "--period", "2026-06", *over],
    }


# --- published reference values -----------------------------------------------------------------------


def reference_cases() -> list[Case]:
    """The books of the published values in two builds."""
    if not IS_SHARED:
        why = "the shared reference data is not here"
        return [Case("reference_subscriptions", skipped=why), Case("reference_payments", skipped=why)]
    standing = {
        "ravenstack": ("intervals", published.ravenstack_intervals()),
        "ravenstack_snapshots": ("snapshots", published.ravenstack_snapshots()),
        "ravenstack_movements": ("movements", published.ravenstack_movements()),
    }
    paid = {
        "chinook": ("payments", published.chinook()),
        "online_retail_gross": ("payments", published.online_retail()),
    }
    return [
        reference_case("reference_subscriptions", standing, as_of_date="2024-12-31"),
        reference_case("reference_payments", paid),
    ]


def reference_case(name: str, books: Mapping[str, tuple[str, list[Any]]], **more: Any) -> Case:
    """One build of several books, with models that ask for every rate, and what was published of them."""
    given, load, read, expected = {}, {}, dict(MARTS), {}
    for book, (shape, rows) in books.items():
        dated = oracle.DATE_KEYS[shape]
        columns = dict(zip(dated, ("dated_on", "ended_on"), strict=False))
        given[book] = {
            "relation": f"source('raw', '{book}')",
            "shape": shape,
            "unit": "unit",
            "amount": "amount",
        }
        given[book] |= {
            **columns,
            "attributes": ["country"],
            "comparisons": list(published.COMPARISON.values()),
        }
        load[book] = table(
            [
                {"unit": row["unit"], "dated_on": row["on"], "ended_on": row.get("until")} | amounts(row)
                for row in rows
            ],
            {"unit": "varchar", "dated_on": "varchar", "ended_on": "varchar"} | AMOUNTS,
        )
        for file in sorted((SHARED / "oracle").glob(f"{book.split('_snap')[0].split('_mov')[0]}_*.csv")):
            grain = file.stem.rsplit("_", 1)[1]
            for slice_attribute in ("all", "country"):
                asked = f"{book} {grain} {slice_attribute}"
                read |= reference_queries(asked, book, published.COMPARISON[grain], slice_attribute)
                expected |= reference_rows(asked, file, slice_attribute)
    rates, comparisons = list(reference.RATES.values()), list(published.COMPARISON.values())
    models = {
        f"models/rates_{word}.sql": f"{{{{ rollforward.query(metrics={rates}, book={list(given)},"
        f" comparison={comparisons}, by={by}, incomplete_periods='include') }}}}\n"
        for word, by in (("all", []), ("country", ["country"]))
    }
    step = Step("build", ["run"], read, load, {"books": given, **more}, expected=expected)
    return Case(name, files={**project_files(load), **models}, steps=[step])


AMOUNTS = {"amount": "decimal(18, 4)", "country": "varchar"}


def amounts(row: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a row that every shape has."""
    return {"amount": row["amount"], "country": row["country"]}


def reference_queries(asked: str, book: str, comparison: str, attribute: str) -> dict[str, str]:
    """The measures of a book, and its rates, over periods and slices."""
    sliced = ", country" if attribute == "country" else ""
    sums = ", ".join(f"sum({name}) as {name}" for name in published.PUBLISHED.values())
    rates = ", ".join(reference.RATES.values())
    of = f"where book = '{book}' and comparison = '{comparison}'"
    return {
        f"{asked} measures": f"select period_end{sliced}, {sums}"
        f" from {{schema}}.rollforward__revenue_cohorts {of} group by period_end{sliced}",
        f"{asked} rates": f"select period_end{sliced}, {rates} from {{schema}}.rates_{attribute} {of}",
    }


def reference_rows(asked: str, file: Path, attribute: str) -> dict[str, list[Row]]:
    """What was published."""
    measures, rates = [], []
    for row in published.read_csv("oracle", file.name):
        if row["slice_attr"] != attribute:
            continue
        year, month = map(int, row["cur_to"].split("-"))
        key = {"period_end": oracle._last_day(year * 12 + month - 1)}
        key |= {"country": row["slice_value"]} if attribute == "country" else {}
        measures.append(
            {**key, **{ours: Decimal(row[theirs]) for theirs, ours in published.PUBLISHED.items()}}
        )
        rates.append(
            {
                **key,
                **{
                    ours: float(row[theirs]) if row[theirs] else None
                    for theirs, ours in reference.RATES.items()
                },
            }
        )
    return {f"{asked} measures": canonical(measures), f"{asked} rates": canonical(rates)}


# --- drawn books --------------------------------------------------------------------------------------


def drawn_cases() -> list[Case]:
    """The largest of some drawn sets of books, two books of every shape each; the same ones every time."""
    drawn: list[Any] = []

    @seed(20260630)
    @settings(
        max_examples=10 * DRAWN_BOOKS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(strategies.many_books(a_shape=2))
    def draw(example: Any) -> None:
        drawn.append(example)

    draw()
    largest = sorted(drawn, key=lambda example: -sum(map(len, example[1].values())))[:DRAWN_BOOKS]
    return [drawn_case(number, *example) for number, example in enumerate(largest, start=1)]


def drawn_case(number: int, given_settings: oracle.Settings, rows: dict[str, list[Any]]) -> Case:
    """A first build, one that goes on after edits, and the same from nothing."""
    by = random.Random(number)
    after = edited(rows, by)
    later = replace(given_settings, as_of_date=moved(given_settings.as_of_date, by))
    steps = [
        drawn_step("first", given_settings, rows, ["run", "--full-refresh"]),
        drawn_step("goes on", later, after, ["run"], gone_on=True),
        replace(drawn_step("from nothing", later, after, ["run", "--full-refresh"]), same_as="goes on"),
    ]
    return Case(f"drawn_{number}", files=project_files(steps[0].load), steps=steps)


def drawn_step(
    name: str, of: oracle.Settings, rows: dict[str, list[Any]], command: list[str], gone_on: bool = False
) -> Step:
    """One build of drawn books, with what the oracle says of them."""
    load = {
        f"src_{book}": table(rows[book], strategies.column_types(rows[book], given))
        for book, given in of.books.items()
    }
    books = {book: {**given, "relation": f"source('raw', 'src_{book}')"} for book, given in of.books.items()}
    names = attribute_names(of)
    rejected = REJECTED.format(
        columns=", ".join(["book", "reason", "unit", "row_key", "exact_amount", *names])
    )
    read = MARTS | {"rejected_rows": rejected} | ({"went_on": WENT_ON} if gone_on else {})
    given = {
        "books": books,
        "comparisons": of.comparisons,
        "as_of_date": of.as_of_date and str(of.as_of_date),
        "fiscal_year_start_month": of.fiscal_year_start_month,
        "reactivation": of.reactivation,
        "rebuild_above_percent": 100,
    }
    return Step(name, command, read, load, given, expected=said_by_the_oracle(of, rows, names))


def said_by_the_oracle(
    of: oracle.Settings, rows: dict[str, list[Any]], names: list[str]
) -> dict[str, list[Row]]:
    """The marts, worked out customer by customer in plain Python."""
    ledger = [row for book in of.books for row in oracle.ledger(rows[book], book, of)]
    full = [replace(row, attributes={name: row.attributes.get(name) for name in names}) for row in ledger]
    movements = [
        {
            key: getattr(row, key)
            for key in (*KEYS, "unit", "starting_amount", "ending_amount", "movement", "tenure_months")
        }
        | row.attributes
        for row in full
    ]
    cells = [
        dict(zip((*KEYS, *names), key, strict=True)) | dict(measures)
        for key, measures in oracle.cohorts(full, names).items()
    ]
    problems = [
        {
            "book": book,
            "reason": reason,
            "grain": grain,
            "periods_summed": summed,
            "row_count": count,
            "amount": amount,
        }
        for book in of.books
        for (reason, grain, summed), (count, amount) in oracle.problems(rows[book], book, of).items()
    ]
    return {
        "customer_movements": canonical(movements),
        "revenue_cohorts": canonical(cells),
        "input_problems": canonical(problems),
    }


def table(rows: Iterable[Mapping[str, Any]], types: Mapping[str, str]) -> Table:
    """A table of texts that its types are cast from."""
    texts = [{name: None if row[name] is None else text_of(row[name]) for name in types} for row in rows]
    return Table(types, texts)


def text_of(value: Any) -> str:
    """A value as every engine reads it."""
    return str(canonical_value(value)) if isinstance(value, int | Decimal) else str(value)


if __name__ == "__main__":
    write_cases(all_cases(), Path(sys.argv[1]))
