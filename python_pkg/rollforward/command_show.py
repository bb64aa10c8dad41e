"""`rollforward show`: what a metric means, or what one stage of the compiler makes of it."""

from __future__ import annotations

from argparse import Namespace
from typing import Any, assert_never

from rollforward.arguments import Stage
from rollforward.asking import as_declared
from rollforward.definition_card import MetricCard, card_as_data, card_as_text, expression
from rollforward.dialects import DEFAULT, Dialect, dialect_of
from rollforward.emit_macro import metric_macro
from rollforward.errors import ProblemsFound, did_you_mean, refused
from rollforward.plan import plan_metric
from rollforward.profile import Wanted
from rollforward.resolve import Meanings, MetricMeaning, formula_of
from rollforward.said import Said, Setting, as_json
from rollforward.source import typed
from rollforward.stage_text import stage_as_data, stage_as_text
from rollforward.workspace import Workspace, open_workspace


def run(options: Namespace, setting: Setting) -> Said:
    """Show a metric; raises ProblemsFound where there is none of that name."""
    workspace = open_workspace(setting.root)
    meaning = metric_called(as_declared(options.metric, workspace.meanings), workspace.meanings)
    planned = plan_metric(meaning, workspace.meanings.catalog)
    card = MetricCard(meaning, planned, workspace.meanings, _dialect(workspace))
    if options.stage:
        shown = stage_as_data(_at(options.stage, card))
        if options.format == "json":
            return Said(as_json({options.stage: shown}))
        return Said(f"{(shown if isinstance(shown, str) else stage_as_text(shown)).rstrip()}\n")
    return Said(
        as_json(card_as_data(card)) if options.format == "json" else card_as_text(card, setting.screen)
    )


def metric_called(name: str, meanings: Meanings) -> MetricMeaning:
    """Give a metric by its name or an alias; raises ProblemsFound."""
    known = meanings.by_name
    if name in known:
        return known[name]
    if name in meanings.catalog.measures_by_name:
        hint = "it is a column of the cohorts that metrics are made of"
        raise refused(
            "unknown-metric", f"'{name}' is a measure, not a metric", typed(name, "METRIC").place, hint
        )
    hint = did_you_mean(name, known, otherwise="`rollforward list metrics` names them all")
    raise refused("unknown-metric", f"metric '{name}' is not defined", typed(name, "METRIC").place, hint)


def _dialect(workspace: Workspace) -> Dialect:
    """Give the engine of the project, where that can be told."""
    try:
        return dialect_of(workspace.target(Wanted()).type) or DEFAULT
    except ProblemsFound:
        return DEFAULT


def _at(stage: Stage, card: MetricCard) -> Any:
    """Give what one stage of the compiler makes of a metric: a text, or a value of its own type."""
    match stage:
        case "definition":
            return card.meaning.metric
        case "formula":
            return formula_of(card.meaning.metric) or card.meaning.metric
        case "meaning":
            return card.meaning.form
        case "plan":
            return card.plan
        case "sql":
            return expression(card.plan, card.dialect)
        case "macro":
            return metric_macro(card.plan)
        case _:
            assert_never(stage)
