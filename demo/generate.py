"""Write the demo's seeds: an invented company, Fernhollow, and all that makes its retention hard to count.

Fernhollow sells two products by subscription, helpdesk and crm, and has a shop for headsets and training.
Most rows come from a small simulation; the customers C9xx and the rows S9xxx and D9xxx are written by hand,
one for each difficulty, so that none depends on luck. The same bytes come out on every run: only
`Random.random()` is drawn from, whose sequence Python promises to keep.
"""

import calendar
import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
FIRST_MONTH = date(2024, 5, 1)
AS_OF = date(2026, 10, 15)  # in the middle of the last month: that month is incomplete
MONTHS = 30

PRODUCTS = ("helpdesk", "crm")
PLANS = ("starter", "growth", "scale")
PLAN_MIX = {"starter": 0.44, "growth": 0.38, "scale": 0.18}
SEAT_PRICE = {"starter": 19, "growth": 35, "scale": 55}
SEATS = {"starter": (2, 9), "growth": (7, 25), "scale": (16, 38)}
COUNTRIES = {"amer": ("US", "US", "CA"), "emea": ("DE", "FR", "GB"), "apac": ("AU", "JP", "SG")}

# What can happen to a subscription in a month, and how likely it is. Small plans leave, large ones grow.
CHANCES = {
    "starter": {"leave": 0.018, "pause": 0.005, "upgrade": 0.006, "more_seats": 0.022, "fewer_seats": 0.011,
                "second_team": 0.003, "other_product": 0.004},
    "growth": {"leave": 0.008, "pause": 0.003, "upgrade": 0.005, "downgrade": 0.004, "more_seats": 0.030,
               "fewer_seats": 0.011, "second_team": 0.004, "other_product": 0.007},
    "scale": {"leave": 0.003, "pause": 0.001, "downgrade": 0.003, "more_seats": 0.036, "fewer_seats": 0.014,
              "second_team": 0.004, "other_product": 0.006},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Customer:
    """Who pays, where they are, when they come, and what is left of the list price for them."""

    customer_id: str
    region: str
    joins_in_month: int
    percent_paid: int


@dataclass(frozen=True, slots=True)
class Term:
    """A stretch of one subscription in which nothing changes; the day it ends is no longer part of it."""

    customer_id: str | None
    product: str
    plan: str
    region: str | None
    cents: int | None
    started_on: date | None
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """One payment in the shop; a return is a negative one."""

    customer_id: str | None
    country: str
    ordered_at: date
    cents: int


# --- chance: everything is made from Random.random() ----------------------------------------------


def between(rng: Random, low: int, high: int) -> int:
    """Give a whole number from low to high, both included."""
    return low + int(rng.random() * (high - low + 1))


def one_of(rng: Random, values: Sequence[str]) -> str:
    """Give one of the values, all equally likely."""
    return values[between(rng, 0, len(values) - 1)]


def weighted(rng: Random, weights: Mapping[str, float]) -> str | None:
    """Give a name with the probability of its weight, or None with what is left of 1."""
    draw = rng.random()
    for name, weight in weights.items():
        if draw < weight:
            return name
        draw -= weight
    return None


def month_start(month: int) -> date:
    """Give the first day of the month that many months after the first."""
    years, months = divmod(FIRST_MONTH.month - 1 + month, 12)
    return date(FIRST_MONTH.year + years, months + 1, 1)


def day_in(rng: Random, month: int) -> date:
    """Give any day of the month, its last one included."""
    first = month_start(month)
    return first.replace(day=between(rng, 1, calendar.monthrange(first.year, first.month)[1]))


# --- customers ------------------------------------------------------------------------------------


def customers(rng: Random) -> Iterator[Customer]:
    """Give the simulated customers: an opening book, then more every month."""
    joining = [62] + [4 + month // 7 for month in range(1, MONTHS)]
    months = [month for month, count in enumerate(joining) for _ in range(count)]
    for number, month in enumerate(months, start=1):
        region = weighted(rng, {"amer": 0.45, "emea": 0.38}) or "apac"
        percent_paid = 90 if rng.random() < 0.3 else 100
        yield Customer(f"C{number:03d}", region, month, percent_paid)


# --- subscriptions --------------------------------------------------------------------------------


def price(plan: str, seats: int, customer: Customer) -> int:
    """Give a month's price in cents."""
    return SEAT_PRICE[plan] * seats * customer.percent_paid


def changed(rng: Random, event: str, plan: str, seats: int) -> tuple[str, int]:
    """Give plan and seats after an event that keeps the subscription."""
    match event:
        case "upgrade":
            plan = PLANS[PLANS.index(plan) + 1]
            return plan, max(seats, SEATS[plan][0])
        case "downgrade":
            plan = PLANS[PLANS.index(plan) - 1]
            return plan, min(seats, SEATS[plan][1])
        case "more_seats":
            return plan, seats + max(1, seats * between(rng, 10, 45) // 100)
        case _:
            return plan, max(1, seats - max(1, seats * between(rng, 10, 40) // 100))


def away_for(rng: Random, event: str) -> int:
    """Give the months until a customer that stopped comes back; most that left never do."""
    if event == "pause":
        return between(rng, 1, 3)
    return between(rng, 4, 11) if rng.random() < 0.15 else MONTHS


def subscription(
    rng: Random, customer: Customer, product: str, plan: str, month: int, *, first: bool = True
) -> Iterator[Term]:
    """Follow one subscription from its first month to the present; only a first one brings others along."""
    seats = between(rng, *SEATS[plan])
    started_on = day_in(rng, month)
    products_left = [other for other in PRODUCTS if other != product] if first else []
    while started_on <= AS_OF:
        cents = price(plan, seats, customer)
        term = Term(customer.customer_id, product, plan, customer.region, cents, started_on)
        event, month = next_event(rng, plan, month)
        on = day_in(rng, month) if month < MONTHS else AS_OF + timedelta(days=1)
        if event is None or on > AS_OF:
            yield term
            return
        match event:
            case "second_team" if first:
                yield from subscription(rng, customer, product, plan, month, first=False)
            case "other_product" if products_left:
                yield from subscription(rng, customer, products_left.pop(), plan, month, first=False)
            case "leave" | "pause":
                month += away_for(rng, event)
                yield replace(term, ended_on=on)
                started_on = day_in(rng, month) if month < MONTHS else date.max
                continue
            case "upgrade" | "downgrade" | "more_seats" | "fewer_seats":
                plan, seats = changed(rng, event, plan, seats)
        # A term is cut also where only something beside it changed: two rows that touch are one subscription.
        yield replace(term, ended_on=on)
        started_on = on


def next_event(rng: Random, plan: str, month: int) -> tuple[str | None, int]:
    """Give the next thing that happens after the month, and when."""
    for later in range(month + 1, MONTHS):
        event = weighted(rng, CHANCES[plan])
        if event is not None:
            return event, later
    return None, MONTHS


def trial(rng: Random, terms: Sequence[Term]) -> Iterator[Term]:
    """Put a free trial before the first term; some trials come to nothing."""
    first = min(terms, key=lambda term: term.started_on or date.max)
    assert first.started_on is not None
    begins = first.started_on - timedelta(days=14 if rng.random() < 0.5 else 30)
    yield replace(first, cents=0, started_on=begins, ended_on=first.started_on)
    if rng.random() > 0.15:
        yield from terms


def simulated_terms(rng: Random, everyone: Iterable[Customer]) -> Iterator[Term]:
    """Give the terms of every simulated customer."""
    for customer in everyone:
        month = customer.joins_in_month
        product = weighted(rng, {"helpdesk": 0.68}) or "crm"
        plan = weighted(rng, PLAN_MIX) or PLANS[-1]
        terms = list(subscription(rng, customer, product, plan, month))
        if rng.random() < 0.12:
            other = PRODUCTS[1 - PRODUCTS.index(product)]
            terms.extend(subscription(rng, customer, other, plan, month, first=False))
        if terms and month > 1 and rng.random() < 0.3:
            terms = list(trial(rng, terms))
        yield from terms


def scheduled_ends(terms: Iterable[Term]) -> Iterator[Term]:
    """Let every fortieth running subscription be cancelled already, for a day that is still to come."""
    running = 0
    for term in terms:
        if term.ended_on is None:
            running += 1
            if running % 40 == 0:
                term = replace(term, ended_on=AS_OF + timedelta(days=10 + running))
        yield term


def terms_by_hand() -> tuple[Term, ...]:
    """Give one customer for each thing that retention numbers are known to get wrong."""
    d = date
    return (
        # Joined and left within one month: invisible month over month.
        Term("C901", "helpdesk", "starter", "emea", 7600, d(2025, 8, 4), d(2025, 8, 22)),
        Term("C902", "crm", "growth", "amer", 45500, d(2026, 3, 2), d(2026, 3, 31)),
        # A pause over a month's end of only nine days: churn in one month, reactivation in the next.
        Term("C903", "helpdesk", "growth", "emea", 52500, d(2024, 5, 6), d(2026, 6, 25)),
        Term("C903", "helpdesk", "growth", "emea", 52500, d(2026, 7, 4)),
        # Left for more than a year, then came back larger: reactivation, never expansion.
        Term("C904", "crm", "starter", "apac", 9500, d(2024, 5, 13), d(2025, 2, 28)),
        Term("C904", "crm", "growth", "apac", 42000, d(2026, 5, 1)),
        # Two subscriptions at once, of which the smaller ends: contraction, not churn.
        Term("C905", "helpdesk", "scale", "amer", 165000, d(2024, 6, 1)),
        Term("C905", "helpdesk", "growth", "amer", 35000, d(2024, 9, 30), d(2026, 9, 15)),
        # Moved from starter to growth on the last day of February: expansion of a starter customer.
        Term("C906", "helpdesk", "starter", "emea", 15200, d(2024, 5, 31), d(2026, 2, 28)),
        Term("C906", "helpdesk", "growth", "emea", 49000, d(2026, 2, 28)),
        # Moved down from scale: contraction of a scale customer.
        Term("C907", "crm", "scale", "amer", 198000, d(2024, 7, 15), d(2026, 4, 30)),
        Term("C907", "crm", "growth", "amer", 171000, d(2026, 4, 30)),
        # Dropped one product and took the other on the same day, at the same price: unchanged as a customer.
        Term("C908", "helpdesk", "growth", "apac", 31500, d(2024, 8, 1), d(2026, 8, 10)),
        Term("C908", "crm", "growth", "apac", 31500, d(2026, 8, 10)),
        # Free for three months, then paying: new with the first amount that is not 0.
        Term("C909", "crm", "starter", "emea", 0, d(2025, 11, 17), d(2026, 2, 17)),
        Term("C909", "crm", "starter", "emea", 11400, d(2026, 2, 17)),
        # Nobody wrote down the region: a group of its own.
        Term("C910", "helpdesk", "starter", None, 5700, d(2024, 10, 10)),
        # Moved from one region to another, paying the same.
        Term("C911", "helpdesk", "growth", "emea", 28000, d(2025, 1, 20), d(2026, 7, 1)),
        Term("C911", "helpdesk", "growth", "amer", 28000, d(2026, 7, 1)),
        # Cancelled, but not gone before the end of the year.
        Term("C912", "crm", "scale", "emea", 148500, d(2025, 1, 1), d(2026, 12, 31)),
    )


def bad_terms(good: Term) -> tuple[tuple[str, Term], ...]:
    """Give rows no ledger can use, each left out and listed for its own reason; `good` is row S0101."""
    d = date
    return (
        ("S9001", Term(None, "helpdesk", "starter", "amer", 9500, d(2025, 5, 5))),
        ("S9002", Term("C012", "crm", "starter", "emea", 5700, None)),
        ("S9003", Term("C020", "helpdesk", "growth", "amer", None, d(2025, 9, 1))),
        ("S9004", Term("C033", "helpdesk", "starter", "apac", 7600, d(2026, 1, 12), d(2026, 1, 12))),
        ("S9005", Term("C041", "crm", "growth", "emea", 31500, d(2026, 4, 9), d(2026, 3, 9))),
        # The export was run twice for this one.
        ("S0101", good),
        # Signed already, starts next month.
        ("S9006", Term("C913", "helpdesk", "scale", "amer", 192500, d(2026, 11, 1))),
    )


def subscription_rows(rng: Random, everyone: Iterable[Customer]) -> list[tuple[str, Term]]:
    """Give all subscriptions with their ids: in order of their start, the bad ones last."""
    terms = [*scheduled_ends(simulated_terms(rng, everyone)), *terms_by_hand()]
    terms.sort(key=lambda term: (text(term.started_on), text(term.customer_id), term.product, term.cents))
    good = [(f"S{number:04d}", term) for number, term in enumerate(terms, start=1)]
    return [*good, *bad_terms(good[100][1])]


# --- orders ---------------------------------------------------------------------------------------


def shopping(rng: Random, customer: Customer) -> Iterator[Order]:
    """Follow one customer in the shop: nothing in some months, several orders in others, some returns."""
    country = one_of(rng, COUNTRIES[customer.region])
    usual_cents = between(rng, 4_000, 30_000)
    habit = 0.35 + 0.5 * rng.random()
    for month in range(customer.joins_in_month, MONTHS):
        if rng.random() < 0.012:
            return
        for _ in range(between(rng, 1, 2) if rng.random() < habit else 0):
            cents = usual_cents * between(rng, 40, 190) // 100
            order = Order(customer.customer_id, country, day_in(rng, month), cents)
            yield order
            if rng.random() < 0.05:
                back = order.ordered_at + timedelta(days=between(rng, 3, 30))
                yield replace(order, ordered_at=back, cents=-order.cents * between(rng, 50, 100) // 100)


def simulated_orders(rng: Random, everyone: Iterable[Customer]) -> Iterator[Order]:
    """Give the orders of about three customers in five, up to the present."""
    for customer in everyone:
        if rng.random() < 0.6:
            yield from (order for order in shopping(rng, customer) if order.ordered_at <= AS_OF)


def orders_by_hand() -> tuple[Order, ...]:
    """Give what a sum of payments gets wrong."""
    d = date
    return (
        # Sent back in December what was bought in November: December is below zero.
        Order("C921", "DE", d(2025, 11, 28), 84_000),
        Order("C921", "DE", d(2025, 12, 5), -84_000),
        Order("C921", "DE", d(2025, 12, 18), 9_900),
        # Everything sent back within the month: not active in it.
        Order("C922", "US", d(2026, 2, 3), 25_000),
        Order("C922", "US", d(2026, 2, 20), -25_000),
        # Buys once a year: churned month over month, retained over twelve months.
        Order("C923", "FR", d(2024, 9, 10), 61_000),
        Order("C923", "FR", d(2025, 9, 11), 64_000),
        Order("C923", "FR", d(2026, 9, 9), 70_000),
    )


def order_rows(rng: Random, everyone: Iterable[Customer]) -> list[tuple[str, Order]]:
    """Give all orders with their ids: in order of their day, the bad ones last."""
    orders = [*simulated_orders(rng, everyone), *orders_by_hand()]
    orders.sort(key=lambda order: (order.ordered_at, order.customer_id or "", order.cents))
    good = [(f"D{number:04d}", order) for number, order in enumerate(orders, start=1)]
    anonymous = ("D9001", Order(None, "GB", date(2025, 3, 14), 4_500))
    return [*good, anonymous, good[200]]


# --- files ----------------------------------------------------------------------------------------


def text(value: str | date | None) -> str:
    """Write a value as a seed has it: nothing for null."""
    return "" if value is None else str(value)


def amount(cents: int | None) -> str:
    """Write cents as a decimal number."""
    if cents is None:
        return ""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def subscription_lines(rows: Iterable[tuple[str, Term]]) -> Iterator[list[str]]:
    """Give demo_subscriptions.csv line by line."""
    yield ["subscription_id", "customer_id", "product", "plan", "region", "mrr", "started_on", "ended_on"]
    for subscription_id, term in rows:
        who_and_what = [text(term.customer_id), term.product, term.plan, text(term.region)]
        yield [subscription_id, *who_and_what, amount(term.cents), text(term.started_on), text(term.ended_on)]


def order_lines(rows: Iterable[tuple[str, Order]]) -> Iterator[list[str]]:
    """Give demo_orders.csv line by line."""
    yield ["order_id", "customer_id", "country", "ordered_at", "net_amount"]
    for order_id, order in rows:
        yield [order_id, text(order.customer_id), order.country, text(order.ordered_at), amount(order.cents)]


def write(path: Path, lines: Iterable[Sequence[str]]) -> None:
    """Write the lines as CSV, with the same line ends on every system."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(lines)


def main(folder: Path) -> None:
    """Write both seeds into the folder."""
    rng = Random(7)
    everyone = tuple(customers(rng))
    write(folder / "demo_subscriptions.csv", subscription_lines(subscription_rows(rng, everyone)))
    write(folder / "demo_orders.csv", order_lines(order_rows(rng, everyone)))


if __name__ == "__main__":
    main(SEEDS)
