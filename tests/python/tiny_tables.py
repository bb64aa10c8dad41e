"""Tiny tables written by hand, each a book of one build, and what the build says of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from conftest import Built, Project
from oracle import MEASURES, STANDARD_COMPARISONS

Row = dict[str, Any]
Cell = int | tuple[int, str | None] | list[tuple[int, str | None]] | None

NAMES = ("subscription_id", "customer_id", "plan")
COMPARISONS = {
    "two_months": {"grain": "month", "lookback": 2},
    "three_months": {"grain": "month", "lookback": 3},
    "four_quarters": {"grain": "quarter", "lookback": 4},
}
METRICS = (
    *("net_expansion_rate", "gross_revenue_retention", "customer_expansion_rate", "customer_retention_rate"),
    *("revenue_growth_rate", "gross_expansion_rate", "contraction_rate", "revenue_churn_rate"),
    *("gross_revenue_churn_rate", "net_revenue_churn_rate", "customer_churn_rate"),
    *("expanding_customer_share", "survivor_net_expansion_rate", "quick_ratio"),
    *("average_revenue_per_customer", "net_new_revenue"),
)


@dataclass(frozen=True)
class Table:
    """A raw table and how it is a book; a column without a type of its own holds dates."""

    shape: str
    dates: Sequence[str]
    rows: Sequence[Row]
    types: Mapping[str, str] = field(default_factory=dict)
    key: str | None = None

    def book(self) -> dict[str, Any]:
        columns = {
            "unit": "customer_id",
            "amount": "amount",
            **dict(zip(self.dates, self.dates, strict=True)),
        }
        key = {} if self.key is None else {"key": self.key}
        return {"shape": self.shape, **columns, **key, "attributes": ["plan"]}

    def all_types(self) -> dict[str, str]:
        plain = {**dict.fromkeys(NAMES, "varchar"), "amount": "integer", **dict.fromkeys(self.dates, "date")}
        return {**plain, **self.types}


def snapshots(days: Sequence[str], **customers: Sequence[Cell]) -> Table:
    """What each customer pays on each of the days: an amount, one with a plan, several, or nothing."""
    rows = []
    for customer, cells in customers.items():
        for day, cell in zip(days, cells, strict=True):
            for part in cell if isinstance(cell, list) else [] if cell is None else [cell]:
                amount, plan = part if isinstance(part, tuple) else (part, None)
                rows.append({"customer_id": customer, "plan": plan, "amount": amount, "snapshot_on": day})
    return Table("snapshots", ["snapshot_on"], rows)


def intervals(*rows: tuple[str, int, str, str | None], **given: Any) -> Table:
    names = ("customer_id", "amount", "started_on", "ended_on")
    return Table("intervals", names[2:], [dict(zip(names, row, strict=True)) for row in rows], **given)


def dated(shape: str, *rows: tuple[str, int, str]) -> Table:
    """Movements or payments."""
    names = ("customer_id", "amount", "occurred_on")
    return Table(shape, names[2:], [dict(zip(names, row, strict=True)) for row in rows])


@dataclass(frozen=True)
class Answers:
    """What the build says of a book, and what a query over its raw table says."""

    built: Built

    def total(self, book: str, period: str, comparison: str = "month_over_month") -> Row:
        """Metrics and measures of one complete period; each exists once."""
        (row,) = self.built.rows(
            "select * from totals"
            " inner join sums using (book, comparison, period_start)"
            " where book = ? and comparison = ? and period_start = ?",
            [book, comparison, date.fromisoformat(period)],
        )
        return row

    def slices(self, book: str, period: str, comparison: str = "month_over_month") -> dict[str | None, Row]:
        rows = self.built.rows(
            "select * from slices inner join rollforward__revenue_cohorts"
            " on slices.book = rollforward__revenue_cohorts.book"
            " and slices.comparison = rollforward__revenue_cohorts.comparison"
            " and slices.period_start = rollforward__revenue_cohorts.period_start"
            " and slices.plan is not distinct from rollforward__revenue_cohorts.plan"
            " where slices.book = ? and slices.comparison = ? and slices.period_start = ?",
            [book, comparison, date.fromisoformat(period)],
        )
        return {row["plan"]: row for row in rows}

    def periods(self, book: str, comparison: str = "month_over_month") -> dict[date, bool]:
        """The periods there are, with whether they are complete."""
        rows = self.built.rows(
            "select distinct period_start, is_complete from rollforward__revenue_cohorts"
            " where book = ? and comparison = ? order by period_start",
            [book, comparison],
        )
        return {row["period_start"]: row["is_complete"] for row in rows}

    def movements(self, book: str, period: str, comparison: str = "month_over_month") -> dict[str, str]:
        rows = self.built.rows(
            "select unit, movement from rollforward__customer_movements"
            " where book = ? and comparison = ? and period_start = ?",
            [book, comparison, date.fromisoformat(period)],
        )
        return {row["unit"]: row["movement"] for row in rows}

    def problems(self, book: str) -> dict[str, tuple[int, Decimal]]:
        rows = self.built.rows("select * from rollforward__input_problems where book = ?", [book])
        return {row["reason"]: (row["row_count"], row["amount"]) for row in rows}

    def naive(self, sql: str) -> Any:
        """The one value a query gives, or its rows as tuples."""
        rows = [tuple(row.values()) for row in self.built.rows(sql)]
        return rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else rows


def build(project: Project, tables: Mapping[str, Table], **settings: Any) -> Answers:
    """One build with every table as a book; every metric, in total and by plan, is asked of each."""
    project.load_all({name: (table.all_types(), table.rows) for name, table in tables.items()})
    query = {
        "metrics": list(METRICS),
        "book": list(tables),
        "comparison": [*STANDARD_COMPARISONS, *COMPARISONS],
    }
    project.ask("totals", **query)
    project.ask("slices", **query, by=["plan"])
    sums = ", ".join(f"sum({name}) as {name}" for name in MEASURES)
    project.write(
        "models/sums.sql",
        f"select book, comparison, period_start, {sums}"
        " from {{ ref('rollforward', 'rollforward__revenue_cohorts') }} group by all\n",
    )
    books = {name: table.book() for name, table in tables.items()}
    return Answers(project.build(books, comparisons=COMPARISONS, **settings))
