"""`rollforward list`: what there is to ask for."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable
from typing import Any, assert_never

from rollforward.arguments import Listed
from rollforward.asking import comparison_in_words
from rollforward.resolve import Meanings, metric_names
from rollforward.said import Said, Setting, as_json
from rollforward.text_table import term_list
from rollforward.workspace import open_workspace


def run(options: Namespace, setting: Setting) -> Said:
    """List metrics, attributes, books, comparisons or views; raises ProblemsFound."""
    entries = list(_entries(options.what, open_workspace(setting.root).meanings))
    if options.format == "json":
        return Said(as_json({options.what: entries}))
    if not entries:
        return Said(notes=(f"rollforward: the project has no {options.what}",))
    return Said(term_list([_said(entry) for entry in entries], setting.screen) + "\n")


def _entries(what: Listed, meanings: Meanings) -> Iterable[dict[str, Any]]:
    match what:
        case "metrics":
            return _metrics(meanings)
        case "attributes":
            return _attributes(meanings)
        case "books":
            return _books(meanings)
        case "comparisons":
            return _comparisons(meanings)
        case "views":
            return _views(meanings)
        case _:
            assert_never(what)


def _said(entry: dict[str, Any]) -> tuple[str, list[str]]:
    """Give an entry as its name and lines that say the rest."""
    (_, name), *others = entry.items()
    short = [str(value) for _, value in others if isinstance(value, str)]
    lists = [f"{key}: {', '.join(value)}" for key, value in others if isinstance(value, list) and value]
    return name, [", ".join(short), *lists] if short else lists


def _metrics(meanings: Meanings) -> Iterable[dict[str, Any]]:
    for each in sorted(meanings.metrics, key=lambda meaning: meaning.name):
        card = each.metric.card
        aliases = [alias.text for alias in metric_names(each.metric)[1:]]
        yield {"metric": each.name, "label": card.label, "also": aliases}


def _attributes(meanings: Meanings) -> Iterable[dict[str, Any]]:
    books = meanings.catalog.settings.books
    for name in meanings.catalog.settings.attributes:
        of = [book.name.text for book in books if name in (attribute.text for attribute in book.attributes)]
        yield {"attribute": name, "books": of}
    for each in meanings.dimensions:
        yield {"attribute": each.name, "made_of": each.dimension.expr.text, "books": []}


def _books(meanings: Meanings) -> Iterable[dict[str, Any]]:
    settings = meanings.catalog.settings
    for book in settings.books:
        yield {
            "book": book.name.text,
            "relation": book.relation.text,
            "shape": book.shape,
            "measured": book.measurement,
            "unit": [column.text for column in book.unit],
            "attributes": [attribute.text for attribute in book.attributes],
            "comparisons": list(settings.comparisons_of(book)),
        }


def _comparisons(meanings: Meanings) -> Iterable[dict[str, Any]]:
    settings = meanings.catalog.settings
    for comparison in settings.comparisons:
        books = [book for book in settings.books if comparison.name in settings.comparisons_of(book)]
        for words in dict.fromkeys(comparison_in_words(comparison, book) for book in books):
            of = [book.name.text for book in books if comparison_in_words(comparison, book) == words]
            yield {"comparison": comparison.name, "compares": words, "books": of}


def _views(meanings: Meanings) -> Iterable[dict[str, Any]]:
    for each in meanings.views:
        yield {
            "view": each.view.name.text,
            "book": each.selected.book.name.text,
            "by": list(each.selected.by),
            "metrics": [metric.name for metric in each.selected.metrics],
            "comparisons": [comparison.name for comparison in each.selected.comparisons],
        }
