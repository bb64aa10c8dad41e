"""An explanation as json holds it: amounts as texts, contributions as numbers and as exact fractions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from rollforward.contributions import SEVERAL, Moved, Scales
from rollforward.explain import Explanation
from rollforward.exports import json_value
from rollforward.taken_apart import TakenApart, Value


def explanation_as_data(found: Explanation) -> dict[str, Any]:
    """Give the explanation."""
    return {
        "metric": found.metric.name,
        "label": found.metric.label,
        "book": found.book.name.text,
        "comparison": found.comparison.name,
        "period_start": found.period.start.isoformat(),
        "period_end": found.period.end.isoformat(),
        "is_complete": found.period.is_complete,
        "observed_through": None if found.reach is None else found.reach.through.isoformat(),
        **_apart(found.whole),
        "inputs": [{"name": each.metric.name, **_apart(each)} for each in found.inputs],
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


def _apart(found: TakenApart) -> dict[str, Any]:
    scales = found.scales
    count, rest = found.others
    return {
        "formula": found.metric.words,
        "value": _value(found.value),
        "exact": None if scales is None else str(scales.value),
        "numerator": None if scales is None else _fraction(scales.numerator),
        "denominator": None if scales is None else _fraction(scales.denominator),
        "if_nobody_had_moved": None if scales is None else str(scales.still),
        "movements": [_moved(each, scales, {}) for each in found.movements],
        "slices": [
            {
                **_moved(each, scales, dict(zip(found.by, each.keys, strict=True))),
                "starting_customers": found.starting_customers(each.keys),
            }
            for each in found.slices
            if found.by
        ],
        "customers": [
            _moved(each, scales, _named(("unit", *found.by), each.keys)) for each in found.customers
        ],
        "other_customers": {"customers": count, **_shares(rest)} if scales else None,
        **_own_parts(found),
    }


def _own_parts(found: TakenApart) -> dict[str, Any]:
    """Give what only some metrics have: periods, customers with the largest values, what is counted."""
    parts: dict[str, Any] = {}
    if found.metric.followed is not None:
        parts["follows"] = found.metric.followed.value.name
        parts["method"] = found.metric.followed.method
        parts["periods"] = [
            {
                "period_start": each.start.isoformat(),
                "value": _value(each.value),
                "numerator": _fraction(each.numerator),
                "denominator": _fraction(each.denominator),
                **({} if each.contribution is None else _shares(each.contribution)),
            }
            for each in found.periods
        ]
        parts["missing_periods"] = [day.isoformat() for day in found.missing]
    if found.holders:
        parts["holders"] = [
            {
                **_named(("unit", *found.by), each.keys),
                "movement": each.movement,
                "starting_amount": json_value(each.starting_amount),
                "ending_amount": json_value(each.ending_amount),
                "value": json_value(each.value),
            }
            for each in found.holders
        ]
    if found.counted:
        parts["values"] = [{"value": each.value, "customers": each.customers} for each in found.counted]
    return parts


def _moved(moved: Moved, scales: Scales | None, keys: dict[str, Any]) -> dict[str, Any]:
    return {
        **keys,
        "movement": "several" if moved.movement == SEVERAL else moved.movement,
        "customers": moved.customers,
        "starting_amount": json_value(moved.starting_amount),
        "ending_amount": json_value(moved.ending_amount),
        **({} if scales is None else _shares(scales.contribution(moved))),
    }


def _named(names: Sequence[str], keys: Sequence[Any]) -> dict[str, Any]:
    return dict(zip(names, keys, strict=True))


def _value(value: Value) -> Any:
    """Give a value; sums that no view publishes are known as fractions."""
    return float(value) if isinstance(value, Fraction) else json_value(value)


def _fraction(value: Fraction | None) -> str | None:
    return None if value is None else str(value)


def _shares(contribution: Fraction) -> dict[str, Any]:
    return {"contribution": float(contribution), "exact": str(contribution)}
