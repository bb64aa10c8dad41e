"""Texts of models/metrics/<view>.yml: what the view means, its contract, its columns and their tests."""

from __future__ import annotations

from fractions import Fraction

from rollforward.bounds import Bounds
from rollforward.definitions import KEYS, Comparison
from rollforward.dialects import DEFAULT, DIALECTS
from rollforward.fingerprint import view_fingerprint
from rollforward.kinds import Kind
from rollforward.plan import MetricPlan, ViewPlan
from rollforward.resolve import SelectionMeaning
from rollforward.yaml_text import Value, yaml_text

KEY_COLUMNS = {
    "book": ("string", "The revenue stream."),
    "comparison": ("string", "What the period is compared with."),
    "period_start": ("date", "First day of the period."),
    "period_end": ("date", "Last day of the period."),
    "is_complete": ("boolean", "Whether the book has been observed through the period's last day."),
}
_CONTRACT = (
    "{{ "
    + " and ".join(f"target.type != '{engine.adapter}'" for engine in DIALECTS if not engine.keeps_contracts)
    + " }}"
)
ATTRIBUTION = "as of the start of the period for existing customers, as of its end for those who join"


def view_properties(view: ViewPlan, where: str) -> str:
    """Give the body of a view's properties file; `where` is the condition in its normal writing."""
    selected = view.meaning.selected
    keys = [_column(name, *KEY_COLUMNS[name]) | {"data_tests": ["not_null"]} for name in KEYS]
    made = {each.name: each.dimension.description or each.dimension.label for each in selected.dimensions}
    attributes = [
        _column(name, "string", made.get(name) or f"The value of {name} {ATTRIBUTION}.")
        for name in selected.by
    ]
    metrics = [_metric(metric, view) for metric in view.selected.metrics]
    parts = [
        _column(part.name, _type_of(part.kind, view, exact=True), part.description)
        for part in view.selected.columns
    ]
    model: dict[str, Value] = {
        "name": view.name,
        "description": view.meaning.view.description or f"Metrics of {selected.book.name.text}.",
        "config": {
            "materialized": view.meaning.view.materialized,
            "contract": {"enforced": _CONTRACT},
            "meta": {"rollforward": _meta(view, where)},
        },
        "data_tests": [
            {"rollforward.unique_together": {"arguments": {"columns": [*KEYS[:3], *selected.by]}}}
        ],
        "columns": [*keys, *attributes, *metrics, *parts],
    }
    return yaml_text({"models": [model]}) + "\n"


def _meta(view: ViewPlan, where: str) -> dict[str, Value]:
    selected = view.meaning.selected
    book = selected.book
    return {
        "fingerprint": view_fingerprint(view.meaning, view.policies, where),
        "book": book.name.text,
        "unit": [column.text for column in book.unit],
        "measurement": book.measurement,
        "comparisons": {each.name: _comparison(each, view) for each in selected.comparisons},
        "by": list(selected.by),
        "attribution": ATTRIBUTION,
        **({"dimensions": _dimensions(selected)} if selected.dimensions else {}),
        **({"where": where} if where else {}),
        "policies": dict(view.policies),
        "metrics": {metric.name: _definition(metric) for metric in view.selected.metrics},
    }


def _dimensions(selected: SelectionMeaning) -> dict[str, Value]:
    """Give what the dimensions of a view are made of."""
    return {each.name: " ".join(each.row.text.split()) for each in selected.dimensions}


def _comparison(comparison: Comparison, view: ViewPlan) -> dict[str, Value]:
    """Give what a comparison compares; only books that sum have periods to sum."""
    sums = view.meaning.selected.book.measurement == "period_sum"
    compared: dict[str, Value] = {"grain": comparison.grain, "lookback": comparison.lookback}
    return compared | ({"periods_summed": comparison.periods_summed} if sums else {})


def _definition(metric: MetricPlan) -> dict[str, Value]:
    return {
        "label": metric.label,
        "formula": metric.words,
        **({"format": metric.format} if metric.format else {}),
        "fingerprint": metric.fingerprint,
    }


def _metric(metric: MetricPlan, view: ViewPlan) -> dict[str, Value]:
    described = f"{metric.label}. {metric.description or metric.words}"
    column = _column(metric.name, _type_of(metric.kind, view, exact=metric.is_exact), described)
    limits = _limits(metric.bounds)
    return column | ({"data_tests": [{"rollforward.within": {"arguments": limits}}]} if limits else {})


def _limits(bounds: Bounds) -> dict[str, Value]:
    given = {"minimum": bounds.minimum, "maximum": bounds.maximum}
    return {side: _number(value) for side, value in given.items() if value is not None}


def _number(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else float(value)


def _column(name: str, data_type: str, description: str) -> dict[str, Value]:
    return {"name": name, "description": description, "data_type": data_type}


def _type_of(kind: Kind, view: ViewPlan, *, exact: bool) -> str:
    return (view.selected.exact_type(kind) if exact else None) or _float_type()


def _float_type() -> str:
    """Give the type of a rate as dbt is to read it: a lookup by engine, for no name of it is known to all."""
    usual = DEFAULT.float_type
    others = {engine.adapter: engine.float_type for engine in DIALECTS if engine.float_type != usual}
    return f"{{{{ {others}.get(target.type, '{usual}') }}}}"
