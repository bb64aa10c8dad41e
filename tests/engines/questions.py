"""What users have written for every engine: conditions of their own, the statements of query and explain."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from rollforward.asking import Question, answer_to
from rollforward.definitions import COHORTS, INPUT_PROBLEMS, LEDGER, OBSERVED_BOOKS
from rollforward.dialects import Dialect
from rollforward.explain import Asked, explain
from rollforward.fragments import fragment
from rollforward.read_sql import parsed
from rollforward.resolve import Meanings
from rollforward.source import typed
from rollforward.statement import Relations
from rollforward.workspace import open_workspace

REPO = Path(__file__).parents[2]
MODELS = {
    COHORTS: "analytics.cohorts",
    LEDGER: "analytics.movements",
    INPUT_PROBLEMS: "analytics.problems",
    OBSERVED_BOOKS: "analytics.books",
}
RELATIONS = Relations.of(MODELS)
CONDITION = """(lower(plan) = 'it''s' or upper(region) in ('A\\B', 'c') or coalesce(plan, '') <> 'x')
and not (plan like 'a%' or region is null or starting_amount between 0.5 and 100)
and case when ending_amount >= 10 then -ending_amount else ending_amount + 1 end <= 5 and plan < 'm'"""


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody who asks in a project: about which metrics, by what, and where."""

    folder: Path
    names: tuple[str, ...]
    book: str
    comparison: str
    by: str
    where: str


ASKERS = (
    Asker(
        REPO,
        ("net_expansion_rate", "average_revenue_per_customer", "net_new_revenue"),
        "recurring_revenue",
        "trailing_12_months",
        "plan",
        "plan = 'pro' or region is null",
    ),
    # Over the rows of the ledger, by a dimension made of them, and over several periods.
    Asker(
        REPO / "tests" / "integration",
        (
            "large_account_expansion_rate",
            "largest_account",
            "net_expansion_rate_smoothed",
            "usual_new_revenue",
        ),
        "account_mrr",
        "month_over_month",
        "size_at_start",
        "tier <> 'internal'",
    ),
)


@dataclass(slots=True)
class Listener:
    """A session that keeps what it is asked, over a database that has one period and no customers."""

    asked: list[str] = field(default_factory=list)

    def __enter__(self) -> Listener:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def rows(self, sql: str) -> list[Sequence[Any]]:
        self.asked.append(sql)
        one_period = sql.startswith("select distinct period_start")
        return [(date(2026, 1, 1), date(2026, 1, 31), True)] if one_period else []

    def exists(self, relation: str) -> bool:
        return bool(relation)

    def columns(self, relation: str) -> list[tuple[str, str]]:
        return [(relation, "")]


def of_users(engine: Dialect) -> Iterator[tuple[str, str]]:
    """Give each statement with the command that asks it."""
    condition = fragment(parsed(typed(CONDITION, "where"), "")).on(engine.adapter)
    yield "a condition of a user's", f"select 1 from analytics.movements where {condition}"
    for asker in ASKERS:
        meanings, names, by = meanings_of(asker.folder), asker.names, (asker.by,)
        said = (asker.book, (asker.comparison,), by, asker.where, "2026-01")
        asked = Question(names, *said, limit=5, order_by=(f"-{asker.by}",))
        yield "rollforward query", answer_to(asked, meanings, engine, RELATIONS).sql
        for name in names:
            listener = Listener()
            about = Asked(name, asker.book, asker.comparison, by=by, where=asker.where)
            explain(about, meanings, listener, engine, MODELS)
            yield from (("rollforward explain", sql) for sql in listener.asked)


@cache
def meanings_of(folder: Path) -> Meanings:
    """Give what is defined in a project, which is the same for every engine."""
    install_package(folder)
    return open_workspace(folder).meanings


def install_package(folder: Path) -> None:
    """Put the package where `dbt deps` would, in a project of the tests that is not the package itself."""
    installed = folder / "dbt_packages" / "rollforward"
    if folder != REPO and not installed.exists():
        installed.parent.mkdir(exist_ok=True)
        # Another test may be as quick.
        with contextlib.suppress(FileExistsError):
            installed.symlink_to(REPO, target_is_directory=True)
