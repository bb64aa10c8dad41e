"""Figures that others publish with their inputs, reproduced through the build in a book of every shape."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from conftest import Built, Project, needs_shared
from worked_examples import (
    CASES,
    DATES,
    READERS,
    SKEWED,
    Customer,
    Example,
    People,
    Period,
    Row,
    bridge,
    customers,
    day,
    example,
    last_day,
    month,
    number,
    rows_of,
    split,
    triangle_rows,
    unread_cells,
)

pytestmark = needs_shared

NOT_OURS = {
    "chartmogul_shopify_day": "a sum of daily ratios: there is no daily grain, and its base moves every day",
    "stripe_annual_1200": "normalising to MRR happens before a book is read",
    "stripe_forever_coupon": "normalising to MRR happens before a book is read",
    "fincome_fx": "a book holds amounts of one currency",
    "hubspot_partner_up": "a rate of one grain is never projected to another",
    "probe_five_percent": "a rate of one grain is never projected to another",
    "chartmogul_ltv": "lifetime value is a forecast",
    "mhq_ltv_cac": "lifetime value and acquisition cost",
    "complete_tools_streaming": "acquisition cost",
    "simulalo_payback": "acquisition cost",
}
# Figures that are not ours, of cases that are.
NOT_OUR_FIGURES = {
    "chartmogul_plan_switch_prorated": {
        "prorated_charge": "a line of an invoice",
        "credit": "a line of an invoice",
        "net_billed": "an invoice",
    },
    "zuora_quantity_delta": {
        "delta_tcb": "billings",
        "delta_tcv": "contract value",
        "delta_elp": "list price",
    },
    "xlslides_magic": {
        "magic": "acquisition cost",
        "annualised_added": "a projection",
        "payback_months": "acquisition cost",
    },
}
# Printed with fewer decimals than the rest of its case.
DECIMALS = {("xlslides_magic", "qoq_growth"): 1}
# The source is wrong or ambiguous; the test of this name says what is right.
TRAPS = {
    "churn360_six_of_seven": "test_reactivation_is_what_those_who_return_pay_not_a_count_times_an_amount",
    "chargebee_expansion_rate_docs": "test_growth_of_a_total_is_not_expansion",
    "yourlegal_dbner": "test_net_expansion_is_a_ratio_and_customer_expansion_is_a_change",
    "finanshels_dbner": "test_new_business_is_no_part_of_net_expansion",
    "petavue_cer_by_count": "test_the_share_of_customers_that_expanded_has_a_name_of_its_own",
    "fivetran_case_order_hides_churn": "test_churn_and_reactivation_can_be_reached",
}
REPRODUCED = {
    name: list(READERS[case["kind"]](case))
    for name, case in CASES.items()
    if case["kind"] in READERS and name not in NOT_OURS and name not in TRAPS
}
TRIANGLES = [name for name, case in CASES.items() if case["kind"] == "cohort_triangle"]

PERCENT = {
    "nrr": "net_expansion_rate",
    "grr": "gross_revenue_retention",
    "cer": "customer_expansion_rate",
    "rgr": "revenue_growth_rate",
    "qoq_growth": "revenue_growth_rate",
    "logo_retention": "customer_retention_rate",
    "logo_churn": "customer_churn_rate",
    "revenue_churn": "revenue_churn_rate",
    "gross_churn": "gross_revenue_churn_rate",
    "net_churn": "net_revenue_churn_rate",
    "survivor_ner": "survivor_net_expansion_rate",
}
PLAIN = {
    "quick": "quick_ratio",
    "net_new": "net_new_revenue",
    "movement": "net_new_revenue",
    "delta_mrr": "net_new_revenue",
    "start": "starting_revenue",
    "mrr_before": "starting_revenue",
    "end": "ending_revenue",
    "mrr": "ending_revenue",
    "mrr_after": "ending_revenue",
    "cohort_end": "existing_revenue",
    "new": "new_revenue",
    "reactivation": "reactivation_revenue",
    "expansion": "expansion_revenue",
    "contraction": "contraction_revenue",
    "churn": "churned_revenue",
    "end_customers": "ending_customers",
}
METRICS = (
    *dict.fromkeys(PERCENT.values()),
    *("quick_ratio", "net_new_revenue", "gross_expansion_rate", "expanding_customer_share"),
)


def test_no_case_is_forgotten() -> None:
    for name, case in CASES.items():
        places = [name in REPRODUCED, name in TRIANGLES, name in TRAPS, name in NOT_OURS]
        assert sum(places) == 1, f"{name}, of kind {case['kind']}, is in {sum(places)} places"
        assert (name in TRAPS) == (case["status"] == "trap"), name
    assert set(TRAPS) | set(NOT_OURS) <= set(CASES)
    assert all(callable(globals()[test]) for test in TRAPS.values())
    for name, figures in NOT_OUR_FIGURES.items():
        assert name in REPRODUCED
        assert set(figures) <= set(CASES[name]["published"]) | set(CASES[name]["derived"])


# --- what the traps are about ---------------------------------------------------------------------


def trap(case: str, people: People, suffix: str = "") -> Example:
    return example(CASES[case], people, suffix, published={}, derived={})


def returning(case: Mapping[str, Any], amounts: Sequence[Decimal]) -> People:
    """All of them leave, some come back."""
    back = case["inputs"]["returning"]
    return [(f"plan {i}", (amount, 0, amount if i < back else 0)) for i, amount in enumerate(amounts)]


def trap_examples() -> dict[str, Example]:
    given = {name: CASES[name]["inputs"] for name in TRAPS}
    plans = given["churn360_six_of_seven"]
    each = [number(plans["amount"])] * plans["cancelled_plans"]
    together = split(plans["amount"], plans["cancelled_plans"])
    docs, prose = given["chargebee_expansion_rate_docs"], given["yourlegal_dbner"]
    business, share = given["finanshels_dbner"], given["petavue_cer_by_count"]
    grown, expanded = docs["end"] - docs["start"], share["expanded_customers"]
    added = prose["existing_end"] - prose["existing_start"]
    some = [(f"customer {i}", (10, 15 if i < expanded else 10)) for i in range(share["customers"])]
    churn360, chargebee = CASES["churn360_six_of_seven"], "chargebee_expansion_rate_docs"
    return {
        "an amount each": trap(churn360["id"], returning(churn360, each), " each"),
        "an amount together": trap(churn360["id"], returning(churn360, together), " together"),
        "all growth is new": trap(chargebee, bridge(docs["start"], new=grown), " new"),
        "all growth is expansion": trap(chargebee, bridge(docs["start"], expansion=grown), " expansion"),
        "base grew": trap("yourlegal_dbner", bridge(prose["existing_start"], expansion=added, new=1)),
        "base is flat": trap("finanshels_dbner", bridge(business["existing_start"], new=business["new"])),
        "some expanded": trap("petavue_cer_by_count", some),
    }


TRAP_EXAMPLES = trap_examples() if CASES else {}
# Not a case: one source gives a quick ratio of 0 where nothing was lost.
QUIET = Period("month_over_month", month("2025-01"), month("2025-02"))
NOTHING_LOST = Example("quiet", QUIET, customers([("same", (100, 100)), ("new", (0, 50))], QUIET), {}, {})


def off_and_on() -> Example:
    """One customer month by month; the example's period is the first of them."""
    first, case = month("2024-01"), CASES["fivetran_case_order_hides_churn"]
    steps = {first + i: number(amount) for i, amount in enumerate(case["inputs"]["monthly"])}
    period = Period("month_over_month", first - 1, first)
    return Example(case["id"], period, [Customer("customer", steps)], {}, {})


# --- the build ------------------------------------------------------------------------------------

FIRST_MONTH, LAST_MONTH = month("2018-01"), month("2025-06")
AGES = range(1, 14)
TRIANGLE_BOOK = {
    "shape": "snapshots",
    "unit": "customer_id",
    "amount": "amount",
    "snapshot_on": "snapshot_on",
    "attributes": ["triangle", "cohort"],
    "comparisons": [f"age_{age}" for age in AGES],
}
# A cohort at an age: the comparison that looks as far back, in the period in which the cohort has that age.
TRIANGLE_MODEL = """
select
    triangle, cohort, cast(replace(comparison, 'age_', '') as integer) as age,
    {{ rollforward.net_expansion_rate() }} as net_expansion_rate,
    {{ rollforward.gross_revenue_retention() }} as gross_revenue_retention
from {{ ref('rollforward', 'rollforward__revenue_cohorts') }}
where
    book = 'triangles'
    and cohort = strftime(period_start - to_months(cast(replace(comparison, 'age_', '') as integer)), '%Y-%m')
    and (triangle, cohort, comparison) not in (
        select (triangle, cohort, comparison) from {{ source('raw', 'unread') }}
    )
group by grouping sets ((triangle, cohort, comparison), (triangle, comparison))
"""


def period_start(period: Period) -> date:
    months = 3 if period.comparison == "quarter_over_quarter" else 1
    return day(period.ending_month - months + 1, 1)


@dataclass(frozen=True)
class Answers:
    """What the build says: metrics and measures of each example in each shape."""

    built: Built
    rows: Mapping[tuple[str, str, str, date], Row]

    def of(self, each: Example, shape: str) -> Row:
        return self.rows[
            (each.name, f"examples_as_{shape}", each.period.comparison, period_start(each.period))
        ]

    def ledger(self, each: Example, shape: str) -> list[Row]:
        """The example's customers in its comparison, period by period."""
        return self.built.rows(
            "select *, split_part(unit, '/', 2) as customer from rollforward__customer_movements"
            " where book = ? and comparison = ? and example = ? order by period_start, unit",
            [f"examples_as_{shape}", each.period.comparison, each.name],
        )

    def movements(self, each: Example, shape: str) -> list[tuple[str, str]]:
        """The example's customers with what became of them in its period."""
        return [
            (row["customer"], row["movement"])
            for row in self.ledger(each, shape)
            if row["period_start"] == period_start(each.period)
        ]


def load_examples(project: Project, shape: str, examples: Iterable[Example]) -> dict[str, Any]:
    """Put every example in one table, and give the book that reads it."""
    # Somebody pays all the time, so that every month is observed and no example lies at the left edge.
    always = Customer("always", dict.fromkeys(range(FIRST_MONTH, LAST_MONTH + 1), Decimal(1)))
    people = [("nobody's", always)]
    people += [(each.name, customer) for each in examples for customer in each.customers]
    rows = [
        {"customer_id": f"{name}/{customer.name}", "example": name, **row}
        for name, customer in people
        for row in rows_of(customer, shape)
    ]
    dates = DATES[shape]
    names = dict.fromkeys(("customer_id", "example"), "varchar")
    project.load(
        f"examples_as_{shape}", {**names, "amount": "decimal(18, 2)", **dict.fromkeys(dates, "date")}, rows
    )
    book = {"shape": shape, "unit": "customer_id", "amount": "amount", "attributes": ["example"]}
    comparisons = ["month_over_month", "quarter_over_quarter", "same_month_last_year"]
    return {**book, **dict(zip(dates, dates, strict=True)), "comparisons": comparisons}


def load_triangles(project: Project) -> None:
    triangles = [*(CASES[name] for name in TRIANGLES), SKEWED]
    names = dict.fromkeys(("customer_id", "triangle", "cohort", "comparison"), "varchar")
    cells = [row for case in triangles for row in triangle_rows(case)]
    project.load("triangles", {**names, "amount": "decimal(18, 4)", "snapshot_on": "date"}, cells)
    project.load("unread", names, [row for case in triangles for row in unread_cells(case)])
    project.write("models/triangle_cells.sql", TRIANGLE_MODEL)


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answers]:
    """Every example in every shape, and the triangles, in one build."""
    tables = {shape: f"examples_as_{shape}" for shape in DATES}
    folder = tmp_path_factory.mktemp("worked_examples") / "project"
    project = Project(folder, tables=[*tables.values(), "triangles", "unread"])
    examples = [each for found in REPRODUCED.values() for each in found]
    examples += [*TRAP_EXAMPLES.values(), NOTHING_LOST, off_and_on()]
    books = {table: load_examples(project, shape, examples) for shape, table in tables.items()}
    load_triangles(project)
    comparisons = books["examples_as_intervals"]["comparisons"]
    project.ask(
        "example_metrics", metrics=list(METRICS), book=list(books), comparison=comparisons, by=["example"]
    )
    built = project.build(
        {**books, "triangles": TRIANGLE_BOOK},
        as_of_date=last_day(LAST_MONTH),
        comparisons={f"age_{age}": {"grain": "month", "lookback": age} for age in AGES},
    )
    keys = ("example", "book", "comparison", "period_start")
    found = built.rows(
        f"select * from rollforward__revenue_cohorts inner join example_metrics using ({', '.join(keys)})"
    )
    yield Answers(built, {tuple(row[key] for key in keys): row for row in found})
    project.remove()


# --- reproduced -----------------------------------------------------------------------------------


def rounded(value: Any, decimals: int) -> Decimal:
    """Half up, once the noise of a float is gone."""
    exact = number(value).quantize(Decimal("1e-9"))
    return exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def check_figure(
    figure: str, expected: Any, decimals: int, answers: Answers, each: Example, shape: str
) -> None:
    """One figure of a source; its name may be one of ours, in percent or plain, or one of a few others."""
    row = answers.of(each, shape)
    match figure:
        case "class":
            assert [movement for _, movement in answers.movements(each, shape)] == [expected]
        case "customer_churned":
            assert (row["churned_customers"] > 0) is expected
        case "reactivation_counted":
            returned = [
                name for name, movement in answers.movements(each, shape) if movement == "reactivation"
            ]
            assert returned == expected
        case "nrr_range":
            assert expected[0] <= row["net_expansion_rate"] * 100 <= expected[1]
        case "end_millions":
            assert rounded(row["ending_revenue"] / 1_000_000, decimals) == rounded(expected, decimals)
        case _ if figure in PERCENT:
            assert rounded(number(row[PERCENT[figure]]) * 100, decimals) == rounded(expected, decimals)
        case _:
            assert rounded(row[PLAIN[figure]], decimals) == rounded(expected, decimals)


@pytest.mark.parametrize("shape", DATES)
@pytest.mark.parametrize("name", REPRODUCED)
def test_case_is_reproduced(answers: Answers, name: str, shape: str) -> None:
    ours = 0
    for each in REPRODUCED[name]:
        for figures, precision in ((each.published, CASES[name]["precision"]), (each.derived, 6)):
            for figure, expected in figures.items():
                if figure not in NOT_OUR_FIGURES.get(name, {}):
                    decimals = DECIMALS.get((name, figure), precision)
                    check_figure(figure, expected, decimals, answers, each, shape)
                    ours += 1
    assert ours


@pytest.mark.parametrize("name", [*TRIANGLES, SKEWED["id"]])
def test_cohort_triangle_is_reproduced(answers: Answers, name: str) -> None:
    """Each cell is its cohort's slice, and each average the total of the cohorts that are old enough."""
    case = SKEWED if name == SKEWED["id"] else CASES[name]
    metric = "gross_revenue_retention" if "grr" in name else "net_expansion_rate"
    found = {
        (row["cohort"], row["age"]): number(row[metric]) * 100
        for row in answers.built.rows("select * from triangle_cells where triangle = ?", [name])
    }
    expected = {
        (cohort["cohort"], age): number(percent)
        for cohort in case["inputs"]["cohorts"]
        for age, percent in enumerate(cohort["pct"])
        if age > 0 and percent is not None
    }
    weighted = {
        (None, age): number(percent) for age, percent in enumerate(case["published"]["weighted"]) if age
    }
    assert set(found) == set(expected) | set(weighted)
    for key, percent in expected.items():
        assert rounded(found[key], 6) == percent, key
    for key, percent in weighted.items():
        assert abs(rounded(found[key], 6) - percent) <= case["tolerance"], key


def test_weights_decide_where_cohorts_differ_in_size(answers: Answers) -> None:
    cells = {
        row["cohort"]: row["net_expansion_rate"]
        for row in answers.built.rows("select * from triangle_cells where triangle = 'skewed' and age = 1")
    }
    assert (cells["2022-08"] + cells["2022-09"]) / 2 == 1
    assert cells[None] == pytest.approx(0.6, abs=1e-12)


# --- traps: answered right in every shape ---------------------------------------------------------


@pytest.fixture(params=DATES)
def shape(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_reactivation_is_what_those_who_return_pay_not_a_count_times_an_amount(
    answers: Answers, shape: str
) -> None:
    case = CASES["churn360_six_of_seven"]
    each = answers.of(TRAP_EXAMPLES["an amount each"], shape)
    together = answers.of(TRAP_EXAMPLES["an amount together"], shape)
    for row in (each, together):
        assert row["reactivated_customers"] == case["inputs"]["returning"]
    assert each["reactivation_revenue"] == case["published"]["reactivation"]
    shares = split(case["inputs"]["amount"], case["inputs"]["cancelled_plans"])
    assert together["reactivation_revenue"] == sum(shares[: case["inputs"]["returning"]])


def test_growth_of_a_total_is_not_expansion(answers: Answers, shape: str) -> None:
    claimed = CASES["chargebee_expansion_rate_docs"]["published"]["expansion_rate"] / 100
    joined = answers.of(TRAP_EXAMPLES["all growth is new"], shape)
    expanded = answers.of(TRAP_EXAMPLES["all growth is expansion"], shape)
    assert joined["revenue_growth_rate"] == expanded["revenue_growth_rate"] == claimed
    assert joined["gross_expansion_rate"] == joined["customer_expansion_rate"] == 0
    assert expanded["gross_expansion_rate"] == expanded["customer_expansion_rate"] == claimed


def test_net_expansion_is_a_ratio_and_customer_expansion_is_a_change(answers: Answers, shape: str) -> None:
    case, row = CASES["yourlegal_dbner"], answers.of(TRAP_EXAMPLES["base grew"], shape)
    assert rounded(row["net_expansion_rate"] * 100, 6) == case["published"]["ner"]
    assert rounded(row["customer_expansion_rate"] * 100, 6) == case["derived"]["cer"]


def test_new_business_is_no_part_of_net_expansion(answers: Answers, shape: str) -> None:
    case, row = CASES["finanshels_dbner"], answers.of(TRAP_EXAMPLES["base is flat"], shape)
    assert row["new_revenue"] / row["starting_revenue"] * 100 == case["published_misprint"]["ner"]
    assert row["net_expansion_rate"] == 1
    assert row["customer_expansion_rate"] == 0


def test_the_share_of_customers_that_expanded_has_a_name_of_its_own(answers: Answers, shape: str) -> None:
    case, row = CASES["petavue_cer_by_count"], answers.of(TRAP_EXAMPLES["some expanded"], shape)
    assert row["expanding_customer_share"] * 100 == case["published"]["expanding_customer_share"]
    assert row["customer_expansion_rate"] == 0.0625


def test_churn_and_reactivation_can_be_reached(answers: Answers, shape: str) -> None:
    case, each = CASES["fivetran_case_order_hides_churn"], off_and_on()
    names = {"flat": "unchanged"}
    expected = [
        (day(each.period.ending_month + i, 1), names.get(name, name), number(amount))
        for i, (name, amount) in enumerate(
            zip(case["derived"]["classes"], case["derived"]["amounts"], strict=True)
        )
        if name != "inactive"
    ]
    found = [
        (row["period_start"], row["movement"], abs(row["ending_amount"] - row["starting_amount"]))
        for row in answers.ledger(each, shape)
        if row["period_start"] <= expected[-1][0]
    ]
    assert found == expected
    misprint = case["published_misprint"]["classes"]
    assert "churn" not in misprint and "reactivation" not in misprint


def test_nothing_lost_is_no_quick_ratio(answers: Answers, shape: str) -> None:
    """0 would read as the worst of all; there is no answer."""
    row = answers.of(NOTHING_LOST, shape)
    assert row["new_revenue"] == 50
    assert row["quick_ratio"] is None
