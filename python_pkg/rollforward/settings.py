"""The package's vars -> Settings: where the revenue is, and the policies for reading it.

When dbt parses a project, `check_settings` of the package looks at the same vars. What it refuses is refused
here, with line and column, and some more: names that are too long, numbers in quotes, an unknown `dialect`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import date

from rollforward.days import MONTHS
from rollforward.definitions import (
    PACKAGE,
    SIDES,
    STANDARD_COMPARISONS,
    Book,
    Comparison,
    Settings,
    is_kept,
    is_of_statements,
)
from rollforward.dialects import DIALECTS
from rollforward.errors import Problem, did_you_mean
from rollforward.reader import Entries, is_nothing
from rollforward.shapes import SHAPES
from rollforward.source import Document, Mapping, Node, Scalar
from rollforward.words import SQL_WORDS

SETTINGS = (
    "books",
    "comparisons",
    "as_of_date",
    "fiscal_year_start_month",
    "reactivation",
    "amount_scale",
    "rebuild_above_percent",
    "dialect",
)
BOOK_KEYS = ("relation", "shape", "unit", "amount", "attributes", "key", "comparisons", "as_of_date")
BOOK_REQUIRED = ("relation", "shape", "unit", "amount")
NOT_IN_BOOKS = {
    **dict.fromkeys(("where", "filter", "filters", "condition"), "filter in your model: all rows are read"),
    **dict.fromkeys(
        (key for key in SETTINGS[2:] if key not in BOOK_KEYS), "it is for all books: write it beside `books`"
    ),
    "shape": f"one of {', '.join(SHAPES)}",
}
"""What is said of keys that a book has not or, as its shape, must have."""
COMPARISON_KEYS = ("grain", "lookback", "periods_summed")
REACTIVATIONS = ("own", "new")
ALL_DATES = tuple(dict.fromkeys(key for shape in SHAPES.values() for key in shape.dates))
PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,59}")
PLAIN_HINT = "use letters, digits and _, no digit first, at most 60 characters"
_WORD, _QUOTED = r"[^\s.,'\"()]+", r"""\s*(?:'[^'"]+'|"[^'"]+")\s*"""
RELATION = re.compile(
    rf"\s*(?:{_WORD}(?:[.]{_WORD})?|ref\({_QUOTED}(?:,{_QUOTED})?\)|source\({_QUOTED},{_QUOTED}\))\s*"
)
DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def read_settings(document: Document, problems: list[Problem]) -> Settings:
    """Read the vars of dbt_project.yml or vars.yml: those under `rollforward`."""
    entries = _given(document, problems)
    comparisons = {comparison.name: comparison for comparison in STANDARD_COMPARISONS}
    for name, mapping in entries.mappings("comparisons"):
        comparisons[name.text] = _comparison(
            Entries(mapping, f"comparison '{name.text}'", name.place, problems), name
        )
    books: list[Book] = []
    broken: list[Book] = []
    for name, mapping in entries.mappings("books"):
        before = len(problems)
        book = _book(Entries(mapping, f"book '{name.text}'", name.place, problems), name, comparisons)
        (books if len(problems) == before else broken).append(book)
    _check_told_apart((*books, *broken), entries)
    unset = Settings()
    return Settings(
        books=tuple(books),
        comparisons=tuple(comparisons.values()),
        as_of_date=_day(entries),
        fiscal_year_start_month=entries.number(
            "fiscal_year_start_month", 1, 12, unset.fiscal_year_start_month
        ),
        reactivation=entries.word("reactivation", REACTIVATIONS, unset.reactivation),
        amount_scale=entries.number("amount_scale", 0, 9, unset.amount_scale),
        rebuild_above_percent=entries.number("rebuild_above_percent", 0, 100, unset.rebuild_above_percent),
        dialect=entries.word("dialect", (engine.adapter for engine in DIALECTS), unset.dialect),
        broken_books=_declared(entries) - {book.name.text for book in books},
        partly_read=tuple(broken),
    )


def _declared(entries: Entries) -> frozenset[str]:
    books = entries.mapping.get("books")
    return frozenset(name.text for name, _ in books.entries) if isinstance(books, Mapping) else frozenset()


def own_vars(document: Document) -> Node | None:
    """Give what is under the package's name in the vars, if anything is."""
    everyone = document.root.get("vars")
    return everyone.get(PACKAGE) if isinstance(everyone, Mapping) else None


def _given(document: Document, problems: list[Problem]) -> Entries:
    """Give the settings: the vars under the package's name, and no others."""
    scoped, everyone = own_vars(document), document.root.get("vars")
    if scoped is None and isinstance(everyone, Mapping):
        problems += _misspelt(everyone)
    given = scoped.entries if isinstance(scoped, Mapping) else ()
    if scoped is not None and not isinstance(scoped, Mapping) and not is_nothing(scoped):
        message, hint = f"the vars of {PACKAGE} have to be a mapping", f"allowed here: {', '.join(SETTINGS)}"
        problems.append(Problem("wrong-shape", message, scoped.place, hint))
    if isinstance(scoped, Mapping):
        Entries(scoped, "the vars of rollforward", scoped.place, problems).check_keys(SETTINGS)
    known = tuple(entry for entry in given if entry[0].text in SETTINGS and not is_nothing(entry[1]))
    return Entries(Mapping(known, document.root.place), "vars", document.root.place, problems)


def _misspelt(everyone: Mapping) -> Iterator[Problem]:
    """Note vars that hold books under a name like the package's: dbt would take them for somebody else's."""
    for key, value in everyone.entries:
        hint = did_you_mean(key.text, [PACKAGE])
        if hint and isinstance(value, Mapping) and value.get("books") is not None:
            yield Problem("unknown-key", f"'{key.text}' has books, and is not {PACKAGE}", key.place, hint)


def _comparison(entry: Entries, name: Scalar) -> Comparison:
    _check_plain(name, "a comparison", entry)
    if name.text in {standard.name for standard in STANDARD_COMPARISONS}:
        message = f"every book has the comparison '{name.text}'"
        entry.say("duplicate-name", message, name.place, "declare yours under another name")
    entry.check_keys(COMPARISON_KEYS, COMPARISON_KEYS[:2])
    grain = entry.word("grain", MONTHS, "month")
    lookback, summed = entry.number("lookback", 1, 99, 1), entry.number("periods_summed", 1, 99, 1)
    return Comparison(name.text, grain, lookback, summed)


def _book(entry: Entries, name: Scalar, comparisons: Collection[str]) -> Book:
    """Read a book, as far as it can be read: what is wrong is noted."""
    _check_plain(name, "a book", entry)
    shape = entry.word("shape", SHAPES, "")
    dates = SHAPES[shape].dates if shape else ALL_DATES
    needed = (*BOOK_REQUIRED, *dates[:1]) if shape else BOOK_REQUIRED
    entry.check_keys((*BOOK_KEYS, *dates), needed, NOT_IN_BOOKS)
    for key in ("relation", "amount", *dates):
        _texts(filter(None, [entry.text(key)]), entry)
    relation = _relation(entry)
    unit, attributes, chosen, _ = (
        _texts(entry.texts(name, single=True), entry) for name in ("unit", "attributes", "comparisons", "key")
    )
    for attribute in attributes:
        _check_plain(attribute, "an attribute", entry)
    for word in chosen:
        if word.text not in comparisons:
            hint = did_you_mean(word.text, comparisons, otherwise=f"known: {', '.join(comparisons)}")
            entry.say("unknown-comparison", f"comparison '{word.text}' is not defined", word.place, hint)
    return Book(name, relation or Scalar("", name.place), shape, unit, attributes, chosen, _day(entry))


def can_be_attribute(name: str) -> bool:
    """Whether a column can be an attribute, as far as its name alone tells."""
    plain = PLAIN.fullmatch(name) is not None and name.lower() not in SQL_WORDS
    return plain and not is_kept(name) and not is_of_statements(name) and not name.lower().endswith(SIDES)


def is_no_relation(name: str, known: Collection[str]) -> bool:
    """Whether a plain name is that of none of the project's models, seeds and snapshots.

    A model of several versions has files that are called after each.
    """
    of_versions = any(each.startswith(f"{name}_v") for each in known)
    return PLAIN.fullmatch(name) is not None and name not in known and not of_versions


def _texts(names: Iterable[Scalar], entry: Entries) -> tuple[Scalar, ...]:
    """Give names that dbt reads as texts; those it reads as a number, a truth or a date are noted."""
    given = tuple(names)
    for name in given:
        if not name.is_text:
            message = f"'{name.text}' is not a text where it stands without quotes"
            entry.say("wrong-shape", message, name.place, "write it in quotes if it is a name")
    return tuple(name for name in given if name.is_text)


def _check_plain(name: Scalar, what: str, entry: Entries) -> None:
    if not PLAIN.fullmatch(name.text):
        message = f"'{name.text}' cannot be the name of {what}"
        entry.say("invalid-name", message, name.place, PLAIN_HINT)
    _texts([name], entry)


def _check_told_apart(books: Iterable[Book], entries: Entries) -> None:
    """Most engines take `Mrr` for `mrr`, and what is made of a book is named after it."""
    first: dict[str, str] = {}
    for book in books:
        before = first.setdefault(book.name.text.lower(), book.name.text)
        if before != book.name.text:
            message = f"only capitals tell the book '{book.name.text}' from '{before}'"
            entries.say("name-collision", message, book.name.place, "choose another name")


def _relation(entry: Entries) -> Scalar | None:
    given = entry.text("relation")
    if given is not None and not RELATION.fullmatch(given.text):
        message = f"'{given.text}' is no relation of a dbt project"
        hint = "write model, package.model, ref('model') or source('source', 'table')"
        entry.say("wrong-shape", message, given.place, hint)
    return given


def _day(entries: Entries) -> date | None:
    """Read how far all books or one are known, where that is said."""
    given = entries.text("as_of_date")
    if given is None:
        return None
    try:
        if DATE.fullmatch(given.text):
            return date.fromisoformat(given.text)
    except ValueError:
        pass
    entries.say("not-a-date", f"'{given.text}' is not a date written YYYY-MM-DD", given.place)
    return None
