"""A table's columns and some of its rows -> a book that reads it, as far as names and values tell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from rollforward.settings import can_be_attribute
from rollforward.shapes import SHAPES

Holds = Literal["number", "date", "text", "nothing"]

_NAMES = """
units: customer account client company organization organisation workspace tenant subscriber user member
  buyer
amounts: mrr monthly_recurring_revenue arr net_amount amount revenue net_revenue price value total
  gross_amount paid fee charge
starts: started_on start_date started_at starts_on starts_at valid_from start_on begin_date period_start
  start
ends: ended_on end_date ended_at ends_on ends_at valid_to valid_until canceled_at cancelled_at
  canceled_on cancelled_on churned_at expired_at end_on end
snapshots: snapshot_on snapshot_date snapshot_at as_of as_of_date date_month month month_end reported_on
moved: movement change delta diff
days: occurred_on ordered_at order_date ordered_on paid_at payment_date paid_on invoice_date invoiced_on
  invoiced_at charged_on charged_at event_date changed_on created_at transaction_date date day
slices: plan tier segment region country product channel industry category edition currency market
  source size
rows: row line item entry record
"""
"""What columns are called that hold the customer, the money, the days and so on, the likeliest first."""


def _named(what: str) -> tuple[str, ...]:
    """Give the names of one kind of column."""
    lines = _NAMES.replace("\n  ", " ").splitlines()
    return next(tuple(line.split()[1:]) for line in lines if line.startswith(f"{what}:"))


_UNITS = _named("units")
_AMOUNTS = _named("amounts")
_STARTS = _named("starts")
_ENDS = _named("ends")
_SNAPSHOTS = _named("snapshots")
_MOVED = _named("moved")
_DAYS = _named("days")
_SLICES = _named("slices")
_ROWS = _named("rows")
_NO_AMOUNTS = ("id", *_STARTS, *_ENDS)
_MOST_VALUES, _MOST_ATTRIBUTES = 50, 4
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}([ T].*)?", re.ASCII)
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?", re.ASCII)
"""A number as the models read it from a text: see `written_number`."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A relation by the name a book gives it, with columns and the texts found in some rows, '' for null."""

    relation: str
    columns: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A book to write; what could not be told is empty.

    `months` are the whole months over which the rows looked at reach, 0 where none were.
    """

    relation: str
    shape: str = ""
    unit: tuple[str, ...] = ()
    amount: str = ""
    dates: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    months: int = 0

    @property
    def missing(self) -> list[str]:
        """The flags that would say what is not known."""
        wanted = {"--shape": self.shape, "--unit": self.unit, "--amount": self.amount, "--date": self.dates}
        return [flag for flag, value in wanted.items() if not value]


def propose(sample: Sample) -> Proposal:
    """Propose a book that reads a relation."""
    kinds = {name: holds(values) for name, values in sample.columns.items()}
    numbers = [name for name, kind in kinds.items() if kind in ("number", "nothing")]
    days = [name for name, kind in kinds.items() if kind in ("date", "nothing")]
    unit = _unit(kinds)
    amount = _best(numbers, _AMOUNTS, without=_NO_AMOUNTS)
    shape, dates = _shape(days, amount)
    found = Proposal(sample.relation, shape, (unit,) if unit else (), amount, dates)
    key = key_of(found, sample)
    taken = {unit, amount, *dates, *key}
    attributes = [
        name
        for name, values in sample.columns.items()
        if name not in taken and kinds[name] == "text" and _is_slice(name, values)
    ]
    attributes.sort(key=lambda name: (_rank(name, _SLICES), list(kinds).index(name)))
    return replace(found, attributes=tuple(attributes[:_MOST_ATTRIBUTES]), key=key)


def months_of(proposal: Proposal, sample: Sample) -> int:
    """Give the whole months over which the rows of a sample reach."""
    return _whole_months(sample.columns.get(proposal.dates[0], ()))


def _whole_months(values: Sequence[str]) -> int:
    """Give the months from the first day to the last, without the last one where it is not over.

    >>> _whole_months(["2026-03-31 09:30", "", "2026-01-12"]), _whole_months(["2026-03-30", "2026-01-12"])
    (3, 2)
    """
    days = [date.fromisoformat(value[:10]) for value in map(str.strip, values) if _is_date(value[:10])]
    if not days:
        return 0
    first, end = min(days), max(days) + timedelta(days=1)
    return (end.year - first.year) * 12 + end.month - first.month


def key_of(proposal: Proposal, sample: Sample) -> tuple[str, ...]:
    """Give the columns that tell the rows of a book apart, so that a row loaded twice counts once.

    Of events, each of which happened once, that is an id. A stretch or a snapshot can get further rows under
    the same id later, which differ in the day: it belongs to the key.
    """
    taken = {*proposal.unit, proposal.amount, *proposal.dates}
    found = [name for name in sample.columns if name not in taken and _identifies(name, sample.columns[name])]
    if not found or not proposal.dates:
        return ()
    found.sort(key=lambda name: (_rank(name, _ROWS), name.lower() != "id"))
    goes_on = proposal.shape in ("intervals", "snapshots")
    return (found[0], proposal.dates[0]) if goes_on else (found[0],)


def best(samples: Iterable[Sample]) -> Proposal | None:
    """Propose the book that is most likely meant: one that lacks nothing, subscriptions before payments."""
    proposals = [propose(sample) for sample in samples]
    order = list(SHAPES)
    whole = [each for each in proposals if not each.missing]
    return min(whole, key=lambda each: (order.index(each.shape), -len(each.attributes)), default=None)


def amount_in_texts(sample: Sample) -> tuple[str, str] | None:
    """Give a column that is called like an amount and holds texts with digits, and one that is no number."""
    texts = [
        name
        for name, values in sample.columns.items()
        if holds(values) == "text" and _nearly_all(re.search(r"\d", each) for each in values if each.strip())
    ]
    name = _best(texts, _AMOUNTS, without=_NO_AMOUNTS)
    return (name, _no_numbers(sample.columns[name])[0]) if name else None


def _no_numbers(values: Iterable[str]) -> list[str]:
    """Give the values that are there and are no numbers."""
    return [value for value in values if value.strip() and not _NUMBER.fullmatch(value.strip())]


def notes_on(proposal: Proposal, sample: Sample) -> Iterator[str]:
    """Say what the book would take as it is, and perhaps should not, and what it would leave out."""
    for name, values in sample.columns.items():
        unread = _no_numbers(values)
        if name.lower() == proposal.amount.lower() and unread:
            rows = f"{len(unread)} of {len(values)} rows looked at"
            yield f"'{name}' holds no number in {rows}, such as '{unread[0]}': they would be left out"
    for name, values in sample.columns.items():
        several = sorted({value.strip() for value in values} - {""})
        if "currency" in name.lower().split("_") and holds(values) == "text" and len(several) > 1:
            yield (
                f"'{name}' holds {_some(several)}: amounts of several currencies would be added up as they"
                " are; convert them in the model, or keep one currency per book"
            )


def _some(words: Sequence[str]) -> str:
    """Give a few words of a list, and how many more there are.

    >>> _some(["EUR", "USD"]), _some(["AUD", "CHF", "EUR", "GBP", "USD"])
    ('EUR and USD', 'AUD, CHF, EUR and 2 more')
    """
    first = words[:3]
    last = f"{len(words) - 3} more" if len(words) > 3 else words[-1]
    return f"{', '.join(first if len(words) > 3 else words[:-1])} and {last}"


def holds(values: Sequence[str]) -> Holds:
    """Tell what a column holds, but for one value in twenty: a build lists what cannot be read.

    >>> holds(["12.50", "", "-3"]), holds(["2026-01-31", ""]), holds(["pro"]), holds([""])
    ('number', 'date', 'text', 'nothing')
    """
    given = [value.strip() for value in values if value.strip()]
    if not given:
        return "nothing"
    if _nearly_all(_DATE.fullmatch(value) and _is_date(value[:10]) for value in given):
        return "date"
    return "number" if _nearly_all(_NUMBER.fullmatch(value) for value in given) else "text"


def _nearly_all(found: Iterable[object]) -> bool:
    answers = [bool(each) for each in found]
    return answers.count(False) * 20 <= len(answers)


def _unit(kinds: Mapping[str, Holds]) -> str:
    named = [name for name, kind in kinds.items() if kind != "date"]
    for word in _UNITS:
        for name in (f"{word}_id", f"{word}_key", f"{word}_code", word, f"{word}_name", f"{word}_uuid"):
            for column in named:
                if column.lower() == name:
                    return column
    return ""


def _shape(days: Sequence[str], amount: str) -> tuple[str, tuple[str, ...]]:
    start, end = _best(days, _STARTS), _best(days, _ENDS)
    if start and end:
        return "intervals", (start, end)
    if snapshot := _best(days, _SNAPSHOTS):
        return "snapshots", (snapshot,)
    if day := _best(days, _DAYS) or (days[0] if len(days) == 1 else ""):
        return ("movements" if any(word in amount.lower() for word in _MOVED) else "payments"), (day,)
    return "", ()


def _best(columns: Sequence[str], words: Sequence[str], without: Sequence[str] = ()) -> str:
    """Give the column with the first of some names, or a name that ends or begins with one."""
    for word in words:
        for name in columns:
            if name.lower() == word:
                return name
    for word in words:
        for name in columns:
            pieces = name.lower().split("_")
            if word in (pieces[0], pieces[-1]) and not set(pieces) & set(without):
                return name
    return ""


def _identifies(name: str, values: Sequence[str]) -> bool:
    """Whether a column is named like the id of a row, and its values are all there and all different.

    The id of a customer or of a plan is not, though in a few rows each of them may be there once.
    """
    pieces = name.lower().split("_")
    named = pieces[-1] in ("id", "key", "number") and not set(pieces[-2:]) & {*_UNITS, *_SLICES}
    given = {value.strip() for value in values} - {""}
    return named and bool(given) and len(given) == len(values)


def _is_slice(name: str, values: Sequence[str]) -> bool:
    if not can_be_attribute(name) or name.lower().endswith(("_id", "_key", "_name", "email")):
        return False
    if "status" in name.lower().split("_"):
        # What a row has become: sliced by it, an earlier month would know who leaves later.
        return False
    several = {value for value in values if value}
    return _rank(name, _SLICES) < len(_SLICES) or 1 < len(several) <= min(
        _MOST_VALUES, max(2, len(values) // 3)
    )


def _rank(name: str, words: Sequence[str]) -> int:
    pieces = set(name.lower().split("_"))
    return next((index for index, word in enumerate(words) if word in pieces), len(words))


def _is_date(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False
