"""The `where` of a selection: checked against the book's attributes and written out per engine."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError
from sqlglot.tokenizer_core import TokenType

from rollforward.definitions import KEYS, ROW_COLUMNS, Catalog
from rollforward.dialects import DEFAULT, DIALECTS, Dialect
from rollforward.errors import Place, Problem, ProblemsFound, did_you_mean
from rollforward.resolve import Meanings, SelectionMeaning
from rollforward.source import Scalar

MOST_CHARACTERS = 2000

_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Between, exp.Like)
_FUNCTIONS = (exp.Lower, exp.Upper, exp.Coalesce)
_HINT = "a condition has = <> < > <= >= in between like is null, and or not, lower upper coalesce"
_QUOTED = frozenset({TokenType.STRING, TokenType.IDENTIFIER})
_TEXT_HINT = "attributes are texts: compare them with texts, such as '5'"


def read_conditions(meanings: Meanings, problems: list[Problem]) -> dict[str, dict[Dialect, str]]:
    """Give the conditions of the views that have one, as each engine writes them; notes words at fault."""
    conditions: dict[str, dict[Dialect, str]] = {}
    for view in meanings.views:
        tree = read_condition(view.selected, meanings.catalog, problems)
        if tree is not None:
            conditions[view.view.name.text] = {engine: text_of(tree, engine) for engine in DIALECTS}
    return conditions


def read_condition(meaning: SelectionMeaning, catalog: Catalog, problems: list[Problem]) -> exp.Expr | None:
    """Give the condition of a selection, ready to be joined to others by `and`; notes words at fault."""
    where = meaning.selection.where
    if where is None:
        return None
    measures = [item.name for item in catalog.measures]
    attributes = [attribute.text for attribute in meaning.book.attributes]
    checks = _Checks(where, f"book '{meaning.book.name.text}'", attributes, measures)
    try:
        tree = _parsed(where)
    except ProblemsFound as refused:
        problems += refused.problems
        return None
    found = list(checks.condition(tree))
    problems += found
    if found:
        return None
    kept = _keeping_nulls(tree)
    return exp.paren(kept, copy=False) if isinstance(kept, exp.Or) else kept


def text_of(tree: exp.Expr, dialect: Dialect) -> str:
    """Write a tree for an engine, with keywords and functions in lower case."""
    text = tree.sql(dialect=dialect.sqlglot, comments=False)
    pieces, end = [], 0
    for token in sqlglot.tokenize(text, read=dialect.sqlglot):
        if token.token_type not in _QUOTED and token.text.isupper():
            pieces += [text[end : token.start], text[token.start : token.end + 1].lower()]
            end = token.end + 1
    return "".join([*pieces, text[end:]])


def _parsed(where: Scalar) -> exp.Expr:
    if len(where.text) > MOST_CHARACTERS:
        message = f"the condition has more than {MOST_CHARACTERS:,} characters"
        raise ProblemsFound([Problem("sql-syntax", message, where.place)])
    try:
        trees = sqlglot.parse(where.text, read=DEFAULT.sqlglot)
    except ParseError as error:
        said = error.errors[0]
        end = _offset(where.text, said["line"], said["col"])
        word = said["highlight"] or " "
        place = where.within(max(0, end - len(word)), len(word))
        raise ProblemsFound([Problem("sql-syntax", "this is not SQL", place, _HINT)]) from None
    except (TokenError, RecursionError):
        raise ProblemsFound([Problem("sql-syntax", "this is not SQL", where.place, _HINT)]) from None
    if len(trees) != 1 or trees[0] is None:
        raise ProblemsFound([Problem("sql-syntax", "this is not one condition", where.place, _HINT)])
    return trees[0]


def _keeping_nulls(node: exp.Expr) -> exp.Expr:
    """Give a condition in which a missing value is other than every text, as it is a group of its own.

    SQL drops the rows in which `plan <> 'internal'` compares nothing with a text; so what is denied becomes
    `(plan <> 'internal' or plan is null)`. Where the user says coalesce, the user has decided.
    """
    match node:
        case exp.And() | exp.Or() | exp.Paren():
            for part in list(node.iter_expressions()):
                part.replace(_keeping_nulls(part.copy()))
            return node
        case exp.NEQ():
            return _or_missing(node, node)
        case exp.Not(this=exp.Is()):
            return node
        case exp.Not():
            denied = node.this.unnest()
            if isinstance(denied, _COMPARISONS) and not isinstance(denied, exp.NEQ):
                return _or_missing(node, denied)
            kept = exp.paren(_keeping_nulls(denied.copy()), copy=False)
            return exp.Not(this=exp.Coalesce(this=kept, expressions=[exp.false()]))
        case _:
            return node


def _or_missing(node: exp.Expr, compared: exp.Expr) -> exp.Expr:
    columns = {column.name: column for column in compared.find_all(exp.Column)}
    if not columns or compared.find(exp.Coalesce):
        return node
    missing = [exp.Is(this=column.copy(), expression=exp.Null()) for column in columns.values()]
    return exp.paren(exp.or_(node.copy(), *missing, wrap=False), copy=False)


def _offset(text: str, line: int, column: int) -> int:
    return sum(len(part) for part in text.splitlines(keepends=True)[: line - 1]) + column


@dataclass(frozen=True, slots=True)
class _Checks:
    """What a condition is checked against."""

    where: Scalar
    book: str
    attributes: Collection[str]
    measures: Collection[str]

    def condition(self, node: exp.Expr) -> Iterator[Problem]:
        """Give the problems of something that has to be true or false."""
        match node:
            case exp.And() | exp.Or():
                yield from self.condition(node.left)
                yield from self.condition(node.right)
            case exp.Not() | exp.Paren():
                yield from self.condition(node.this)
            case exp.Is() if isinstance(node.expression, exp.Null):
                yield from self.value(node.this)
            case _ if isinstance(node, _COMPARISONS) and not node.args.get("query"):
                for part in node.iter_expressions():
                    yield from self.value(part)
            case _:
                yield self.refused(node, "where a condition is due")

    def value(self, node: exp.Expr) -> Iterator[Problem]:
        """Give the problems of something that has to be an attribute or a text."""
        match node:
            case exp.Column() if len(node.parts) == 1:
                yield from self.column(node)
            case exp.Literal() if node.is_string:
                pass
            case exp.Literal() | exp.Boolean() | exp.Neg():
                message = "an attribute is compared with what is no text"
                yield Problem("not-a-text", message, self.place(node), _TEXT_HINT)
            case exp.Paren():
                yield from self.value(node.this)
            case _ if isinstance(node, _FUNCTIONS):
                for part in node.iter_expressions():
                    yield from self.value(part)
            case _:
                yield self.refused(node, "where an attribute or a text is due")

    def column(self, node: exp.Column) -> Iterator[Problem]:
        """Give the problem of a column that is no attribute of the book."""
        if node.name not in self.attributes:
            code, message, hint = self.why_not(node.name)
            yield Problem(code, message, self.place(node), hint)

    def why_not(self, name: str) -> tuple[str, str, str]:
        """Give code, message and hint for a column that is no attribute."""
        if name in self.measures:
            message = f"'{name}' is a measure; `where` chooses by attributes, before summing"
            return "measure-in-where", message, "choose by it where the view is read"
        if name in ROW_COLUMNS:
            message = f"'{name}' belongs to single units; the cohorts have attributes only"
            return "row-column-in-where", message, "declare it as an attribute of the book"
        if name in KEYS:
            message = f"'{name}' is no attribute; `where` chooses by attributes only"
            return "key-in-where", message, "name the book and the comparisons under their own keys"
        known = f"known: {', '.join(self.attributes) or 'none'}"
        hint = did_you_mean(name, self.attributes, otherwise=known)
        return "unknown-attribute", f"attribute '{name}' is not defined in {self.book}", hint

    def refused(self, node: exp.Expr, where: str) -> Problem:
        """Give the problem of SQL that is not used in a condition."""
        if isinstance(node, exp.AggFunc):
            message = f"'{node.key}' sums rows up; `where` chooses rows before they are summed"
            return Problem("aggregate-in-where", message, self.place(node), _HINT)
        message = f"'{text_of(node, DEFAULT)[:60]}' stands {where}"
        return Problem("not-a-condition", message, self.place(node), _HINT)

    def place(self, node: exp.Expr) -> Place:
        """Give the place of a node: of its text or its name where they are found, else of a column in it."""
        for word in (node.sql(DEFAULT.sqlglot), node.key):
            start = self.where.text.lower().find(word.lower())
            if start >= 0 and not isinstance(node, exp.Column):
                return self.where.within(start, len(word))
        for name in node.find_all(exp.Identifier):
            if "start" in name.meta:
                return self.where.within(name.meta["start"], name.meta["end"] - name.meta["start"] + 1)
        return self.where.place
