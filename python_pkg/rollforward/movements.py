"""What a row expression comes to, movement by movement, and which measures say the same.

In every movement the two amounts stand in a known order: who expands has 0 < starting < ending. So with `s`
and `t` for any amounts above 0, an expression whose conditions all can be told from that order is, in every
movement, a number plus multiples of `s` and `t`. Two expressions with the same table are the same sum over
any ledger; one that is a sum of measures' tables is the same sum of measures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from sqlglot import exp

from rollforward.definitions import MOVEMENTS

Linear = tuple[Fraction, Fraction, Fraction]
"""A number, and how often `s` and `t` are taken."""
Table = tuple[Linear, ...]
"""What a row contributes, for each of MOVEMENTS."""

ZERO: Linear = (Fraction(0), Fraction(0), Fraction(0))
_S: Linear = (Fraction(0), Fraction(1), Fraction(0))
_S_AND_T: Linear = (Fraction(0), Fraction(1), Fraction(1))
AMOUNTS: Mapping[str, tuple[Linear, Linear]] = {
    "new": (ZERO, _S),
    "reactivation": (ZERO, _S),
    "expansion": (_S, _S_AND_T),
    "contraction": (_S_AND_T, _S),
    "churn": (_S, ZERO),
    "unchanged": (_S, _S),
}
"""The starting and the ending amount in each movement."""

_SIGNS: dict[type[exp.Binary], tuple[int, ...]] = {
    exp.EQ: (0,),
    exp.NEQ: (-1, 1),
    exp.GT: (1,),
    exp.GTE: (0, 1),
    exp.LT: (-1,),
    exp.LTE: (-1, 0),
}


def table_of(expr: exp.Expr, condition: exp.Expr | None) -> Table | None:
    """Give the table of what is summed up, or None where the order of the amounts does not decide it."""
    rows = []
    for movement in MOVEMENTS:
        kept = True if condition is None else _truth(condition, movement)
        value = _value(expr, movement) if kept else ZERO
        if kept is None or value is None:
            return None
        rows.append(value)
    return tuple(rows)


def is_never_negative(expr: exp.Expr) -> bool:
    """Whether an expression is 0 or more in every row, as far as the order of the amounts tells."""
    values = [_value(expr, movement) for movement in MOVEMENTS]
    return all(value is not None and min(value) >= 0 for value in values)


def as_sum(table: Table, known: Mapping[str, Table]) -> tuple[tuple[str, Fraction], ...] | None:
    """Give a table as a sum of known ones, each with its factor: one alone if possible, None if none."""
    names = list(known)
    columns = [[number for row in known[name] for number in row] for name in names]
    target = [number for row in table for number in row]
    for name, column in zip(names, columns, strict=True):
        alone = _solved([column], target)
        if alone:
            return ((name, alone[0]),) if alone[0] else ()
    factors = _solved(columns, target)
    if factors is None:
        return None
    terms = [(name, factor) for name, factor in zip(names, factors, strict=True) if factor]
    return tuple(sorted(terms, key=lambda term: term[1] < 0))


def _solved(columns: Sequence[Sequence[Fraction]], target: Sequence[Fraction]) -> list[Fraction] | None:
    """Give factors by which columns add up to a target, by elimination; columns that are not needed get 0."""
    rows = [[*(column[i] for column in columns), target[i]] for i in range(len(target))]
    pivots: list[int] = []
    for column in range(len(columns)):
        at = len(pivots)
        found = next((i for i in range(at, len(rows)) if rows[i][column]), None)
        if found is None:
            continue
        rows[at], rows[found] = rows[found], rows[at]
        rows[at] = [number / rows[at][column] for number in rows[at]]
        for i, row in enumerate(rows):
            if i != at and row[column]:
                rows[i] = [a - row[column] * b for a, b in zip(row, rows[at], strict=True)]
        pivots.append(column)
    if any(row[-1] for row in rows[len(pivots) :]):
        return None
    factors = [Fraction(0)] * len(columns)
    for i, column in enumerate(pivots):
        factors[column] = rows[i][-1]
    return factors


def _value(node: exp.Expr, movement: str) -> Linear | None:
    """Give an expression in a movement; None where it cannot be told."""
    match node:
        case exp.Column():
            return dict(zip(("starting_amount", "ending_amount"), AMOUNTS[movement], strict=True)).get(
                node.name
            )
        case exp.Literal() if not node.is_string:
            return (Fraction(node.this), Fraction(0), Fraction(0))
        case exp.Paren():
            return _value(node.this, movement)
        case exp.Neg():
            return _scaled(_value(node.this, movement), Fraction(-1))
        case exp.Add():
            return _summed(_value(node.left, movement), _value(node.right, movement))
        case exp.Sub():
            return _summed(_value(node.left, movement), _scaled(_value(node.right, movement), Fraction(-1)))
        case exp.Mul():
            left, right = _value(node.left, movement), _value(node.right, movement)
            if left is not None and right is not None:
                number, other = (left, right) if left[1:] == ZERO[1:] else (right, left)
                return _scaled(other, number[0]) if number[1:] == ZERO[1:] else None
            return None
        case exp.Case():
            return _case(node, movement)
        case _:
            return None


def _case(node: exp.Case, movement: str) -> Linear | None:
    for branch in node.args["ifs"]:
        holds = _truth(branch.this, movement)
        if holds is None:
            return None
        if holds:
            return _value(branch.args["true"], movement)
    default = node.args.get("default")
    return None if default is None else _value(default, movement)


def _truth(node: exp.Expr, movement: str) -> bool | None:
    """Give whether a condition holds in a movement; None where it cannot be told."""
    match node:
        case exp.Paren():
            return _truth(node.this, movement)
        case exp.Not():
            inner = _truth(node.this, movement)
            return None if inner is None else not inner
        case exp.And() | exp.Or():
            sides = (_truth(node.left, movement), _truth(node.right, movement))
            decides = isinstance(node, exp.Or)
            return decides if decides in sides else (None if None in sides else not decides)
        case exp.In():
            each = [_compared(node.this, item, (0,), movement) for item in node.expressions]
            return True if True in each else (None if None in each else False)
        case exp.Between():
            above = _compared(node.this, node.args["low"], (0, 1), movement)
            below = _compared(node.this, node.args["high"], (-1, 0), movement)
            return False if False in (above, below) else (None if None in (above, below) else True)
        case exp.Binary() if type(node) in _SIGNS:
            return _compared(node.left, node.right, _SIGNS[type(node)], movement)
        case _:
            return None


def _compared(left: exp.Expr, right: exp.Expr, signs: tuple[int, ...], movement: str) -> bool | None:
    texts = _text(left, movement), _text(right, movement)
    if None not in texts:
        # Two texts are only ever compared for being the same.
        return (texts[0] == texts[1]) == (0 in signs) if signs in ((0,), (-1, 1)) else None
    difference = _summed(_value(left, movement), _scaled(_value(right, movement), Fraction(-1)))
    if difference is None:
        return None
    reached = {0 if difference == ZERO else _sign(difference)}
    return None if None in reached else bool(reached & set(signs))


def _text(node: exp.Expr, movement: str) -> str | None:
    if isinstance(node, exp.Column) and node.name == "movement":
        return movement
    return str(node.this) if isinstance(node, exp.Literal) and node.is_string else None


def _sign(value: Linear) -> int | None:
    """Give the sign of a value that is not always 0, for all `s` and `t` above 0."""
    if min(value) >= 0:
        return 1
    return -1 if max(value) <= 0 else None


def _scaled(value: Linear | None, factor: Fraction) -> Linear | None:
    return None if value is None else (value[0] * factor, value[1] * factor, value[2] * factor)


def _summed(left: Linear | None, right: Linear | None) -> Linear | None:
    if left is None or right is None:
        return None
    return (left[0] + right[0], left[1] + right[1], left[2] + right[2])
