"""Write the pages of docs/reference that are made from definitions; `make compile` runs this."""

from collections.abc import Iterable
from pathlib import Path

from rollforward.bounds import Bounds
from rollforward.catalog import read_catalog
from rollforward.errors import Problem, ProblemsFound
from rollforward.layout import read_layout
from rollforward.plan import MetricPlan, plan
from rollforward.resolve import resolve

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference" / "metrics.md"
HEAD = """\
# Metrics

Every shipped metric is a file in `metrics/`; this page is made from those files. Formulas are over the
measures below; the range of a metric follows from what its measures are made of, and metric views test it.
A denominator of 0 gives null.

| metric | formula | range | other names |
|---|---|---|---|
"""
MEASURES = """
## Measures

What adds up: the columns of `rollforward__revenue_cohorts`. A measure with parts is exactly their sum, in
every row.

| measure | | made of |
|---|---|---|
"""


def page() -> str:
    """Give the text of the metrics page."""
    problems: list[Problem] = []
    catalog = read_catalog(read_layout(ROOT, problems), problems)
    metrics = plan(resolve(catalog, problems)).metrics
    if problems:
        raise ProblemsFound(problems)
    aliases = {
        metric.card.name.text: [alias.text for alias in metric.card.aliases] for metric in catalog.metrics
    }
    rows = [
        metric_row(metric, aliases[metric.name]) for metric in sorted(metrics, key=lambda each: each.name)
    ]
    said = [
        f"## {metric.label}\n\n`{metric.name}`: {' '.join(metric.description.split())}\n"
        for metric in metrics
    ]
    parts = [
        f"| `{measure.name}` | {measure.description} | {' + '.join(in_code(measure.parts))} |\n"
        for measure in catalog.measures
    ]
    return HEAD + "".join(rows) + MEASURES + "".join(parts) + "\n" + "\n".join(said)


def metric_row(metric: MetricPlan, aliases: list[str]) -> str:
    """Give one line of the table of metrics."""
    link = f"[`{metric.name}`](../../{metric.path})"
    return f"| {link} | `{metric.words}` | {in_range(metric.bounds)} | {', '.join(in_code(aliases))} |\n"


def in_code(names: Iterable[str]) -> list[str]:
    """Give names as code."""
    return [f"`{name}`" for name in names]


def in_range(bounds: Bounds) -> str:
    """Give a range in words."""
    match (bounds.minimum, bounds.maximum):
        case (None, None):
            return "any"
        case (low, None):
            return f"{low} and above"
        case (None, high):
            return f"up to {high}"
        case (low, high):
            return f"{low} to {high}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
