"""A small built project for the commands that ask: two books, drawn once and for all, and two views."""

import random
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pages
from conftest import Built, Project

SUBSCRIPTIONS = {
    "customer_id": "varchar",
    "plan": "varchar",
    "region": "varchar",
    "mrr": "decimal(18, 2)",
    "started_on": "date",
    "ended_on": "date",
}
ORDERS = {"buyer": "varchar", "country": "varchar", "paid": "decimal(18, 2)", "paid_on": "date"}
VARS = """
vars:
  rollforward:
    as_of_date: "2026-06-20"
    books:
      subscriptions:
        relation: source('raw', 'src_1')
        shape: intervals
        unit: customer_id
        amount: mrr
        started_on: started_on
        ended_on: ended_on
        attributes: [plan, region]
        comparisons: [month_over_month, trailing_12_months, year_over_year]
      orders:
        relation: source('raw', 'src_2')
        shape: payments
        unit: buyer
        amount: paid
        occurred_on: paid_on
        attributes: [country]
        comparisons: [month_over_month, quarter_over_quarter]
"""
VIEWS = """\
views:
  - name: retention_by_plan
    description: What the board reads.
    book: subscriptions
    metrics: [net_expansion_rate, gross_revenue_retention, customer_expansion_rate, net_new_revenue]
    comparisons: [month_over_month, trailing_12_months]
    by: [plan]
  - name: order_retention
    description: The shop.
    book: orders
    metrics: [net_expansion_rate]
    comparisons: [month_over_month]
"""
OWN = """\
metrics:
  - name: large_expansion
    type: simple
    agg: sum
    expr: ending_amount - starting_amount
    filter: movement = 'expansion' and starting_amount >= 300
    format: currency
  - name: large_expansion_share
    type: ratio
    numerator: large_expansion
    denominator: starting_revenue
    format: percent
  - name: smoothed_expansion
    type: trailing
    input: net_expansion_rate
    periods: 3
    method: ratio_of_sums
    book: subscriptions
    comparison: trailing_12_months
  - name: largest_customer
    type: simple
    agg: max
    expr: ending_amount
  - name: mean_expansion
    type: trailing
    input: net_expansion_rate
    periods: 4
    method: mean
    book: subscriptions
  - name: mean_new_revenue
    type: trailing
    input: new_revenue
    periods: 3
    method: mean
    book: subscriptions
  - name: mean_largest_customer
    type: trailing
    input: largest_customer
    periods: 2
    method: mean
    book: subscriptions
  - name: smallest_expanding
    type: simple
    agg: min
    expr: starting_amount
    filter: movement = 'expansion'
  - name: plans_in_use
    type: simple
    agg: count_distinct
    expr: plan
    filter: ending_amount > 0
    book: subscriptions
  - name: average_tenure
    type: simple
    agg: average
    expr: tenure_months
  - name: retained_both_ways
    type: derived
    expr: net_expansion_rate * customer_retention_rate
    format: percent
  - name: retained_and_largest
    type: derived
    expr: retained_both_ways * (largest_customer / ending_revenue)
  - name: revenue_over_customers
    type: derived
    expr: net_expansion_rate - customer_retention_rate
    format: percent
dimensions:
  - name: starting_size
    expr: starting_amount
    bands: [300, 700]
"""
LARGE_BY_PLAN = """\
{{ rollforward.query(
    metrics=['large_expansion', 'average_tenure'], book='subscriptions', comparison='trailing_12_months',
    by='plan', where="plan = 'pro'",
) }}
"""
FILES = {"metrics/views.yml": VIEWS, "metrics/own.yml": OWN, "models/large_by_plan.sql": LARGE_BY_PLAN}


def built_project(folder: Path) -> tuple[Project, Built]:
    """Write and build the project; what it reads is the same on every run."""
    project = Project(folder, name="shop")
    project.write("dbt_project.yml", "name: shop\nversion: '1.0.0'\nprofile: shop\n" + VARS)
    for path, text in FILES.items():
        project.write(path, text)
    project.load_all({"src_1": (SUBSCRIPTIONS, subscriptions()), "src_2": (ORDERS, orders())})
    with pages.at_a_desk():
        built = project.dbt("run")
    assert built.success, built.messages
    return project, built


def subscriptions() -> list[Mapping[str, Any]]:
    """Intervals of forty customers over two and a half years, some of which come back."""
    drawn = random.Random(7)
    rows: list[Mapping[str, Any]] = []
    for number in range(40):
        day = date(2024, 1, 1) + timedelta(days=drawn.randrange(700))
        plan, region = drawn.choice(["basic", "pro", "pro", None]), drawn.choice(["north", "south"])
        for _ in range(drawn.randrange(1, 5)):
            end = day + timedelta(days=drawn.randrange(30, 400))
            open_end = drawn.random() < 0.3
            rows.append(
                {
                    "customer_id": f"c{number:02}",
                    "plan": plan,
                    "region": region,
                    "mrr": f"{drawn.randrange(1, 40) * 25}.{drawn.choice(['00', '50', '33'])}",
                    "started_on": day,
                    "ended_on": None if open_end else end,
                }
            )
            if open_end:
                break
            day = end + timedelta(days=drawn.choice([0, 0, 70]))
            plan = drawn.choice([plan, "pro"])
    rows.append({**rows[0], "customer_id": None})
    return rows


def orders() -> list[Mapping[str, Any]]:
    """What fifteen buyers paid in a year, returns among it."""
    drawn = random.Random(11)
    return [
        {
            "buyer": f"b{drawn.randrange(15):02}",
            "country": drawn.choice(["de", "fr"]),
            "paid": f"{drawn.randrange(-20, 200)}.{drawn.randrange(100):02}",
            "paid_on": date(2025, 7, 1) + timedelta(days=drawn.randrange(350)),
        }
        for _ in range(160)
    ]
