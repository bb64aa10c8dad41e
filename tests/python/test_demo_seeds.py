"""The demo's seeds are what demo/generate.py writes, and every difficulty promised really occurs."""

import csv
import runpy
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate, pairwise
from pathlib import Path

import pytest

REPO = Path(__file__).parents[2]
AS_OF = date(2026, 10, 15)
MONTH_ENDS = [
    date(2024 + (month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(days=1) for month in range(4, 33)
]  # from 2024-05-31, the last complete month last
LATEST, YEAR_BEFORE = MONTH_ENDS[-1], MONTH_ENDS[-13]


@dataclass(frozen=True)
class Term:
    """An accepted row of demo_subscriptions."""

    customer: str
    product: str
    plan: str
    region: str
    mrr: Decimal
    started_on: date
    ended_on: date  # date.max while it runs

    def in_force(self, day: date) -> bool:
        return self.started_on <= day < self.ended_on


def raw(name: str) -> list[dict[str, str]]:
    with (REPO / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def accepted() -> Iterator[Term]:
    seen = set()
    for row in raw("demo_subscriptions"):
        if not (row["customer_id"] and row["started_on"] and row["mrr"]) or row["subscription_id"] in seen:
            continue
        seen.add(row["subscription_id"])
        started_on = date.fromisoformat(row["started_on"])
        ended_on = date.fromisoformat(row["ended_on"]) if row["ended_on"] else date.max
        if started_on < ended_on and started_on <= AS_OF:
            yield Term(
                row["customer_id"],
                row["product"],
                row["plan"],
                row["region"],
                Decimal(row["mrr"]),
                started_on,
                ended_on,
            )


TERMS = tuple(accepted())
ORDERS = raw("demo_orders")


def amounts(day: date) -> dict[str, Decimal]:
    """What each paying customer pays on a day."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for term in TERMS:
        if term.in_force(day) and term.mrr > 0:
            found[term.customer] += term.mrr
    return found


def largest_plan(customer: str, day: date) -> str:
    by_plan: Counter[str] = Counter()
    for term in TERMS:
        if term.customer == customer and term.in_force(day):
            by_plan[term.plan] += int(term.mrr * 100)
    return by_plan.most_common(1)[0][0]


def by_customer() -> dict[str, list[Term]]:
    found: dict[str, list[Term]] = defaultdict(list)
    for term in sorted(TERMS, key=lambda term: term.started_on):
        found[term.customer].append(term)
    return found


def test_generating_again_gives_the_committed_bytes(tmp_path: Path) -> None:
    runpy.run_path(str(REPO / "demo" / "generate.py"))["main"](tmp_path)
    for name in ("demo_subscriptions.csv", "demo_orders.csv"):
        assert (tmp_path / name).read_bytes() == (REPO / "seeds" / name).read_bytes()


def test_the_seeds_stay_small() -> None:
    assert all(path.stat().st_size < 200_000 for path in (REPO / "seeds").glob("demo_*.csv"))


def test_thirty_months_the_last_one_cut_off() -> None:
    assert min(term.started_on for term in TERMS).replace(day=1) == date(2024, 5, 1)
    assert date(2026, 10, 1) <= max(term.started_on for term in TERMS) <= AS_OF
    assert max(date.fromisoformat(row["ordered_at"]) for row in ORDERS) == AS_OF
    assert 220 <= len(by_customer()) <= 260


# --- difficulties in the accepted subscriptions -----------------------------------------------------


def steps() -> Iterator[tuple[Term, Term]]:
    """Rows of one customer and product of which the second starts on the day the first ends."""
    for terms in by_customer().values():
        for first in terms:
            for second in terms:
                if first.ended_on == second.started_on and first.product == second.product and first.mrr > 0:
                    yield first, second


def gaps() -> Iterator[timedelta]:
    """How long customers with nothing running were away before they came back."""
    for terms in by_customer().values():
        paid = [term for term in terms if term.mrr > 0]
        left = accumulate((term.ended_on for term in paid), max)
        for until, back in zip(left, paid[1:], strict=False):
            if back.started_on > until:
                yield back.started_on - until


def plan_rank(term: Term) -> int:
    return ("starter", "growth", "scale").index(term.plan)


def upgrades() -> int:
    return sum(plan_rank(new) > plan_rank(old) and new.mrr > old.mrr for old, new in steps())


def downgrades() -> int:
    return sum(plan_rank(new) < plan_rank(old) and new.mrr < old.mrr for old, new in steps())


def changes_of_price_within_a_plan() -> int:
    return sum(new.plan == old.plan and new.mrr != old.mrr for old, new in steps())


def rows_that_touch_and_change_nothing() -> int:
    return sum(new.plan == old.plan and new.mrr == old.mrr for old, new in steps())


def concurrent_subscriptions_of_one_product() -> int:
    found = {
        first.customer
        for terms in by_customer().values()
        for index, first in enumerate(terms)
        for second in terms[index + 1 :]
        if first.product == second.product and first.started_on <= second.started_on < first.ended_on
    }
    return len(found)


def moves_of_the_main_plan_within_a_year() -> int:
    kept = amounts(YEAR_BEFORE).keys() & amounts(LATEST).keys()
    return sum(largest_plan(customer, YEAR_BEFORE) != largest_plan(customer, LATEST) for customer in kept)


def pauses() -> int:
    return sum(timedelta(0) < gap <= timedelta(days=120) for gap in gaps())


def pauses_of_days() -> int:
    return sum(timedelta(0) < gap < timedelta(days=28) for gap in gaps())


def reactivations_after_more_than_a_year() -> int:
    return sum(gap > timedelta(days=365) for gap in gaps())


def reactivations_in_the_last_trailing_year() -> int:
    joined = amounts(LATEST).keys() - amounts(YEAR_BEFORE).keys()
    before = {customer for day in MONTH_ENDS if day < YEAR_BEFORE for customer in amounts(day)}
    return len(joined & before)


def joins_and_leaves_within_one_month() -> int:
    return sum(
        all(term.started_on.replace(day=1) == term.ended_on.replace(day=1) for term in terms)
        and any(term.mrr > 0 for term in terms)
        and len(terms) == 1
        for terms in by_customer().values()
    )


def customers_of_one_product_only() -> int:
    return sum(len({term.product for term in terms}) == 1 for terms in by_customer().values())


def customers_of_both_products() -> int:
    return sum(len({term.product for term in terms}) == 2 for terms in by_customer().values())


def changes_from_one_product_to_the_other() -> int:
    return sum(
        old.ended_on == new.started_on and old.product != new.product and old.mrr == new.mrr
        for terms in by_customer().values()
        for old, new in pairwise(terms)
    )


def trials_that_become_customers() -> int:
    return sum(terms[0].mrr == 0 and any(term.mrr > 0 for term in terms) for terms in by_customer().values())


def trials_that_come_to_nothing() -> int:
    return sum(all(term.mrr == 0 for term in terms) for terms in by_customer().values())


def scheduled_ends_in_the_future() -> int:
    return sum(AS_OF < term.ended_on < date.max for term in TERMS)


def starts_on_a_months_last_day() -> int:
    return sum((term.started_on + timedelta(days=1)).day == 1 for term in TERMS)


def ends_on_a_months_last_day() -> int:
    return sum(term.ended_on < date.max and (term.ended_on + timedelta(days=1)).day == 1 for term in TERMS)


def unknown_regions() -> int:
    return sum(term.region == "" for term in TERMS)


def moves_to_another_region() -> int:
    return sum(old.region != new.region for old, new in steps())


@pytest.mark.parametrize(
    ("difficulty", "at_least"),
    [
        (upgrades, 5),
        (downgrades, 3),
        (changes_of_price_within_a_plan, 50),
        (rows_that_touch_and_change_nothing, 1),
        (concurrent_subscriptions_of_one_product, 5),
        (moves_of_the_main_plan_within_a_year, 5),
        (pauses, 3),
        (pauses_of_days, 1),
        (reactivations_after_more_than_a_year, 1),
        (reactivations_in_the_last_trailing_year, 2),
        (joins_and_leaves_within_one_month, 2),
        (customers_of_one_product_only, 100),
        (customers_of_both_products, 20),
        (changes_from_one_product_to_the_other, 1),
        (trials_that_become_customers, 10),
        (trials_that_come_to_nothing, 2),
        (scheduled_ends_in_the_future, 3),
        (starts_on_a_months_last_day, 3),
        (ends_on_a_months_last_day, 3),
        (unknown_regions, 1),
        (moves_to_another_region, 1),
    ],
    ids=lambda value: value.__name__ if callable(value) else str(value),
)
def test_difficulty_occurs(difficulty: Callable[[], int], at_least: int) -> None:
    assert difficulty() >= at_least


# --- rows no ledger can use -------------------------------------------------------------------------

BAD_ROWS: dict[str, Callable[[dict[str, str]], bool]] = {
    "null_unit": lambda row: not row["customer_id"],
    "missing_date": lambda row: not row["started_on"],
    "null_amount": lambda row: not row["mrr"],
    "zero_length_interval": lambda row: bool(row["started_on"]) and row["started_on"] == row["ended_on"],
    "inverted_interval": lambda row: row["ended_on"] != "" and row["ended_on"] < row["started_on"],
    "after_observed_through": lambda row: row["started_on"] > AS_OF.isoformat(),
}


@pytest.mark.parametrize("reason", BAD_ROWS)
def test_one_bad_subscription_for_each_reason(reason: str) -> None:
    assert sum(BAD_ROWS[reason](row) for row in raw("demo_subscriptions")) == 1


@pytest.mark.parametrize(
    ("name", "key"), [("demo_subscriptions", "subscription_id"), ("demo_orders", "order_id")]
)
def test_one_row_is_there_twice(name: str, key: str) -> None:
    assert [count for count in Counter(row[key] for row in raw(name)).values() if count > 1] == [2]


# --- orders -----------------------------------------------------------------------------------------


def months_of_orders() -> dict[tuple[str, str], Decimal]:
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in {row["order_id"]: row for row in ORDERS if row["customer_id"]}.values():
        sums[row["customer_id"], row["ordered_at"][:7]] += Decimal(row["net_amount"])
    return sums


def test_orders_are_sent_back_and_one_is_anonymous() -> None:
    assert sum(Decimal(row["net_amount"]) < 0 for row in ORDERS) >= 20
    assert sum(not row["customer_id"] for row in ORDERS) == 1


def test_months_of_a_customer_below_zero_and_at_zero() -> None:
    sums = months_of_orders()
    assert sums["C921", "2025-12"] < 0
    assert sums["C922", "2026-02"] == 0


def test_a_customer_that_buys_once_a_year() -> None:
    assert {month for customer, month in months_of_orders() if customer == "C923"} == {
        "2024-09",
        "2025-09",
        "2026-09",
    }


# --- the story --------------------------------------------------------------------------------------


def test_new_customers_hide_that_the_old_ones_hardly_grow() -> None:
    then, now = amounts(YEAR_BEFORE), amounts(LATEST)
    start = sum(then.values())
    net = sum(now.get(customer, 0) for customer in then) / start
    gross = sum(min(amount, now.get(customer, Decimal(0))) for customer, amount in then.items()) / start
    assert Decimal("1.00") < net < Decimal("1.15")
    assert Decimal("0.85") < gross < Decimal("0.92")
    assert sum(now.values()) / start > Decimal("1.5")
