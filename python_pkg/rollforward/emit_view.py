"""Texts of models/metrics/<view>.sql: the statement that answers the view's selection, over refs."""

from __future__ import annotations

from rollforward.definitions import COHORTS, LEDGER, PACKAGE
from rollforward.plan import MetricPlan, ViewPlan
from rollforward.statement import Relations, Writing, statement

REFS = Relations(
    cohorts=f"{{{{ ref('{PACKAGE}', '{COHORTS}') }}}}", ledger=f"{{{{ ref('{PACKAGE}', '{LEDGER}') }}}}"
)


def view_model(view: ViewPlan, where: str) -> str:
    """Give the body of a view's model; `where` is a condition or a call of the macro that holds it."""
    return statement(view.selected, Writing(REFS, where=where, metric=_call, parts=True))


def _call(metric: MetricPlan) -> str:
    """Write a metric as a call of its macro, which knows the engine."""
    return f"{{{{ {metric.project}.{metric.name}() }}}}"
