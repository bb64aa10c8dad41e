"""Trees of SQL that users wrote -> texts, for every engine.

What may be said is so little that it is written here, plainly: engines differ in how they write quotes inside
texts, which is left to sqlglot, in which letters they turn into capital and small ones, in how they order
texts, and in whether a number with decimals is exact. A test compares what is written with what sqlglot
writes, for all engines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from string import ascii_lowercase, ascii_uppercase

import sqlglot
from sqlglot import exp
from sqlglot.tokenizer_core import TokenType

from rollforward.definitions import Fragment
from rollforward.dialects import DEFAULT, DIALECTS, Dialect

LINE = 80
_QUOTED = frozenset({TokenType.STRING, TokenType.IDENTIFIER})
_SPECIAL = frozenset("'\\\n\r\t\0")
ORDERS_TEXTS = "orders_texts"
"""Marks a comparison by the order of texts, which depends on the collation of a database."""
_DIFFERENT = ("''", "\\", '"')
"""What engines may write differently, as the default one writes it."""
_DECIMALS = re.compile(r"\d[.]\d")
COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Between, exp.Like)
TURNING = (exp.Lower, exp.Upper)
"""What turns letters into small or capital ones."""
_OPERATORS: dict[type[exp.Expr], str] = {
    exp.And: "and",
    exp.Or: "or",
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.Like: "like",
    exp.Is: "is",
    exp.Add: "+",
    exp.Sub: "-",
    exp.Mul: "*",
}
_SAID: dict[type[exp.Expr], frozenset[str]] = {
    **dict.fromkeys(_OPERATORS, frozenset({"this", "expression"})),
    **dict.fromkeys((exp.Column, exp.Paren, exp.Not, exp.Neg, *TURNING), frozenset({"this"})),
    exp.In: frozenset({"this", "expressions"}),
    exp.Between: frozenset({"this", "low", "high"}),
    exp.Case: frozenset({"this", "ifs", "default"}),
    exp.Coalesce: frozenset({"this", "expressions", "is_nvl", "is_null"}),
}
"""What is written of nodes that have parts; some engines say more with them, as in `between symmetric`."""


def joinable(tree: exp.Expr) -> exp.Expr:
    """Give a condition that can be joined to others by `and`."""
    return exp.paren(tree, copy=False) if isinstance(tree, exp.Or) else tree


def is_said(node: exp.Expr) -> bool:
    """Whether nothing of a node is lost where it is written."""
    said = _SAID.get(type(node))
    return said is None or all(key in said for key, part in node.args.items() if part)


def fragment(tree: exp.Expr) -> Fragment:
    """Write a tree for every engine; most write all but the odd text or function the same."""
    text = _in_lines(tree, DEFAULT)
    differs = any(mark in text for mark in _DIFFERENT) or _DECIMALS.search(text)
    if not differs and not _orders_texts(tree, text):
        return Fragment(text)
    written = {engine.adapter: _in_lines(tree, engine) for engine in DIALECTS}
    return Fragment(text, tuple((adapter, each) for adapter, each in written.items() if each != text))


def _orders_texts(tree: exp.Expr, text: str) -> bool:
    return "'" in text and any(ORDERS_TEXTS in node.meta for node in tree.walk())


def _in_lines(tree: exp.Expr, engine: Dialect) -> str:
    """Write a tree, a `case` that is long or has several branches with a line for each."""
    if not isinstance(tree, exp.Case):
        return _text(tree, engine)
    pieces = _branches(tree, engine)
    line = " ".join(["case", *pieces, "end"])
    if len(line) <= LINE and len(tree.args["ifs"]) == 1:
        return line
    return "\n".join(["case", *(f"    {piece}" for piece in pieces), "end"])


def _branches(tree: exp.Case, engine: Dialect) -> list[str]:
    pieces = [
        f"when {_text(branch.this, engine)} then {_text(branch.args['true'], engine)}"
        for branch in tree.args["ifs"]
    ]
    default = tree.args.get("default")
    return pieces if default is None else [*pieces, f"else {_text(default, engine)}"]


def _text(node: exp.Expr, engine: Dialect) -> str:
    """Write a node on one line."""
    match node:
        case exp.Column() if len(node.parts) == 1 and not node.this.quoted:
            return str(node.name)
        case exp.Literal() if not node.is_string:
            return _number(node.this, engine)
        case exp.Literal() if _SPECIAL.isdisjoint(node.this):
            return f"'{node.this}'"
        case exp.Null():
            return "null"
        case exp.Boolean():
            return "true" if node.this else "false"
        case _:
            return _composed(node, engine)


def _number(written: str, engine: Dialect) -> str:
    """Write a number as it is, never by way of a float: without an exponent, which makes it one."""
    text = plain_number(written)
    match engine.decimal if "." in text else "":
        case "":
            return text
        case "cast":
            return f"cast('{text}' as numeric)"
        case function:
            return f"{function}('{text}', {_decimals(text)})"


def plain_number(written: str) -> str:
    """Give a number without an exponent."""
    return format(Decimal(written), "f")


def _decimals(text: str) -> int:
    return len(text.partition(".")[2])


def _composed(node: exp.Expr, engine: Dialect) -> str:
    """Write what has parts."""
    operator = _OPERATORS.get(type(node))
    if operator is not None and not node.args.get("negate"):
        return f"{_compared(node, engine)} {operator} {_text(node.args['expression'], engine)}"
    match node:
        case exp.Paren():
            return f"({_text(node.this, engine)})"
        case exp.Not():
            return f"not {_text(node.this, engine)}"
        case exp.In():
            return f"{_text(node.this, engine)} in ({_list(node.expressions, engine)})"
        case exp.Between():
            low, high = _text(node.args["low"], engine), _text(node.args["high"], engine)
            return f"{_compared(node, engine)} between {low} and {high}"
        case exp.Neg():
            inner = _text(node.this, engine)
            return f"- {inner}" if inner.startswith("-") else f"-{inner}"
        case exp.Case() if node.this is None:
            return " ".join(["case", *_branches(node, engine), "end"])
        case _:
            return _function(node, engine)


def _function(node: exp.Expr, engine: Dialect) -> str:
    """Write a function; sqlglot writes what is left."""
    match node:
        case exp.Lower() | exp.Upper():
            return _text(_turned(node), engine)
        case exp.Anonymous():
            return f"{node.name}({_list(node.expressions, engine)})"
        case exp.Coalesce() if node.expressions:
            return f"coalesce({_list([node.this, *node.expressions], engine)})"
        case exp.Coalesce():
            return _text(node.this, engine)
        case _:
            return text_of(said_exactly(node, engine), engine)


def _turned(node: exp.Expr) -> exp.Expr:
    """Give `lower` and `upper` letter by letter, A to Z: other letters are in each engine's own table."""
    letters = (ascii_uppercase, ascii_lowercase)
    given, wanted = letters if isinstance(node, exp.Lower) else reversed(letters)
    text = node.this.unnest()
    if isinstance(text, TURNING):
        text = _turned(text)
    if isinstance(text, exp.Literal):
        return exp.Literal.string(text.this.translate(str.maketrans(given, wanted)))
    alphabets = [exp.Literal.string(given), exp.Literal.string(wanted)]
    return exp.Anonymous(this="translate", expressions=[text, *alphabets])


def _compared(node: exp.Expr, engine: Dialect) -> str:
    """Write the left side of an operator; texts are ordered character by character."""
    text = _text(node.this, engine)
    return f'{text} collate "{engine.collation}"' if engine.collation and ORDERS_TEXTS in node.meta else text


def _list(nodes: Iterable[exp.Expr], engine: Dialect) -> str:
    return ", ".join(_text(each, engine) for each in nodes)


def text_of(tree: exp.Expr, engine: Dialect) -> str:
    """Have sqlglot write a tree for an engine, with keywords and functions in lower case."""
    text = tree.sql(dialect=engine.sqlglot, comments=False)
    pieces, end = [], 0
    for token in sqlglot.tokenize(text, read=engine.sqlglot):
        if token.token_type not in _QUOTED and token.text.isupper():
            pieces += [text[end : token.start], text[token.start : token.end + 1].lower()]
            end = token.end + 1
    return "".join([*pieces, text[end:]])


def said_exactly(tree: exp.Expr, engine: Dialect) -> exp.Expr:
    """Give a tree in the words with which an engine means just this."""

    def exactly(node: exp.Expr) -> exp.Expr:
        match node:
            case exp.Lower() | exp.Upper():
                # What is given anew is not looked into.
                return _turned(type(node)(this=said_exactly(node.this, engine)))
            case _ if ORDERS_TEXTS in node.meta and engine.collation:
                collation = exp.to_identifier(engine.collation, quoted=True)
                node.set("this", exp.Collate(this=node.this, expression=collation))
            case exp.Literal() if engine.decimal and not node.is_string and "." in plain_number(node.this):
                return _as_decimal(plain_number(node.this), engine)
        return node

    return tree.transform(exactly)


def _as_decimal(text: str, engine: Dialect) -> exp.Expr:
    literal = exp.Literal.string(text)
    if engine.decimal == "cast":
        return exp.Cast(this=literal, to=exp.DataType.build("decimal"))
    return exp.Anonymous(this=engine.decimal, expressions=[literal, exp.Literal.number(_decimals(text))])
