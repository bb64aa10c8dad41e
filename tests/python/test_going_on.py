"""A build that goes on from the one before gives what a build from nothing gives."""

import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import oracle
import strategies
from conftest import Built, Project
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from test_build_against_oracle import build, check

Rows = dict[str, list[dict[str, Any]]]
PUBLISHED = (
    "rollforward__revenue_cohorts",
    "rollforward__customer_movements",
    "rollforward__input_problems",
    "rollforward__rejected_rows",
)


def edited(rows: Rows, by: random.Random) -> Rows:
    """The rows after a while: some gone, some restated, some late, some of units and plans never seen before."""
    after: Rows = {}
    for book, given_rows in rows.items():
        kept = [dict(row) for row in given_rows if by.random() > 0.1]
        for row in kept:
            other = by.choice(given_rows)
            for column in by.sample(sorted(row), k=1 if by.random() < 0.2 else 0):
                row[column] = other[column]
        again = [dict(by.choice(given_rows)) for _ in range(by.randint(0, 3)) if given_rows]
        for row in again:
            row |= {
                "customer_id": by.choice(["newcomer", row["customer_id"]]),
                "plan": by.choice(["aaa", "zzz"]),
            }
        after[book] = kept + again if by.random() > 0.1 else given_rows
    return after


def moved(day: str | None, by: random.Random) -> str | None:
    """Another day to build as of, some weeks earlier or later."""
    return day and str(date.fromisoformat(str(day)) + timedelta(days=by.choice([0, 0, 31, 40, -40])))


def has_gone_on(built: Built) -> bool:
    """Whether the build went on from the one before."""
    (row,) = built.rows("select count(*) as unchanged from int_rollforward__units where not is_changed")
    return bool(row["unchanged"])


@settings(
    max_examples=3,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
@given(drawn=strategies.many_books(a_shape=2), seed=st.integers(0, 10**9))
def test_going_on_equals_the_oracle(project: Project, drawn: Any, seed: int) -> None:
    given_settings, rows = drawn
    by = random.Random(seed)
    build(project, given_settings, rows, rebuild_above_share=1)
    for _ in range(2):
        rows = edited(rows, by)
        given_settings = replace(given_settings, as_of_date=moved(given_settings.as_of_date, by))
        built = build(project, given_settings, rows, rebuild_above_share=1)
        assert has_gone_on(built)
        check(built, given_settings, rows)
