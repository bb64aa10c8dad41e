"""Formulas: how they are read, what form they take, what they can reach, and what their fingerprint sees."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from rollforward.catalog import COHORTS_FILE, read_catalog
from rollforward.definitions import COHORTS
from rollforward.errors import ProblemsFound
from rollforward.formula import Number, parse_formula
from rollforward.layout import read_file, read_layout
from rollforward.parse import parse_measures
from rollforward.plan import MetricPlan, Plan, plan
from rollforward.resolve import resolve
from rollforward.source import typed
from small_project import METRIC, REPO, VIEW, small_project


def planned(root: Path, files: dict[str, str]) -> Plan:
    problems: list = []
    layout = read_layout(small_project(root, files), problems)
    meanings = resolve(read_catalog(layout, problems), problems)
    assert not problems
    return plan(meanings)


def metric(root: Path, expr: str) -> MetricPlan:
    text = f"metrics:\n  - name: my_metric\n    type: derived\n    expr: {expr}\n"
    return planned(root, {"metrics/a.yml": text}).metrics[0]


@pytest.mark.parametrize(
    ("expr", "words"),
    [
        ("1 - net_expansion_rate", "(starting_revenue - existing_revenue) / starting_revenue"),
        ("nrr - grr", "(existing_revenue - retained_revenue) / starting_revenue"),
        ("-joined_revenue", "-new_revenue - reactivation_revenue"),
        ("starting_revenue / 2 + ending_revenue / 3", "(3 * starting_revenue + 2 * ending_revenue) / 6"),
        ("100 * net_expansion_rate", "(100 * existing_revenue) / starting_revenue"),
        (
            "(nrr + crr) / 2",
            "((existing_revenue / starting_revenue) + (retained_customers / starting_customers)) / 2",
        ),
        # Not cancelled: with nothing at the start this is null, while retained over existing need not be.
        ("grr / nrr", "(retained_revenue / starting_revenue) / (existing_revenue / starting_revenue)"),
        ("starting_revenue * nrr", "starting_revenue * (existing_revenue / starting_revenue)"),
        ("2 - -3 * nrr", "(2 * starting_revenue + 3 * existing_revenue) / starting_revenue"),
    ],
)
def test_a_formula_takes_one_form(tmp_path: Path, expr: str, words: str) -> None:
    assert metric(tmp_path, expr).words == words


@pytest.mark.parametrize("number", ["9" * 19, "9" * 400, "9" * 5000, "0.1234567890"])
def test_a_number_that_is_not_the_same_on_every_engine_is_refused(number: str) -> None:
    with pytest.raises(ProblemsFound) as found:
        parse_formula(typed(f"{number} * new_revenue", "expr"))
    assert [problem.code for problem in found.value.problems] == ["too-many-digits"]


@pytest.mark.parametrize("number", ["0" * 5000, "9" * 18 + ".5", "0.123456789", ".5"])
def test_a_number_is_taken_exactly(number: str) -> None:
    read = parse_formula(typed(number, "expr"))
    assert isinstance(read, Number) and read.value == Fraction(Decimal(number))


SHIPPED_BOUNDS = {
    "average_revenue_per_customer": (0, None),
    "contraction_rate": (0, 1),
    "customer_churn_rate": (0, 1),
    "customer_expansion_rate": (-1, None),
    "customer_retention_rate": (0, 1),
    "expanding_customer_share": (0, 1),
    "gross_expansion_rate": (0, None),
    "gross_revenue_churn_rate": (0, 1),
    "gross_revenue_retention": (0, 1),
    "joined_revenue": (0, None),
    "net_expansion_rate": (0, None),
    "net_new_revenue": (None, None),
    "net_revenue_churn_rate": (None, 1),
    "quick_ratio": (0, None),
    "revenue_churn_rate": (0, 1),
    "revenue_growth_rate": (-1, None),
    "survivor_net_expansion_rate": (0, None),
}


def test_bounds_follow_from_what_measures_are_sums_of() -> None:
    problems: list = []
    meanings = resolve(read_catalog(read_layout(REPO, problems), problems), problems)
    bounds = {each.name: (each.bounds.minimum, each.bounds.maximum) for each in plan(meanings).metrics}
    assert not problems
    assert bounds == SHIPPED_BOUNDS


@pytest.mark.parametrize("expr", ["existing_revenue / (starting_revenue - ending_revenue)", "nrr * grr"])
def test_no_bounds_where_none_can_be_told(tmp_path: Path, expr: str) -> None:
    bounds = metric(tmp_path, expr).bounds
    assert (bounds.minimum, bounds.maximum) == (None, None)


def test_the_cohorts_describe_the_measures() -> None:
    measures = {item.name: item for item in parse_measures(read_file(REPO, REPO / COHORTS_FILE), COHORTS)}
    assert measures["starting_revenue"].parts == (
        "retained_revenue",
        "contraction_revenue",
        "churned_revenue",
    )
    assert measures["starting_customers"].kind == "count"
    assert {part for item in measures.values() for part in item.parts} <= set(measures)


@pytest.mark.parametrize(
    "expr",
    [
        "(churned_revenue + contraction_revenue) / starting_revenue",
        "2 * (churned_revenue + contraction_revenue) / (2 * starting_revenue)",
        "gross_revenue_churn_rate",
    ],
)
def test_a_fingerprint_sees_the_meaning_only(tmp_path: Path, expr: str) -> None:
    lost = planned(tmp_path / "plain", {"metrics/a.yml": METRIC}).metrics[0]
    assert metric(tmp_path / "other", expr).fingerprint == lost.fingerprint


def view_fingerprints(root: Path, view: str, metric_text: str = METRIC) -> str:
    from rollforward.fingerprint import view_fingerprint

    view_plan = planned(root, {"metrics/a.yml": metric_text, "metrics/b.yml": view}).views[0]
    return view_fingerprint(view_plan.meaning, view_plan.policies, "")


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("    by: [plan]\n", "    description: Words.\n    by: [plan]\n    materialized: table\n", True),
        ("[net_expansion_rate, lost_share]", "[lost_share, nrr]", True),
        ("    by: [plan]\n", "    by: [region]\n", False),
        ("[month_over_month]", "[year_over_year]", False),
        ("    by: [plan]\n", "    by: [plan]\n    incomplete_periods: include\n", False),
    ],
)
def test_a_view_s_fingerprint_sees_what_changes_numbers(
    tmp_path: Path, old: str, new: str, same: bool
) -> None:
    before = view_fingerprints(tmp_path / "before", VIEW)
    after = view_fingerprints(tmp_path / "after", VIEW.replace(old, new))
    assert (before == after) is same
