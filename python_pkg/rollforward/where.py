"""The `where` of a selection: checked against the book's attributes and written out per engine."""

from __future__ import annotations

from rollforward.definitions import KEYS, ROW_COLUMNS, Catalog, Fragment
from rollforward.errors import Problem, ProblemsFound, did_you_mean
from rollforward.expressions import CONDITION_HINT, Checks, Refusal, Scope
from rollforward.fragments import fragment, joinable
from rollforward.missing_values import keeping_nulls
from rollforward.read_sql import parsed
from rollforward.resolve import Meanings, SelectionMeaning


def read_conditions(meanings: Meanings, problems: list[Problem]) -> dict[str, Fragment]:
    """Give the conditions of the views that have one; notes words at fault."""
    conditions: dict[str, Fragment] = {}
    for view in meanings.views:
        condition = read_condition(view.selected, meanings.catalog, problems)
        if condition is not None:
            conditions[view.view.name.text] = condition
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
    measures = {item.name for item in catalog.measures}

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
            return "key-in-where", message, "name the book and the comparisons under their own keys"
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
