"""Print what the demo built: rates, a bridge that closes, where they come from, and what was left out.

Run it after `dbt build`. It only reads: rates from the metric views, amounts from the cohorts.
"""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

BESIDE_THE_PROJECT = Path(__file__).resolve().parent.parent / "demo.duckdb"
BOOK = "recurring_revenue"
MONTHLY, YEARLY = "month_over_month", "trailing_12_months"
BAR_WIDTH = 30

Row = Mapping[str, Any]

# Heading, metric, and how to write it: a level, or a change, which is centred on 0 and carries its sign.
LEVEL, CHANGE = ".1%", "+z.1%"
RATES = (
    ("NER", "net_expansion_rate", LEVEL),
    ("GRR", "gross_revenue_retention", LEVEL),
    ("CER", "customer_expansion_rate", CHANGE),
    ("kept", "customer_retention_rate", LEVEL),
    ("RGR", "revenue_growth_rate", CHANGE),
)

# Label, measure, and its sign in the running total; 0 where the total has to equal the measure.
BRIDGE = (
    ("  starting revenue", "starting_revenue", 1),
    ("+ expansion", "expansion_revenue", 1),
    ("- contraction", "contraction_revenue", -1),
    ("- churn", "churned_revenue", -1),
    ("= the same customers now", "existing_revenue", 0),
    ("+ new", "new_revenue", 1),
    ("+ reactivation", "reactivation_revenue", 1),
    ("= ending revenue", "ending_revenue", 0),
)


@dataclass(frozen=True, slots=True)
class Ink:
    """What pictures are drawn with: amounts, gains, losses, and eight heights of a trend."""

    amount: str
    gain: str
    loss: str
    heights: str


BLOCKS = Ink(amount="█", gain="▓", loss="░", heights="▁▂▃▄▅▆▇█")
ASCII = Ink(amount="#", gain="+", loss="-", heights="_.-~=+*#")


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the bridge: its amount, and the running total before and after it."""

    label: str
    measure: str
    sign: int
    amount: Decimal
    before: Decimal
    after: Decimal

    @property
    def gap(self) -> Decimal:
        """What is left unexplained where the running total has to equal the amount."""
        return self.amount - self.after if self.sign == 0 else Decimal(0)


def ink_for(encoding: str | None) -> Ink:
    """Give block characters where the output can show them, plain ones elsewhere."""
    try:
        "".join((BLOCKS.amount, BLOCKS.gain, BLOCKS.loss, BLOCKS.heights)).encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return ASCII
    return BLOCKS


# --- reading --------------------------------------------------------------------------------------


def fetch(db: duckdb.DuckDBPyConnection, sql: str, *values: object) -> list[Row]:
    """Give the rows of a query, by column name."""
    answer = db.execute(sql, values)
    names = [column[0] for column in answer.description or ()]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def rates_by_day(db: duckdb.DuckDBPyConnection, comparison: str) -> dict[date, Row]:
    """Give the rates of the last twelve complete months, by the day they end."""
    rows = fetch(
        db,
        "select * from rollforward_demo_retention where comparison = ? and is_complete"
        " order by period_end desc limit 12",
        comparison,
    )
    return {row["period_end"]: row for row in reversed(rows)}


def bridge_steps(db: duckdb.DuckDBPyConnection, comparison: str, day: date) -> tuple[Step, ...]:
    """Give the bridge of one period, from the cohorts added up."""
    sums = ", ".join(f"coalesce(sum({measure}), 0) as {measure}" for _, measure, _ in BRIDGE)
    [row] = fetch(
        db,
        f"select {sums} from rollforward__revenue_cohorts"
        " where book = ? and comparison = ? and period_end = ?",
        BOOK,
        comparison,
        day,
    )
    steps, total = [], Decimal(0)
    for label, measure, sign in BRIDGE:
        before, amount = total, row[measure]
        total += sign * amount
        steps.append(Step(label, measure, sign, amount, before, total))
    return tuple(steps)


def slices(db: duckdb.DuckDBPyConnection, view: str, attribute: str, day: date) -> list[Row]:
    """Give a metric view's rows for the year that ends on the day, largest revenue first."""
    return fetch(
        db,
        f"select {attribute} as slice, * from {view} where comparison = ? and period_end = ?"
        " order by starting_revenue desc",
        YEARLY,
        day,
    )


def months_under_way(db: duckdb.DuckDBPyConnection) -> list[date]:
    """Give the days on which periods end that have begun, and of which the extract has not all."""
    rows = fetch(
        db,
        "select distinct period_end as day from rollforward__revenue_cohorts"
        " where book = ? and comparison = ? and not is_complete order by day",
        BOOK,
        MONTHLY,
    )
    return [row["day"] for row in rows]


# --- writing --------------------------------------------------------------------------------------


def written(row: Row | None, metric: str, how: str) -> str:
    """Write a rate as people read it, a dash where there is none."""
    rate = None if row is None else row[metric]
    return "-" if rate is None else format(float(rate), how)


def trend(values: Sequence[float], ink: Ink) -> str:
    """Draw one character a value, the lowest value as the lowest one."""
    low, high = min(values, default=0.0), max(values, default=0.0)
    top = len(ink.heights) - 1
    return "".join(ink.heights[round((value - low) / ((high - low) or 1) * top)] for value in values)


def title(db: duckdb.DuckDBPyConnection, day: date) -> Iterator[str]:
    """Say whose numbers these are, and up to when."""
    under_way = "".join(f" ({later:%Y-%m} is not over: left out)" for later in months_under_way(db))
    yield f"Fernhollow, subscriptions: revenue at month's end, up to {day:%Y-%m}{under_way}"


def rate_table(monthly: Mapping[date, Row], yearly: Mapping[date, Row], ink: Ink) -> Iterator[str]:
    """Write both comparisons side by side, a month a line, and how the year's rates moved."""
    headings = "".join(f"{heading:>8}" for heading, _, _ in RATES)
    yield f"{'':7}{'against the month before':>40}   {'against a year before':>40}"
    yield f"{'month':7}{headings}   {headings}"
    for day in monthly:
        cells = [
            "".join(f"{written(rows.get(day), metric, how):>8}" for _, metric, how in RATES)
            for rows in (monthly, yearly)
        ]
        yield f"{day:%Y-%m}" + "   ".join(cells)
    drawn = (
        f"{heading} {trend([float(row[metric]) for row in yearly.values() if row[metric] is not None], ink)}"
        for heading, metric, _ in RATES
        if heading in ("NER", "GRR", "RGR")
    )
    yield "against a year before, lowest to highest:  " + "   ".join(drawn)
    yield "NER  what the customers there at the start pay at the end, over what they paid; CER = NER - 1"
    yield "GRR  the same, without anything anyone added; kept  customers still there; RGR  growth of it all"


def picture(step: Step, scale: Decimal, ink: Ink) -> str:
    """Draw a step from where the one before it stopped; amounts stand on the ground."""
    stands = step.sign == 0 or step.before == 0
    low, high = (Decimal(0), step.amount) if stands else sorted((step.before, step.after))
    mark = ink.amount if stands else (ink.gain if step.sign > 0 else ink.loss)
    start, end = round(low / scale), round(high / scale)
    return " " * start + mark * (end - start)


def verdict(steps: Sequence[Step]) -> str:
    """Say whether the bridge closes, to the last decimal."""
    worst = max((step.gap for step in steps), key=abs)
    return "closes" if worst == 0 else f"off by {worst:,}"


def bridge_table(year: Sequence[Step], month: Sequence[Step], day: date, ink: Ink) -> Iterator[str]:
    """Write the bridge of a year with its picture, and beside it that of the last month."""
    scale = max(step.amount for step in year) / BAR_WIDTH or Decimal(1)
    yield f"{f'bridge to {day}':27}{'from a year before':>18}  {'':{BAR_WIDTH}}{'from the month before':>21}"
    for of_year, of_month in zip(year, month, strict=True):
        drawn = picture(of_year, scale, ink)
        yield f"{of_year.label:27}{of_year.amount:18,.2f}  {drawn:{BAR_WIDTH}}{of_month.amount:21,.2f}"
    yield f"{'  does it add up?':27}{verdict(year):>18}  {'':{BAR_WIDTH}}{verdict(month):>21}"


def off_100_percent(rate: Any, ink: Ink) -> str:
    """Draw how far a rate is off 100 %, two points a mark: losses to the left, gains to the right."""
    marks = 0 if rate is None else max(-6, min(15, round((float(rate) - 1) * 50)))
    return f"{ink.loss * -marks:>8}|{ink.gain * marks}"


def slice_table(db: duckdb.DuckDBPyConnection, day: date, ink: Ink) -> Iterator[str]:
    """Write where a year's rates come from: by plan, by product, and in the shop."""
    headings = "".join(f"{heading:>9}" for heading, _, how in RATES if how == LEVEL)
    yield f"{'where it comes from, in a year':32}{'revenue then':>14}{headings}{'less':>8}|more"
    cuts = (
        ("plan", slices(db, "rollforward_demo_retention_by_plan", "plan", day)),
        ("product", slices(db, "rollforward_demo_product_retention", "product", day)),
        ("orders", slices(db, "rollforward_demo_orders_retention", "'all of the shop'", day)),
    )
    for kind, rows in cuts:
        for row in rows:
            rates = "".join(f"{written(row, metric, how):>9}" for _, metric, how in RATES if how == LEVEL)
            drawn = off_100_percent(row["net_expansion_rate"], ink)
            yield f"  {kind:9}{row['slice'] or '(none)':21}{row['starting_revenue']:14,.2f}{rates}{drawn}"
    yield "  (a customer that takes the other product is new to it: product NER leaves cross-sell out)"


def problem_table(db: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Write what is not in the numbers, a reason a line, a book a column: how often, and how much."""
    problems = fetch(
        db,
        "select *, concat_ws(' ', reason, '(' || periods_summed || ' ' || grain || ')') as label"
        " from rollforward__input_problems order by grain nulls first, label, book",
    )
    books = sorted({row["book"] for row in problems}, reverse=True)
    cells = {(row["label"], row["book"]): f"{row['row_count']} x {row['amount']:,.2f}" for row in problems}
    yield f"{'left out, and why':33}" + "".join(f"{book:>20}" for book in books)
    for label in dict.fromkeys(row["label"] for row in problems):
        yield f"  {label:31}" + "".join(f"{cells.get((label, book), ''):>20}" for book in books)


def next_steps(day: date) -> Iterator[str]:
    """Say where to look next."""
    yield 'where to look next: `.venv/bin/dbt show --limit -1 --inline "..."`, or any client of DuckDB'
    yield "  who left     select unit, plan, starting_amount from rollforward__customer_movements"
    yield f"               where book = '{BOOK}' and comparison = '{YEARLY}'"
    yield f"               and period_end = '{day}' and movement = 'churn'"
    yield "  which rows   select * from rollforward__rejected_rows"
    yield "  what it is   metrics/net_expansion_rate.yml, metrics/demo_views.yml: edit one, `make demo` again"


def conclusion(year: Sequence[Step]) -> Iterator[str]:
    """Say in a sentence why total growth is not retention."""
    amounts = {step.measure: step.amount for step in year}
    start, end = amounts["starting_revenue"], amounts["ending_revenue"]
    if not start:
        return
    ner = amounts["existing_revenue"] / start
    yield f"Total revenue now is {end / start:.2f} times that of a year ago, which does not say who pays it:"
    yield f"the customers of a year ago now pay {ner:.2f} times what they paid then (NER {ner:.1%})."


def report(db: duckdb.DuckDBPyConnection, ink: Ink) -> tuple[list[str], bool]:
    """Give the whole report, and whether both bridges close."""
    monthly, yearly = rates_by_day(db, MONTHLY), rates_by_day(db, YEARLY)
    if not yearly:
        return [f"{BOOK} has no complete year to compare yet"], True
    day = max(yearly)
    year, month = bridge_steps(db, YEARLY, day), bridge_steps(db, MONTHLY, day)
    parts = (
        title(db, day),
        rate_table(monthly, yearly, ink),
        bridge_table(year, month, day, ink),
        slice_table(db, day, ink),
        problem_table(db),
        next_steps(day),
        conclusion(year),
    )
    lines = [line.rstrip() for part in parts for line in (*part, "")]
    return lines[:-1], all(step.gap == 0 for step in (*year, *month))


def main() -> int:
    """Print the report; 1 when there is nothing to read or a bridge does not close."""
    path = Path(os.environ.get("ROLLFORWARD_DEMO_DB") or BESIDE_THE_PROJECT)
    if not path.exists():
        print(f"{path} is not there yet: `make demo` builds it", file=sys.stderr)
        return 1
    try:
        with duckdb.connect(path, read_only=True) as db:
            lines, closes = report(db, ink_for(sys.stdout.encoding))
    except duckdb.Error as error:
        print(f"{path} is not what `make demo` builds: {error}", file=sys.stderr)
        return 1
    print("\n".join(lines))
    return 0 if closes else 1


if __name__ == "__main__":
    sys.exit(main())
