"""`rollforward explain`: one value taken apart."""

from __future__ import annotations

from argparse import Namespace

from rollforward.explain import Asked, explain
from rollforward.explain_data import explanation_as_data
from rollforward.explain_text import explanation_as_text
from rollforward.observed import built_as_of_another_day
from rollforward.options import listed, wanted_of
from rollforward.relations import locate
from rollforward.said import Said, Setting, as_json
from rollforward.session import open_session
from rollforward.workspace import dialect_for, open_workspace


def run(options: Namespace, setting: Setting) -> Said:
    """Explain a value; raises ProblemsFound."""
    workspace = open_workspace(setting.root)
    wanted = wanted_of(options)
    target = workspace.target(wanted)
    asked = Asked(
        metric=options.metric,
        book=options.book,
        comparison=options.comparison,
        period=options.period,
        by=listed(options.by),
        where=options.where,
        customers=options.customers,
    )
    with open_session(target, setting.root, wanted) as session:
        located = locate(workspace.layout, workspace.folder, target, session)
        found = explain(
            asked,
            workspace.meanings,
            session,
            dialect_for(target),
            located.models,
        )
    doubts = built_as_of_another_day(found.reach, found.book, workspace.meanings.catalog.settings)
    notes = tuple(f"rollforward: {note}" for note in (*located.notes, *workspace.notes(), *doubts))
    if options.format == "json":
        return Said(as_json(explanation_as_data(found)), notes)
    fiscal = workspace.meanings.catalog.settings.fiscal_year_start_month
    return Said(explanation_as_text(found, setting.screen, fiscal), notes)
