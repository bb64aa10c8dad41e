"""The SQL of metrics: right to the last digit when run, and the same on every engine as sqlglot has it."""

import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from rollforward.dialects import DEFAULT, DIALECTS, Dialect
from rollforward.formula import parse_formula
from rollforward.rational import (
    Constant,
    Form,
    Nested,
    Rate,
    Total,
    combine,
    in_whole_numbers,
    measure,
    scale,
)
from rollforward.resolve import form_of
from rollforward.source import Scalar, read_document
from rollforward.sql import aggregate_sql, enclosed_sql

AMOUNTS = ("starting_revenue", "existing_revenue", "churned_revenue")
COUNTS = ("starting_customers", "retained_customers")
MEASURES = (*AMOUNTS, *COUNTS)

Slice = dict[str, Fraction]
cents = st.integers(-(10**10), 10**10).map(lambda number: Fraction(number, 10**4))
slices = st.lists(
    st.fixed_dictionaries(dict.fromkeys(AMOUNTS, cents) | {name: st.integers(0, 10**6) for name in COUNTS}),
    min_size=1,
    max_size=4,
)
leaves = st.one_of(
    st.sampled_from(MEASURES).map(measure),
    st.sampled_from(
        [Constant(Fraction(1)), Constant(Fraction(2)), Constant(Fraction(1, 3)), Constant(Fraction(-5, 2))]
    ),
)
forms = st.recursive(
    leaves, lambda inner: st.builds(combine, st.sampled_from("+-*/"), inner, inner), max_leaves=6
).filter(lambda form: not isinstance(form, Constant))


def value(form: Form, rows: list[Slice]) -> Fraction | None:
    """What a form means, exactly; None is SQL's null."""
    match form:
        case Constant(number):
            return number
        case Total(terms):
            return sum((factor * sum(row[name] for row in rows) for name, factor in terms), Fraction(0))
        case Rate(numerator, denominator):
            return divided(value(Total(numerator), rows), value(Total(denominator), rows))
        case Nested(operator, left, right):
            upper, lower = value(left, rows), value(right, rows)
            if upper is None or lower is None:
                return None
            return {
                "+": lambda: upper + lower,
                "-": lambda: upper - lower,
                "*": lambda: upper * lower,
                "/": lambda: divided(upper, lower),
            }[operator]()


def divided(upper: Fraction | None, lower: Fraction | None) -> Fraction | None:
    return None if upper is None or not lower else upper / lower


def queried(text: str, rows: list[Slice]) -> object:
    """What DuckDB makes of an aggregate over cohorts of these slices."""
    with duckdb.connect() as connection:
        types = dict.fromkeys(AMOUNTS, "decimal(18, 4)") | dict.fromkeys(COUNTS, "bigint")
        connection.execute(
            f"create table cohorts ({', '.join(f'{name} {types[name]}' for name in MEASURES)})"
        )
        for row in rows:
            given = [Decimal(row[name].numerator) / row[name].denominator for name in AMOUNTS]
            connection.execute(
                "insert into cohorts values (?, ?, ?, ?, ?)", [*given, *(row[name] for name in COUNTS)]
            )
        found = connection.execute(f"select {text} from cohorts").fetchone()
        assert found is not None
        return found[0]


@settings(max_examples=60)
@given(upper=st.sampled_from(AMOUNTS), lower=st.sampled_from(MEASURES), rows=slices)
def test_a_rate_is_the_exact_quotient_rounded_once(upper: str, lower: str, rows: list[Slice]) -> None:
    form = combine("/", measure(upper), measure(lower))
    exact = value(form, rows)
    found = queried(aggregate_sql(form, DEFAULT), rows)
    assert found is None if exact is None else found == pytest.approx(float(exact), rel=1e-15)


@settings(max_examples=60)
@given(form=forms, rows=slices)
def test_a_form_is_what_its_sql_gives(form: Form, rows: list[Slice]) -> None:
    whole = in_whole_numbers(form)
    exact = value(whole, rows)
    assert exact == value(form, rows)
    found = queried(enclosed_sql(whole, DEFAULT), rows)
    if exact is None or found is None or is_touchy(whole, rows):
        # A float a hair from 0 is not null where the exact value is: only nested divisions can do that.
        assert (exact is None) == (found is None) or is_touchy(whole, rows)
    else:
        assert float(found) == pytest.approx(float(exact), rel=1e-6, abs=1e-6)


def is_touchy(form: Form, rows: list[Slice]) -> bool:
    """Whether a nested division divides by something so near 0 that floats cannot tell."""
    if not isinstance(form, Nested):
        return False
    lower = value(form.right, rows)
    near = form.operator == "/" and lower is not None and abs(lower) < Fraction(1, 10**3)
    return near or is_touchy(form.left, rows) or is_touchy(form.right, rows)


@given(form=forms, rows=slices, factor=st.fractions(max_denominator=9))
def test_scaling_a_form_scales_its_value(form: Form, rows: list[Slice], factor: Fraction) -> None:
    plain, scaled = value(form, rows), value(scale(form, factor), rows)
    assert scaled == (None if plain is None else factor * plain)


def test_a_sum_of_amounts_stays_exact() -> None:
    rows = [dict.fromkeys(AMOUNTS, Fraction(0)) | dict.fromkeys(COUNTS, 0) for _ in range(3)]
    for row in rows:
        row["starting_revenue"] = Fraction(1, 10**4)
    form = combine("-", measure("starting_revenue"), measure("churned_revenue"))
    assert queried(aggregate_sql(form, DEFAULT), rows) == Decimal("0.0003")


def formula(text: str) -> Form:
    found = read_document("x.yml", f"a: {text}".encode()).root.get("a")
    assert isinstance(found, Scalar)
    form = form_of(parse_formula(found), {name: measure(name) for name in MEASURES})
    assert form is not None
    return in_whole_numbers(form)


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        (
            "existing_revenue / starting_revenue",
            "cast(sum(existing_revenue) as double)\n/ nullif(cast(sum(starting_revenue) as double), 0)",
        ),
        ("starting_revenue - churned_revenue", "sum(starting_revenue) - sum(churned_revenue)"),
        ("-2 * churned_revenue", "-2 * sum(churned_revenue)"),
        ("starting_revenue / 2", "cast(sum(starting_revenue) as double) / 2"),
        (
            "existing_revenue / starting_revenue - retained_customers / starting_customers",
            "(\n"
            "    cast(sum(existing_revenue) as double)\n"
            "    / nullif(cast(sum(starting_revenue) as double), 0)\n"
            ")\n"
            "- (\n"
            "    cast(sum(retained_customers) as double)\n"
            "    / nullif(cast(sum(starting_customers) as double), 0)\n"
            ")",
        ),
    ],
)
def test_the_text_of_a_formula(text: str, sql: str) -> None:
    assert aggregate_sql(formula(text), DEFAULT) == sql


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.adapter)
def test_sqlglot_writes_the_same_for_every_engine(dialect: Dialect) -> None:
    form = formula("(starting_revenue - churned_revenue) / (3 * starting_revenue)")
    ours = sqlglot.transpile(enclosed_sql(form, dialect), read=dialect.sqlglot, write=dialect.sqlglot)
    theirs = sqlglot.transpile(enclosed_sql(form, DEFAULT), read="duckdb", write=dialect.sqlglot)
    assert ours[0].lower() == theirs[0].lower()


def test_no_line_is_too_long_to_read() -> None:
    macros = Path(__file__).parents[2] / "macros" / "metrics"
    code = [
        line
        for path in macros.glob("*.sql")
        for line in path.read_text().splitlines()
        if not line.startswith("{#")
    ]
    assert max(map(len, code)) <= 110
    assert not any(re.search(r"--|{% ?(if|for)", line) for line in code)
