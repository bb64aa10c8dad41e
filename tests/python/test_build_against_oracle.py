"""Every cell of the built tables equals what the customer-by-customer oracle says, on nasty books."""

from collections import Counter
from typing import Any

import oracle
import strategies
from conftest import REPO, Built, Project
from hypothesis import HealthCheck, Phase, given, settings
from rollforward.catalog import COHORTS_FILE
from rollforward.parse import parse_measures
from rollforward.source import read_document

KEYS = ("book", "comparison", "period_start", "period_end", "is_complete")


def build(
    project: Project, given_settings: oracle.Settings, rows: dict[str, list[dict[str, Any]]], **more: Any
) -> Built:
    """Load every book's rows as a source and build the package over them; `more` are further settings."""
    books = {}
    for number, (name, book) in enumerate(given_settings.books.items(), start=1):
        project.load(f"src_{number}", strategies.column_types(rows[name], book), rows[name])
        books[name] = {**book, "relation": f"source('raw', 'src_{number}')"}
    # The cells are compared below, which is more than the shipped tests do; other builds run those.
    built = project.dbt(
        "run",
        settings={
            "books": books,
            "comparisons": given_settings.comparisons,
            "as_of_date": given_settings.as_of_date,
            "fiscal_year_start_month": given_settings.fiscal_year_start_month,
            "reactivation": given_settings.reactivation,
            **more,
        },
    )
    if not built.success:
        raise AssertionError(built.messages)
    return built


def attribute_names(given_settings: oracle.Settings) -> list[str]:
    books = given_settings.books.values()
    return list(dict.fromkeys(name for book in books for name in book.get("attributes", [])))


def check(built: Built, given_settings: oracle.Settings, rows: dict[str, list[dict[str, Any]]]) -> None:
    """Ledger, cohorts and problems, cell by cell."""
    names = attribute_names(given_settings)
    ledger = [row for book in given_settings.books for row in oracle.ledger(rows[book], book, given_settings)]

    def expected_row(row: oracle.LedgerRow) -> tuple[Any, ...]:
        keys = tuple(getattr(row, key) for key in KEYS)
        values = tuple(row.attributes.get(name) for name in names)
        return (
            *keys,
            row.unit,
            *values,
            row.starting_amount,
            row.ending_amount,
            row.movement,
            row.tenure_months,
        )

    found = built.rows("select * from rollforward__customer_movements")
    columns = (*KEYS, "unit", *names, "starting_amount", "ending_amount", "movement", "tenure_months")
    assert_same(
        "ledger",
        Counter(tuple(row[column] for column in columns) for row in found),
        Counter(map(expected_row, ledger)),
    )

    full = [
        oracle.LedgerRow(**{**vars_of(row), "attributes": {name: row.attributes.get(name) for name in names}})
        for row in ledger
    ]
    cohorts = built.rows("select * from rollforward__revenue_cohorts")
    columns = (*KEYS, *names)
    cells = {
        tuple(row[column] for column in columns): {m: row[m] for m in oracle.MEASURES} for row in cohorts
    }
    assert len(cells) == len(cohorts)
    assert_same("cohorts", cells, oracle.cohorts(full, names))
    assert_same("measures over the ledger", over_ledger(built, columns), cells)

    listed = {
        (row["book"], row["reason"], row["grain"], row["periods_summed"]): (row["row_count"], row["amount"])
        for row in built.rows("select * from rollforward__input_problems")
    }
    expected = {
        (book, *key): value
        for book in given_settings.books
        for key, value in oracle.problems(rows[book], book, given_settings).items()
    }
    assert_same("problems", listed, expected)


MEASURES = parse_measures(
    read_document("cohorts.yml", (REPO / COHORTS_FILE).read_bytes()), "rollforward__revenue_cohorts"
)


def over_ledger(built: Built, columns: tuple[str, ...]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """What each measure is by its own definition: the sum of an expression over the rows of the ledger."""
    sums = ", ".join(f"sum({item.row.text}) as {item.name}" for item in MEASURES)
    rows = built.rows(
        f"select {', '.join(columns)}, {sums} from rollforward__customer_movements group by all"
    )
    return {tuple(row[key] for key in columns): {m: row[m] for m in oracle.MEASURES} for row in rows}


def assert_same(what: str, found: dict[Any, Any], expected: dict[Any, Any]) -> None:
    """Equality of two keyed tables; a failure names the first few cells that differ."""
    keys = [key for key in {**found, **expected} if found.get(key) != expected.get(key)]
    lines = [f"{key}\n  built:  {found.get(key)}\n  oracle: {expected.get(key)}" for key in keys[:5]]
    assert not keys, f"{len(keys)} cells of the {what} differ:\n" + "\n".join(lines)


def vars_of(row: oracle.LedgerRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__dataclass_fields__}


@settings(
    max_examples=10,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
@given(drawn=strategies.many_books(a_shape=2))
def test_build_equals_the_oracle(project: Project, drawn: Any) -> None:
    given_settings, rows = drawn
    check(build(project, given_settings, rows), given_settings, rows)
