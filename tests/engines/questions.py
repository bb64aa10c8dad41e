"""What users have written for every engine: conditions of their own, the statements of query and explain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from rollforward.asking import Question, answer_to
from rollforward.dialects import Dialect
from rollforward.explain import Asked, explain
from rollforward.expressions import parsed
from rollforward.fragments import fragment
from rollforward.source import typed
from rollforward.statement import Relations
from rollforward.workspace import open_workspace

REPO = Path(__file__).parents[2]
RELATIONS = Relations(cohorts="analytics.cohorts", ledger="analytics.movements")
CONDITION = """(lower(plan) = 'it''s' or upper(region) in ('A\\B', 'c') or coalesce(plan, '') <> 'x')
and not (plan like 'a%' or region is null or starting_amount between 0.5 and 100)
and case when ending_amount >= 10 then -ending_amount else ending_amount + 1 end <= 5 and plan < 'm'"""
BOOK, COMPARISON = "recurring_revenue", "trailing_12_months"


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
    meanings = open_workspace(REPO).meanings
    names = ("net_expansion_rate", "average_revenue_per_customer", "net_new_revenue")
    where = "plan = 'pro' or region is null"
    asked = Question(names, BOOK, (COMPARISON,), ("plan",), where, "2026-01", limit=5, order_by=("-plan",))
    yield "rollforward query", answer_to(asked, meanings, engine, RELATIONS).sql
    for name in names:
        listener = Listener()
        about = Asked(name, BOOK, COMPARISON, by=("plan",), where=where)
        explain(about, meanings, listener, engine, RELATIONS, "problems")
        yield from (("rollforward explain", sql) for sql in listener.asked)
