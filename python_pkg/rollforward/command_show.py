"""`rollforward show`: what a metric means, or what one stage of the compiler makes of it."""

from __future__ import annotations

import dataclasses
from argparse import Namespace
from collections.abc import Callable
from typing import Any

from rollforward.asking import as_declared
from rollforward.definition_card import MetricCard, card_as_data, card_as_text, expression
from rollforward.dialects import DEFAULT, Dialect, dialect_of
from rollforward.emit_macro import metric_macro
from rollforward.errors import Place, ProblemsFound, did_you_mean, refused
from rollforward.plan import plan_metric
from rollforward.profile import Wanted
from rollforward.resolve import Meanings, MetricMeaning, formula_of, metric_names
from rollforward.said import Said, Setting, as_json
from rollforward.source import Scalar, typed
from rollforward.workspace import Workspace, open_workspace


def run(options: Namespace, setting: Setting) -> Said:
    """Show a metric; raises ProblemsFound where there is none of that name."""
    workspace = open_workspace(setting.root)
    meaning = metric_called(as_declared(options.metric, workspace.meanings), workspace.meanings)
    planned = plan_metric(meaning, workspace.meanings.catalog)
    card = MetricCard(meaning, planned, workspace.meanings, _dialect(workspace))
    if options.stage:
        shown = _STAGES[options.stage](card)
        return Said(as_json({options.stage: shown}) if options.format == "json" else f"{shown.rstrip()}\n")
    return Said(
        as_json(card_as_data(card)) if options.format == "json" else card_as_text(card, setting.screen)
    )


def metric_called(name: str, meanings: Meanings) -> MetricMeaning:
    """Give a metric by its name or an alias; raises ProblemsFound."""
    by_name = {word.text: each for each in meanings.metrics for word in metric_names(each.metric)}
    if name in by_name:
        return by_name[name]
    if name in (item.name for item in meanings.catalog.measures):
        hint = "it is a column of the cohorts that metrics are made of"
        raise refused(
            "unknown-metric", f"'{name}' is a measure, not a metric", typed(name, "METRIC").place, hint
        )
    hint = did_you_mean(name, by_name, otherwise="`rollforward list metrics` names them all")
    raise refused("unknown-metric", f"metric '{name}' is not defined", typed(name, "METRIC").place, hint)


def _dialect(workspace: Workspace) -> Dialect:
    """Give the engine of the project, where that can be told."""
    try:
        return dialect_of(workspace.target(Wanted()).type) or DEFAULT
    except ProblemsFound:
        return DEFAULT


def _as_written(value: Any, indent: str = "") -> str:
    """Give a value of a stage, its fields on lines of their own."""
    if isinstance(value, Scalar):
        return f"{value.text}    # {value.place.path}:{value.place.line}:{value.place.column}"
    if isinstance(value, Place):
        return f"{value.path}:{value.line}:{value.column}"
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        lines = [type(value).__name__]
        for field in dataclasses.fields(value):
            inner = _as_written(getattr(value, field.name), indent + "  ")
            if field.repr and inner:
                lines.append(f"{indent}  {field.name}: {inner}")
        return "\n".join(lines)
    if isinstance(value, tuple) and any(map(dataclasses.is_dataclass, value)):
        return "".join(f"\n{indent}  - {_as_written(item, indent + '    ')}" for item in value)
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return str(value)


_STAGES: dict[str, Callable[[MetricCard], str]] = {
    "definition": lambda card: _as_written(card.meaning.metric),
    "formula": lambda card: _as_written(formula_of(card.meaning.metric) or card.meaning.metric),
    "meaning": lambda card: _as_written(card.meaning.form),
    "plan": lambda card: _as_written(card.plan),
    "sql": lambda card: expression(card.plan, card.dialect),
    "macro": lambda card: metric_macro(card.plan),
}
