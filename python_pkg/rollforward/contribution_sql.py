"""The statements that ask the ledger who moved, and the rows they give."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from rollforward.contributions import Moved, Scales, within
from rollforward.dialects import DEFAULT, Dialect
from rollforward.tables import amount_of, day_of


@dataclass(frozen=True, slots=True)
class Span:
    """The rows of the ledger to look at, of one period or several.

    `made` are columns to slice by that are made from a row, as SQL.
    """

    ledger: str
    book: str
    comparison: str
    periods: tuple[date, ...]
    attributes: tuple[str, ...] = ()
    made: tuple[tuple[str, str], ...] = ()
    where: str = ""
    dialect: Dialect = DEFAULT


def groups_sql(span: Span, rows: Mapping[str, str], by: Sequence[str]) -> str:
    """Give the select of what customers add, by period, slice and movement; `rows` are what one row adds."""
    keys = ["period_start", *by, "became"]
    return f"""\
/* What customers of a slice and movement add up to, and what they would have, had they not moved. */
with {_ledger(span)},

{_sides(span)}

select
    {_added_up(keys, rows)}
from both_sides
group by {", ".join(keys)}
order by {", ".join(keys)}
"""


def customers_sql(
    span: Span, rows: Mapping[str, str], by: Sequence[str], scales: Scales, dialect: Dialect, limit: int
) -> str:
    """Give the select of what the customers did that moved a metric most."""
    keys = ["period_start", "unit", *by, "became"]
    return f"""\
/* What became of the customers that moved it most. */
with {_ledger(span)},

{_sides(span)},

weighed_moves as (
    select unit, abs({_weighed(scales, rows, span, dialect)}) as weight
    from both_sides
    where became <> 'unchanged'
    group by unit
),

moved_most as (
    select unit
    from weighed_moves
    order by weight desc, unit
    limit {limit}
)

select
    {_added_up(keys, rows)}
from both_sides
where unit in (select unit from moved_most)
group by {", ".join(keys)}
order by {", ".join(keys)}
"""


def count_sql(span: Span) -> str:
    """Give the select of how many customers moved, each once."""
    return f"""\
/* How many customers moved. */
with {_ledger(span)}

select count(distinct unit) as customers
from ledger
where movement <> 'unchanged'
"""


def holders_sql(span: Span, row: str, by: Sequence[str], agg: Literal["min", "max"], limit: int) -> str:
    """Give the select of the customers with the smallest or largest values, that one first."""
    order = "desc" if agg == "max" else "asc"
    return f"""\
/* The customers with the {"largest" if agg == "max" else "smallest"} values. */
with {_ledger(span)},

held as (
    select
        {", ".join(["unit", *by, "movement", "starting_amount", "ending_amount"])},
        {row} as held_value
    from ledger
)

select *
from held
where held_value is not null
order by held_value {order}, unit
limit {limit}
"""


def counted_sql(span: Span, row: str, limit: int) -> str:
    """Give the select of the different values and how many customers have each, the most frequent first."""
    return f"""\
/* The values that are counted. */
with {_ledger(span)},

held as (
    select {row} as held_value
    from ledger
)

select held_value, count(*) as customers
from held
where held_value is not null
group by held_value
order by customers desc, held_value
limit {limit}
"""


def moved_rows(
    rows: Iterable[Sequence[Any]], keys: int, measures: Sequence[str], periods: Sequence[date], scale: int
) -> Iterator[Moved]:
    """Give the rows of groups or customers: behind the period come the `keys` of the slice or customer.

    What they add is given for each period; it is 0 in all but their own.
    """
    nothing = {within(name, period): Fraction(0) for period in periods for name in measures}
    for day, *row in rows:
        period = day_of(day)
        head, (became, customers, start, end), sums = row[:keys], row[keys : keys + 4], row[keys + 4 :]
        exact = [Fraction(0) if value is None else Fraction(Decimal(str(value))) for value in sums]
        names = [within(name, period) for name in measures]
        yield Moved(
            tuple(None if value is None else str(value) for value in head),
            str(became),
            int(customers),
            amount_of(start, scale),
            amount_of(end, scale),
            nothing | dict(zip(names, exact[::2], strict=True)),
            nothing | dict(zip(names, exact[1::2], strict=True)),
            period,
        )


_AMOUNTS = (
    "sum(case when has_moved = 1 then 1 else 0 end) as customers",
    "sum(case when has_moved = 1 then starting_amount else 0 end) as starting_amount",
    "sum(case when has_moved = 1 then ending_amount else 0 end) as ending_amount",
)


def _added_up(keys: Sequence[str], rows: Mapping[str, str]) -> str:
    """Give the columns of a select: its keys, the amounts, and the sums of what rows add."""
    sums = (line for name, row in rows.items() for line in _both_sums(name, row))
    return ",\n    ".join([*keys, *_AMOUNTS, *sums])


def _both_sums(name: str, row: str) -> tuple[str, str]:
    return (
        f"sum(case when has_moved = 1 then {row} end) as {name}",
        f"sum(case when has_moved = 0 then {row} end) as {name}__still",
    )


def _ledger(span: Span) -> str:
    condition = f"\n        and {span.where}" if span.where else ""
    made = "".join(f",\n        {text} as {name}" for name, text in span.made)
    days = ", ".join(map(span.dialect.day, span.periods))
    return f"""\
ledger as (
    select
        *{made}
    from {span.ledger}
    where book = '{span.book}'
        and comparison = '{span.comparison}'
        and period_start in ({days}){condition}
)"""


def _sides(span: Span) -> str:
    made = (name for name, _ in span.made)
    kept = ", ".join(("period_start", "unit", *span.attributes, *made, "tenure_months", "starting_amount"))
    return f"""\
both_sides as (
    select {kept}, ending_amount, movement, movement as became, 1 as has_moved
    from ledger
    union all
    select
        {kept}, starting_amount as ending_amount, 'unchanged' as movement, movement as became, 0 as has_moved
    from ledger
    where starting_amount > 0
)"""


def _weighed(scales: Scales, rows: Mapping[str, str], span: Span, dialect: Dialect) -> str:
    """Give a customer's contribution as a float, good enough to order by."""
    terms = []
    for name, row in rows.items():
        weights = {period: scales.weights.get(within(name, period), Fraction(0)) for period in span.periods}
        if len(set(weights.values())) == 1:
            terms.append(_term(weights[span.periods[0]], row, "", dialect))
            continue
        for period, weight in weights.items():
            terms.append(_term(weight, row, f" and period_start = {dialect.day(period)}", dialect))
    return " + ".join(term for term in terms if term) or "0"


def _term(weight: Fraction, row: str, condition: str, dialect: Dialect) -> str:
    if not weight:
        return ""
    return (
        f"cast({float(weight)!r} as {dialect.float_type})"
        f" * (coalesce(sum(case when has_moved = 1{condition} then {row} end), 0)"
        f" - coalesce(sum(case when has_moved = 0{condition} then {row} end), 0))"
    )
