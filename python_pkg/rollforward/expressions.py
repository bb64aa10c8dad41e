"""SQL that users write, checked against the columns there are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlglot import exp

from rollforward.definitions import ValueType
from rollforward.dialects import DEFAULT
from rollforward.digits import TOO_MANY, too_many
from rollforward.errors import Place, Problem
from rollforward.fragments import COMPARISONS, ORDERS_TEXTS, TURNING, is_said, text_of
from rollforward.source import Scalar

Refusal = tuple[str, str, str]
"""Code, message and hint of a problem whose place is known elsewhere."""

CONDITION_HINT = "a condition has = <> < > <= >= in between like is null, and or not, lower upper coalesce"
ROW_HINT = "an expression has columns, numbers, texts, + - *, case when ... then ... else ... end"
CASE_HINT = "name one by `case when ending_amount < starting_amount then ... else ... end`"
DIVISION_HINT = "sum up first, then divide once: make simple metrics of the two sides and a ratio of them"

_ORDERINGS = (exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between)
_TEXT_HINT = "attributes are texts: compare them with texts, such as '5'"
_SPELLINGS_HINT = "name every spelling, such as city in ('Österreich', 'ÖSTERREICH')"
_COLUMN_HINT = "compare with written texts, or use a column of a model of yours that has one spelling of each"


@dataclass(frozen=True, slots=True)
class Scope:
    """The columns that SQL may name with their types, and what is said of any other.

    `nullable` are those that can be missing, `values` the texts that a column can have where they are known.
    `where` is what messages call the place: `where`, `expr` or `filter`.
    """

    types: Mapping[str, ValueType]
    nullable: frozenset[str]
    why_not: Callable[[str], Refusal]
    values: Mapping[str, tuple[str, ...]]
    where: str
    hint: str

    @property
    def has_numbers(self) -> bool:
        """Whether any column is a number."""
        return any(kind != "text" for kind in self.types.values())


@dataclass(frozen=True, slots=True)
class Checks:
    """SQL being checked against a scope; problems are noted."""

    sql: Scalar
    scope: Scope
    problems: list[Problem]

    def say(self, code: str, message: str, node: exp.Expr, hint: str) -> None:
        """Note a problem at a node."""
        self.problems.append(Problem(code, message, self.place(node), hint))

    def condition(self, node: exp.Expr) -> None:
        """Check something that has to be true or false."""
        match node:
            case exp.And() | exp.Or():
                self.condition(node.left)
                self.condition(node.right)
            case exp.Not() | exp.Paren():
                self.condition(node.this)
            case exp.Is() if isinstance(node.expression, exp.Null):
                self.value(node.this)
            case exp.In() if not node.expressions:
                self.refuse(node, "where a condition is due", "list what it can be: plan in ('pro', 'team')")
            case _ if isinstance(node, COMPARISONS) and is_said(node):
                self.comparison(node)
            case _:
                self.refuse(node, "where a condition is due", CONDITION_HINT)

    def comparison(self, node: exp.Expr) -> None:
        """Check that like is compared with like, and movements with movements that there are."""
        parts = list(node.iter_expressions())
        kinds = [self.value(part) for part in parts]
        if "text" in kinds and isinstance(node, _ORDERINGS):
            node.meta[ORDERS_TEXTS] = True
        if isinstance(node, exp.Like):
            self.pattern(node)
            if "text" not in kinds and None not in kinds:
                self.say("mixed-types", "'like' compares texts", node, "compare numbers with = < > between")
        if "text" in kinds and {"amount", "number"} & set(kinds):
            odd = next((part for part in parts if isinstance(part, exp.Literal)), parts[-1])
            quoted = isinstance(odd, exp.Literal) and odd.is_string
            hint = "write numbers without quotes" if quoted else "put texts in single quotes"
            self.say("mixed-types", "a text is compared with a number", odd, hint)
        self.letters(parts)
        for column in parts:
            known = self.scope.values.get(column.name) if isinstance(column, exp.Column) else None
            for part in parts if known else ():
                if isinstance(part, exp.Literal) and part.is_string and part.this not in (known or ()):
                    hint = f"known: {', '.join(known or ())}"
                    self.say("unknown-value", f"no row has the {column.name} '{part.this}'", part, hint)

    def letters(self, parts: Sequence[exp.Expr]) -> None:
        """Check that what is turned into small or capital letters is compared with texts of ASCII letters.

        Of two values with other letters it depends on the engine's table whether they are the same.
        """
        first, *others = ([*_leaves(part)] for part in parts)
        rest = [leaf for part in others for leaf in part]
        if not any(turned for _, turned in first + rest):
            return
        for leaf, _ in first + rest:
            if isinstance(leaf, exp.Literal) and not leaf.name.isascii():
                self.beyond_ascii(leaf)
        if any(isinstance(leaf, exp.Column) for leaf, _ in first):
            for leaf, _ in rest:
                if isinstance(leaf, exp.Column) and self.scope.types.get(leaf.name) == "text":
                    self.beyond_ascii(leaf)

    def beyond_ascii(self, leaf: exp.Expr) -> None:
        """Note a text or a column of which engines may turn letters differently."""
        written = isinstance(leaf, exp.Literal)
        where = f"as in '{leaf.name}'" if written else f"which '{leaf.name}' may have"
        message = f"engines disagree about capital and small letters beyond ASCII, {where}"
        self.say("letters-beyond-ascii", message, leaf, _SPELLINGS_HINT if written else _COLUMN_HINT)

    def pattern(self, node: exp.Like) -> None:
        """Check that a pattern means the same on every engine."""
        for text in node.expression.find_all(exp.Literal):
            if "\\" in text.this:
                message = "a backslash in a pattern is itself on some engines, and an escape on others"
                hint = "compare with = or in, or put _ for any one character"
                self.say("backslash-in-pattern", message, text, hint)
        for leaf, turned in _leaves(node.expression):
            if isinstance(leaf, exp.Column) and not turned and self.scope.types.get(leaf.name) == "text":
                message = f"a backslash, which '{leaf.name}' may have, is an escape on some engines only"
                self.say("backslash-in-pattern", message, leaf, "write the pattern out, as in like 'pro%'")

    def expression(self, node: exp.Expr) -> ValueType | None:
        """Check what rows are counted, summed or grouped by, and give its type."""
        kind = self.value(node)
        for leaf, turned in _leaves(node):
            if kind == "text" and turned:
                self.beyond_ascii(leaf)
        return kind

    def value(self, node: exp.Expr) -> ValueType | None:
        """Check something that has to be a value, and give its type where that is known."""
        match node:
            case exp.Column() if len(node.parts) == 1 and is_said(node):
                return self.column(node)
            case exp.Literal() if node.is_string:
                return self.text(node)
            case exp.Literal() | exp.Boolean() | exp.Neg() if not self.scope.has_numbers:
                self.say("not-a-text", "an attribute is compared with what is no text", node, _TEXT_HINT)
                return None
            case exp.Literal():
                self.digits(node)
                return "number"
            case exp.Paren():
                return self.value(node.this)
            case exp.Neg():
                return self.calculated(node, self.value(node.this))
            case exp.Add() | exp.Sub() | exp.Mul() if self.scope.has_numbers:
                return self.arithmetic(node)
            case exp.Case() if self.scope.has_numbers:
                return self.case(node)
            case exp.Lower() | exp.Upper() | exp.Coalesce():
                return self.function(node)
            case _:
                due = "a column, a number or a text" if self.scope.has_numbers else "an attribute or a text"
                self.refuse(node, f"where {due} is due", self.scope.hint)
                return None

    def function(self, node: exp.Expr) -> ValueType | None:
        """Check a function, and give its type."""
        kind, *others = [self.value(part) for part in node.iter_expressions()]
        if any((kind == "text") != (other == "text") for other in others if None not in (kind, other)):
            self.say("mixed-types", "the values of 'coalesce' are of different types", node, self.scope.hint)
        if isinstance(node, TURNING) and kind in ("amount", "number"):
            hint = "compare numbers with numbers: = <> < > <= >= in between"
            self.say("mixed-types", "a number has no letters to turn", node.this, hint)
            return None
        return kind

    def text(self, node: exp.Literal) -> ValueType:
        """Check that a text is on one line, as not every engine takes another."""
        if len(f"{node.this}.".splitlines()) > 1 or "\0" in node.this:
            hint = "put _ for any one character: plan like 'a_b'"
            self.say("line-break-in-text", "a text has a line break", node, hint)
        return "text"

    def digits(self, node: exp.Literal) -> None:
        """Check that a number can be written for every engine without losing a digit."""
        if too_many(Decimal(node.this)):
            code, message, hint = TOO_MANY
            self.say(code, message, node, hint)

    def arithmetic(self, node: exp.Binary) -> ValueType | None:
        """Check a sum, a difference or a product: amounts with amounts, and whole multiples of them."""
        left, right = self.value(node.left), self.value(node.right)
        if "text" in (left, right):
            self.calculated(node, "text")
        elif isinstance(node, exp.Mul):
            if not any(map(_is_whole, (node.left, node.right))):
                hint = "multiply in a derived metric, where amounts are summed up already"
                self.say("product-in-row", "only whole numbers multiply a row", node, hint)
            return "amount" if "amount" in (left, right) else left
        elif None not in (left, right) and left != right:
            hint = "add amounts to amounts"
            self.say("mixed-kinds", "an amount and a plain number are joined", node, hint)
        return left

    def calculated(self, node: exp.Expr, kind: ValueType | None) -> ValueType | None:
        """Check that what is calculated with is no text, and give its type."""
        if kind == "text":
            self.say("mixed-types", "a text is calculated with", node, self.scope.hint)
        return kind

    def case(self, node: exp.Case) -> ValueType | None:
        """Check a `case`: conditions, and values of one type for every row."""
        if node.this is not None:
            self.refuse(node, "where `case when` is due", self.scope.hint)
            return None
        for branch in node.args["ifs"]:
            self.condition(branch.this)
        if node.args.get("default") is None:
            hint = "say what all other rows are: else 0, or else 'other'"
            self.say("case-without-else", "`case` without `else` leaves rows without a value", node, hint)
        values = _values(node)
        kinds = [self.value(value) for value in values]
        # A 0 is an amount as well.
        known = {
            kind
            for value, kind in zip(values, kinds, strict=True)
            if kind is not None and not _is_zero(value)
        }
        if len(known) > 1:
            self.say("mixed-types", "the values of `case` are of different types", node, self.scope.hint)
        return next(iter(known), "number")

    def column(self, node: exp.Column) -> ValueType | None:
        """Check a column, and give its type."""
        if node.name not in self.scope.types:
            code, message, hint = self.scope.why_not(node.name)
            if code.startswith("unknown") and self.is_beside_text(node):
                hint = f"a text is in single quotes: '{node.name}'"
            self.say(code, message, node, hint)
        return self.scope.types.get(node.name)

    def is_beside_text(self, node: exp.Column) -> bool:
        """Whether a column of texts is compared with a name, which was then meant as a text."""
        compared = node.parent.this if isinstance(node.parent, COMPARISONS) else None
        return (
            isinstance(compared, exp.Column)
            and compared is not node
            and self.scope.types.get(compared.name) == "text"
        )

    def refuse(self, node: exp.Expr, where: str, hint: str) -> None:
        """Note SQL that is not used here, and why."""
        within = self.scope.where
        match node:
            case exp.AggFunc():
                if within == "expr":
                    message = f"'{node.key}' sums rows up; `expr` is what a single row gives"
                    hint = "say how rows are aggregated under `agg`"
                else:
                    message = f"'{node.key}' sums rows up; `{within}` chooses rows before they are summed"
                    hint = CONDITION_HINT
                self.say(f"aggregate-in-{within}", message, node, hint)
            case exp.Div() | exp.IntDiv():
                self.say("division-in-row", "rows are not divided one by one", node, DIVISION_HINT)
            case exp.Column() if node.args.get("join_mark"):
                self.say("not-a-value", "'(+)' marks one side of a join, and nothing is joined", node, hint)
            case exp.Least() | exp.Greatest():
                message = f"'{node.key}' skips a missing value on some engines, and gives null on others"
                self.say("least-of-columns", message, node, CASE_HINT)
            case _:
                said = f"'{text_of(node, DEFAULT)[:60]}' stands {where}"
                is_condition = within == "where" or "condition" in where
                self.say("not-a-condition" if is_condition else "not-a-value", said, node, hint)

    def place(self, node: exp.Expr) -> Place:
        """Give the place of a node: of its text or its name where they are found, else of a column in it."""
        if isinstance(node, exp.Literal) and node.is_string:
            return self.place_of_text(node)
        for word in (node.sql(DEFAULT.sqlglot), node.key):
            found = re.search(re.escape(word), self.sql.text, flags=re.IGNORECASE)
            if found and not isinstance(node, exp.Column):
                return self.sql.within(found.start(), len(word))
        for name in node.find_all(exp.Identifier):
            if "start" in name.meta:
                return self.sql.within(name.meta["start"], name.meta["end"] - name.meta["start"] + 1)
        return self.sql.place

    def place_of_text(self, node: exp.Literal) -> Place:
        """Give the place of a written text, in whichever quotes: of this one, where it is written again."""
        inner = re.escape(node.sql(DEFAULT.sqlglot)[1:-1])
        found = [*re.finditer(f"""['"]{inner}['"]""", self.sql.text)]
        same = [each is node for each in node.root().find_all(exp.Literal, bfs=False) if each == node]
        if len(found) != len(same):
            return self.sql.place
        at = found[same.index(True)]
        return self.sql.within(at.start(), len(at.group()))


def _values(case: exp.Case) -> list[exp.Expr]:
    """Give the values that a `case` chooses from."""
    default = case.args.get("default")
    return [branch.args["true"] for branch in case.args["ifs"]] + ([] if default is None else [default])


def _leaves(node: exp.Expr, turned: bool = False) -> Iterator[tuple[exp.Expr, bool]]:
    """Give the columns, texts and numbers in a value, and whether engines may turn each differently."""
    if isinstance(node, exp.Column):
        yield node, turned
    elif isinstance(node, exp.Literal):
        yield node, turned and not node.name.isascii()
    else:
        for part in _values(node) if isinstance(node, exp.Case) else node.iter_expressions():
            yield from _leaves(part, turned or isinstance(node, TURNING))


def _is_whole(node: exp.Expr) -> bool:
    """Whether a value is a whole number, perhaps calculated from others."""
    match node:
        case exp.Literal():
            return bool(node.is_int)
        case exp.Paren() | exp.Neg():
            return _is_whole(node.this)
        case exp.Add() | exp.Sub() | exp.Mul():
            return _is_whole(node.left) and _is_whole(node.right)
        case _:
            return False


def _is_zero(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal) and not node.is_string and set(node.this) <= {"0", "."}
