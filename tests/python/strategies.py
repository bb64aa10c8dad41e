"""Hypothesis strategies for small but nasty books, cheap to draw and quick to build.

A book is drawn as stories: a unit, a few dates and what it pays from each of them on. The story is then
written out in the shape asked for, a few rows are spoilt, and the whole is text where values need it.
"""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from oracle import DATE_KEYS, STANDARD_COMPARISONS, Settings

SHAPES = tuple(DATE_KEYS)
CUSTOMERS = ("acme", "Acme", "a|b", "a", "a~", "b", "ünit", "10", "9", "c d", "O'Neil", "zz")
PRODUCTS = ("x", "b|x", "~x", "~")
PLANS = (None, "basic", "Basic", "pro", "é", "10", "9")
REGIONS = (None, "eu", "us")
# Few amounts, so that ties, cancellations and returns to the old amount are common.
AMOUNTS = tuple(
    Decimal(text)
    for text in (
        *("10", "10", "20", "20", "30", "0", "5", "-10", "-20", "-0.01"),
        *("12.5", "99.99", "7.005", "33.3333", "0.0001", "1.00005", "-1.00005", "2.345678"),
    )
)
DAYS = (1, 31, 31, 30, 28, 15, 10, 2)  # cut to the length of the month: month ends and leap days are common
FAR_FUTURE = date(2099, 12, 31)
EXTRA_COMPARISONS: dict[str, dict[str, Any]] = {
    "half_year": {"grain": "month", "lookback": 6, "periods_summed": 6},
    "quarter_before": {"grain": "month", "lookback": 3},
    "rolling_quarter": {"grain": "month", "lookback": 1, "periods_summed": 3},
    "two_quarters": {"grain": "quarter", "lookback": 2, "periods_summed": 2},
    "two_years": {"grain": "year", "lookback": 2},
}

Row = dict[str, Any]


@dataclass(frozen=True)
class Layout:
    """How a book is laid out: what is drawn once for all its rows."""

    shape: str
    config: dict[str, Any]
    first_month: int
    months: int
    customers: tuple[str, ...]
    is_text: bool
    has_times: bool


@dataclass(frozen=True)
class Step:
    """From `on`, the unit pays `amount` (None: a pause) with these attributes."""

    on: date
    amount: Decimal | None
    plan: str | None
    region: str | None


@dataclass(frozen=True)
class Story:
    """A unit's dates in order; `is_open` says whether the last step has no end."""

    customer: str
    product: str
    is_open: bool
    steps: tuple[Step, ...]


def _day(month: int, day: int) -> date:
    year, month = divmod(month, 12)
    return date(year, month + 1, min(day, calendar.monthrange(year, month + 1)[1]))


# --- layouts and stories ----------------------------------------------------------------------------


@st.composite
def _layouts(draw: st.DrawFn, shape: str, relation: str, comparisons: tuple[str, ...]) -> Layout:
    config: dict[str, Any] = {"relation": relation, "shape": shape, "amount": "amount"}
    config |= {key: key for key in DATE_KEYS[shape]}
    config["unit"] = draw(st.sampled_from(["customer_id", ["customer_id"], ["customer_id", "product"]]))
    config["attributes"] = draw(st.sampled_from([["plan"], ["plan", "region"], []]))
    key = draw(st.sampled_from([None, "row_id", ["row_id", "line"]]))
    if key is not None:
        config["key"] = key
    if draw(st.integers(0, 3)) == 3:
        config["comparisons"] = draw(st.lists(st.sampled_from(comparisons), min_size=1, unique=True))
    return Layout(
        shape=shape,
        config=config,
        first_month=2023 * 12 + draw(st.integers(0, 9)),
        months=draw(st.sampled_from([5, 14, 30, 30, 30, 2])),
        customers=CUSTOMERS[: draw(st.sampled_from([2, 5, 12]))],
        is_text=draw(st.booleans()),
        has_times=draw(st.booleans()),
    )


def _stories(layout: Layout) -> st.SearchStrategy[Story]:
    days = st.builds(
        lambda offset, day: _day(layout.first_month + offset, day),
        st.integers(0, layout.months - 1),
        st.sampled_from(DAYS),
    )
    amounts = st.sampled_from((*AMOUNTS, None) if layout.shape != "payments" else AMOUNTS)
    step = st.builds(Step, days, amounts, st.sampled_from(PLANS), st.sampled_from(REGIONS))
    return st.builds(
        lambda customer, product, is_open, steps: Story(
            customer, product, is_open or len(steps) == 1, tuple(sorted(steps, key=lambda step: step.on))
        ),
        st.sampled_from(layout.customers),
        st.sampled_from(PRODUCTS),
        st.booleans(),
        st.lists(step, min_size=1, max_size=6),
    )


# --- stories written out, one function a shape --------------------------------------------------------


def _row(story: Story, step: Step, amount: Decimal, **dates: date | None) -> Row:
    who = {"customer_id": story.customer, "product": story.product}
    return {**who, "plan": step.plan, "region": step.region, "amount": amount, **dates}


def _intervals(story: Story) -> list[Row]:
    ends = [step.on for step in story.steps[1:]] + [None]
    last = len(story.steps) - 1
    return [
        _row(story, step, step.amount, started_on=step.on, ended_on=end)
        for i, (step, end) in enumerate(zip(story.steps, ends, strict=True))
        if step.amount is not None and (i < last or story.is_open)
    ]


def _movements(story: Story, is_crude: bool) -> list[Row]:
    """Changes of amount; a crude book books the change of a plan as one line on the new plan."""
    rows, before, level = [], story.steps[0], Decimal(0)
    for i, step in enumerate(story.steps):
        closes = i > 0 and i == len(story.steps) - 1 and not story.is_open
        now = Decimal(0) if closes or step.amount is None else step.amount
        moved = (step.plan, step.region) != (before.plan, before.region)
        if moved and not is_crude:
            rows.append(_row(story, before, -level, occurred_on=step.on))
            rows.append(_row(story, step, now, occurred_on=step.on))
        else:
            rows.append(_row(story, step, now - level, occurred_on=step.on))
        before, level = step, now
    return rows


def _payments(story: Story) -> list[Row]:
    return [_row(story, step, step.amount, occurred_on=step.on) for step in story.steps]


def _snapshots(story: Story, taken_on: list[date]) -> list[Row]:
    rows = []
    for day in taken_on:
        begun = [step for step in story.steps if step.on <= day]
        closed = not story.is_open and begun and begun[-1] is story.steps[-1]
        if begun and not closed and begun[-1].amount is not None:
            rows.append(_row(story, begun[-1], begun[-1].amount, snapshot_on=day))
    return rows


@st.composite
def _snapshot_days(draw: st.DrawFn, layout: Layout) -> list[date]:
    """A day in every month but a few skipped ones, in some months two."""
    day = draw(st.sampled_from([31, 1, 15]))
    offsets = st.integers(0, layout.months - 1)
    skipped = draw(st.lists(offsets, max_size=3))
    doubled = draw(st.lists(offsets, max_size=3))
    taken = {_day(layout.first_month + i, day) for i in range(layout.months) if i not in skipped}
    return sorted(taken | {_day(layout.first_month + i, 20) for i in doubled})


@st.composite
def _written(draw: st.DrawFn, layout: Layout, stories: list[Story]) -> list[Row]:
    match layout.shape:
        case "intervals":
            return [row for story in stories for row in _intervals(story)]
        case "snapshots":
            days = draw(_snapshot_days(layout))
            return [row for story in stories for row in _snapshots(story, days)]
        case "movements":
            is_crude = draw(st.booleans())
            return [row for story in stories for row in _movements(story, is_crude)]
        case "payments":
            return [row for story in stories for row in _payments(story)]
    raise ValueError(f"no such shape: {layout.shape}")


# --- spoilt rows --------------------------------------------------------------------------------------


def _changes(layout: Layout) -> list[Row]:
    """What may happen to a copy of a row; empty: an exact copy, under a key of its own where there is one."""
    dates = DATE_KEYS[layout.shape]
    changes: list[Row] = [
        {},
        {"customer_id": None},
        {"product": None},
        {dates[0]: None},
        {"amount": None},
        {dates[0]: FAR_FUTURE},
        {"plan": None},
        {"plan": "basic", "amount": Decimal("11.123456")},
        {"customer_id": "b"},
        {"amount": Decimal("40")},
        {dates[0]: _day(layout.first_month + layout.months // 2, 15)},
    ]
    if layout.shape == "intervals":
        middle = _day(layout.first_month + layout.months // 2, 31)
        changes += [
            {"started_on": middle, "ended_on": middle},
            {"started_on": middle, "ended_on": date(2023, 1, 1)},
        ]
        changes += [{"ended_on": FAR_FUTURE}, {"ended_on": None}]
    if layout.is_text:
        changes += [{key: text} for key in dates for text in ("soon", "2023-02-29")]
        changes += [{"amount": text} for text in ("n/a", "12,50", "NaN")]
    return changes


@st.composite
def _spoilt(draw: st.DrawFn, layout: Layout, rows: list[Row]) -> list[Row]:
    """Some copies of rows, changed or credited, with the key of the original or one of their own."""
    if not rows:
        return []
    copies = []
    spoiling = st.tuples(
        st.integers(0, len(rows) - 1),
        st.lists(st.sampled_from(_changes(layout)), min_size=1, max_size=2),
        st.booleans(),
        st.sampled_from([False, False, True]),
    )
    for position, changes, keeps_key, is_credit in draw(st.lists(spoiling, max_size=4)):
        copy = dict(rows[position])
        for change in changes:
            copy |= change
        if is_credit and isinstance(copy["amount"], Decimal):
            copy["amount"] = -copy["amount"]
        if not keeps_key:
            copy["row_id"] = f"copy {len(copies)}"
        copies.append(copy)
    return copies


def _column(value: Any, layout: Layout) -> Any:
    """A value as its column holds it: a date may be a timestamp, and all is text in a book of text."""
    if layout.has_times and isinstance(value, date):
        value = datetime.combine(value, time(23, 59, 59))
    if value is None or not layout.is_text:
        return value
    return format(value, "f") if isinstance(value, Decimal) else str(value)


# --- what tests use -----------------------------------------------------------------------------------


def column_names(book: Mapping[str, Any]) -> list[str]:
    """The columns every row of a drawn book has, also where it has no rows."""
    return ["row_id", "line", "customer_id", "product", "plan", "region", "amount", *DATE_KEYS[book["shape"]]]


def column_types(rows: list[Row], book: Mapping[str, Any]) -> dict[str, str]:
    """A SQL type for each column that holds the drawn values as they are."""
    types = {str: "varchar", Decimal: "decimal(24, 6)", datetime: "timestamp", date: "date"}
    dates = DATE_KEYS[book["shape"]]
    is_text = any(isinstance(row["amount"], str) or isinstance(row[dates[0]], str) for row in rows)
    found = {}
    for name in column_names(book):
        values = [row[name] for row in rows if row[name] is not None]
        empty = "date" if name in dates else "decimal(24, 6)" if name == "amount" else "varchar"
        found[name] = "varchar" if is_text else types[type(values[0])] if values else empty
    return found


@st.composite
def books(
    draw: st.DrawFn,
    shape: str,
    relation: str = "src_book",
    comparisons: tuple[str, ...] = tuple(STANDARD_COMPARISONS),
) -> tuple[list[Row], dict[str, Any]]:
    """(rows, book as in the YAML var) of one shape; the book may restrict itself to some of `comparisons`."""
    layout = draw(_layouts(shape, relation, comparisons))
    size = draw(st.sampled_from([2, 4, 7, 10, 14, 14, 14, 1, 0]))
    stories = draw(st.lists(_stories(layout), min_size=size, max_size=size))
    rows = [
        {"row_id": f"row {i}", "line": "1", **row} for i, row in enumerate(draw(_written(layout, stories)))
    ]
    rows += draw(_spoilt(layout, rows))
    names = column_names(layout.config)
    rows = [{name: _column(row[name], layout) for name in names} for row in rows]
    return (rows[::-1] if draw(st.booleans()) else rows), layout.config


@st.composite
def settings(
    draw: st.DrawFn,
    books: Mapping[str, Mapping[str, Any]],
    comparisons: Mapping[str, Mapping[str, Any]] | None = None,
) -> Settings:
    """The vars around some books: right edge, fiscal year, reactivation policy and declared comparisons."""
    months = st.integers(18, 40) | st.integers(0, 40)
    as_of = st.builds(
        lambda month, day: _day(2023 * 12 + month, day).isoformat(), months, st.sampled_from(DAYS)
    )
    # Now and then a book is known less far than the others, or further.
    own = {name: draw(st.none() | st.none() | st.none() | as_of) for name in books}
    return Settings(
        books={
            name: {**book, **({"as_of_date": own[name]} if own[name] else {})} for name, book in books.items()
        },
        comparisons=draw(_comparisons()) if comparisons is None else comparisons,
        as_of_date=draw(st.none() | as_of),
        fiscal_year_start_month=draw(st.sampled_from([1, 2, 4, 7, 10, 12])),
        reactivation=draw(st.sampled_from(["own", "new"])),
    )


def _comparisons() -> st.SearchStrategy[dict[str, dict[str, Any]]]:
    names = st.lists(st.sampled_from(list(EXTRA_COMPARISONS)), max_size=2, unique=True)
    return names.map(lambda chosen: {name: EXTRA_COMPARISONS[name] for name in chosen})


@st.composite
def many_books(draw: st.DrawFn, a_shape: int = 1) -> tuple[Settings, dict[str, list[Row]]]:
    """(settings, rows by book name) with `a_shape` books of every shape, so that one build checks a lot."""
    comparisons = draw(_comparisons())
    names = (*STANDARD_COMPARISONS, *comparisons)
    rows, configs = {}, {}
    for shape in SHAPES:
        for number in range(1, a_shape + 1):
            name = f"{shape}_{number}"
            rows[name], configs[name] = draw(books(shape, f"src_{name}", names))
    return draw(settings(configs, comparisons)), rows
