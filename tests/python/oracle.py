"""The customer-by-customer oracle: the numbers of a book, worked out the slow and obvious way.

It shares no code with the project and uses no SQL. For every comparison, period and unit it adds up the
raw input rows anew at both ends, and every cell the dbt models give must equal what comes out of here.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

STANDARD_COMPARISONS: dict[str, dict[str, Any]] = {
    "month_over_month": {"grain": "month", "lookback": 1},
    "quarter_over_quarter": {"grain": "quarter", "lookback": 1},
    "year_over_year": {"grain": "year", "lookback": 1},
    "trailing_12_months": {"grain": "month", "lookback": 12, "periods_summed": 12},
    "same_month_last_year": {"grain": "month", "lookback": 12},
}
MONTHS = {"month": 1, "quarter": 3, "year": 12}
DATE_KEYS = {
    "intervals": ("started_on", "ended_on"),
    "snapshots": ("snapshot_on",),
    "movements": ("occurred_on",),
    "payments": ("occurred_on",),
}
REVENUE_MEASURES = (
    *("starting_revenue", "ending_revenue", "existing_revenue", "retained_revenue"),
    *("new_revenue", "reactivation_revenue"),
    *("expansion_revenue", "contraction_revenue", "churned_revenue"),
)
COUNT_MEASURES = (
    *("starting_customers", "ending_customers", "retained_customers"),
    *("new_customers", "reactivated_customers"),
    *("expanded_customers", "contracted_customers", "unchanged_customers", "churned_customers"),
)
MEASURES = REVENUE_MEASURES + COUNT_MEASURES

Row = Mapping[str, Any]
Book = Mapping[str, Any]


@dataclass(frozen=True)
class Settings:
    """The project's vars, `books` exactly as in YAML; `comparisons` are the declared, extra ones."""

    books: Mapping[str, Book]
    comparisons: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    as_of_date: date | str | None = None
    fiscal_year_start_month: int = 1
    reactivation: str = "own"
    today: date = field(default_factory=date.today)


@dataclass(frozen=True)
class LedgerRow:
    """One unit in one period of one comparison."""

    book: str
    comparison: str
    period_start: date
    period_end: date
    is_complete: bool
    unit: str
    starting_amount: Decimal
    ending_amount: Decimal
    movement: str
    attributes: dict[str, str | None]
    tenure_months: int | None = None


@dataclass(frozen=True)
class Part:
    """One readable input row; `given` is its amount as written, `amount` the same to four decimals."""

    unit: str
    dated: date
    ended_on: date | None
    given: Decimal
    amount: Decimal
    attributes: dict[str, str | None]
    key: tuple[Any, ...] | None


@dataclass(frozen=True)
class Reading:
    """A book's input after the rows that do not count were taken out."""

    parts: list[Part]
    left_out: list[tuple[str, Decimal]]
    observed_through: date | None


@dataclass(frozen=True)
class Window:
    """The days at which an end of a comparison is read: a sum looks at all of them, a state at the last."""

    first_day: date
    last_day: date


# --- values ---------------------------------------------------------------------------------------


def _columns(value: str | Sequence[str] | None) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)


def _to_date(value: Any) -> date | None:
    """The calendar day of a date, timestamp or ISO text; None where it is not one."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    found = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)([T ]\d\d:.*)?", str(value))
    if not found:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def _to_amount(value: Any) -> Decimal | None:
    """The exact number a value writes; None where it is not one."""
    text = str(value)
    if not re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", text):
        return None
    return Decimal(text)


def _four_decimals(amount: Decimal) -> Decimal:
    return amount.quantize(
        Decimal("0.0001"), rounding=ROUND_HALF_UP
    )  # half away from zero, whatever the sign


def _unit(row: Row, book: Book) -> str | None:
    """One text per unit; the parts of a unit of several columns are escaped so that no two units collide."""
    values = [row[column] for column in _columns(book["unit"])]
    if any(value is None for value in values):
        return None
    if len(values) == 1:
        return str(values[0])
    return "|".join(str(value).replace("~", "~~").replace("|", "~|") for value in values)


def _attributes(row: Row, book: Book) -> dict[str, str | None]:
    names = _columns(book.get("attributes"))
    return {name: None if row[name] is None else str(row[name]) for name in names}


def _null_last(value: Any) -> tuple[bool, Any]:
    return (value is None, "" if value is None else value)


# --- reading the input ----------------------------------------------------------------------------


def _own_reason(row: Row, book: Book) -> str | None:
    """Why a row cannot be used, as far as the row alone can tell; the first that applies."""
    shape = book["shape"]
    dates = [row[book[key]] for key in DATE_KEYS[shape]]
    amount = row[book["amount"]]
    if _unit(row, book) is None:
        return "null_unit"
    if dates[0] is None:
        return "missing_date"
    if any(value is not None and _to_date(value) is None for value in dates):
        return "unparseable_date"
    if _to_date(dates[0]) < date(1900, 1, 1):
        return "date_too_early"
    if amount is None:
        return "null_amount"
    if _to_amount(amount) is None:
        return "non_numeric_amount"
    if shape == "intervals" and dates[1] is not None:
        started_on, ended_on = _to_date(dates[0]), _to_date(dates[1])
        if ended_on == started_on:
            return "zero_length_interval"
        if ended_on < started_on:
            return "inverted_interval"
    return None


def _part(row: Row, book: Book) -> Part:
    dates = [row[book[key]] for key in DATE_KEYS[book["shape"]]]
    ended_on = dates[1] if book["shape"] == "intervals" else None
    given = _to_amount(row[book["amount"]])
    key = tuple(row[column] for column in _columns(book.get("key")))
    return Part(
        unit=_unit(row, book),
        dated=_to_date(dates[0]),
        ended_on=None if ended_on is None else _to_date(ended_on),
        given=given,
        amount=_four_decimals(given),
        attributes=_attributes(row, book),
        key=key if key and None not in key else None,
    )


def _kept_first(part: Part) -> tuple[Any, ...]:
    """Orders the rows of one key: the first of them is the one that counts."""
    return (
        part.dated,
        -part.amount,
        _null_last(part.ended_on),
        part.unit,
        [_null_last(value) for value in part.attributes.values()],
    )


def _split_duplicates(parts: list[Part]) -> tuple[list[Part], list[Part]]:
    kept, duplicates, seen = [], [], set()
    for part in sorted(parts, key=_kept_first):
        if part.key is not None and part.key in seen:
            duplicates.append(part)
        else:
            kept.append(part)
            seen.add(part.key)
    return kept, duplicates


def _observed_through(parts: list[Part], book: Book, settings: Settings) -> date | None:
    """The last day the book can be read at; None where nothing was ever seen."""
    said = book.get("as_of_date") or settings.as_of_date
    as_of = None if said is None else _to_date(said)
    if book["shape"] == "snapshots" and as_of is not None:
        # A book of snapshots is seen only through its data: after the last of them nothing is known.
        seen = [part.dated for part in parts if part.dated <= as_of]
        return min(as_of, _last_day(_month(max(seen)))) if seen else as_of
    if as_of is not None:
        return as_of
    dates = [part.dated for part in parts] + [part.ended_on for part in parts if part.ended_on is not None]
    return max((day for day in dates if day <= settings.today), default=None)


def read(rows: Iterable[Row], book_name: str, settings: Settings) -> Reading:
    """Separate a book's rows into those that count and those left out, each of these with its one reason."""
    book = settings.books[book_name]
    parts, left_out = [], []
    for row in rows:
        reason = _own_reason(row, book)
        if reason is None:
            parts.append(_part(row, book))
        else:
            given = row[book["amount"]]
            left_out.append((reason, (None if given is None else _to_amount(given)) or Decimal(0)))

    parts, duplicates = _split_duplicates(parts)
    left_out += [("duplicate_key", part.given) for part in duplicates]

    observed_through = _observed_through(parts, book, settings)
    later = [part for part in parts if observed_through is None or part.dated > observed_through]
    left_out += [("after_observed_through", part.given) for part in later]
    parts = [part for part in parts if observed_through is not None and part.dated <= observed_through]

    if book["shape"] == "snapshots":
        last_snapshot: dict[int, date] = {}
        for part in parts:
            month = _month(part.dated)
            last_snapshot[month] = max(part.dated, last_snapshot.get(month, part.dated))
        superseded = [part for part in parts if part.dated < last_snapshot[_month(part.dated)]]
        left_out += [("superseded_snapshot", part.given) for part in superseded]
        parts = [part for part in parts if part.dated == last_snapshot[_month(part.dated)]]
    return Reading(parts, left_out, observed_through)


# --- periods: a grain's periods are numbered, months since year 0 over the months of the grain ----


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def _last_day(month: int) -> date:
    return _first_day(month + 1) - timedelta(days=1)


def _period(day: date, grain: str, settings: Settings) -> int:
    return (_month(day) - (settings.fiscal_year_start_month - 1)) // MONTHS[grain]


def _period_start(period: int, grain: str, settings: Settings) -> date:
    return _first_day(period * MONTHS[grain] + settings.fiscal_year_start_month - 1)


def _period_end(period: int, grain: str, settings: Settings) -> date:
    return _period_start(period + 1, grain, settings) - timedelta(days=1)


def _window(period: int, grain: str, summed: int, observed_through: date, settings: Settings) -> Window:
    """The days of a period, or of the last `summed` periods; nothing is read after `observed_through`."""
    return Window(
        first_day=_period_start(period - summed + 1, grain, settings),
        last_day=min(_period_end(period, grain, settings), observed_through),
    )


def comparisons_of(book: Book, settings: Settings) -> dict[str, Mapping[str, Any]]:
    """The comparisons a book gets: the standard and the declared ones, or those of them it names."""
    every = {**STANDARD_COMPARISONS, **settings.comparisons}
    return {name: every[name] for name in book.get("comparisons", every)}


def _summed(book: Book, comparison: Mapping[str, Any]) -> int:
    return comparison.get("periods_summed", 1) if book["shape"] == "payments" else 1


def _observed_periods(reading: Reading, grain: str, settings: Settings) -> range:
    first = _period(min(part.dated for part in reading.parts), grain, settings)
    return range(first, _period(reading.observed_through, grain, settings) + 1)


def _is_read(window: Window, book: Book, reading: Reading) -> bool:
    """Whether the book says anything about the window: a month without a snapshot says nothing."""
    if book["shape"] != "snapshots":
        return True
    return any(_month(part.dated) == _month(window.last_day) for part in reading.parts)


# --- one unit at one end of a comparison ----------------------------------------------------------


def _counts(part: Part, shape: str, window: Window) -> bool:
    """Whether a row is part of its unit's amount: in force on the last day, or dated inside the window."""
    match shape:
        case "intervals":
            return part.dated <= window.last_day and (
                part.ended_on is None or part.ended_on > window.last_day
            )
        case "snapshots":
            return _month(part.dated) == _month(window.last_day)
        case "movements":
            return part.dated <= window.last_day
        case "payments":
            return window.first_day <= part.dated <= window.last_day
    raise ValueError(f"no such shape: {shape}")


def _net_amount(parts: Iterable[Part], shape: str, window: Window) -> Decimal:
    return sum((part.amount for part in parts if _counts(part, shape, window)), Decimal(0))


def _largest_value(parts: Iterable[Part], name: str, shape: str, window: Window) -> str | None:
    """The attribute value of the unit's largest part; ties go to the smallest text, null last."""
    totals: dict[str | None, Decimal] = {}
    for part in parts:
        if _counts(part, shape, window):
            value = part.attributes[name]
            totals[value] = totals.get(value, Decimal(0)) + part.amount
    return min(totals, key=lambda value: (-totals[value], _null_last(value)))


def _was_active(parts: list[Part], shape: str, reading: Reading, through: date) -> bool:
    """Whether some month up to and including the one of `through` has a positive amount of the unit."""
    first = min(_month(part.dated) for part in parts)
    for month in range(first, _month(through) + 1):
        window = Window(_first_day(month), min(_last_day(month), reading.observed_through))
        if _net_amount(parts, shape, window) > 0:
            return True
    return False


def _tenure(
    parts: list[Part], book: Book, reading: Reading, start: Window, grain: str, settings: Settings
) -> int | None:
    """Months from the first month with a positive amount to the one the start is read in; None if never.

    A sum over quarters or years counts whole ones.
    """
    shape = book["shape"]
    for month in range(min(_month(part.dated) for part in parts), _month(start.last_day) + 1):
        window = Window(_first_day(month), min(_last_day(month), reading.observed_through))
        if _net_amount(parts, shape, window) > 0:
            if shape != "payments":
                return _month(start.last_day) - month
            first = _period(_first_day(month), grain, settings)
            return (_period(start.last_day, grain, settings) - first) * MONTHS[grain]
    return None


def _movement(starting: Decimal, ending: Decimal, joined_as: str) -> str:
    if starting == 0:
        return joined_as
    if ending == 0:
        return "churn"
    if ending > starting:
        return "expansion"
    return "contraction" if ending < starting else "unchanged"


# --- the ledger -----------------------------------------------------------------------------------


def ledger(rows: Iterable[Row], book_name: str, settings: Settings) -> list[LedgerRow]:
    """One row for each comparison, period and unit with an amount at either end."""
    book = settings.books[book_name]
    reading = read(rows, book_name, settings)
    if not reading.parts:
        return []
    units = _by_unit(reading.parts)
    found = []
    for name, comparison in comparisons_of(book, settings).items():
        for period, start, end in _compared(book, comparison, reading, settings):
            for unit, parts in units.items():
                compared = _compare(parts, book, reading, start, end, settings)
                grain = comparison["grain"]
                if compared is not None:
                    tenure = _tenure(parts, book, reading, start, grain, settings)
                    period_end = _period_end(period, grain, settings)
                    found.append(
                        LedgerRow(
                            book_name,
                            name,
                            _period_start(period, grain, settings),
                            period_end,
                            period_end <= reading.observed_through,
                            unit,
                            *compared,
                            tenure_months=tenure if compared[0] > 0 else None,
                        )
                    )
    return found


def _by_unit(parts: list[Part]) -> dict[str, list[Part]]:
    units: dict[str, list[Part]] = {}
    for part in parts:
        units.setdefault(part.unit, []).append(part)
    return units


def _compared(
    book: Book, comparison: Mapping[str, Any], reading: Reading, settings: Settings
) -> Iterator[tuple[int, Window, Window]]:
    """The periods of a comparison, each with the windows at which its start and its end are read."""
    grain, lookback, summed = comparison["grain"], comparison["lookback"], _summed(book, comparison)
    observed = _observed_periods(reading, grain, settings)
    for period in observed:
        if period - lookback - (summed - 1) < observed[0]:
            continue
        start = _window(period - lookback, grain, summed, reading.observed_through, settings)
        end = _window(period, grain, summed, reading.observed_through, settings)
        if _is_read(start, book, reading) and _is_read(end, book, reading):
            yield period, start, end


def _compare(
    parts: list[Part], book: Book, reading: Reading, start: Window, end: Window, settings: Settings
) -> tuple[Decimal, Decimal, str, dict[str, str | None]] | None:
    """A unit's starting and ending amount, movement and attributes; None where it has neither amount."""
    shape = book["shape"]
    starting = max(_net_amount(parts, shape, start), Decimal(0))
    ending = max(_net_amount(parts, shape, end), Decimal(0))
    if starting == 0 and ending == 0:
        return None
    joined_as = ""
    if starting == 0:
        own_class = settings.reactivation == "own"
        returned = own_class and _was_active(parts, shape, reading, start.last_day)
        joined_as = "reactivation" if returned else "new"
    read_at = start if starting > 0 else end
    names = _columns(book.get("attributes"))
    attributes = {name: _largest_value(parts, name, shape, read_at) for name in names}
    return starting, ending, _movement(starting, ending, joined_as), attributes


# --- measures and metrics -------------------------------------------------------------------------


def cohorts(
    ledger_rows: Iterable[LedgerRow], attributes: Sequence[str]
) -> dict[tuple[Any, ...], dict[str, Decimal | int]]:
    """Every measure by book, comparison, period_start, period_end, is_complete and the attributes named."""
    found: dict[tuple[Any, ...], dict[str, Decimal | int]] = {}
    for row in ledger_rows:
        key = (row.book, row.comparison, row.period_start, row.period_end, row.is_complete)
        key += tuple(row.attributes[name] for name in attributes)
        nothing = dict.fromkeys(REVENUE_MEASURES, Decimal(0)) | dict.fromkeys(COUNT_MEASURES, 0)
        _add(found.setdefault(key, nothing), row)
    return found


def _add(measures: dict[str, Any], row: LedgerRow) -> None:
    start, end = row.starting_amount, row.ending_amount
    measures["starting_revenue"] += start
    measures["ending_revenue"] += end
    measures["retained_revenue"] += min(start, end)
    measures["existing_revenue"] += end if start > 0 else 0
    measures["starting_customers"] += start > 0
    measures["ending_customers"] += end > 0
    measures["retained_customers"] += start > 0 and end > 0
    match row.movement:
        case "new":
            measures["new_revenue"] += end
            measures["new_customers"] += 1
        case "reactivation":
            measures["reactivation_revenue"] += end
            measures["reactivated_customers"] += 1
        case "expansion":
            measures["expansion_revenue"] += end - start
            measures["expanded_customers"] += 1
        case "contraction":
            measures["contraction_revenue"] += start - end
            measures["contracted_customers"] += 1
        case "churn":
            measures["churned_revenue"] += start
            measures["churned_customers"] += 1
        case "unchanged":
            measures["unchanged_customers"] += 1
        case _:
            raise ValueError(f"no such movement: {row.movement}")


def metrics(measures: Mapping[str, Decimal | int]) -> dict[str, Fraction | None]:
    """Every shipped metric of one cohort row, exact; None where its denominator is 0."""
    m = {name: Fraction(value) for name, value in measures.items()}
    start, end, existing = m["starting_revenue"], m["ending_revenue"], m["existing_revenue"]
    joined = m["new_revenue"] + m["reactivation_revenue"]
    expansion, contraction, churned = m["expansion_revenue"], m["contraction_revenue"], m["churned_revenue"]
    customers = m["starting_customers"]

    def over(numerator: Fraction, denominator: Fraction) -> Fraction | None:
        return numerator / denominator if denominator != 0 else None

    return {
        "customer_expansion_rate": over(end - start - joined, start),
        "net_expansion_rate": over(existing, start),
        "gross_revenue_retention": over(m["retained_revenue"], start),
        "customer_retention_rate": over(m["retained_customers"], customers),
        "revenue_growth_rate": over(end - start, start),
        "gross_expansion_rate": over(expansion, start),
        "contraction_rate": over(contraction, start),
        "revenue_churn_rate": over(churned, start),
        "gross_revenue_churn_rate": over(contraction + churned, start),
        "net_revenue_churn_rate": over(start - existing, start),
        "customer_churn_rate": over(m["churned_customers"], customers),
        "expanding_customer_share": over(m["expanded_customers"], customers),
        "survivor_net_expansion_rate": over(existing, start - churned),
        "quick_ratio": over(joined + expansion, contraction + churned),
        "average_revenue_per_customer": over(end, m["ending_customers"]),
        "net_new_revenue": end - start,
    }


# --- what the ledger leaves out -------------------------------------------------------------------


def problems(
    rows: Iterable[Row], book_name: str, settings: Settings
) -> dict[tuple[str, str | None, int | None], tuple[int, Decimal]]:
    """Rows left out, rounding and negative nets: (reason, grain, periods_summed) -> (row_count, amount)."""
    book = settings.books[book_name]
    reading = read(rows, book_name, settings)
    listed: list[tuple[tuple[str, str | None, int | None], Decimal]] = []
    listed += [((reason, None, None), given) for reason, given in reading.left_out]
    for part in reading.parts:
        if part.given != part.amount:
            listed.append((("rounded_amount", None, None), part.given - part.amount))
    if reading.parts:
        listed += _negative_nets(book, reading, settings)

    totals: dict[tuple[str, str | None, int | None], tuple[int, Decimal]] = {}
    for key, amount in listed:
        row_count, total = totals.get(key, (0, Decimal(0)))
        totals[key] = (row_count + 1, total + amount)
    return totals


def _negative_nets(
    book: Book, reading: Reading, settings: Settings
) -> Iterator[tuple[tuple[str, str, int], Decimal]]:
    """Each unit and window with a net amount below 0, over all whole windows of the observed periods."""
    units = _by_unit(reading.parts)
    windows = {("month", 1)}
    if book["shape"] == "payments":
        windows |= {(c["grain"], _summed(book, c)) for c in comparisons_of(book, settings).values()}
    for grain, summed in windows:
        observed = _observed_periods(reading, grain, settings)
        for period in observed[summed - 1 :]:
            window = _window(period, grain, summed, reading.observed_through, settings)
            for parts in units.values():
                net = _net_amount(parts, book["shape"], window)
                if net < 0:
                    yield ("negative_net_amount", grain, summed), net
