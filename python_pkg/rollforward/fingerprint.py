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

from rollforward.rational import Constant, Form, Nested, Rate, Terms, Total
from rollforward.resolve import ViewMeaning


def fingerprint(meaning: Any) -> str:
    """Give 12 hexadecimal digits of a value made of dicts, lists and texts."""
    text = json.dumps(meaning, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def metric_fingerprint(form: Form) -> str:
    """Give the fingerprint of a metric."""
    return fingerprint(_form(form))


def view_fingerprint(meaning: ViewMeaning, policies: Mapping[str, Any], where: str) -> str:
    """Give the fingerprint of a view; `where` is the condition in its normal writing."""
    selected = meaning.selected
    book = selected.book
    return fingerprint(
        {
            "metrics": {metric.name: _form(metric.form) for metric in selected.metrics},
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
        }
    )


def _form(form: Form) -> Any:
    match form:
        case Constant(value):
            return str(value)
        case Total(terms):
            return _terms(terms, Fraction(1))
        case Rate(numerator, denominator):
            # 2a / 2b means what a / b means: the factor of the first measure below is made 1.
            size = abs(min(denominator)[1])
            return ["/", _terms(numerator, size), _terms(denominator, size)]
        case Nested(operator, left, right):
            return [operator, _form(left), _form(right)]
        case _:
            assert_never(form)


def _terms(terms: Terms, size: Fraction) -> dict[str, str]:
    return {name: str(factor / size) for name, factor in terms}
