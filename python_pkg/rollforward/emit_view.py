"""Texts of models/metrics/<view>.sql: the statement that answers the view's selection, over refs."""

from __future__ import annotations

from collections.abc import Mapping

from rollforward.definitions import COHORTS, LEDGER, PACKAGE
from rollforward.plan import MetricPlan, ViewPlan
from rollforward.statement import Relations, Writing, statement

REFS = Relations(
    cohorts=f"{{{{ ref('{PACKAGE}', '{COHORTS}') }}}}", ledger=f"{{{{ ref('{PACKAGE}', '{LEDGER}') }}}}"
)

_ENDING = f"{{{{ {PACKAGE}.select_ending() }}}}"


def view_model(view: ViewPlan, where: str, calls: Mapping[str, str]) -> str:
    """Give the body of a view's model; `where` and `calls` are what conditions and rows are written as."""
    metrics = [
        *view.selected.metrics,
        *(each.followed.value for each in view.selected.metrics if each.followed),
    ]
    written = {metric.name: _call(metric) for metric in metrics if metric.project}
    writing = Writing(REFS, where=where, calls={**calls, **written}, parts=True, ending=_ENDING)
    return statement(view.selected, writing)


def _call(metric: MetricPlan) -> str:
    """Write a metric as a call of its macro, which knows the engine."""
    return f"{{{{ {metric.project}.{metric.name}() }}}}"
