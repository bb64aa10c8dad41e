"""Nothing is written for an engine that nobody has looked up; what breaks on it is caught when planted."""

import pytest
from rollforward.dialects import DIALECTS, Dialect

from tests.engines.allowed import DIALECT, ENGINES, Lists, findings, read_lists, stale
from tests.engines.constructs import constructs
from tests.engines.names import misnamed
from tests.engines.rendered import Statement, projects, rendering, statements

LISTS = read_lists()
READERS = frozenset(DIALECT.values())


def test_every_construct_is_on_the_list_of_its_engine() -> None:
    assert [str(found) for found in findings(statements(), LISTS)] == []


def test_nothing_is_on_the_list_that_is_not_used() -> None:
    assert stale(statements(), LISTS) == []


def test_what_is_not_used_any_more_is_named() -> None:
    lists = Lists({"text": frozenset({"duckdb", "trino"}), "limit": frozenset({"duckdb"})}, {})
    given = [Statement("duckdb", "", "select 'a' as b from c limit 1")]
    assert stale(given, lists) == ["allowed.yml: nothing uses 'text' on trino"]


@pytest.mark.parametrize("engine", ENGINES)
def test_what_breaks_on_an_engine_is_caught(engine: str) -> None:
    planted = [refusal for (_, refused_on), refusal in LISTS.refused.items() if refused_on == engine]
    assert planted
    for refusal in planted:
        broken = Statement(
            engine, "models/planted.sql", f"with given as ({refusal.example}) select * from given"
        )
        caught = {found.construct: found.reason for found in findings([broken], LISTS)}
        if "no statement" in caught:
            # Not even a statement there; it has to be for the reason given, so it is read where it is one.
            assert any(refusal.construct in constructs(refusal.example, each) for each in READERS), refusal
        else:
            assert caught[refusal.construct] == refusal.reason, refusal


def test_what_nobody_has_looked_up_is_refused() -> None:
    unknown = Statement("duckdb", "models/planted.sql", "select soundex(unit) from runs")
    (found,) = findings([unknown], LISTS)
    assert (found.construct, found.engine, found.source) == (
        "function soundex/1",
        "duckdb",
        "models/planted.sql",
    )


def test_a_list_for_one_engine_is_not_one_for_another() -> None:
    lists = Lists({"text": frozenset({"duckdb"})}, {})
    given = [Statement(engine, "", "select 'a' as b from c") for engine in ("duckdb", "trino")]
    assert [found.engine for found in findings(given, lists)] == ["trino"]


@pytest.mark.parametrize("engine", DIALECTS, ids=lambda engine: engine.adapter)
def test_macros_and_compiler_know_the_same_of_an_engine(engine: Dialect) -> None:
    project = next(projects())
    given = rendering(engine, project, goes_on=False)
    asked = {"float_type": engine.float_type, "select_ending": engine.ending}
    for name, known in asked.items():
        assert (given.render(f"{{{{ rollforward.{name}() }}}}") or "").strip().lower() == known.lower()


def test_no_name_is_taken_for_another_on_clickhouse() -> None:
    assert list(misnamed(statements())) == []


@pytest.mark.parametrize(
    ("sql", "name"),
    [
        ("select -amount as amount, amount + 1 as more from runs", "amount"),
        ("select sum(amount) as amount from runs where amount > 0", "amount"),
        ("select 1 as runs_b, runs.amount from (select 1 as amount) as runs", ""),
    ],
)
def test_an_alias_that_hides_a_column_is_caught(sql: str, name: str) -> None:
    found = list(misnamed([Statement("clickhouse", "models/planted.sql", sql)]))
    assert [name in each for each in found] == ([True] if name else [])


def test_a_column_that_two_joined_tables_have_is_caught() -> None:
    pieces = Statement("clickhouse", "models/pieces.sql", "select 1 as unit_id, 2 as amount")
    runs = Statement("clickhouse", "models/runs.sql", "select 1 as unit_id")
    joined = "select pieces.unit_id, pieces.amount from runs join pieces on runs.unit_id = pieces.unit_id"
    (found,) = misnamed([pieces, runs, Statement("clickhouse", "models/planted.sql", joined)])
    assert "pieces.unit_id" in found
