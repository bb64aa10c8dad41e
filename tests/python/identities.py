"""What a build says of every book, and the identities that hold of it: of cohort rows, slices and totals."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import oracle
from conftest import Built

Measures = dict[str, Any]
Key = tuple[str, date]  # comparison and first day of the period

METRICS = sorted(oracle.metrics(dict.fromkeys(oracle.MEASURES, 0)))


# --- what a build says ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """Measures of every book by slice and in total, and the metrics asked for; a book may have none."""

    cohorts: Mapping[str, dict[tuple[Any, ...], Measures]]
    totals: Mapping[str, dict[Key, Measures]]
    rates: Mapping[str, dict[Key, Measures]]
    rates_by_plan: Mapping[str, dict[tuple[Any, ...], Measures]]
    period_ends: Mapping[Key, date]


def found_in(built: Built, attributes: list[str]) -> Found:
    cohorts: dict[str, dict[tuple[Any, ...], Measures]] = defaultdict(dict)
    totals: dict[str, dict[Key, Measures]] = defaultdict(dict)
    period_ends = {}
    for row in built.rows("select * from rollforward__revenue_cohorts"):
        key = (row["comparison"], row["period_start"])
        period_ends[key] = row["period_end"]
        cohorts[row["book"]][(*key, *(row[name] for name in attributes))] = {
            name: row[name] for name in oracle.MEASURES
        }
        total = totals[row["book"]].setdefault(key, dict.fromkeys(oracle.MEASURES, 0))
        for name in oracle.MEASURES:
            total[name] += row[name]
    return Found(
        cohorts,
        totals,
        asked(built, "rates", ("comparison", "period_start")),
        asked(built, "rates_by_plan", ("comparison", "period_start", "plan")),
        period_ends,
    )


def asked(built: Built, model: str, keys: tuple[str, ...]) -> dict[str, dict[Any, Measures]]:
    found: dict[str, dict[Any, Measures]] = defaultdict(dict)
    for row in built.rows(f"select * from {model}"):
        key = tuple(row[name] for name in keys)
        assert key not in found[row["book"]]
        found[row["book"]][key] = {name: row[name] for name in METRICS}
    return found


def close(value: float | Decimal | None, exact: Fraction | None) -> bool:
    if value is None or exact is None:
        return value is exact
    return abs(Fraction(value) - exact) <= Fraction(1, 10**12) * max(1, abs(exact))


# --- identities: of every cohort row, every slice and every total ---------------------------------


def check_identities(found: Found) -> None:
    for book, cohorts in found.cohorts.items():
        for key, measures in cohorts.items():
            check_measures(measures, (book, *key))
        by_plan: dict[tuple[Any, ...], Measures] = defaultdict(lambda: defaultdict(int))
        for (comparison, starts, plan, _), measures in cohorts.items():
            for name, value in measures.items():
                by_plan[(comparison, starts, plan)][name] += value
        for key, measures in found.totals[book].items():
            check_measures(measures, (book, *key))
            check_rates(found.rates[book][key], measures, (book, *key))
        for key, rates in found.rates_by_plan[book].items():
            check_rates(rates, by_plan[key], (book, *key))
        check_weighted_mean(found, book)


def check_measures(m: Measures, where: tuple[Any, ...]) -> None:
    moved = m["expansion_revenue"] - m["contraction_revenue"] - m["churned_revenue"]
    joined = m["new_revenue"] + m["reactivation_revenue"]
    assert m["ending_revenue"] == m["starting_revenue"] + joined + moved, where
    assert m["existing_revenue"] == m["starting_revenue"] + moved, where
    assert m["retained_revenue"] == m["existing_revenue"] - m["expansion_revenue"], where
    arrived = m["new_customers"] + m["reactivated_customers"]
    assert m["ending_customers"] == m["starting_customers"] + arrived - m["churned_customers"], where
    assert m["starting_customers"] == m["retained_customers"] + m["churned_customers"], where
    stayed = m["expanded_customers"] + m["contracted_customers"] + m["unchanged_customers"]
    assert m["retained_customers"] == stayed, where
    assert all(value >= 0 for value in m.values()), where


def check_rates(rates: Measures, m: Measures, where: tuple[Any, ...]) -> None:
    exact = oracle.metrics(m)
    for name in METRICS:
        assert close(rates[name], exact[name]), (*where, name)
    if m["starting_revenue"] == 0:
        return
    ner, grr = exact["net_expansion_rate"], exact["gross_revenue_retention"]
    assert 0 <= grr <= 1 and grr <= ner, where
    assert ner - grr == exact["gross_expansion_rate"], where
    assert exact["customer_expansion_rate"] == ner - 1, where
    joined = Fraction(m["new_revenue"] + m["reactivation_revenue"]) / Fraction(m["starting_revenue"])
    assert exact["revenue_growth_rate"] == exact["customer_expansion_rate"] + joined, where
    assert exact["customer_retention_rate"] + exact["customer_churn_rate"] == 1, where


def check_weighted_mean(found: Found, book: str) -> None:
    """The total's net expansion rate is the mean of its slices', weighted by their starting revenue."""
    weighted: dict[Key, Fraction] = defaultdict(Fraction)
    for (comparison, starts, plan, _), m in found.cohorts[book].items():
        rates = found.rates_by_plan[book].get((comparison, starts, plan))
        if rates is not None and m["starting_revenue"] > 0:
            weighted[(comparison, starts)] += Fraction(m["starting_revenue"]) * Fraction(
                rates["net_expansion_rate"]
            )
    for key, total in weighted.items():
        rate = found.rates[book][key]["net_expansion_rate"]
        assert close(rate, total / Fraction(found.totals[book][key]["starting_revenue"])), (book, *key)


def check_ledger(built: Built, books: list[str]) -> None:
    """Every customer is in exactly one movement of a period, and it is the one that its amounts say."""
    for book in books:
        rows = built.rows("select * from rollforward__customer_movements where book = ?", [book])
        assert len({(row["comparison"], row["period_start"], row["unit"]) for row in rows}) == len(rows)
        for row in rows:
            starting, ending = row["starting_amount"], row["ending_amount"]
            expected = {
                starting == 0 and ending > 0: ("new", "reactivation"),
                starting > 0 and ending == 0: ("churn",),
                starting > 0 and ending > starting: ("expansion",),
                starting > ending > 0: ("contraction",),
                starting == ending > 0: ("unchanged",),
            }[True]
            assert row["movement"] in expected, row


def check_net_change(found: Found, book: str) -> None:
    """Where one period ends the next begins, so that net change adds up over consecutive periods."""
    totals = found.totals[book]
    for key, measures in totals.items():
        comparison, _ = key
        after = totals.get((comparison, found.period_ends[key] + timedelta(days=1)))
        if comparison in ("month_over_month", "quarter_over_quarter", "year_over_year") and after is not None:
            assert measures["ending_revenue"] == after["starting_revenue"], (book, *key)
            assert measures["ending_customers"] == after["starting_customers"], (book, *key)
