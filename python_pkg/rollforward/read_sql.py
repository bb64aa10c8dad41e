"""SQL that users write, parsed and brought to the words that all engines share."""

from __future__ import annotations

import re

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from rollforward.dialects import DEFAULT, dialect_of
from rollforward.errors import Place, Problem, ProblemsFound
from rollforward.source import Scalar

_MOST_CHARACTERS = 2000
_DEEPEST = 40
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

_OWN_WORDS = re.compile(r'["`\[?~]|if|ilike', flags=re.IGNORECASE)
"""In texts without any of these no engine has words of its own."""
_IN_QUOTES = re.compile(r"'[^']*'")
_CURLY = re.compile("[\u2018\u2019\u201c\u201d]")
_DENIED = re.compile(r"not|!", flags=re.IGNORECASE)


def parsed(sql: Scalar, hint: str, dialect: str = DEFAULT.adapter) -> exp.Expr:
    """Parse what a user wrote in the SQL of an engine; raises ProblemsFound (sql-syntax)."""

    def refused(message: str, place: Place) -> ProblemsFound:
        return ProblemsFound([Problem("sql-syntax", message, place, hint)])

    if len(sql.text) > _MOST_CHARACTERS:
        raise refused(f"this has more than {_MOST_CHARACTERS:,} characters", sql.place)
    curly = _CURLY.search(_IN_QUOTES.sub(lambda found: " " * len(found[0]), sql.text))
    if curly:
        message = f"{curly[0]} is a quote of word processors, not of SQL; write '"
        raise refused(message, sql.within(curly.start(), 1))
    try:
        trees = sqlglot.parse(sql.text, read=(dialect_of(dialect) or DEFAULT).sqlglot)
    except ParseError as error:
        said = error.errors[0]
        end = _offset(sql.text, said["line"], said["col"])
        word = said["highlight"] or " "
        place = sql.within(max(0, end - len(word)), len(word))
        raise refused("this is not SQL", place) from None
    except (TokenError, RecursionError):
        raise refused("this is not SQL", sql.place) from None
    if len(trees) != 1 or trees[0] is None:
        raise refused("this is not one expression", sql.place)
    if _depth(trees[0]) > _DEEPEST:
        raise refused(f"this is nested more than {_DEEPEST} deep", sql.place)
    return _with_denied_outside(_in_common(trees[0], sql.text), sql.text)


def _depth(tree: exp.Expr) -> int:
    level, depth = [tree], 0
    while level and depth <= _DEEPEST:
        level = [child for node in level for child in node.iter_expressions()]
        depth += 1
    return depth


def _offset(text: str, line: int, column: int) -> int:
    return sum(len(part) for part in text.splitlines(keepends=True)[: line - 1]) + column


def _in_common(tree: exp.Expr, text: str) -> exp.Expr:
    """Give what engines have words of their own for in those of all: `if`, `ilike`, names in quotes.

    Attributes have plain names, and with quotes some engines would look for another column.
    """
    if not _OWN_WORDS.search(text):
        return tree
    for name in tree.find_all(exp.Identifier):
        if _PLAIN_NAME.fullmatch(name.this):
            name.set("quoted", False)
    for node in reversed(list(tree.find_all(exp.If, exp.ILike))):
        if isinstance(node, exp.If) and node.arg_key == "ifs":
            continue
        said = _as_case(node) if isinstance(node, exp.If) else _as_like(node)
        tree = said if node is tree else tree
        node.replace(said)
    return tree


def _as_case(node: exp.Expr) -> exp.Expr:
    case = exp.Case().when(node.this.copy(), node.args["true"].copy())
    default = node.args.get("false")
    return case if default is None else case.else_(default.copy())


def _as_like(node: exp.Expr) -> exp.Expr:
    sides = {side: exp.Lower(this=node.args[side].copy()) for side in ("this", "expression")}
    return exp.Like(**sides, negate=node.args.get("negate"))


def parsed_text(text: str) -> exp.Expr:
    """Parse SQL of the package's own."""
    return _with_denied_outside(sqlglot.parse_one(text, read=DEFAULT.sqlglot), text)


def _with_denied_outside(tree: exp.Expr, text: str) -> exp.Expr:
    return tree.transform(_denied_outside, copy=False) if _DENIED.search(text) else tree


def _denied_outside(node: exp.Expr) -> exp.Expr:
    """Give `not plan like 'x'` for `plan not like 'x'`, as it is for `not in` and `not between`.

    What is denied is in parentheses where an engine would otherwise deny the column alone.
    """
    if isinstance(node, exp.Like) and node.args.get("negate"):
        node.set("negate", None)
        return exp.Not(this=node)
    if isinstance(node, exp.Not) and isinstance(node.this, exp.In | exp.Is):
        node.set("this", exp.paren(node.this, copy=False))
    return node
