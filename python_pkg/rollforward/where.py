"""The `where` of a selection: checked against the book's attributes and written out per engine."""

from __future__ import annotations

from rollforward.definitions import KEYS, ROW_COLUMNS, Catalog, Fragment
from rollforward.errors import Problem, ProblemsFound, did_you_mean
from rollforward.expressions import CONDITION_HINT, Checks, Refusal, Scope
from rollforward.fragments import fragment, joinable
from rollforward.missing_values import keeping_nulls
from rollforward.read_sql import parsed
from rollforward.resolve import Meanings, SelectionMeaning
from rollforward.source import Scalar


def read_conditions(meanings: Meanings, problems: list[Problem]) -> dict[str, Fragment]:
    """Give the conditions of the views that have one; notes words at fault."""
    conditions: dict[str, Fragment] = {}
    for view in meanings.views:
        condition = read_condition(view.selected, meanings.catalog, problems)
        if condition is not None:
            conditions[view.view.name.text] = condition
    followed = {view.view.name.text for view in meanings.views}
    for each in meanings.catalog.views:
        # Of a view without a book nothing is known but whether its condition is SQL.
        if each.selection.where is not None and each.name.text not in followed:
            try:
                parsed(each.selection.where, CONDITION_HINT, meanings.catalog.settings.dialect)
            except ProblemsFound as refused:
                problems += refused.problems
    return conditions


def read_condition(meaning: SelectionMeaning, catalog: Catalog, problems: list[Problem]) -> Fragment | None:
    """Give the condition of a selection, ready to be joined to others by `and`; notes words at fault."""
    where = meaning.selection.where
    if where is None:
        return None
    scope = _scope(meaning, catalog)
    checks = Checks(where, scope, [])
    try:
        tree = parsed(where, CONDITION_HINT, catalog.settings.dialect)
    except ProblemsFound as refused:
        problems += refused.problems
        return None
    checks.condition(tree)
    problems += checks.problems
    if checks.problems:
        return None
    kept = keeping_nulls(tree, scope.nullable)
    return fragment(joinable(kept))


def _scope(meaning: SelectionMeaning, catalog: Catalog) -> Scope:
    attributes = [attribute.text for attribute in meaning.book.attributes]
    measures, where = catalog.measures_by_name, meaning.selection.where
    dimensions = {each.name.text for each in catalog.dimensions}

    def why_not(name: str) -> Refusal:
        if name in measures:
            message = f"'{name}' is a measure; `where` chooses by attributes, before summing"
            return "measure-in-where", message, "choose by it where the view is read"
        if name in ROW_COLUMNS:
            message = f"'{name}' belongs to single units; `where` chooses by attributes only"
            hint = "make it the `filter` of a simple metric, or a dimension to slice by"
            return "row-column-in-where", message, hint
        if name in KEYS:
            message = f"'{name}' is no attribute; `where` chooses by attributes only"
            return "key-in-where", message, _hint_for_key(name, where)
        if name in dimensions:
            message = f"'{name}' is a dimension; `where` chooses by attributes only"
            hint = "slice by it, and choose where the view or the answer is read"
            return "row-column-in-where", message, hint
        known = f"known: {', '.join(attributes) or 'none'}"
        hint = did_you_mean(name, attributes, otherwise=known)
        return (
            "unknown-attribute",
            f"attribute '{name}' is not defined in book '{meaning.book.name.text}'",
            hint,
        )

    return Scope(
        types=dict.fromkeys(attributes, "text"),
        nullable=frozenset(attributes),
        why_not=why_not,
        values={},
        where="where",
        hint=CONDITION_HINT,
    )


def _hint_for_key(name: str, where: Scalar | None) -> str:
    """Say where else books, comparisons and periods are chosen: by options, in a view by keys."""
    if where is None or not where.place.is_typed:
        return "books and comparisons have keys of their own; choose periods where the view is read"
    options = {"book": "--book", "comparison": "--comparison", "is_complete": "--include-incomplete"}
    return f"use {options.get(name, '--from and --to')}"
