"""Texts of models/metrics/<view>.sql: one select over the cohorts, readable from top to bottom."""

from __future__ import annotations

from rollforward.definitions import COHORTS, KEYS, PACKAGE
from rollforward.dialects import DEFAULT
from rollforward.kinds import AMOUNT, COUNT, Kind
from rollforward.plan import MetricPlan, ViewPlan
from rollforward.sql import aggregate_sql, in_cast, indented


def view_model(view: ViewPlan, where: str) -> str:
    """Give the body of a view's model; `where` is a condition or a call of the macro that holds it."""
    groups = [*KEYS, *view.by]
    blocks = [
        groups,
        [_metric_column(metric, view) for metric in view.metrics],
        [
            _cast(aggregate_sql(column.total, DEFAULT), column.kind, view, column.name)
            for column in view.columns
        ],
    ]
    selected = ",\n\n".join(",\n".join(map(indented, block)) for block in blocks if block)
    return f"""\
/* {_of_what(view)} */
with cohorts as (
    select *
    from {{{{ ref('{PACKAGE}', '{COHORTS}') }}}}
    where {_conditions(view, where)}
)

select
{selected}
from cohorts
group by {", ".join(groups)}
"""


def amount_type(view: ViewPlan) -> str:
    """Give the type of an amount, the same on every engine."""
    return f"decimal(18, {view.settings.amount_scale})"


def _of_what(view: ViewPlan) -> str:
    which = "complete periods" if view.meaning.view.incomplete_periods == "exclude" else "periods"
    sliced = f", by {', '.join(view.by)}" if view.by else ""
    return f"The {which} of {view.meaning.book.name.text}{sliced}: each metric, and what it is made of."


def _conditions(view: ViewPlan, where: str) -> str:
    names = ", ".join(f"'{comparison.name}'" for comparison in view.meaning.comparisons)
    conditions = [f"book = '{view.meaning.book.name.text}'", f"comparison in ({names})"]
    if view.meaning.view.incomplete_periods == "exclude":
        conditions.append("is_complete")
    if where:
        conditions.append(where)
    return "\n        and ".join(conditions)


def _metric_column(metric: MetricPlan, view: ViewPlan) -> str:
    call = f"{{{{ {metric.project}.{metric.name}() }}}}"
    if metric.is_exact:
        return _cast(call, metric.kind, view, metric.name)
    return f"{call} as {metric.name}"


def _cast(text: str, kind: Kind, view: ViewPlan, name: str) -> str:
    """Bring a sum back to the type of its parts: engines widen it, and a contract says what it is."""
    if kind not in (AMOUNT, COUNT):
        return f"{text} as {name}"
    return f"{in_cast(text, amount_type(view) if kind == AMOUNT else 'bigint')} as {name}"
