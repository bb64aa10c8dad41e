"""SQL that users write, as every engine writes it: what is taken for the same text everywhere is."""

import duckdb
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from rollforward.dialects import DIALECTS
from rollforward.errors import ProblemsFound
from rollforward.expressions import Checks, Scope
from rollforward.fragments import fragment, said_exactly, text_of
from rollforward.missing_values import keeping_nulls, keeping_nulls_within
from rollforward.read_sql import parsed, parsed_text
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
attributes = st.sampled_from(
    ["plan", "region", "lower(plan)", "upper(lower(region))", "lower('It''s')", "coalesce(plan, 'none')"]
)
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
        by_sqlglot = text_of(said_exactly(tree, engine), engine)
        assert " ".join(written.on(engine.adapter).split()) == " ".join(by_sqlglot.split())


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
    assert between["postgres"] == f"""not {LOWER} collate "C" between 'a' and 'm'"""


LOWER = "translate(plan, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')"
UPPER = "translate(plan, 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')"


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        ("lower(plan) = 'Pro'", f"{LOWER} = 'Pro'"),
        ("'PRO' <> upper((plan))", f"'PRO' <> {UPPER}"),
        ("plan ilike 'Pro%'", f"{LOWER} like 'pro%'"),
        ("plan !~~* 'Pro%'", f"not {LOWER} like 'pro%'"),
        ("coalesce(lower(plan), region) in (upper('a'), 'b')", f"coalesce({LOWER}, region) in ('A', 'b')"),
        ("upper(lower(plan)) like '_I%'", f"{UPPER.replace('plan', LOWER)} like '_I%'"),
        ("lower(upper('Ab')) = plan and region = 'É'", "'ab' = plan and region = 'É'"),
        ("lower(plan) is null or upper('É') is null", f"{LOWER} is null or 'É' is null"),
        (
            "case when lower(plan) = 'a' then 'É' else region end = 'É'",
            f"case when {LOWER} = 'a' then 'É' else region end = 'É'",
        ),
    ],
)
def test_letters_a_to_z_are_turned_the_same_on_every_engine(sql: str, text: str) -> None:
    assert set(said(sql, "postgres").values()) == {text}


# Letters that engines turn differently, some of them into ASCII ones, as the Kelvin sign.
LETTERS = [*"AIKSaiks%'ÉéßẞıİſﬁΣς", "\u212a", "e\u0301"]
plans = st.none() | st.lists(st.sampled_from(LETTERS), max_size=4).map("".join)


def turned(text: str | None, first: str) -> str | None:
    """Turn the letters A to Z, or a to z, one by one."""
    wanted = {chr(ord(first) + at): chr((ord(first) ^ 32) + at) for at in range(26)}
    return text and "".join(wanted.get(letter, letter) for letter in text)


@settings(max_examples=60)
@given(
    plan=plans,
    function=st.sampled_from([("lower", "A"), ("upper", "a")]),
    comparison=st.builds(
        "{} '{}'".format,
        st.sampled_from(["=", "<>", ">=", "like", "not like"]),
        st.text("aiksAIKS%_", max_size=3),
    ),
)
def test_nothing_but_letters_a_to_z_is_turned(
    plan: str | None, function: tuple[str, str], comparison: str
) -> None:
    """On DuckDB, whose own functions turn many more."""
    name, first = function
    value = fragment(parsed_text(f"{name}(plan)")).text
    condition = said(f"{name}(plan) {comparison}", "duckdb")["duckdb"]
    found = asked(f"select {value}, {condition}", plan)
    assert found == asked(f"select plan, plan {comparison}", turned(plan, first))
    assert found[0][0] == turned(plan, first)


def asked(select: str, plan: str | None) -> list[tuple[object, ...]]:
    return duckdb.execute(f"{select} from (select ?::varchar as plan)", [plan]).fetchall()


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("lower(plan) = 'É'", ["'É'"]),
        ("'É' < upper(plan)", ["'É'"]),
        ("plan not ilike 'É%'", ["'É%'"]),
        ("not (lower(plan) between 'a' and 'é')", ["'é'"]),
        ("lower('É') = plan", ["'É'"]),
        ("lower(coalesce(plan, 'É')) = 'e' or coalesce(upper(plan), 'È') = 'E'", ["'É'", "'È'"]),
        ("plan = 'É' and (region = 'é' or lower(plan) in ('e', 'é', 'É'))", ["'é'", "'É'"]),
        ("case when plan = 'É' then lower(plan) else 'é' end = 'e'", ["'é'"]),
        ("plan ilike region", ["region"]),
        ("lower(plan) = upper(plan)", ["plan"]),
        ("plan in ('a', lower(region))", ["region"]),
        ("coalesce(plan, 'none') <> coalesce(lower(region), 'none')", ["region"]),
        ("lower(plan) between 'a' and region", ["region"]),
        ("case when plan = 'a' then lower(plan) else 'b' end = region", ["region"]),
    ],
)
def test_letters_that_engines_turn_differently_are_refused(sql: str, words: list[str]) -> None:
    with pytest.raises(ProblemsFound) as found:
        said(sql, "postgres")
    for problem, word in zip(found.value.problems, words, strict=True):
        assert problem.code == "letters-beyond-ascii"
        assert (problem.place.column - 1, problem.place.length) == (sql.rindex(word), len(word))


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
