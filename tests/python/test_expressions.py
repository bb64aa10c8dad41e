"""SQL that users write, as every engine writes it: what is taken for the same text everywhere is."""

import duckdb
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from rollforward.dialects import DIALECTS
from rollforward.expressions import keeping_nulls, keeping_nulls_within, parsed_text
from rollforward.fragments import fragment, text_of

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


@settings(max_examples=150, deadline=None)
@given(sql=conditions | values)
def test_one_text_is_enough_where_engines_agree(sql: str) -> None:
    tree = parsed_text(sql)
    tree = keeping_nulls_within(keeping_nulls(tree, NULLABLE), NULLABLE)
    written = fragment(tree)
    for engine in DIALECTS:
        assert " ".join(written.on(engine.adapter).split()) == " ".join(text_of(tree, engine).split())


@settings(max_examples=60, deadline=None)
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
