"""Texts of models/metrics/<view>.sql: the statement that answers the view's selection, over refs."""

from __future__ import annotations

from collections.abc import Mapping

from rollforward.definitions import COHORTS, LEDGER, PACKAGE
from rollforward.dialects import DIALECTS
from rollforward.plan import MetricPlan, ViewPlan
from rollforward.statement import Relations, Writing, statement

REFS = Relations(
    cohorts=f"{{{{ ref('{PACKAGE}', '{COHORTS}') }}}}", ledger=f"{{{{ ref('{PACKAGE}', '{LEDGER}') }}}}"
)


def view_model(view: ViewPlan, where: str, calls: Mapping[str, str]) -> str:
    """Give the body of a view's model; `where` and `calls` are what conditions and rows are written as."""
    metrics = [
        *view.selected.metrics,
        *(each.followed.value for each in view.selected.metrics if each.followed),
    ]
    written = {metric.name: _call(metric) for metric in metrics if metric.project}
    writing = Writing(REFS, where=where, calls={**calls, **written}, parts=True, ending=_ending())
    return statement(view.selected, writing)


def _ending() -> str:
    """Give what engines have to be told at the end, as a lookup by engine: most need nothing."""
    endings = {engine.adapter: engine.ending for engine in DIALECTS if engine.ending}
    return f"{{{{ {endings}.get(target.type, '') }}}}"


def _call(metric: MetricPlan) -> str:
    """Write a metric as a call of its macro, which knows the engine."""
    return f"{{{{ {metric.project}.{metric.name}() }}}}"
