"""An explanation as a page for people."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from rollforward.answer import column_of
from rollforward.asking import comparison_in_words
from rollforward.contributions import SEVERAL, Moved, has_shares
from rollforward.days import MONTHS, months_before
from rollforward.definitions import JOINED
from rollforward.explain import Explanation
from rollforward.plan import MetricPlan
from rollforward.rational import Rate, Single, Terms, Total, in_words
from rollforward.screen import BOLD, DIM, GREEN, RED, Screen
from rollforward.taken_apart import TakenApart, Value
from rollforward.text_table import width_of
from rollforward.written import NOTHING, format_of, number, period_name, points

_BAR = 25
_SIGNS = {"new": 1, "reactivation": 1, "expansion": 1, "contraction": -1, "churn": -1}

NameOf = Callable[[date], str]
"""What the period is called that begins on a day."""


def explanation_as_text(found: Explanation, screen: Screen, fiscal: int) -> str:
    """Give the page."""

    def name_of(start: date) -> str:
        grain = found.comparison.grain
        end = months_before(start, -MONTHS[grain]) - timedelta(days=1)
        return period_name(start, end, grain, fiscal)

    whole = found.whole
    parts = [
        _headline(found, screen, name_of),
        _value(whole, screen),
        _periods(whole, screen, name_of),
        _made_of(found, screen),
        _bridge(whole, screen, name_of),
        *_shares(whole, screen, name_of),
    ]
    for each in found.inputs if whole.scales is None else ():
        parts += [_input(each, screen), *_shares(each, screen, name_of)]
    blocks = [list(part) for part in (*parts, _left_out(found, screen))]
    return "\n".join(line.rstrip() for block in blocks if block for line in (*block, "")).rstrip() + "\n"


def _shares(found: TakenApart, screen: Screen, name_of: NameOf) -> list[Iterator[str]]:
    """Give who has which part of a value."""
    return [
        _movements(found, screen, name_of),
        _slices(found, screen),
        _customers(found, screen),
        _holders(found, screen),
        _counted(found, screen),
    ]


def _headline(found: Explanation, screen: Screen, name_of: NameOf) -> Iterator[str]:
    name = name_of(found.period.start)
    yield screen.paint(f"{found.metric.label}, {found.book.name.text}, {name}", BOLD)
    compared = f"{found.comparison.name}: {comparison_in_words(found.comparison, found.book)}"
    yield screen.paint(compared, DIM)
    if found.reach is not None:
        known = f"observed through {found.reach.through}"
        yield screen.paint(known if found.period.is_complete else f"{known}: the period is not over", DIM)


# --- the value and what it is made of ---------------------------------------------------------------


def _value(found: TakenApart, screen: Screen) -> Iterator[str]:
    metric, scales, sides = found.metric, found.scales, found.sides
    shown = _written(found.value, metric)
    if metric.followed is not None:
        yield from _hanging(f"{shown} = ", metric.words, screen)
    if scales is None or sides is None or scales.numerator is None or scales.denominator is None:
        if metric.followed is None:
            yield from _hanging(f"{shown} = ", metric.words, screen)
        return
    for sign, terms, value in (("= ", sides[0], scales.numerator), ("/ ", sides[1], scales.denominator)):
        before = shown if sign == "= " and metric.followed is None else ""
        head = f"{before + ' ' + sign:>{width_of(shown) + 3}}{_exact(value, terms, found):>16}  "
        yield from _hanging(head, in_words(Total(terms)), screen)


def _hanging(head: str, text: str, screen: Screen) -> Iterator[str]:
    """Give a text behind its head, wrapped below itself."""
    room = max(20, screen.width - width_of(head))
    for index, line in enumerate(textwrap.wrap(text, room) or [""]):
        yield (head if index == 0 else " " * width_of(head)) + line


def _periods(found: TakenApart, screen: Screen, name_of: NameOf) -> Iterator[str]:
    """Give the periods that a trailing value looks back on."""
    followed = found.metric.followed
    if followed is None or not found.periods:
        return
    value = followed.value
    sides = (value.form.numerator, value.form.denominator) if isinstance(value.form, Rate) else ()
    heads = [*zip(("numerator", "denominator"), (16, 16), strict=True)] if sides else []
    heads += [("value", 14), *([("contribution", 16)] if found.scales else [])]
    yield screen.paint(f"{'its periods':16}" + "".join(f"{head:>{width}}" for head, width in heads), BOLD)
    for each in found.periods:
        line = f"  {name_of(each.start):14}"
        for terms, side in zip(sides, (each.numerator, each.denominator), strict=False):
            line += f"{_side(side, terms, found):>16}"
        line += f"{_written(each.value, value):>14}"
        if each.contribution is not None:
            line += f"{_change(each.contribution, found.metric):>16}"
        yield line


def _made_of(found: Explanation, screen: Screen) -> Iterator[str]:
    """Give what a formula is made of that is no sum and no single division."""
    if not found.inputs:
        return
    yield screen.paint(f"{'made of':42}{'value':>16}", BOLD)
    for each in found.inputs:
        yield f"  {_cut(each.metric.name, 40):40}{_written(each.value, each.metric):>16}"


def _input(found: TakenApart, screen: Screen) -> Iterator[str]:
    """Give the head of what a formula is made of."""
    head = found.metric.name if found.metric.label == found.metric.name else found.metric.label
    yield screen.paint(f"{found.metric.name}: {head}" if head != found.metric.name else head, BOLD)
    yield from _value(found, screen)


def _bridge(found: TakenApart, screen: Screen, name_of: NameOf) -> Iterator[str]:
    by_movement = {each.movement: each for each in found.movements}
    start = sum((each.starting_amount for each in found.groups), start=Decimal(0))
    stayed = sum(
        (each.ending_amount for each in found.groups if each.movement not in JOINED),
        start=Decimal(0),
    )
    end = sum((each.ending_amount for each in found.groups), start=Decimal(0))
    first = found.starting_customers()
    last = sum(each.customers for each in found.groups if each.movement != "churn")
    churned = by_movement["churn"].customers if "churn" in by_movement else 0
    steps: list[tuple[str, Decimal, int, int]] = [("  starting revenue", start, first, 0)]
    for movement in ("expansion", "contraction", "churn"):
        steps += _step(by_movement.get(movement), movement)
    steps.append(("= from the same customers", stayed, first - churned, 0))
    for movement in JOINED:
        steps += _step(by_movement.get(movement), movement)
    steps.append(("= ending revenue", end, last, 0))
    yield screen.paint(f"{'the bridge':26}{'amount':>16}{'customers':>11}", BOLD)
    if len(found.periods) > 1:
        between = f"{name_of(found.periods[0].start)} to {name_of(found.periods[-1].start)}"
        yield screen.paint(f"  added up over {between}, customers too: once in every period", DIM)
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


# --- who has which part of it -----------------------------------------------------------------------


def _movements(found: TakenApart, screen: Screen, name_of: NameOf) -> Iterator[str]:
    scales, metric = found.scales, found.metric
    if scales is None:
        for text in _why_nobody(found, name_of):
            yield from (part for line in text.splitlines() for part in textwrap.wrap(line, screen.width))
        return
    yield screen.paint(f"{'who moved it':42}{'customers':>11}{'contribution':>16}", BOLD)
    yield f"{'  if nobody had moved':53}{_written(scales.still, metric):>16}"
    for each in found.movements:
        if (share := scales.contribution(each)) or each.movement != "unchanged":
            yield f"  {each.movement:40}{each.customers:>11,}{_change(share, metric):>16}"
    yield f"{'= the value':53}{_written(scales.value, metric):>16}"


def _why_nobody(found: TakenApart, name_of: NameOf) -> Iterator[str]:
    """Say why no customer has a share."""
    followed = found.metric.followed
    if found.missing:
        days = ", ".join(map(name_of, found.missing))
        yield (
            f"There is no value: all {followed.periods if followed else 1} periods must be there, and over.\n"
            f"Missing: {days}."
        )
    elif found.value is None and followed is not None:
        yield "There is no value: what it follows has none in one of its periods, or is divided by 0."
    elif found.value is None:
        yield _why_no_value(found)
    elif followed is not None:
        yield (
            f"No customer has a share of it, as none has one of {followed.value.name}.\n"
            "Explain that, with --period, in each of its periods."
        )
    elif isinstance(found.metric.form, Single):
        yield f"No customer has a share of it: {_SINGLE[found.metric.form.agg]}."
    else:
        yield (
            "No customer has a share of it: it is no sum, and no single division of sums.\n"
            "What it is made of is taken apart below."
        )


_SINGLE = {
    "max": "it is the largest value that one has",
    "min": "it is the smallest value that one has",
    "count_distinct": "values that several have are counted once",
}


def _why_no_value(found: TakenApart) -> str:
    if isinstance(found.metric.form, Single):
        return "There is no value: no customer is in it."
    if has_shares(found.metric.form):
        return "The denominator is 0: there is no value, and nobody moved it."
    return "There is no value: what it divides by is 0, or one of the values it is made of is missing."


def _slices(found: TakenApart, screen: Screen) -> Iterator[str]:
    scales = found.scales
    if scales is None or not found.by:
        return
    yield screen.paint(
        f"{'by ' + ', '.join(found.by):26}{'starting':>16}{'customers':>11}{'contribution':>16}", BOLD
    )
    for each in found.slices:
        name, amount = _cut(_keys(each.keys), 23), number(each.starting_amount, "currency")
        share = _change(scales.contribution(each), found.metric)
        yield f"  {name:24}{amount:>16}{found.starting_customers(each.keys):>11,}{share:>16}"


def _customers(found: TakenApart, screen: Screen) -> Iterator[str]:
    scales = found.scales
    if scales is None or not found.customers:
        return
    yield screen.paint(f"{'customers that moved it most':40}{'from':>11}{'to':>13}{'contribution':>16}", BOLD)
    for each in found.customers:
        line = _customer(each.keys, each.movement, each.starting_amount, each.ending_amount)
        yield f"{line}{_change(scales.contribution(each), found.metric):>16}"
    count, rest = found.others
    if count:
        others = "1 other that moved" if count == 1 else f"{count:,} others that moved"
        yield f"  {others:62}{_change(rest, found.metric):>16}"


def _holders(found: TakenApart, screen: Screen) -> Iterator[str]:
    """Give the customers with the smallest or largest values; the value is that of the first."""
    form = found.metric.form
    if not found.holders or not isinstance(form, Single):
        return
    which = "largest" if form.agg == "max" else "smallest"
    yield screen.paint(f"{f'customers with the {which} values':40}{'from':>11}{'to':>13}{'value':>16}", BOLD)
    for each in found.holders:
        line = _customer(each.keys, each.movement, each.starting_amount, each.ending_amount)
        yield f"{line}{_written(each.value, found.metric):>16}"


def _counted(found: TakenApart, screen: Screen) -> Iterator[str]:
    if not found.counted:
        return
    yield screen.paint(f"{'values that are counted':42}{'customers':>11}", BOLD)
    for each in found.counted:
        yield f"  {_cut(each.value, 40):40}{each.customers:>11,}"
    rest = int(found.value or 0) - len(found.counted)
    if rest > 0:
        yield f"  {rest:,} more"


def _customer(keys: tuple[Any, ...], movement: str, start: Decimal, end: Decimal) -> str:
    before, after = number(start, "currency"), number(end, "currency")
    became = "several" if movement == SEVERAL else movement
    return f"  {_cut(_keys(keys), 24):25}{became:12}{before:>12}{after:>13}"


def _left_out(found: Explanation, screen: Screen) -> Iterator[str]:
    if not found.left_out:
        return
    yield screen.paint(
        f"{'left out of ' + found.book.name.text + ', all periods':42}{'rows':>11}{'amount':>18}", BOLD
    )
    for each in found.left_out:
        said = f"{each.reason} ({each.window})" if each.window else each.reason
        amount = "unknown" if each.amount is None else number(each.amount, "currency")
        yield f"  {said:40}{each.rows:>11,} {amount:>17}"


# --- numbers and names ------------------------------------------------------------------------------


def _side(value: Fraction | None, terms: Terms, found: TakenApart) -> str:
    return NOTHING if value is None else _exact(value, terms, found)


def _exact(value: Fraction, terms: Terms, found: TakenApart) -> str:
    """Give a side of the division: customers are counted, money has two decimals."""
    counted = all(found.kinds.get(name) == "count" for name, _ in terms)
    return number(_decimal(value), "count" if counted else "currency")


def _form(metric: MetricPlan) -> str:
    return format_of(column_of(metric))


def _written(value: Value, metric: MetricPlan) -> str:
    """Give a value as the metric is written everywhere."""
    if value is None:
        return NOTHING
    return number(_decimal(value) if isinstance(value, Fraction) else value, _form(metric))


def _change(value: Fraction, metric: MetricPlan) -> str:
    """Give a contribution as the metric is written, with its sign; of a rate, in points."""
    form = _form(metric)
    if form == "percent":
        return points(_decimal(value))
    text = number(_decimal(value), form)
    return text if text.startswith("-") else f"+{text}"


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def _keys(keys: tuple[Any, ...]) -> str:
    return ", ".join("(none)" if key is None else str(key) for key in keys)


def _cut(text: str, most: int) -> str:
    plain = "".join(char if char.isprintable() else " " for char in text)
    return plain if len(plain) <= most else plain[: most - 1] + "…"
