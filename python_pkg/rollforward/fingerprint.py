"""The meaning of a metric or a view in 12 characters: it changes when its definition means something else.

What it means is the formula, and for a view whose revenue is compared with what. Where the revenue is read
from is the book's own business.

Prose, labels, formats, aliases and the order of files and keys do not count, nor do the names of metrics on
the way, since a formula is followed down to measures.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, assert_never

from rollforward.rational import Constant, Form, Nested, Rate, Single, Terms, Total
from rollforward.resolve import MetricMeaning, SelectionMeaning, ViewMeaning


def fingerprint(meaning: Any) -> str:
    """Give 12 hexadecimal digits of a value made of dicts, lists and texts."""
    text = json.dumps(meaning, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def metric_fingerprint(meaning: MetricMeaning) -> str:
    """Give the fingerprint of a metric."""
    return fingerprint(_metric(meaning))


def view_fingerprint(meaning: ViewMeaning, policies: Mapping[str, Any], where: str) -> str:
    """Give the fingerprint of a view; `where` is the condition in its normal writing."""
    selected = meaning.selected
    book = selected.book
    return fingerprint(
        {
            "metrics": {metric.name: _metric(metric) for metric in selected.metrics},
            "book": book.name.text,
            "unit": sorted(column.text for column in book.unit),
            "measurement": book.measurement,
            "comparisons": {
                comparison.name: [comparison.grain, comparison.lookback, comparison.periods_summed]
                for comparison in selected.comparisons
            },
            "by": sorted(selected.by),
            "where": where,
            "policies": dict(policies),
            **_dimensions(selected),
        }
    )


def _dimensions(selected: SelectionMeaning) -> dict[str, Any]:
    made = {dimension.name: dimension.row.text for dimension in selected.dimensions}
    return {"dimensions": made} if made else {}


def _metric(meaning: MetricMeaning) -> Any:
    """Give what a metric means, with what it aggregates over the ledger in place of the names of that."""
    written = {item.name: item.row.text for item in meaning.measures if not item.held}
    form = _form(meaning.form, written)
    if meaning.followed is None:
        return form
    return ["trailing", meaning.followed.periods, meaning.followed.method, form]


def _form(form: Form, written: Mapping[str, str]) -> Any:
    match form:
        case Constant(value):
            return str(value)
        case Total(terms):
            return _texts(_written(terms, written))
        case Rate(numerator, denominator):
            upper, lower = _written(numerator, written), _written(denominator, written)
            # 2a / 2b means what a / b means: the factor of the first measure below is made 1.
            size = abs(lower[min(lower)]) if lower else Fraction(1)
            return ["/", _texts(upper, size), _texts(lower, size)]
        case Single(agg, name):
            return [agg, written[name]]
        case Nested(operator, left, right):
            return [operator, _form(left, written), _form(right, written)]
        case _:
            assert_never(form)


def _written(terms: Terms, written: Mapping[str, str]) -> dict[str, Fraction]:
    """Give the factors of a sum by what is summed up, which two names can say alike."""
    factors: dict[str, Fraction] = {}
    for name, factor in terms:
        key = written.get(name, name)
        factors[key] = factors.get(key, Fraction(0)) + factor
    return {key: factor for key, factor in factors.items() if factor}


def _texts(factors: Mapping[str, Fraction], size: Fraction = Fraction(1)) -> dict[str, str]:
    return {key: str(factor / size) for key, factor in factors.items()}
