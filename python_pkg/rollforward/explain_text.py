"""An explanation as a page for people, and as json."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from rollforward.asking import comparison_in_words, type_of
from rollforward.contributions import MOVEMENTS, Moved, Scales
from rollforward.explain import Explanation
from rollforward.exports import json_value
from rollforward.rational import Terms, Total, in_words
from rollforward.screen import BOLD, DIM, GREEN, RED, Screen
from rollforward.tables import Column
from rollforward.text_table import width_of
from rollforward.written import NOTHING, number, period_name, written

_BAR = 25
_SIGNS = {"new": 1, "reactivation": 1, "expansion": 1, "contraction": -1, "churn": -1}


def explanation_as_text(found: Explanation, screen: Screen, fiscal: int) -> str:
    """Give the page."""
    parts = [
        _headline(found, screen, fiscal),
        _value(found, screen),
        _bridge(found, screen),
        _movements(found, screen),
        _slices(found, screen),
        _customers(found, screen),
        _left_out(found, screen),
    ]
    return (
        "\n".join(line.rstrip() for part in parts if (lines := list(part)) for line in (*lines, "")).rstrip()
        + "\n"
    )


def explanation_as_data(found: Explanation) -> dict[str, Any]:
    """Give it as json holds it: amounts as texts, contributions as numbers and as exact fractions."""
    scales = found.scales
    count, rest = found.others
    return {
        "metric": found.metric.name,
        "label": found.metric.label,
        "book": found.book.name.text,
        "comparison": found.comparison.name,
        "period_start": found.start.isoformat(),
        "period_end": found.end.isoformat(),
        "is_complete": found.is_complete,
        "formula": found.metric.words,
        "value": json_value(found.value),
        "exact": None if scales is None else str(scales.value),
        "numerator": None if scales is None else str(scales.numerator),
        "denominator": None
        if scales is None or scales.sides.denominator is None
        else str(scales.denominator),
        "if_nobody_had_moved": None if scales is None else str(scales.still),
        "movements": [_data(each, scales, {}) for each in _in_order(found)],
        "slices": [
            _data(each, scales, dict(zip(found.by, each.keys, strict=True)))
            for each in found.slices
            if found.by
        ],
        "customers": [
            _data(each, scales, dict(zip(("unit", *found.by), each.keys, strict=True)))
            for each in found.customers
        ],
        "other_customers": {"customers": count, **_shares(rest)} if scales else None,
        "left_out": [
            {
                "reason": each.reason,
                "window": each.window,
                "rows": each.rows,
                "amount": json_value(each.amount),
            }
            for each in found.left_out
        ],
    }


def _data(moved: Moved, scales: Scales | None, keys: dict[str, Any]) -> dict[str, Any]:
    return {
        **keys,
        "movement": moved.movement,
        "customers": moved.customers,
        "starting_amount": json_value(moved.starting_amount),
        "ending_amount": json_value(moved.ending_amount),
        **({} if scales is None else _shares(scales.contribution(moved))),
    }


def _shares(contribution: Fraction) -> dict[str, Any]:
    return {"contribution": float(contribution), "exact": str(contribution)}


def _headline(found: Explanation, screen: Screen, fiscal: int) -> Iterator[str]:
    name = period_name(found.start, found.end, found.comparison.grain, fiscal)
    yield screen.paint(f"{found.metric.label}, {found.book.name.text}, {name}", BOLD)
    compared = f"{found.comparison.name}: {comparison_in_words(found.comparison, found.book)}"
    yield screen.paint(compared if found.is_complete else f"{compared}; the period is not over", DIM)


def _value(found: Explanation, screen: Screen) -> Iterator[str]:
    metric, scales = found.metric, found.scales
    column = Column(metric.name, type_of(metric.kind, exact=metric.is_exact), metric.format)
    shown = written(found.value, column)
    if scales is None or scales.sides.denominator is None:
        yield from _hanging(f"{shown} = ", metric.words, screen)
        return
    for sign, terms, value in (
        (f"{shown} = ", scales.sides.numerator, scales.numerator),
        ("/ ", scales.sides.denominator, scales.denominator),
    ):
        head = f"{sign:>{width_of(shown) + 3}}{_exact(value, terms, found):>16}  "
        yield from _hanging(head, in_words(Total(terms)), screen)


def _hanging(head: str, text: str, screen: Screen) -> Iterator[str]:
    """Give a text behind its head, wrapped below itself."""
    room = max(20, screen.width - width_of(head))
    for index, line in enumerate(textwrap.wrap(text, room) or [""]):
        yield (head if index == 0 else " " * width_of(head)) + line


def _bridge(found: Explanation, screen: Screen) -> Iterator[str]:
    by_movement = {each.movement: each for each in found.movements}
    start = sum((each.starting_amount for each in found.groups), start=Decimal(0))
    stayed = sum(
        (each.ending_amount for each in found.groups if each.movement not in ("new", "reactivation")),
        start=Decimal(0),
    )
    end = sum((each.ending_amount for each in found.groups), start=Decimal(0))
    first = sum(each.customers for each in found.groups if each.movement not in ("new", "reactivation"))
    last = sum(each.customers for each in found.groups if each.movement != "churn")
    churned = by_movement["churn"].customers if "churn" in by_movement else 0
    steps: list[tuple[str, Decimal, int, int]] = [("  starting revenue", start, first, 0)]
    for movement in ("expansion", "contraction", "churn"):
        steps += _step(by_movement.get(movement), movement)
    steps.append(("= from the same customers", stayed, first - churned, 0))
    for movement in ("new", "reactivation"):
        steps += _step(by_movement.get(movement), movement)
    steps.append(("= ending revenue", end, last, 0))
    yield screen.paint(f"{'the bridge':26}{'amount':>16}{'customers':>11}", BOLD)
    scale = max((abs(amount) for _, amount, _, _ in steps), default=Decimal(0)) / _BAR or Decimal(1)
    total = Decimal(0)
    for label, amount, customers, sign in steps:
        low, high = (Decimal(0), amount) if sign == 0 else sorted((total, total + sign * amount))
        total = amount if sign == 0 else total + sign * amount
        bar = _bar(round(low / scale), round(high / scale), sign, screen)
        yield f"{label:26}{number(amount, 'currency'):>16}{customers:>11,}  {bar}"


def _step(moved: Moved | None, movement: str) -> list[tuple[str, Decimal, int, int]]:
    sign = _SIGNS[movement]
    mark = "+" if sign > 0 else "-"
    amount = abs(moved.ending_amount - moved.starting_amount) if moved else Decimal(0)
    return [(f"{mark} {movement}", amount, moved.customers if moved else 0, sign)]


def _bar(low: int, high: int, sign: int, screen: Screen) -> str:
    marks = ("█", "▓", "░") if screen.blocks else ("#", "+", "-")
    drawn = marks[sign] * (high - low)
    return " " * low + (screen.paint(drawn, GREEN if sign > 0 else RED) if sign else drawn)


def _movements(found: Explanation, screen: Screen) -> Iterator[str]:
    scales = found.scales
    if scales is None:
        yield from _why_nobody(found)
        return
    form = found.metric.format
    yield screen.paint(f"{'who moved it':42}{'customers':>11}{'contribution':>16}", BOLD)
    yield f"{'  if nobody had moved':53}{_level(scales.still, form):>16}"
    for each in _in_order(found):
        if (share := scales.contribution(each)) or each.movement != "unchanged":
            yield f"  {each.movement:40}{each.customers:>11,}{_change(share, form):>16}"
    yield f"{'= the value':53}{_level(scales.value, form):>16}"


def _why_nobody(found: Explanation) -> Iterator[str]:
    followed = found.metric.followed
    if followed is not None and found.value is None:
        yield f"There is no value: all {followed.periods} periods summed up must be there, and over."
    elif found.value is None:
        yield "The denominator is 0: there is no value, and nobody moved it."
    elif followed is not None:
        yield f"It follows {followed.value.name} over {followed.periods} periods: explain that in each."
    else:
        yield "It is no sum and no single division of sums: customers have no share of their own."


def _slices(found: Explanation, screen: Screen) -> Iterator[str]:
    scales = found.scales
    if scales is None or not found.by:
        return
    form = found.metric.format
    yield screen.paint(
        f"{'by ' + ', '.join(found.by):26}{'starting':>16}{'customers':>11}{'contribution':>16}", BOLD
    )
    for each in found.slices:
        name = _cut(", ".join("(none)" if key is None else str(key) for key in each.keys), 23)
        yield (
            f"  {name:24}{number(each.starting_amount, 'currency'):>16}{each.customers:>11,}"
            f"{_change(scales.contribution(each), form):>16}"
        )


def _customers(found: Explanation, screen: Screen) -> Iterator[str]:
    scales = found.scales
    if scales is None or not found.customers:
        return
    form = found.metric.format
    yield screen.paint(f"{'customers that moved it most':40}{'from':>11}{'to':>13}{'contribution':>16}", BOLD)
    for each in found.customers:
        name = _cut(", ".join("(none)" if key is None else str(key) for key in each.keys), 24)
        amounts = (number(amount, "currency") for amount in (each.starting_amount, each.ending_amount))
        before, after = amounts
        share = _change(scales.contribution(each), form)
        yield f"  {name:25}{each.movement:12}{before:>12}{after:>13}{share:>16}"
    count, rest = found.others
    if count:
        others = "1 other that moved" if count == 1 else f"{count:,} others that moved"
        yield f"  {others:62}{_change(rest, form):>16}"


def _left_out(found: Explanation, screen: Screen) -> Iterator[str]:
    if not found.left_out:
        return
    yield screen.paint(
        f"{'left out of ' + found.book.name.text + ', all periods':42}{'rows':>11}{'amount':>18}", BOLD
    )
    for each in found.left_out:
        said = f"{each.reason} ({each.window})" if each.window else each.reason
        yield f"  {said:40}{each.rows:>11,}{number(each.amount, 'currency'):>18}"


def _in_order(found: Explanation) -> Sequence[Moved]:
    return sorted(found.movements, key=lambda each: MOVEMENTS.index(each.movement))


def _exact(value: Fraction, terms: Terms, found: Explanation) -> str:
    """Give a side of the division: customers are counted, money has two decimals."""
    places = 0 if all(found.kinds.get(name) == "count" for name, _ in terms) else 2
    return f"{Decimal(value.numerator) / Decimal(value.denominator):,.{places}f}"


def _level(value: Fraction, form: str) -> str:
    return number(float(value), form) if value or form else NOTHING


def _change(value: Fraction, form: str) -> str:
    """Give a contribution: percentage points to the hundredth for a rate, else as the metric is written."""
    if form == "percent":
        return f"{float(value) * 100:+z,.2f} pt"
    return f"{float(value):+z,.2f}" if form in ("currency", "") else f"{float(value):+z,.3f}"


def _cut(text: str, most: int) -> str:
    plain = "".join(char if char.isprintable() else " " for char in text)
    return plain if len(plain) <= most else plain[: most - 1] + "…"
