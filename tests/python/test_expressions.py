"""SQL that users write, as every engine writes it: what is taken for the same text everywhere is."""

import duckdb
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from rollforward.dialects import DIALECTS
from rollforward.errors import ProblemsFound
from rollforward.expressions import (
    Checks,
    Scope,
    keeping_nulls,
    keeping_nulls_within,
    parsed,
    parsed_text,
)
from rollforward.fragments import fragment, text_of
from rollforward.source import typed

texts = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=8).map(
    lambda text: "'" + text.replace("'", "''") + "'"
)
numbers = st.sampled_from(["0", "1", "5000", "0.5", "5000.50"])
amounts = st.recursive(
    st.sampled_from(["starting_amount", "ending_amount"]) | numbers,
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["+", "-"]), inner)
        | st.builds("(-{})".format, inner)
    ),
    max_leaves=3,
)
attributes = st.sampled_from(["plan", "region", "lower(plan)", "upper(region)", "coalesce(plan, 'none')"])
conditions = st.recursive(
    st.one_of(
        st.builds("{} {} {}".format, amounts, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), amounts),
        st.builds("{} {} {}".format, attributes, st.sampled_from(["=", "<>", "<", "like"]), texts),
        st.builds("{} in ({}, {})".format, attributes, texts, texts),
        st.builds(
            "{} not {} {}".format, attributes, st.sampled_from(["like", "in"]), texts.map("({})".format)
        ),
        st.builds("{} between {} and {}".format, amounts, amounts, amounts),
        st.builds("{} is {}null".format, attributes, st.sampled_from(["", "not "])),
    ),
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("{} or {}".format, inner, inner),
        st.builds("not ({})".format, inner),
    ),
    max_leaves=4,
)
values = st.one_of(
    amounts,
    st.builds("case when {} then {} else {} end".format, conditions, amounts, amounts),
    st.builds("case when {} then {} when {} then 'x' else 'y' end".format, conditions, texts, conditions),
)
NULLABLE = frozenset({"plan", "region"})


@settings(max_examples=150)
@given(sql=conditions | values)
def test_one_text_is_enough_where_engines_agree(sql: str) -> None:
    tree = parsed_text(sql)
    tree = keeping_nulls_within(keeping_nulls(tree, NULLABLE), NULLABLE)
    written = fragment(tree)
    for engine in DIALECTS:
        assert " ".join(written.on(engine.adapter).split()) == " ".join(text_of(tree, engine).split())


@settings(max_examples=60)
@given(sql=values)
def test_what_is_written_means_what_was_read(sql: str) -> None:
    """On DuckDB, for customers with and without attributes."""
    rows = "(values (0, 5, 'pro', null), (5000, 1, null, 'eu'), (7, 7, '', 'US'))"
    table = f"{rows} as ledger(starting_amount, ending_amount, plan, region)"
    written = fragment(parsed_text(sql)).text
    try:
        wanted = duckdb.sql(f"select {sql} from {table}").fetchall()
    except duckdb.Error:
        return
    assert duckdb.sql(f"select {written} from {table}").fetchall() == wanted


@pytest.mark.parametrize("engine", DIALECTS, ids=lambda engine: engine.adapter)
def test_every_engine_reads_back_what_is_written_for_it(engine: object) -> None:
    tree = parsed_text(
        "case when plan = 'it''s \\ so' and starting_amount >= 5000 then ending_amount else 0 end"
    )
    text = fragment(tree).on(engine.adapter)  # type: ignore[attr-defined]
    back = sqlglot.parse_one(text, read=engine.sqlglot)  # type: ignore[attr-defined]
    assert "it's \\ so" in [literal.this for literal in back.find_all(sqlglot.exp.Literal)]


SCOPE = Scope(
    {"plan": "text", "region": "text", "starting_amount": "amount"},
    frozenset({"plan", "region"}),
    lambda name: ("unknown-column", name, ""),
    {},
    "filter",
    "",
)


def said(sql: str, dialect: str) -> dict[str, str]:
    """What a condition in the words of an engine is, by engine."""
    checks = Checks(typed(sql, "filter"), SCOPE, [])
    tree = parsed(checks.sql, "", dialect)
    checks.condition(tree)
    if checks.problems:
        raise ProblemsFound(checks.problems)
    written = fragment(tree)
    return {engine.adapter: written.on(engine.adapter) for engine in DIALECTS}


@pytest.mark.parametrize(
    ("dialect", "sql", "common"),
    [
        ("bigquery", """plan = "pro" and `region` != 'eu'""", "plan = 'pro' and region <> 'eu'"),
        ("spark", """`plan` == "pro" """, "plan = 'pro'"),
        ("databricks", "nvl(plan, 'none') = 'none'", "coalesce(plan, 'none') = 'none'"),
        (
            "snowflake",
            "iff(plan = 'pro', 'a', 'b') = 'a'",
            "case when plan = 'pro' then 'a' else 'b' end = 'a'",
        ),
        ("trino", "if(plan = 'pro', 1, 0) = 1", "case when plan = 'pro' then 1 else 0 end = 1"),
        ("clickhouse", "lowerUTF8(plan) = 'pro'", None),
        ("postgres", """"plan" ilike 'Pro%'""", "lower(plan) like lower('Pro%')"),
        ("postgres", "plan not ilike 'Pro%'", "not lower(plan) like lower('Pro%')"),
        ("redshift", "nvl(plan, region) = 'pro'", "coalesce(plan, region) = 'pro'"),
        ("athena", "starting_amount >= 5000", "starting_amount >= 5000"),
    ],
)
def test_every_engine_s_own_words_are_read(dialect: str, sql: str, common: str | None) -> None:
    if common is None:
        with pytest.raises(ProblemsFound):
            said(sql, dialect)
        return
    assert said(sql, dialect) == said(common, "duckdb")


def test_texts_are_ordered_the_same_on_every_engine() -> None:
    """PostgreSQL orders by the collation of the database, unless told."""
    written = said("plan >= 'm' or starting_amount > 5", "duckdb")
    assert written["postgres"] == """plan collate "C" >= 'm' or starting_amount > 5"""
    assert {text for adapter, text in written.items() if adapter != "postgres"} == {
        "plan >= 'm' or starting_amount > 5"
    }
    between = said("not lower(plan) between 'a' and 'm'", "postgres")
    assert between["postgres"] == """not lower(plan) collate "C" between 'a' and 'm'"""


def test_letters_change_their_case_the_same_on_every_engine() -> None:
    written = said("upper(plan) = 'PRO'", "duckdb")
    assert written["clickhouse"] == "upperUTF8(plan) = 'PRO'"
    assert written["duckdb"] == written["snowflake"] == "upper(plan) = 'PRO'"


@pytest.mark.parametrize("engine", DIALECTS, ids=lambda engine: engine.adapter)
@pytest.mark.parametrize("sql", ["plan like 'a\\\\_b'", "regexp_like(plan, 'a')", "cast(plan as int) = 1"])
def test_what_cannot_be_said_alike_is_refused(engine: object, sql: str) -> None:
    with pytest.raises(ProblemsFound) as found:
        said(sql, engine.adapter)  # type: ignore[attr-defined]
    assert {problem.code for problem in found.value.problems} <= {
        "backslash-in-pattern", "not-a-condition", "not-a-value", "mixed-types",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("written", "duckdb_text", "bigquery", "clickhouse"),
    [
        ("0.1", "0.1", "cast('0.1' as numeric)", "toDecimal128('0.1', 1)"),
        ("-.50", "-0.50", "-cast('0.50' as numeric)", "-toDecimal128('0.50', 2)"),
        ("1e-3", "0.001", "cast('0.001' as numeric)", "toDecimal128('0.001', 3)"),
        ("1e3", "1000", "1000", "1000"),
        ("42", "42", "42", "42"),
    ],
)
def test_a_number_is_exact_on_every_engine(
    written: str, duckdb_text: str, bigquery: str, clickhouse: str
) -> None:
    """As they come, decimals are floats on BigQuery and ClickHouse, those with an exponent on nearly all."""
    expected = {engine.adapter: duckdb_text for engine in DIALECTS}
    expected |= {"bigquery": bigquery, "clickhouse": clickhouse}
    number = fragment(parsed_text(written))
    assert {engine.adapter: number.on(engine.adapter) for engine in DIALECTS} == expected


@pytest.mark.parametrize("number", ["1e18", "1e999999999", "0.1234567890", "1e-999999999"])
def test_a_number_that_is_not_the_same_on_every_engine_is_refused(number: str) -> None:
    scope = Scope({"starting_amount": "amount"}, frozenset(), lambda _: ("", "", ""), {}, "filter", "")
    checks = Checks(typed(f"starting_amount > {number}", "filter"), scope, [])
    checks.condition(parsed(checks.sql, ""))
    assert [problem.code for problem in checks.problems] == ["too-many-digits"]
