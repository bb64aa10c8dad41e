"""A dbt project of a few files that installs the package, for tests of the compiler; dbt is not run."""

from collections.abc import Mapping
from pathlib import Path

REPO = Path(__file__).parents[2]

PROJECT = """\
name: shop
vars:
  rollforward:
    books:
      subscriptions:
        relation: fct_subscriptions
        shape: intervals
        unit: customer_id
        amount: mrr
        started_on: started_on
        ended_on: ended_on
        attributes: [plan, region]
"""

METRIC = """\
metrics:
  - name: lost_share
    label: Lost Share
    description: Revenue lost, over the revenue at the start.
    type: derived
    expr: (contraction_revenue + churned_revenue) / starting_revenue
"""

VIEW = """\
views:
  - name: retention
    book: subscriptions
    metrics: [net_expansion_rate, lost_share]
    comparisons: [month_over_month]
    by: [plan]
"""

DEFINITIONS = {"metrics/lost_share.yml": METRIC, "metrics/views.yml": VIEW}


def small_project(root: Path, files: Mapping[str, str | bytes] = DEFINITIONS) -> Path:
    """Write a project and give its folder; `files` are added to dbt_project.yml and the installed package."""
    for name, content in {"dbt_project.yml": PROJECT, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    packages = root / "dbt_packages"
    packages.mkdir(exist_ok=True)
    (packages / "rollforward").symlink_to(REPO, target_is_directory=True)
    return root
