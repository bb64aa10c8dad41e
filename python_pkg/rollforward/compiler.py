"""The stages from a catalog to files, in order."""

from __future__ import annotations

from rollforward.definitions import Catalog
from rollforward.emit import Conditions, Generated, emit
from rollforward.errors import Problem
from rollforward.plan import plan
from rollforward.resolve import resolve
from rollforward.rules import check


def compile_catalog(catalog: Catalog, problems: list[Problem]) -> tuple[Generated, ...]:
    """Give the files of a catalog, or none where something is wrong: then every problem is noted."""
    meanings = resolve(catalog, problems)
    problems += check(meanings)
    conditions: Conditions = {}
    if any(view.selection.where for view in catalog.views):
        # Loading sqlglot takes longer than everything else together, and only `where` needs it.
        from rollforward.where import read_conditions

        conditions = read_conditions(meanings, problems)
    return () if problems else tuple(emit(plan(meanings), conditions))
