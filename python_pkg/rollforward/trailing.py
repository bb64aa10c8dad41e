"""The SQL of trailing metrics: aggregates over the periods that each period looks back on.

They are over spans: rows of single periods and slices, each with how many `periods_ago` it was.
"""

from __future__ import annotations

from rollforward.definitions import observed
from rollforward.dialects import Dialect
from rollforward.plan import AdditiveColumn, FollowedPlan
from rollforward.sql import as_float, divided


def trailing_sql(followed: FollowedPlan, dialect: Dialect) -> str:
    """Give the expression of a trailing metric, all of whose periods are there."""
    periods, value = followed.periods, followed.value
    if followed.sides is not None:
        upper, lower = followed.sides
        return divided(summed(upper.name, periods), summed(lower.name, periods), dialect)
    if value.adds_up:
        return f"{as_float(summed(value.name, periods), dialect)} / {periods}"
    seen = f"case when periods_ago < {periods} then {value.name} end"
    # A period without a value has no place in a mean, and leaving it out would change what is averaged.
    total = as_float(f"sum({seen})", dialect)
    return f"case\n    when count({seen}) = {periods}\n        then {total} / {periods}\nend"


def summed(column: str, periods: int) -> str:
    """Give a column summed up over the last periods; 1 is the period itself."""
    chosen = "= 0" if periods == 1 else f"< {periods}"
    return f"sum(case when periods_ago {chosen} then {column} else 0 end)"


def part_sql(column: AdditiveColumn) -> str:
    """Give a side of a trailing metric, summed up over its periods."""
    ((name, _),) = column.total.terms
    return f"case when {observed(column.periods)} then {summed(name, column.periods)} end"
