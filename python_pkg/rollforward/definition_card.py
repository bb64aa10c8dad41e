"""What a metric means, on a card: in words and in symbols, what it is made of, how far it goes, its SQL."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, assert_never

from rollforward.bounds import Bounds
from rollforward.definitions import SIDES, Settings
from rollforward.dialects import Dialect
from rollforward.emit_properties import ATTRIBUTION
from rollforward.plan import MetricPlan
from rollforward.rational import Constant, Form, Nested, Rate, Single, Terms, Total
from rollforward.resolve import Meanings, MetricMeaning, metric_names
from rollforward.screen import BOLD, DIM, Screen
from rollforward.sql import aggregate_sql
from rollforward.trailing import trailing_sql

_GAP = 15


@dataclass(frozen=True, slots=True)
class MetricCard:
    """A metric with everything the card says about it."""

    meaning: MetricMeaning
    plan: MetricPlan
    meanings: Meanings
    dialect: Dialect


def card_as_data(card: MetricCard) -> dict[str, Any]:
    """Give the card as json holds it."""
    plan, settings = card.plan, card.meanings.catalog.settings
    return {
        "name": plan.name,
        "label": plan.label,
        "also": _aliases(card),
        "description": plan.description,
        "file": _defined_at(card),
        "formula": plan.words,
        "in_words": _in_words(plan),
        "inputs": _inputs(card),
        "unit": str(plan.kind),
        "format": plan.format,
        "range": range_in_words(plan.bounds),
        "measurement": {book.name.text: book.measurement for book in settings.books},
        "attribution": ATTRIBUTION,
        "policies": _policies(settings),
        "fingerprint": plan.fingerprint,
        "views": _views(card),
        "sql": expression(plan, card.dialect),
    }


def card_as_text(card: MetricCard, screen: Screen) -> str:
    """Give the card as a page of text."""
    plan = card.plan
    width = min(screen.width, 100)
    lines = [f"{screen.paint(plan.name, BOLD)}  {plan.label}", ""]
    lines += [*textwrap.wrap(plan.description, width), ""] if plan.description else []
    for heading, said in _entries(card):
        first, *others = textwrap.wrap(said, width - _GAP) or [""]
        lines.append(screen.paint(f"{heading:{_GAP}}", DIM) + first)
        lines += [" " * _GAP + line for line in others]
    lines += ["", screen.paint(f"as SQL for {card.dialect.adapter}", DIM)]
    lines += [f"  {line}" for line in expression(plan, card.dialect).splitlines()]
    return "\n".join(lines) + "\n"


def in_plain_words(form: Form) -> str:
    """Give a form as a sentence's end.

    >>> in_plain_words(Rate((("existing_revenue", 1),), (("starting_revenue", 1),)))
    'existing revenue over starting revenue'
    """
    match form:
        case Constant(value):
            return str(value)
        case Total(terms):
            return _sum_in_words(terms)
        case Rate(numerator, denominator):
            comma = "," if len(numerator) > 1 else ""
            return f"{_sum_in_words(numerator)}{comma} over {_sum_in_words(denominator)}"
        case Single(agg, name):
            said = {"min": "the smallest", "max": "the largest", "count_distinct": "how many different"}[agg]
            return f"{said} {name.replace('_', ' ')}"
        case Nested(operator, left, right):
            said = {"+": "plus", "-": "less", "*": "times", "/": "over"}[operator]
            return f"({in_plain_words(left)}) {said} ({in_plain_words(right)})"
        case _:
            assert_never(form)


def range_in_words(bounds: Bounds) -> str:
    """Give how far values can go."""
    match (bounds.minimum, bounds.maximum):
        case (None, None):
            return "any number"
        case (low, None):
            return f"{low} and above"
        case (None, high):
            return f"up to {high}"
        case (low, high):
            return f"{low} to {high}"


def _entries(card: MetricCard) -> Iterator[tuple[str, str]]:
    plan, settings = card.plan, card.meanings.catalog.settings
    if aliases := _aliases(card):
        yield "also called", ", ".join(aliases)
    yield "formula", plan.words
    yield "in words", _in_words(plan)
    for index, (name, said) in enumerate(_inputs(card).items()):
        yield "made of" if index == 0 else "", f"{name}: {said}"
    nulls = "" if plan.is_exact else "; null where the denominator is 0"
    shown = f", shown as {plan.format}" if plan.format else ""
    yield "unit", f"{plan.kind}{shown}{nulls}"
    yield "range", range_in_words(plan.bounds)
    for index, book in enumerate(settings.books):
        said = (
            "in force at the end of a period"
            if book.measurement == "point_in_time"
            else "summed over a period"
        )
        yield (
            "measured" if index == 0 else "",
            f"{book.name.text}: {said}, per {', '.join(w.text for w in book.unit)}",
        )
    yield "attributes", ATTRIBUTION
    yield "policies", ", ".join(f"{key}: {value}" for key, value in _policies(settings).items())
    if views := _views(card):
        yield "views", ", ".join(views)
    yield "defined in", _defined_at(card)
    yield "fingerprint", plan.fingerprint


def _aliases(card: MetricCard) -> list[str]:
    return [alias.text for alias in metric_names(card.meaning.metric)[1:]]


def _inputs(card: MetricCard) -> dict[str, str]:
    followed = card.plan.followed
    if followed is not None and followed.value.label != followed.value.name:
        return {followed.value.name: followed.value.label}
    return {item.name: item.description if item.held else item.row.text for item in card.plan.measures}


def _in_words(plan: MetricPlan) -> str:
    """Give the formula in words; what is worked out customer by customer or over periods says so itself."""
    if plan.followed is not None:
        return f"{plan.words}, the period itself and those before it"
    own = (plan.name, *(plan.name + side for side in SIDES))
    if any(not item.held and item.name in own for item in plan.measures):
        return f"{plan.words}, customer by customer"
    return in_plain_words(plan.form)


def expression(plan: MetricPlan, dialect: Dialect) -> str:
    """Give the metric as the expression of a select, over the ledger where the cohorts do not hold it all."""
    if plan.followed is not None:
        return trailing_sql(plan.followed, dialect)
    rows = {item.name: item.row.on(dialect.adapter) for item in plan.measures} if plan.reads_ledger else {}
    return aggregate_sql(plan.form, dialect, rows)


def _policies(settings: Settings) -> dict[str, str | int]:
    return {
        "reactivation": settings.reactivation,
        "fiscal_year_start_month": settings.fiscal_year_start_month,
    }


def _views(card: MetricCard) -> list[str]:
    return [each.view.name.text for each in card.meanings.views if each.selected.shows(card.plan.name)]


def _defined_at(card: MetricCard) -> str:
    place = card.meaning.metric.card.name.place
    return f"{place.path}:{place.line}"


def _sum_in_words(terms: Terms) -> str:
    words: list[str] = []
    for name, factor in terms:
        size = "" if abs(factor) == 1 else f"{abs(factor)} times "
        sign = "less" if factor < 0 else "plus"
        first = "minus " if factor < 0 else ""
        words.append(f"{sign if words else first.strip()} {size}{name.replace('_', ' ')}".strip())
    return " ".join(words) or "0"
