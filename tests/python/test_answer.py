"""A selection becomes one statement: short, one scan, right when run, refused where a name leads nowhere."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from rollforward.answer import Answer, answer
from rollforward.catalog import read_catalog
from rollforward.definitions import Selection
from rollforward.dialects import DEFAULT, DIALECTS, Dialect, dialect_of
from rollforward.errors import ProblemsFound
from rollforward.layout import read_layout
from rollforward.resolve import Meanings, resolve
from rollforward.source import Scalar, typed
from rollforward.statement import Relations
from small_project import small_project

FIVE = ("net_expansion_rate", "grr", "customer_expansion_rate", "crr", "revenue_growth_rate")
RELATIONS = Relations(cohorts="main.cohorts", ledger="main.ledger")


@pytest.fixture(scope="module")
def meanings(tmp_path_factory: pytest.TempPathFactory) -> Meanings:
    return resolve(read_catalog(read_layout(small_project(tmp_path_factory.mktemp("shop")), []), []), [])


def words(option: str, *texts: str) -> tuple[Scalar, ...]:
    return tuple(typed(text, option) for text in texts)


def asked(
    meanings: Meanings, *metrics: str, dialect: Dialect = DEFAULT, where: str = "", **given: Any
) -> Answer:
    """The answer to metrics of subscriptions, month over month unless said otherwise."""
    selection = Selection(
        metrics=words("METRIC", *metrics),
        book=typed(given.pop("book", "subscriptions"), "--book"),
        comparisons=words("--comparison", *given.pop("comparisons", ["month_over_month"])),
        by=words("--by", *given.pop("by", ())),
        where=typed(where, "--where") if where else None,
        **{key: given.pop(key) for key in ("from_day", "to_day", "incomplete_periods") if key in given},
    )
    order = words("--order-by", *given.pop("order_by", ()))
    return answer(selection, meanings, dialect, RELATIONS, order_by=order, **given)


def said(meanings: Meanings, *metrics: str, **given: Any) -> str:
    with pytest.raises(ProblemsFound) as found:
        asked(meanings, *metrics, **given)
    return str(found.value)


def test_five_metrics_are_one_short_statement_with_one_scan(meanings: Meanings) -> None:
    found = asked(meanings, *FIVE, by=["plan"])
    assert len(found.sql.splitlines()) <= 40
    assert found.sql.count("main.cohorts") == 1 and "main.ledger" not in found.sql
    assert [column.name for column in found.columns[6:]] == [
        "net_expansion_rate", "gross_revenue_retention", "customer_expansion_rate",
        "customer_retention_rate", "revenue_growth_rate",
    ]  # fmt: skip


@pytest.fixture
def database(meanings: Meanings) -> Iterator[duckdb.DuckDBPyConnection]:
    """Cohorts of two months and two plans, an incomplete month, another book and another comparison."""
    measures = ", ".join(
        f"{item.name} {'decimal(18, 4)' if item.kind == 'amount' else 'bigint'} default 0"
        for item in meanings.catalog.measures
    )
    with duckdb.connect() as connection:
        connection.execute(
            "create table cohorts (book text, comparison text, period_start date, period_end date,"
            f" is_complete boolean, plan text, region text, {measures})"
        )
        connection.execute(
            "insert into cohorts (book, comparison, period_start, period_end, is_complete, plan, region,"
            " starting_revenue, existing_revenue) values"
            " ('subscriptions', 'month_over_month', '2026-01-01', '2026-01-31', true, 'pro', 'eu', 100, 90),"
            " ('subscriptions', 'month_over_month', '2026-01-01', '2026-01-31', true, 'pro', 'us', 100, 120),"
            " ('subscriptions', 'month_over_month', '2026-01-01', '2026-01-31', true, null, 'us', 50, 0),"
            " ('subscriptions', 'month_over_month', '2026-02-01', '2026-02-28', true, 'pro', 'us', 0, 0),"
            " ('subscriptions', 'month_over_month', '2026-03-01', '2026-03-31', false, 'pro', 'us', 10, 5),"
            " ('subscriptions', 'year_over_year', '2026-01-01', '2026-12-31', true, 'pro', 'us', 10, 10),"
            " ('orders', 'month_over_month', '2026-01-01', '2026-01-31', true, 'pro', 'us', 1, 7)"
        )
        yield connection


def rows(connection: duckdb.DuckDBPyConnection, found: Answer) -> list[dict[str, Any]]:
    result = connection.execute(found.sql)
    names = [column[0] for column in result.description]
    assert names == [column.name for column in found.columns]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def test_the_answer_is_right(meanings: Meanings, database: duckdb.DuckDBPyConnection) -> None:
    found = rows(database, asked(meanings, "nrr", by=["plan"], parts=True))
    values = [(row["period_start"], row["plan"], row["net_expansion_rate"]) for row in found]
    assert values == [
        (date(2026, 1, 1), "pro", pytest.approx(1.05)),
        (date(2026, 1, 1), None, 0),
        (date(2026, 2, 1), "pro", None),
    ]
    assert [row["existing_revenue"] for row in found] == [210, 0, 0]


def test_rows_are_chosen_ordered_and_limited(meanings: Meanings, database: duckdb.DuckDBPyConnection) -> None:
    def first(**given: Any) -> list[Any]:
        return [list(row.values())[5:] for row in rows(database, asked(meanings, "nrr", **given))]

    assert first(where="plan <> 'pro'") == [[0]]
    assert first(from_day=date(2026, 2, 1)) == [[None]]
    assert first(to_day=date(2026, 1, 31)) == [[pytest.approx(0.84)]]
    assert first(incomplete_periods="include", order_by=["-period_start"], limit=1) == [[0.5]]
    assert first(by=["region"], order_by=["-net_expansion_rate"], limit=1, to_day=date(2026, 1, 31)) == [
        ["eu", pytest.approx(0.9)]
    ]


def test_what_is_asked_wrongly_is_refused_with_the_word(meanings: Meanings) -> None:
    assert said(meanings, "nrr", "net_expansion_rte", by=["plna"], book="subscriptions") == (
        "--by:1:1: error[unknown-attribute]: attribute 'plna' is not defined in book 'subscriptions'\n"
        "   1 | plna\n       ^^^^\n     = hint: did you mean 'plan'?\n"
        "METRIC:1:1: error[unknown-metric]: metric 'net_expansion_rte' is not defined\n"
        "   1 | net_expansion_rte\n       ^^^^^^^^^^^^^^^^^\n     = hint: did you mean 'net_expansion_rate'?"
    )
    assert "--where:1:8: error[unknown-attribute]" in said(
        meanings, "nrr", where="plan = plna or region is null"
    )
    assert "error[unknown-column]: the answer has no column '-grr'" in said(
        meanings, "nrr", order_by=["-nrr", "-grr"]
    )
    assert "error[listed-twice]" in said(meanings, "nrr", "net_expansion_rate")


def test_every_engine_gets_its_own_words(meanings: Meanings) -> None:
    for dialect in DIALECTS:
        assert dialect_of(dialect.adapter) is dialect
        found = asked(meanings, *FIVE, dialect=dialect, where="plan = 'O''Brien'").sql
        assert f" as {dialect.float_type})" in found
        assert ("O\\'Brien" in found) != ("O''Brien" in found)
    assert dialect_of("sqlite") is None


def test_a_selection_needs_no_files(tmp_path: Path, meanings: Meanings) -> None:
    found = asked(meanings, "lost_share")
    assert "ref(" not in found.sql and "{{" not in found.sql and not any(tmp_path.iterdir())
