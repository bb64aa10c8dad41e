"""What a statement is made of: every function, cast, literal, join, set operation, window and clause in it.

A construct is a short text, such as `function lead/3` or `left join`. Words are taken from the tokens, as
they are spelled (`spelled`); how things are put together is read off sqlglot's tree, in the engine's dialect.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlglot
from sqlglot import exp

from tests.engines.spelled import spelled

RESERVED = frozenset(
    word.lower()
    for dialect in ("athena", "bigquery", "duckdb", "redshift", "trino")
    for word in sqlglot.Dialect.get_or_raise(dialect).generator_class.RESERVED_KEYWORDS
)
# Named by what is around them, or by how they are spelled.
NAMED_OTHERWISE = (
    exp.Alias,
    exp.CTE,
    exp.Column,
    exp.DataType,
    exp.DataTypeParam,
    exp.From,
    exp.Func,
    exp.Having,
    exp.Identifier,
    exp.Lateral,
    exp.Limit,
    exp.Literal,
    exp.Null,
    exp.Offset,
    exp.Ordered,
    exp.Paren,
    exp.Qualify,
    exp.SetOperation,
    exp.Star,
    exp.Table,
    exp.TableAlias,
    exp.Var,
    exp.Where,
    exp.WindowSpec,
)
FUNCTIONS_TO_SQLGLOT_ONLY = (exp.Binary, exp.Exists, exp.If)
CLAUSES_NAMED_OTHERWISE = frozenset(
    {
        "expressions",
        "from",
        "from_",
        "group",
        "joins",
        "kind",
        "laterals",
        "where",
        "windows",
        "with",
        "with_",
    }
)
WAYS_TO_GROUP = ("all", "cube", "grouping_sets", "rollup", "totals")


def constructs(sql: str, dialect: str) -> frozenset[str]:
    """What a statement in the words of a dialect is made of; `no statement` where it is none."""
    engine = sqlglot.Dialect.get_or_raise(dialect)
    try:
        tokens = engine.tokenize(sql)
        trees = engine.parser().parse(tokens, sql)
    except sqlglot.errors.SqlglotError:
        return frozenset({"no statement"})
    found = set(spelled(tokens, sql))
    for tree in trees:
        for node in tree.walk() if tree else ():
            found.update(_of(node))
    return frozenset(found)


def _of(node: exp.Expression) -> Iterator[str]:
    match node:
        case exp.Select():
            yield from _select(node)
        case exp.Join():
            yield from _join(node)
        case exp.Window():
            yield _window(node)
        case exp.Group():
            yield from _group(node)
        case exp.Subquery():
            yield from _subquery(node)
        case exp.Order() | exp.Distinct():
            yield from _order_or_distinct(node)
        case exp.With() | exp.Case() | exp.In() | exp.Div() | exp.Interval():
            yield _with_a_word(node)
        case _ if isinstance(node, FUNCTIONS_TO_SQLGLOT_ONLY) or not isinstance(node, NAMED_OTHERWISE):
            yield f"expression {node.key}"
    yield from _about_names(node)


def _about_names(node: exp.Expression) -> Iterator[str]:
    match node:
        case exp.Identifier() if not node.quoted and node.name.lower() in RESERVED:
            yield f"name {node.name.lower()}"
        case exp.Star():
            ways = ("except_", "replace", "rename")
            yield from (f"* {way.rstrip('_')}" for way in ways if node.args.get(way))
        case exp.Table() if isinstance(node.this, exp.Func):
            yield "function in from"
        case exp.SetOperation() if node.args.get("by_name"):
            yield "set operation by name"


def _with_a_word(node: exp.Expression) -> str:
    match node:
        case exp.With():
            return "with recursive" if node.args.get("recursive") else "with"
        case exp.Case():
            return "case of a value" if node.this else "case"
        case exp.In():
            return "in a subquery" if node.args.get("query") else "in a list"
        case exp.Div():
            in_floats = _is_float(node.this) or _is_float(node.expression)
            return "division in floats" if in_floats else "division as it comes"
    return f"interval {node.args.get('unit') or ''}".strip().lower()


def _subquery(node: exp.Subquery) -> Iterator[str]:
    match node.parent:
        case exp.From() | exp.Join():
            yield "subquery in from"
        case exp.SetOperation():
            yield "bracketed select in a set operation"
        case exp.In() | exp.Exists():
            pass
        case _:
            yield "subquery as a value"


def _order_or_distinct(node: exp.Expression) -> Iterator[str]:
    match node:
        case exp.Distinct() if node.args.get("on"):
            yield "distinct on"
        case exp.Distinct() if isinstance(node.parent, exp.Func):
            yield "distinct in an aggregate"
        case exp.Order() if not isinstance(node.parent, (exp.Query, exp.Window)):
            yield "order in an aggregate"


def _select(select: exp.Select) -> Iterator[str]:
    given = [clause for clause, value in select.args.items() if value]
    yield from (clause for clause in given if clause not in CLAUSES_NAMED_OTHERWISE)
    if "windows" in given:
        yield "named window"
    if "laterals" in given:
        yield "lateral"
    if "from" not in given and "from_" not in given:
        yield "select without from"


def _join(join: exp.Join) -> Iterator[str]:
    condition, using = join.args.get("on"), join.args.get("using")
    words = [str(join.args.get(part) or "").lower() for part in ("method", "side", "kind")]
    name = " ".join(filter(None, words)) or ("inner" if condition or using else "comma")
    yield f"{name} join"
    if using:
        yield "join using"
    if condition is not None and not _has_equality(condition):
        yield f"{name} join without equality"


def _has_equality(condition: Any) -> bool:
    """Whether an engine can find the other side by hashing."""
    match condition.unnest():
        case exp.And() as both:
            return any(map(_has_equality, (both.this, both.expression)))
        case exp.EQ() | exp.NullSafeEQ() as equal:
            return all(side.find(exp.Column) is not None for side in (equal.this, equal.expression))
    return False


def _group(group: exp.Group) -> Iterator[str]:
    yield "group by"
    if any(isinstance(each, exp.Literal) for each in group.expressions):
        yield "group by position"
    yield from (f"group by {word}" for word in WAYS_TO_GROUP if group.args.get(word))


def _window(window: exp.Window) -> str:
    function = window.this.name.lower() if isinstance(window.this, exp.Anonymous) else window.this.key
    if window.args.get("alias"):
        return f"{function} over a named window"
    parts = [f"{function} over" + (" partition" if window.args.get("partition_by") else "")]
    if window.args.get("order"):
        parts.append("order")
    if spec := window.args.get("spec"):
        ends = filter(None, (_frame_end(spec, "start"), _frame_end(spec, "end")))
        parts.append(f"{spec.args.get('kind') or ''} {' and '.join(ends)}".lower())
    return ", ".join(parts)


def _frame_end(spec: exp.Expression, end: str) -> str:
    value, side = spec.args.get(end), spec.args.get(f"{end}_side")
    return f"{value.sql() if isinstance(value, exp.Expression) else value or ''} {side or ''}".strip()


def _is_float(side: exp.Expression) -> bool:
    """Whether an operand makes a division one of floats or decimals, on every engine."""
    match side.unnest():
        case exp.Cast() as cast:
            return any(kind.this in exp.DataType.REAL_TYPES for kind in cast.to.find_all(exp.DataType))
        case exp.Nullif() as inner:
            return _is_float(inner.this)
        case exp.Literal() as literal:
            return not literal.is_string and "." in literal.name
        case exp.Mul() as product:
            return _is_float(product.this) or _is_float(product.expression)
    return False
