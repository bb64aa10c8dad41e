"""Texts of macros/metrics: one macro per metric, with variants for the engines that write it differently."""

from __future__ import annotations

from collections.abc import Mapping

from rollforward.dialects import DEFAULT, DIALECTS, Dialect
from rollforward.plan import MetricPlan
from rollforward.sql import enclosed_sql, indented


def metric_macro(metric: MetricPlan) -> str:
    """Give the body of a metric's macro file."""
    texts = {dialect: enclosed_sql(metric.form, dialect) for dialect in DIALECTS}
    return f"{{#- {metric.label}: {metric.words} -#}}\n{macro(metric.name, metric.project, texts)}"


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
