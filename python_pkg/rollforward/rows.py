"""Simple metrics and dimensions -> SQL over the rows of the ledger, or measures that say the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import assert_never

from sqlglot import exp

from rollforward.definitions import (
    KEYS,
    MOVEMENTS,
    ROW_COLUMNS,
    SIDES,
    Catalog,
    Dimension,
    DimensionMeaning,
    Measure,
    MeasureKind,
    Simple,
    ValueType,
)
from rollforward.errors import Problem, ProblemsFound, did_you_mean
from rollforward.expressions import (
    CONDITION_HINT,
    ROW_HINT,
    Checks,
    Refusal,
    Scope,
)
from rollforward.fragments import fragment
from rollforward.missing_values import keeping_nulls, keeping_nulls_within
from rollforward.movements import Table, as_sum, is_never_negative, table_of
from rollforward.rational import Form, Single, Total, combine, measure
from rollforward.read_sql import parsed, parsed_text
from rollforward.source import Scalar

MISSING_FOR_JOINERS = frozenset({"tenure_months"})
"""The columns of the ledger that can be missing, besides the attributes."""
ONE = exp.Literal.number(1)


@dataclass(frozen=True, slots=True)
class SimpleMeaning:
    """What a simple metric comes down to, and what it adds to the measures there are."""

    form: Form
    measures: tuple[Measure, ...] = ()


@dataclass(frozen=True, slots=True)
class _Row:
    """A checked expression and its filter."""

    expr: exp.Expr
    condition: exp.Expr | None
    kind: ValueType
    attributes: tuple[str, ...]


def simple_meaning(metric: Simple, catalog: Catalog, problems: list[Problem]) -> SimpleMeaning | None:
    """Follow a simple metric to measures where they say the same, else to the ledger; notes problems."""
    row = _checked(metric, catalog, problems)
    if row is None:
        return None
    name, known = metric.card.name.text, _tables(catalog.measures)
    match metric.agg:
        case "sum":
            return _sum(name, metric, row, row.expr, known)
        case "count":
            return _sum(name, metric, row, ONE, known)
        case "average":
            total, rows = _held(metric, row, row.expr, known), _held(metric, row, ONE, known)
            if total is not None and rows is not None:
                return SimpleMeaning(combine("/", total, rows))
            # Where one of the two is not held by the cohorts, both are read from the ledger.
            upper = _summed(name + SIDES[0], metric, row, row.expr)
            lower = _summed(name + SIDES[1], metric, row, ONE)
            return SimpleMeaning(combine("/", upper.form, lower.form), upper.measures + lower.measures)
        case "count_distinct":
            if isinstance(row.expr, exp.Column) and row.expr.name == "unit":
                # A unit has one row a period: counting different ones is counting rows.
                return _sum(name, metric, row, ONE, known)
            return SimpleMeaning(Single("count_distinct", name), (_leaf(name, metric, row, row.expr, ""),))
        case "min" | "max":
            return SimpleMeaning(Single(metric.agg, name), (_leaf(name, metric, row, row.expr, ""),))
        case _:
            assert_never(metric.agg)


def dimension_meaning(
    dimension: Dimension, catalog: Catalog, problems: list[Problem]
) -> DimensionMeaning | None:
    """Check a dimension and write it out; a number is cut into its bands."""
    checks = Checks(dimension.expr, _scope(catalog, "expr"), [])
    try:
        tree = parsed(dimension.expr, ROW_HINT, catalog.settings.dialect)
    except ProblemsFound as refused:
        problems += refused.problems
        return None
    kind = checks.expression(tree)
    if not checks.problems and (kind == "text") == bool(dimension.bands):
        if dimension.bands:
            checks.say("mixed-types", "a text cannot be cut into bands", tree, "leave out `bands`")
        else:
            checks.say("missing-bands", "a number needs `bands` to be sliced by", tree, "bands: [1000, 5000]")
    problems += checks.problems
    if checks.problems:
        return None
    attributes, nullable = _attributes(tree), _nullable([tree])
    held = not any(column.name in ROW_COLUMNS for column in tree.find_all(exp.Column))
    kept = keeping_nulls_within(tree, nullable)
    cut = _in_bands(kept, [band.text for band in dimension.bands], nullable) if dimension.bands else kept
    return DimensionMeaning(dimension, fragment(cut), held, attributes)


def _in_bands(value: exp.Expr, limits: list[str], nullable: frozenset[str]) -> exp.Expr:
    """Give the name of the band that a number falls in. Who pays nothing on that side has no size."""
    case = exp.Case()
    if nullable:
        case = case.when(_is_missing(value), exp.null())
    elif isinstance(value, exp.Column):
        case = case.when(exp.EQ(this=value.copy(), expression=exp.Literal.number(0)), exp.null())
    for number, limit in enumerate(limits):
        name = f"{limits[number - 1]} to {limit}" if number else f"below {limit}"
        below = exp.LT(
            this=exp.paren(value.copy()) if value.find(exp.Binary) else value.copy(),
            expression=exp.Literal.number(limit),
        )
        case = case.when(below, exp.Literal.string(name))
    return case.else_(exp.Literal.string(f"{limits[-1]} and above"))


def _checked(metric: Simple, catalog: Catalog, problems: list[Problem]) -> _Row | None:
    found: list[Problem] = []
    expr, kind = _checked_expr(metric, catalog, found)
    condition = _checked_filter(metric.filter, catalog, found) if metric.filter else None
    problems += found
    if found or expr is None or kind is None:
        return None
    trees = [tree for tree in (expr, condition) if tree is not None]
    attributes = tuple(dict.fromkeys(name for tree in trees for name in _attributes(tree)))
    nullable = _nullable(trees)
    kept = None if condition is None else keeping_nulls_within(keeping_nulls(condition, nullable), nullable)
    return _Row(keeping_nulls_within(expr, nullable), kept, kind, attributes)


def _checked_expr(
    metric: Simple, catalog: Catalog, found: list[Problem]
) -> tuple[exp.Expr | None, ValueType | None]:
    if metric.expr is None:
        return ONE, "number"
    checks = Checks(metric.expr, _scope(catalog, "expr"), found)
    try:
        tree = parsed(metric.expr, ROW_HINT, catalog.settings.dialect)
    except ProblemsFound as refused:
        found += refused.problems
        return None, None
    before = len(found)
    kind = checks.expression(tree)
    if kind == "text" and metric.agg not in ("count", "count_distinct") and len(found) == before:
        hint = "count them with agg: count_distinct, or choose by them in `filter`"
        checks.say("mixed-types", f"'{metric.agg}' of a text", tree, hint)
    return tree, kind


def _checked_filter(sql: Scalar, catalog: Catalog, found: list[Problem]) -> exp.Expr | None:
    try:
        tree = parsed(sql, CONDITION_HINT, catalog.settings.dialect)
    except ProblemsFound as refused:
        found += refused.problems
        return None
    Checks(sql, _scope(catalog, "filter"), found).condition(tree)
    return tree


def _nullable(trees: Iterable[exp.Expr]) -> frozenset[str]:
    """Give the columns of expressions that can be missing: attributes, and what joiners do not have."""
    names = {column.name for tree in trees for column in tree.find_all(exp.Column)}
    return frozenset(name for name in names if name not in ROW_COLUMNS or name in MISSING_FOR_JOINERS)


def _may_be_missing(row: _Row) -> bool:
    """Whether a row can be without a value; a number has one, whatever attributes its cases ask for."""
    nullable = _nullable([row.expr])
    return bool(nullable if row.kind == "text" else nullable & MISSING_FOR_JOINERS)


def _is_missing(value: exp.Expr) -> exp.Expr:
    return exp.Is(this=value.copy(), expression=exp.Null())


def _attributes(tree: exp.Expr) -> tuple[str, ...]:
    names = (column.name for column in tree.find_all(exp.Column))
    return tuple(dict.fromkeys(name for name in names if name not in ROW_COLUMNS))


def _sum(name: str, metric: Simple, row: _Row, expr: exp.Expr, known: Mapping[str, Table]) -> SimpleMeaning:
    held = _held(metric, row, expr, known)
    return _summed(name, metric, row, expr) if held is None else SimpleMeaning(held)


def _held(metric: Simple, row: _Row, expr: exp.Expr, known: Mapping[str, Table]) -> Total | None:
    """Give the sum of measures that says the same, where the cohorts hold one."""
    if not known or (metric.agg == "count" and _may_be_missing(row)):
        return None
    table = table_of(expr, row.condition)
    terms = None if table is None else as_sum(table, known)
    return None if terms is None else Total(terms)


def _summed(name: str, metric: Simple, row: _Row, expr: exp.Expr) -> SimpleMeaning:
    return SimpleMeaning(measure(name), (_leaf(name, metric, row, expr, "0"),))


def _leaf(name: str, metric: Simple, row: _Row, expr: exp.Expr, otherwise: str) -> Measure:
    """Give what a simple metric aggregates: its expression where the filter holds, else 0 or nothing."""
    conditions = [] if row.condition is None else [row.condition]
    if otherwise and _may_be_missing(row):
        # Only rows that have a value are counted, and are part of an average.
        conditions.append(exp.Not(this=exp.paren(_is_missing(row.expr))))
    tree = expr
    if conditions:
        # Trees are only written from here on, so that they may share their parts.
        branch = exp.If(this=exp.and_(*conditions, copy=False), true=expr)
        tree = exp.Case(ifs=[branch], default=exp.Literal.number(0) if otherwise else None)
    counts = metric.agg == "count_distinct" or expr is ONE or row.kind != "amount"
    kind: MeasureKind = "count" if counts else "amount"
    written = "" if row.condition is None else fragment(row.condition).text
    return Measure(
        name=name,
        kind=kind,
        description=metric.card.description or metric.card.label,
        expr=fragment(expr).text,
        filter=written,
        row=fragment(tree),
        held=False,
        signed=not (expr is ONE or metric.agg == "count_distinct" or is_never_negative(expr)),
        attributes=row.attributes,
    )


@cache
def _tables(measures: tuple[Measure, ...]) -> dict[str, Table]:
    """Give the tables of the measures the cohorts hold."""
    found = {}
    for item in measures:
        condition = parsed_text(item.filter) if item.filter else None
        table = table_of(parsed_text(item.expr), condition) if item.expr else None
        if table is not None:
            found[item.name] = table
    return found


def _scope(catalog: Catalog, where: str) -> Scope:
    attributes = catalog.settings.attributes
    types: dict[str, ValueType] = {**dict.fromkeys(attributes, "text"), **ROW_COLUMNS}

    def why_not(name: str) -> Refusal:
        return _why_not(name, catalog, types)

    return Scope(
        types=types,
        nullable=frozenset(attributes) | MISSING_FOR_JOINERS,
        why_not=why_not,
        values={"movement": MOVEMENTS},
        where=where,
        hint=ROW_HINT,
    )


def _why_not(name: str, catalog: Catalog, known: Iterable[str]) -> Refusal:
    """Give code, message and hint for a name that is no column of the ledger."""
    if name in catalog.measures_by_name:
        message = f"'{name}' is a measure, summed up already; this is about single customers"
        return (
            "measure-in-row",
            message,
            "use it in a derived metric, or write starting_amount, ending_amount",
        )
    aliases = {word.text for metric in catalog.metrics for word in (metric.card.name, *metric.card.aliases)}
    if name in aliases:
        message = f"'{name}' is a metric; a sum or an average of it is not the metric of all"
        hint = "take it as it is, follow it with type: trailing, or weigh it: a ratio of two sums"
        return "metric-in-row", message, hint
    if name in KEYS:
        message = f"'{name}' is the same for all rows that are aggregated"
        return "key-in-row", message, "choose books, comparisons and periods where you ask"
    hint = did_you_mean(name, known, otherwise=f"known: {', '.join(known)}")
    return "unknown-column", f"the ledger has no column '{name}'", hint
