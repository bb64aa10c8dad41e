"""Who moved a metric, and by how much: exact, so that the parts add up to the value to the last digit.

Against what the value would be if nobody had moved, *still*: every customer of the start pays at the end
what it paid then, and nobody joins. Where the value is N / D, still is N0 / D0 and a customer moves it by

    ((n - n0) - still * (d - d0)) / D

where n, d are what the customer adds to the sides, and n0, d0 what it would add if it had not moved. Summed
over all customers that is N / D - still, and a customer that did not move moves nothing. Where the lower side
is 0 until somebody moves (D0 = 0), still is N0 / D, and what a customer does to the lower side is left aside.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from rollforward.dialects import Dialect
from rollforward.rational import Constant, Form, Nested, Rate, Single, Terms, Total, measures_in

MOVEMENTS = ("new", "reactivation", "expansion", "contraction", "churn", "unchanged")


@dataclass(frozen=True, slots=True)
class Sides:
    """A metric as one sum over another; a plain sum is over nothing."""

    numerator: Terms
    denominator: Terms | None

    @property
    def measures(self) -> tuple[str, ...]:
        """What is added up, each once."""
        return tuple(dict.fromkeys(name for name, _ in (*self.numerator, *(self.denominator or ()))))


@dataclass(frozen=True, slots=True)
class Moved:
    """Some customers together: what they add to each measure, and what they would add had they not moved."""

    keys: tuple[Any, ...]
    movement: str
    customers: int
    starting_amount: Decimal
    ending_amount: Decimal
    moved: Mapping[str, Fraction]
    still: Mapping[str, Fraction]

    def __add__(self, other: Moved) -> Moved:
        """Give both together; the keys are those of the first."""
        return Moved(
            self.keys,
            self.movement if self.movement == other.movement else "",
            self.customers + other.customers,
            self.starting_amount + other.starting_amount,
            self.ending_amount + other.ending_amount,
            {name: value + other.moved[name] for name, value in self.moved.items()},
            {name: value + other.still[name] for name, value in self.still.items()},
        )


@dataclass(frozen=True, slots=True)
class Scales:
    """What contributions are measured by: both sides, the value that would be if nobody moved, and `weight`,
    which a change of the lower side counts.
    """

    sides: Sides
    numerator: Fraction
    denominator: Fraction
    still: Fraction
    weight: Fraction = Fraction(0)

    @property
    def value(self) -> Fraction:
        """The value of the metric."""
        return self.numerator / self.denominator

    def contribution(self, moved: Moved) -> Fraction:
        """Give by how much some customers moved the value."""
        changed = {name: value - moved.still[name] for name, value in moved.moved.items()}
        upper = _sum(self.sides.numerator, changed)
        lower = _sum(self.sides.denominator or (), changed)
        return (upper - self.weight * lower) / self.denominator


def sides_of(form: Form) -> Sides | None:
    """Give the two sides of a metric; None where one division does not say it."""
    match form:
        case Total(terms):
            return Sides(terms, None)
        case Rate(numerator, denominator):
            return Sides(numerator, denominator)
        case Constant() | Nested() | Single():
            return None


def scales_of(sides: Sides, groups: Sequence[Moved]) -> Scales | None:
    """Give what contributions are measured by; None where the lower side is 0 and there is no value."""
    if not groups:
        return None
    everyone = sum(groups[1:], start=groups[0])
    upper = _sum(sides.numerator, everyone.moved)
    if sides.denominator is None:
        return Scales(sides, upper, Fraction(1), _sum(sides.numerator, everyone.still))
    lower = _sum(sides.denominator, everyone.moved)
    if lower == 0:
        return None
    upper_still, lower_still = _sum(sides.numerator, everyone.still), _sum(sides.denominator, everyone.still)
    if lower_still == 0:
        # Nothing to compare with: whatever is there came by moving.
        return Scales(sides, upper, lower, upper_still / lower)
    still = upper_still / lower_still
    return Scales(sides, upper, lower, still, still)


def together(groups: Iterable[Moved], by: Sequence[int] | None = None) -> list[Moved]:
    """Add up customers that share some of their keys, or their movement where `by` is None."""
    found: dict[Any, Moved] = {}
    for each in groups:
        key = each.movement if by is None else tuple(each.keys[index] for index in by)
        found[key] = found[key] + each if key in found else each
    return list(found.values())


def _sum(terms: Terms, values: Mapping[str, Fraction]) -> Fraction:
    return sum((factor * values[name] for name, factor in terms), start=Fraction(0))


# --- SQL ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Period:
    """The rows of the ledger to look at; `made` are columns to slice by that are made from a row, as SQL."""

    ledger: str
    book: str
    comparison: str
    start: date
    attributes: tuple[str, ...] = ()
    made: tuple[tuple[str, str], ...] = ()
    where: str = ""


def _added_up(keys: Sequence[str], rows: Mapping[str, str], indent: str = "    ") -> str:
    """Give the columns of a select: its keys, the amounts, and the sums of what rows add."""
    sums = (line for name, row in rows.items() for line in _both_sums(name, row))
    return f",\n{indent}".join([*keys, *_AMOUNTS, *sums])


def groups_sql(period: Period, rows: Mapping[str, str], by: Sequence[str]) -> str:
    """Give the select of what customers add, added up by slice and movement; `rows` are what one row adds."""
    keys = [*by, "became"]
    return f"""\
/* What customers of a slice and movement add up to, and what they would have, had they not moved. */
{_sides(period)}
select
    {_added_up(keys, rows)}
from both_sides
group by {", ".join(keys)}
order by {", ".join(keys)}
"""


def customers_sql(
    period: Period, rows: Mapping[str, str], by: Sequence[str], scales: Scales, dialect: Dialect, limit: int
) -> str:
    """Give the select of the customers that moved a metric most, largest first."""
    keys = ["unit", *by, "became"]
    return f"""\
/* The customers that moved it most. */
{_sides(period).rstrip()},

customers as (
    select
        {_added_up(keys, rows, "        ")}
    from both_sides
    where became <> 'unchanged'
    group by {", ".join(keys)}
)

select *
from customers
order by abs({_weighed(scales, dialect)}) desc, unit
limit {limit}
"""


def moved_rows(rows: Iterable[Sequence[Any]], keys: int, measures: Sequence[str]) -> Iterator[Moved]:
    """Give the rows of either select; the first `keys` columns are the slice or the customer."""
    for row in rows:
        head, (became, customers, start, end), sums = row[:keys], row[keys : keys + 4], row[keys + 4 :]
        exact = [Fraction(0) if value is None else Fraction(Decimal(str(value))) for value in sums]
        yield Moved(
            tuple(None if value is None else str(value) for value in head),
            str(became),
            int(customers),
            Decimal(str(start)),
            Decimal(str(end)),
            dict(zip(measures, exact[::2], strict=True)),
            dict(zip(measures, exact[1::2], strict=True)),
        )


_AMOUNTS = (
    "sum(case when has_moved = 1 then 1 else 0 end) as customers",
    "sum(case when has_moved = 1 then starting_amount else 0 end) as starting_amount",
    "sum(case when has_moved = 1 then ending_amount else 0 end) as ending_amount",
)


def _both_sums(name: str, row: str) -> tuple[str, str]:
    return (
        f"sum(case when has_moved = 1 then {row} end) as {name}",
        f"sum(case when has_moved = 0 then {row} end) as {name}__still",
    )


def _sides(period: Period) -> str:
    condition = f"\n        and {period.where}" if period.where else ""
    made = "".join(f",\n        {text} as {name}" for name, text in period.made)
    kept = ", ".join(("unit", *period.attributes, *(name for name, _ in period.made), "starting_amount"))
    return f"""\
with ledger as (
    select
        *{made}
    from {period.ledger}
    where book = '{period.book}'
        and comparison = '{period.comparison}'
        and period_start = cast('{period.start}' as date){condition}
),

both_sides as (
    select {kept}, ending_amount, movement, movement as became, 1 as has_moved
    from ledger
    union all
    select
        {kept}, starting_amount as ending_amount, 'unchanged' as movement, movement as became, 0 as has_moved
    from ledger
    where starting_amount > 0
)
"""


def _weighed(scales: Scales, dialect: Dialect) -> str:
    """Give a customer's contribution as a float, good enough to order by."""
    factors: dict[str, Fraction] = dict.fromkeys(measures_in(Total(scales.sides.numerator)), Fraction(0))
    for name, factor in scales.sides.numerator:
        factors[name] = factors.get(name, Fraction(0)) + factor
    for name, factor in scales.sides.denominator or ():
        factors[name] = factors.get(name, Fraction(0)) - scales.weight * factor
    terms = [
        f"cast({float(factor)!r} as {dialect.float_type})"
        f" * (coalesce({name}, 0) - coalesce({name}__still, 0))"
        for name, factor in factors.items()
        if factor
    ]
    return " + ".join(terms) or "0"
