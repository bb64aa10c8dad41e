"""What a statement is made of: every function, cast, operator, literal, join, set operation, window and clause in it.

A construct is a short text, such as `function lead/3` or `left join`. Words are taken as they are spelled, from the
tokens, because a parser that knows many dialects takes `double` for what the engine calls float64; how things are
put together is read off the tree of the engine's dialect.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.tokens import Token, TokenType

# What stands before a bracket and is no function. Casts and `extract` are told apart by what follows in the bracket.
NOT_FUNCTIONS = frozenset(
    "all and any as between by case distinct else except exists from having in intersect interval is join like "
    "not on or over partition select then union using values when where with within".split()
)
CASTS = frozenset({"cast", "safe_cast", "try_cast"})
# What `_of_node` says more about, or what tokens say already.
SAID_OTHERWISE = (
    exp.Alias,
    exp.Column,
    exp.DataType,
    exp.DataTypeParam,
    exp.From,
    exp.Func,
    exp.Identifier,
    exp.Literal,
    exp.Paren,
    exp.Select,
    exp.Table,
    exp.TableAlias,
    exp.Var,
    exp.Where,
    exp.WindowSpec,
)
OPERATORS = (exp.And, exp.Or, exp.Case, exp.If)  # functions to sqlglot
CLAUSES = ("connect", "distinct", "having", "into", "limit", "match", "offset", "order", "prewhere", "qualify", "sample")


def constructs(sql: str, dialect: str) -> frozenset[str]:
    """What a statement in the words of a dialect is made of; raises sqlglot's ParseError."""
    found = set(_of_tokens(sqlglot.tokenize(sql, read=dialect)))
    for tree in sqlglot.parse(sql, read=dialect):
        for node in tree.walk() if tree else ():
            found.update(_of_node(node))
    return frozenset(found)


def _of_tokens(tokens: Sequence[Token]) -> Iterator[str]:
    for at, token in enumerate(tokens):
        word = token.text.lower()
        following = tokens[at + 1] if at + 1 < len(tokens) else None
        match token.token_type:
            case TokenType.STRING:
                yield "text with a backslash" if "\\" in word else "text"
            case TokenType.NUMBER:
                yield "number with an exponent" if "e" in word else "number with decimals" if "." in word else "number"
            case TokenType.NULL:
                yield "null"
            case TokenType.UNION | TokenType.EXCEPT | TokenType.INTERSECT if _is_set_operation(tokens, at):
                kind = following.text.lower() if following and following.text.lower() in ("all", "distinct") else ""
                yield f"{word} {kind}".strip()
            case TokenType.DCOLON | TokenType.NULLSAFE_EQ | TokenType.DIV | TokenType.MOD | TokenType.DPIPE:
                yield f"operator {word}"
        if word == "nulls" and following and following.text.lower() in ("first", "last"):
            yield f"nulls {following.text.lower()}"
        if following and following.token_type is TokenType.L_PAREN and word[:1].isalpha():
            yield from _of_bracket(word, list(_arguments(tokens, at + 2)), tokens[at - 1].text.lower() if at else "")


def _is_set_operation(tokens: Sequence[Token], at: int) -> bool:
    """`* except (...)` names columns; the operation has a select on both sides."""
    return not (at and tokens[at - 1].token_type is TokenType.STAR)


def _of_bracket(word: str, arguments: list[list[Token]], before: str) -> Iterator[str]:
    if word in CASTS:
        words = [token.text.lower() for token in arguments[0]] if arguments else []
        for argument in arguments[1:]:  # decimal(18, 4)
            words += [",", *(token.text.lower() for token in argument)]
        if "as" in words:
            after = len(words) - words[::-1].index("as")
            yield f"{word} as " + "".join(", " if each == "," else each for each in words[after:])
            return
    if word == "extract" and arguments and arguments[0]:
        yield f"extract({arguments[0][0].text.lower()})"
    elif word not in NOT_FUNCTIONS and word not in CASTS and before not in ("as", "join"):
        yield f"function {word}/{len(arguments)}"


def _arguments(tokens: Sequence[Token], start: int) -> Iterator[list[Token]]:
    """The tokens of each argument of the bracket that has just been opened."""
    depth, argument = 0, list[Token]()
    for token in tokens[start:]:
        if token.token_type is TokenType.R_PAREN and depth == 0:
            break
        if token.token_type is TokenType.COMMA and depth == 0:
            yield argument
            argument = []
            continue
        depth += (token.token_type is TokenType.L_PAREN) - (token.token_type is TokenType.R_PAREN)
        argument.append(token)
    if argument:
        yield argument


def _of_node(node: exp.Expression) -> Iterator[str]:  # noqa: C901 - a list of what there is, not a decision
    match node:
        case exp.Select():
            yield from _of_select(node)
        case exp.Join():
            yield from _of_join(node)
        case exp.Window():
            yield _window(node)
        case exp.With():
            yield "with recursive" if node.args.get("recursive") else "with"
        case exp.Group():
            yield from _of_group(node)
        case exp.Subquery() if isinstance(node.parent, (exp.From, exp.Join)):
            yield "subquery in from"
        case exp.Subquery() if isinstance(node.parent, exp.SetOperation):
            yield "bracketed select in a set operation"
        case exp.Subquery() if not isinstance(node.parent, (exp.In, exp.Exists)):
            yield "subquery as a value"
        case exp.In():
            yield "in a subquery" if node.args.get("query") else "in a list"
        case exp.Div():
            yield "division in floats" if any(map(_is_float, (node.this, node.expression))) else "division as it comes"
        case exp.Star():
            yield from (f"* {word.rstrip('_')}" for word in ("except_", "replace", "rename") if node.args.get(word))
        case exp.Case():
            yield "case of a value" if node.this else "case"
        case exp.Interval():
            yield f"interval {node.args.get('unit') or ''}".strip().lower()
        case exp.SetOperation():
            if node.args.get("by_name"):
                yield "set operation by name"
        case exp.Distinct() if isinstance(node.parent, exp.Func):
            yield "distinct in an aggregate"
        case exp.Distinct() if node.args.get("on"):
            yield "distinct on"
        case exp.Ordered() | exp.Order() | exp.Distinct() | exp.Null() | exp.Limit() | exp.CTE() | exp.Subquery():
            pass
        case exp.Having() | exp.Qualify() | exp.Lateral() | exp.Offset() | exp.DPipe():
            pass
        case _ if isinstance(node, OPERATORS) or not isinstance(node, SAID_OTHERWISE):
            yield f"expression {node.key}"
    if isinstance(node, exp.Table) and isinstance(node.this, exp.Func):
        yield "function in from"


def _of_select(select: exp.Select) -> Iterator[str]:
    for clause in CLAUSES:
        if select.args.get(clause):
            yield clause
    if select.args.get("windows"):
        yield "named window"
    if select.args.get("laterals"):
        yield "lateral"
    if not select.args.get("from_") and not select.args.get("from"):
        yield "select without from"


def _of_join(join: exp.Join) -> Iterator[str]:
    words = [str(join.args.get(part) or "").lower() for part in ("method", "side", "kind")]
    name = " ".join(filter(None, words)) or ("inner" if join.args.get("on") or join.args.get("using") else "comma")
    yield f"{name} join"
    if join.args.get("using"):
        yield "join using"
    condition = join.args.get("on")
    if condition is not None and not any(map(_is_equality, condition.flatten() if isinstance(condition, exp.And) else [condition])):
        yield f"{name} join without equality"


def _is_equality(condition: Any) -> bool:
    """Whether a condition lets an engine find the other side by hashing."""
    match condition.unnest():
        case exp.EQ() | exp.NullSafeEQ() as equal:
            return all(side.find(exp.Column) is not None for side in (equal.this, equal.expression))
        case exp.And() as both:
            return any(map(_is_equality, both.flatten()))
    return False


def _of_group(group: exp.Group) -> Iterator[str]:
    yield "group by"
    if any(isinstance(each, exp.Literal) for each in group.expressions):
        yield "group by position"
    yield from (f"group by {word}" for word in ("all", "cube", "grouping_sets", "rollup", "totals") if group.args.get(word))


def _window(window: exp.Window) -> str:
    function = window.this.key if not isinstance(window.this, exp.Anonymous) else window.this.name.lower()
    if window.args.get("alias"):
        return f"{function} over a named window"
    parts = [f"{function} over" + (" partition" if window.args.get("partition_by") else "")]
    if window.args.get("order"):
        parts.append("order")
    if spec := window.args.get("spec"):
        ends = [_frame_end(spec, end) for end in ("start", "end")]
        parts.append(f"{spec.args.get('kind') or ''} {' and '.join(filter(None, ends))}".lower())
    return ", ".join(parts)


def _frame_end(spec: exp.Expression, end: str) -> str:
    value = spec.args.get(end)
    return f"{value.sql() if isinstance(value, exp.Expression) else value or ''} {spec.args.get(f'{end}_side') or ''}".strip()


def _is_float(side: exp.Expression) -> bool:
    """Whether an operand makes a division one of floats or decimals, on every engine."""
    match side.unnest():
        case exp.Cast() as cast:
            return cast.to.this in (*exp.DataType.REAL_TYPES, exp.DataType.Type.NULLABLE) or cast.find(exp.Cast) is not cast
        case exp.Nullif() as inner:
            return _is_float(inner.this)
        case exp.Literal() as literal:
            return not literal.is_string and "." in literal.name
        case exp.Mul() as product:
            return _is_float(product.this) or _is_float(product.expression)
    return False
