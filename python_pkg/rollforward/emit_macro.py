"""Texts of macros/metrics: one macro per metric, with variants for the engines that write it differently.

A float is called by a macro of the package, so that most metrics are written once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from rollforward.definitions import PACKAGE
from rollforward.dialects import DEFAULT, DIALECTS, Dialect
from rollforward.plan import MetricPlan
from rollforward.sql import enclosed_sql, indented
from rollforward.trailing import trailing_sql

_FLOAT_TYPE = f"{{{{ {PACKAGE}.float_type() }}}}"


def metric_macro(metric: MetricPlan) -> str:
    """Give the body of a metric's macro file, which has its aliases too.

    One that the cohorts do not hold says what it is over, since it cannot stand in a select over them.
    """
    over, texts = "", {}
    for dialect in DIALECTS:
        writing = replace(dialect, float_type=_FLOAT_TYPE)
        if metric.followed is not None:
            over, texts[dialect] = "several periods", trailing_sql(metric.followed, writing)
        elif metric.reads_ledger:
            rows = {item.name: item.row.on(dialect.adapter) for item in metric.measures}
            over, texts[dialect] = "the ledger", enclosed_sql(metric.form, writing, rows)
        else:
            texts[dialect] = enclosed_sql(metric.form, writing)
    said = f"{metric.label}: {metric.words}" + (f" (over {over})" if over else "")
    calls = dict.fromkeys(metric.aliases, f"{{{{- {metric.project}.{metric.name}() -}}}}")
    names = (metric.name, *metric.aliases) if over else ()
    others = calls | {f"{name}__over": over for name in names}
    added = "".join(f"\n{_definition(*each)}" for each in others.items())
    return f"{{#- {said} -#}}\n{macro(metric.name, metric.project, texts)}{added}"


def macro(name: str, project: str, texts: Mapping[Dialect, str]) -> str:
    """Give a macro that writes a text; it dispatches only where engines differ."""
    variants = _variants(texts)
    if not variants:
        return _definition(name, texts[DEFAULT])
    entry = f"{{{{- adapter.dispatch('{name}', '{project}')() -}}}}"
    written = [(name, entry), (f"default__{name}", texts[DEFAULT])]
    written += [(f"{adapter}__{name}", text) for adapter, text in variants.items()]
    return "\n\n".join(_definition(*each).rstrip("\n") for each in written) + "\n"


def _variants(texts: Mapping[Dialect, str]) -> dict[str, str]:
    """Give the texts that differ from what dbt's dispatch finds: those of the parent, else the default."""
    variants: dict[str, str] = {}
    for dialect in DIALECTS:
        inherited = variants.get(dialect.parent, texts[DEFAULT])
        if texts[dialect] != inherited:
            variants[dialect.adapter] = texts[dialect]
    return variants


def _definition(name: str, text: str) -> str:
    return f"{{% macro {name}() -%}}\n{indented(text)}\n{{%- endmacro %}}\n"
