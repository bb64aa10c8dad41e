"""Worked examples, others' figures with their inputs, turned into customers and the rows of a book.

The file of examples is read at run time. Each becomes a few made-up customers that realise its totals.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any

import yaml
from conftest import SHARED

FILE = SHARED / "cases" / "worked_examples.yml"
CASES: dict[str, dict[str, Any]] = (
    {case["id"]: case for case in yaml.safe_load(FILE.read_text())["examples"]} if FILE.exists() else {}
)


# --- examples as customers ------------------------------------------------------------------------


@dataclass(frozen=True)
class Customer:
    """What one pays from each of some months on; two of the same name are two subscriptions of one."""

    name: str
    steps: Mapping[int, Decimal]


@dataclass(frozen=True)
class Period:
    """Where an example takes place: the months of its start and end, compared at a grain."""

    comparison: str
    starting_month: int
    ending_month: int


@dataclass(frozen=True)
class Example:
    """A case, or one of the series a case consists of, with the figures it is to give."""

    name: str
    period: Period
    customers: Sequence[Customer]
    published: Mapping[str, Any]
    derived: Mapping[str, Any]


People = Iterable[tuple[str, Sequence[Any]]]
Row = dict[str, Any]


def number(value: Any) -> Decimal:
    return Decimal(str(value))


def month(text: Any) -> int:
    """Months since year 0 of a day, a month, or the last month of a quarter."""
    year, part = str(text)[:7].split("-")
    return int(year) * 12 + (int(part[1:]) * 3 if part.startswith("Q") else int(part)) - 1


def period_of(case: Mapping[str, Any]) -> Period:
    """The period a case names; where it names none, or no year, any will do."""
    given = case.get("period", {"grain": "quarter" if case["kind"] == "magic_quarter" else "month"})
    if given["grain"] == "year":
        return Period("same_month_last_year", month(given["start"]), month(given["end"]))
    if given["grain"] == "quarter":
        ending_month = month(given.get("start", "2025-Q2"))
        return Period("quarter_over_quarter", ending_month - 3, ending_month)
    ending_month = month(case["inputs"].get("change_date", "2025-02"))
    return Period("month_over_month", ending_month - 1, ending_month)


def customers(people: People, period: Period) -> tuple[Customer, ...]:
    """Customers by their amounts at the start and at the end; one more before them is a quarter earlier."""
    found = []
    for name, amounts in people:
        *before, starting, ending = map(number, amounts)
        steps = {period.starting_month: starting, period.ending_month: ending}
        if before:
            steps[period.starting_month - 3] = before[0]
        found.append(Customer(name, steps))
    return tuple(found)


def example(case: Mapping[str, Any], people: People, suffix: str = "", **given: Any) -> Example:
    """An example of a case; `given` replaces its figures."""
    period = period_of(case)
    figures = {"published": case.get("published", {}), "derived": case.get("derived", {})} | given
    return Example(f"{case['id']}{suffix}", period, customers(people, period), **figures)


def split(total: Any, parts: int) -> list[Decimal]:
    """Amounts that add up to a total exactly."""
    if parts == 0:
        return []
    share = (number(total) / parts).quantize(Decimal("0.01"), ROUND_DOWN)
    return [share] * (parts - 1) + [number(total) - share * (parts - 1)]


def bridge(start: Any, **movements: Any) -> People:
    """A customer for each movement; what stays is spread over those that shrink, grow or do neither."""
    new, reactivation, expansion, contraction, churn = (
        number(movements.get(name, 0))
        for name in ("new", "reactivation", "expansion", "contraction", "churn")
    )
    shrunk, grown, same = split(number(start) - churn - contraction, 3)
    assert shrunk > 0
    yield "gone", (churn, 0)
    yield "shrunk", (shrunk + contraction, shrunk)
    yield "grown", (grown, grown + expansion)
    yield "same", (same, same)
    yield "new", (0, new)
    yield "back", (reactivation, 0, reactivation)


# --- one reader for each kind of case -------------------------------------------------------------


def customer_level(case: Mapping[str, Any]) -> Iterator[Example]:
    given = case["inputs"]
    people = [(row["id"], (row["start"], row["end"])) for row in given.get("customers", [])]
    for number_of_group, group in enumerate(given.get("groups", [])):
        people += [(f"{number_of_group}-{i}", (group["start"], group["end"])) for i in range(group["count"])]
    yield example(case, people)


def totals(case: Mapping[str, Any]) -> Iterator[Example]:
    yield example(case, bridge(**case["inputs"]))


def totals_partial(case: Mapping[str, Any]) -> Iterator[Example]:
    given = case["inputs"]
    existing = number(given["start"]) * given["nrr"] / 100
    yield example(case, bridge(given["start"], churn=given["start"] - existing, new=given["end"] - existing))


def growth(case: Mapping[str, Any]) -> Iterator[Example]:
    """Growth of everyone, made of some that left and of more that joined."""
    match case["inputs"]:
        case {"start": start, "end": end}:
            pass
        case {"prior_quarter_revenue": start, "delta_quarter_revenue": added}:
            end = start + added
    churn = number(start) / 10
    yield example(case, bridge(start, churn=churn, new=end - start + churn))


def counts(case: Mapping[str, Any]) -> Iterator[Example]:
    """As many customers as there were; those that left, and those that stayed, share the amounts given."""
    given = case["inputs"]
    started, joined = given["start_customers"], given.get("new_customers", 0)
    left = given.get("churned_customers", started + joined - given.get("end_customers", 0))
    lost = given.get("churn", 10 * left)
    kept = given.get("start", 10 * started) - lost
    people = [(f"left {i}", (amount, 0)) for i, amount in enumerate(split(lost, left))]
    people += [(f"stayed {i}", (amount, amount)) for i, amount in enumerate(split(kept, started - left))]
    people += [(f"joined {i}", (0, 10)) for i in range(joined)]
    derived = dict(case.get("derived", {}))
    if "end_customers" in given:
        derived["end_customers"] = given["end_customers"]
    yield example(case, people, derived=derived)


def quick(case: Mapping[str, Any]) -> Iterator[Example]:
    """Only gains and losses are given; the start is made up."""
    given, published = case["inputs"], dict(case["published"])
    assert published.pop("gross_new", given["new"] + given["expansion"]) == given["new"] + given["expansion"]
    yield example(case, bridge(10 * (given["contraction"] + given["churn"]), **given), published=published)


def quick_series(case: Mapping[str, Any]) -> Iterator[Example]:
    for i, given in enumerate(case["inputs"]["cases"]):
        gains, losses = split(given["gains"], 2), split(given["losses"], 2)
        moved = dict(zip(("new", "expansion", "contraction", "churn"), (*gains, *losses), strict=True))
        published = {name: values[i] for name, values in case["published"].items()}
        yield example(case, bridge(10 * given["losses"], **moved), f" {i}", published=published)


def grr_plus_expansion(case: Mapping[str, Any]) -> Iterator[Example]:
    for i, row in enumerate(case["inputs"]["rows"]):
        contraction, churn = split(100 - row["grr"], 2)
        people = bridge(100, expansion=row["expansion"], contraction=contraction, churn=churn)
        published = {"nrr": case["published"]["nrr"][i], "grr": row["grr"]}
        yield example(case, people, f" {i}", published=published)


def classification(case: Mapping[str, Any]) -> Iterator[Example]:
    match case["inputs"]:
        case {"before": before, "after": after} | {"plan_before": before, "plan_after": after}:
            yield example(case, [("customer", (before, after))])
        case {"quantity_after": quantity, "quantity_delta": added, "price_per_unit_month": price}:
            yield example(case, [("customer", ((quantity - added) * price, quantity * price))])
        case {"plan": plan, "recurring_addon": addon, "discount": discount}:
            yield example(case, [("customer", (0, amount)) for amount in (plan, addon, -discount)])
        case {"returning_customers": amounts}:
            yield example(case, [(f"customer {i}", (amount, 0, amount)) for i, amount in enumerate(amounts)])
        case {"customers": people}:
            yield from pauses(case, people)


def pauses(case: Mapping[str, Any], people: Sequence[Mapping[str, Any]]) -> Iterator[Example]:
    """By this source's policy a paused customer stays in the table; one that cancelled is not in it."""
    august = month("2020-08")
    found = []
    for given in people:
        steps = dict.fromkeys(range(august - 4, august + 2), number(given["mrr"]))
        if not given["paused"]:
            cancelled = month(f"2020-{given['cancelled_effective']}")
            steps |= dict.fromkeys(range(cancelled, august), Decimal(0))
        found.append(Customer(given["id"], steps))
    published = case["published"]
    figures = {
        august: {
            "reactivation": published["reactivation_august_window"],
            "reactivation_counted": published["reactivation_counted"],
        },
        august + 1: {"reactivation": published["reactivation_on_september_20"]},
    }
    for last, figures_of_month in figures.items():
        period = Period("month_over_month", last - 1, last)
        yield Example(f"{case['id']} {last - august}", period, found, figures_of_month, {})


READERS: dict[str, Callable[[Mapping[str, Any]], Iterator[Example]]] = {
    "customer_level": customer_level,
    "totals": totals,
    "totals_partial": totals_partial,
    "growth": growth,
    "magic_quarter": growth,
    "churn": counts,
    "logo_retention": counts,
    "quick": quick,
    "quick_series": quick_series,
    "grr_plus_expansion": grr_plus_expansion,
    "classification": classification,
    "normalisation": classification,
}


# --- examples as rows of every shape --------------------------------------------------------------

DATES = {
    "intervals": ("started_on", "ended_on"),
    "snapshots": ("snapshot_on",),
    "movements": ("occurred_on",),
    "payments": ("occurred_on",),
}


def day(index: int, day_of_month: int = 15) -> date:
    return date(index // 12, index % 12 + 1, day_of_month)


def last_day(index: int) -> date:
    return day(index + 1, 1) - timedelta(days=1)


def rows_of(customer: Customer, shape: str) -> Iterator[Row]:
    """A customer's rows; payments are made in the months of its steps only, a level stands between them."""
    steps = sorted(customer.steps.items())
    until = [index for index, _ in steps[1:]] + [None]
    for (index, amount), following, before in zip(
        steps, until, [Decimal(0), *(a for _, a in steps)], strict=False
    ):
        match shape:
            case "intervals" if amount != 0:
                ended_on = None if following is None else day(following)
                yield {"amount": amount, "started_on": day(index), "ended_on": ended_on}
            case "movements" if amount != before:
                yield {"amount": amount - before, "occurred_on": day(index)}
            case "payments" if amount != 0:
                yield {"amount": amount, "occurred_on": day(index)}
            case "snapshots" if amount != 0:
                for observed in range(index, index + 1 if following is None else following):
                    yield {"amount": amount, "snapshot_on": last_day(observed)}


# --- cohort triangles -----------------------------------------------------------------------------

SKEWED = {
    # The weights decide: the mean of 50 and 150 is 100, but nine tenths of the revenue halved.
    "id": "skewed",
    "inputs": {
        "cohorts": [
            {"cohort": "2022-08", "size": 9000, "pct": [100, 50, 50]},
            {"cohort": "2022-09", "size": 1000, "pct": [100, 150]},
            {"cohort": "2022-10", "size": 1000, "pct": [100]},
        ]
    },
    "published": {"weighted": [100, 60, 50]},
    "tolerance": 0,
}


def triangle_rows(case: Mapping[str, Any]) -> Iterator[Row]:
    """Each cohort as two customers; of the loss triangle, one bears the losses while the other grows."""
    is_loss = "grr" in case["id"]
    for cohort in case["inputs"]["cohorts"]:
        half = number(cohort["size"]) / 2
        joined = month(cohort["cohort"])
        percent = 100
        for age, given in enumerate(cohort["pct"]):
            percent = percent if given is None else given  # a cell that cannot be read is not compared
            revenue = number(cohort["size"]) * percent / 100
            pays = (
                (half + age, revenue - half)
                if is_loss
                else (revenue * Decimal("0.3"), revenue * Decimal("0.7"))
            )
            for name, amount in zip("ab", pays, strict=True):
                yield {
                    "customer_id": f"{case['id']}/{cohort['cohort']}/{name}",
                    "triangle": case["id"],
                    "cohort": cohort["cohort"],
                    "amount": amount,
                    "snapshot_on": last_day(joined + age),
                }


def unread_cells(case: Mapping[str, Any]) -> Iterator[Row]:
    for cohort in case["inputs"]["cohorts"]:
        for age, given in enumerate(cohort["pct"]):
            if given is None:
                yield {"triangle": case["id"], "cohort": cohort["cohort"], "comparison": f"age_{age}"}
