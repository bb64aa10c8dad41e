"""Nothing is written for an engine that nobody has looked up; what breaks on it is caught when planted."""

import pytest

from tests.engines.allowed import ENGINES, Lists, findings, read_lists
from tests.engines.rendered import Statement, statements

LISTS = read_lists()


def test_every_construct_is_on_the_list_of_its_engine() -> None:
    assert [str(found) for found in findings(statements(), LISTS)] == []


@pytest.mark.parametrize("engine", ENGINES)
def test_what_breaks_on_an_engine_is_caught(engine: str) -> None:
    planted = [refusal for (_, refused_on), refusal in LISTS.refused.items() if refused_on == engine]
    assert planted
    for refusal in planted:
        broken = Statement(
            engine, "models/planted.sql", f"with given as ({refusal.example}) select * from given"
        )
        caught = {found.construct: found.reason for found in findings([broken], LISTS)}
        assert caught.get(refusal.construct) == refusal.reason or "no statement" in caught, refusal


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
