"""A value taken apart: every part worked out again from the ledger, customer by customer, in plain Python."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import asked_project
import pytest
import rollforward
from conftest import Built, Project, forget_settings
from rollforward import cli
from rollforward.contributions import Scales
from rollforward.dialects import DEFAULT
from rollforward.explain import Asked, Explanation, explain
from rollforward.profile import Wanted
from rollforward.relations import locate
from rollforward.session import open_session
from rollforward.taken_apart import TakenApart
from rollforward.workspace import open_workspace

WITHOUT_SHARES = (
    *("largest_customer", "smallest_expanding", "plans_in_use", "mean_largest_customer"),
    *("retained_both_ways", "retained_and_largest"),
)
OF_SUBSCRIPTIONS = (
    *("smoothed_expansion", "mean_expansion", "mean_new_revenue", "mean_largest_customer"),
    "plans_in_use",
)

Row = dict[str, Any]
Explain = Callable[..., Explanation]
Ledger = Callable[[str, str, Sequence[str]], list[Row]]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Project, Built]]:
    project, built = asked_project.built_project(tmp_path_factory.mktemp("explained") / "shop")
    yield project, built
    project.remove()


@pytest.fixture(autouse=True)
def here(shop: tuple[Project, Built], monkeypatch: pytest.MonkeyPatch) -> None:
    """Questions are asked in the project's folder, by nobody with settings of their own."""
    monkeypatch.chdir(shop[0].folder)
    forget_settings(monkeypatch)
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture
def explained(shop: tuple[Project, Built]) -> Iterator[Explain]:
    """Explain values in one session."""
    workspace = open_workspace(shop[0].folder)
    target = workspace.target(Wanted())
    located = locate(workspace.layout, workspace.folder, target)
    with open_session(target, shop[0].folder, Wanted()) as session:

        def ask(*words: str, **given: Any) -> Explanation:
            asked = Asked(*words, **given)
            return explain(asked, workspace.meanings, session, DEFAULT, located.models)

        yield ask


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    """What a command prints, all of it."""
    assert cli.main(arguments) == code, capsys.readouterr().err
    printed = capsys.readouterr()
    return printed.err if code else printed.out


@pytest.fixture(scope="module")
def ledger(shop: tuple[Project, Built]) -> Ledger:
    """The rows of the ledger of some periods, by the days they end on; all were read beforehand."""
    rows = shop[1].rows("select * from rollforward__customer_movements order by period_end, unit")

    def chosen(book: str, comparison: str, ends: Sequence[str]) -> list[Row]:
        keys = {(book, comparison, end) for end in ends}
        return [row for row in rows if (row["book"], row["comparison"], f"{row['period_end']}") in keys]

    return chosen


# --- every metric ---------------------------------------------------------------------------------


def test_contributions_add_up_exactly_for_every_metric_and_period(
    shop: tuple[Project, Built], explained: Explain
) -> None:
    """As exact fractions: by movement, by slice, by customer; and the value is that of the cohorts."""
    project = rollforward.Project(shop[0].folder)
    shared = [metric.name for metric in project.metrics if metric.name not in OF_SUBSCRIPTIONS]
    combinations = [
        ("subscriptions", "month_over_month", "plan"),
        ("subscriptions", "trailing_12_months", "region"),
        ("orders", "quarter_over_quarter", "country"),
    ]
    for book, comparison, by in combinations:
        names = [*shared, *(OF_SUBSCRIPTIONS if book == "subscriptions" else ())]
        values = project.query(names, book=book, comparison=comparison, include_incomplete=True).rows
        for row in values[-2:] if by == "plan" else values[-2:-1]:
            for name in names:
                found = explained(name, book, comparison, f"{row['period_end']}", (by,), customers=3)
                # Floats of several periods are added up in whichever order rows come.
                assert found.value == (
                    pytest.approx(row[name], rel=1e-14) if found.whole.periods else row[name]
                )
                for part in (found.whole, *found.inputs):
                    if part.scales is not None:
                        check_sums(part, part.scales)
                if found.whole.scales is None:
                    assert row[name] is None or name in WITHOUT_SHARES


def check_sums(found: TakenApart, scales: Scales) -> None:
    """Every way of adding up what moved the value gives by how much it moved."""
    assert found.value is not None
    assert float(scales.value) == pytest.approx(float(found.value), rel=1e-12)
    for parts in (found.movements, found.slices):
        assert sum(map(scales.contribution, parts), Fraction(0)) == scales.value - scales.still
    named = sum(map(scales.contribution, found.customers), Fraction(0))
    assert named + found.others[1] == scales.value - scales.still
    if found.periods:
        moved = sum((each.contribution or Fraction(0) for each in found.periods), Fraction(0))
        assert moved == scales.value - scales.still


# --- trailing metrics -----------------------------------------------------------------------------

ENDS = ("2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31")


def paid(rows: list[Row], column: str) -> Fraction:
    return sum((Fraction(row[column]) for row in rows if row["starting_amount"] > 0), Fraction(0))


def test_a_ratio_of_sums_is_taken_apart_into_periods_and_customers(
    ledger: Ledger, explained: Explain
) -> None:
    """NER of three windows of a year: the sums at the end over the sums at the start, without any SQL."""
    found = explained("smoothed_expansion", period="2026-05", by=("plan",), customers=500)
    whole, scales = found.whole, found.whole.scales
    rows = ledger("subscriptions", "trailing_12_months", ENDS[1:])
    upper, lower = paid(rows, "ending_amount"), paid(rows, "starting_amount")
    assert scales is not None and found.comparison.name == "trailing_12_months"
    assert (scales.numerator, scales.denominator, scales.still) == (upper, lower, 1)
    assert (scales.value, float(scales.value)) == (upper / lower, pytest.approx(found.value, rel=1e-12))
    assert [f"{each.start:%Y-%m}" for each in whole.periods] == ["2026-03", "2026-04", "2026-05"]
    for period, end in zip(whole.periods, ENDS[1:], strict=True):
        of_period = [row for row in rows if f"{row['period_end']}" == end]
        sides = (paid(of_period, "ending_amount"), paid(of_period, "starting_amount"))
        assert (period.numerator, period.denominator) == sides
        assert period.value == sides[0] / sides[1]
        assert period.contribution == (sides[0] - sides[1]) / lower
    # NER moves by what customers of the start pay more or less, over what all of them paid.
    by_unit: dict[str, Fraction] = {}
    by_slice: dict[tuple[Any], Fraction] = {}
    moved = set()
    for row in rows:
        share = Fraction(row["ending_amount"] - row["starting_amount"]) if row["starting_amount"] > 0 else 0
        by_unit[row["unit"]] = by_unit.get(row["unit"], Fraction(0)) + share / lower
        by_slice[(row["plan"],)] = by_slice.get((row["plan"],), Fraction(0)) + share / lower
        moved |= {row["unit"]} if row["movement"] != "unchanged" else set()
    named = {each.keys[0]: scales.contribution(each) for each in whole.customers}
    assert named == {unit: share for unit, share in by_unit.items() if share}
    sizes = [abs(scales.contribution(each)) for each in whole.customers]
    assert sizes == sorted(sizes, reverse=True) and len(sizes) > 10
    assert {each.keys: scales.contribution(each) for each in whole.slices} == by_slice
    assert whole.others == (len(moved) - len(named), 0)
    # From what a customer paid at the start of the first period to what it paid at the end of the last.
    for each in whole.customers:
        own = {f"{row['period_end']}": row for row in rows if row["unit"] == each.keys[0]}
        first, last = own.get(ENDS[1]), own.get(ENDS[3])
        assert each.starting_amount == (first["starting_amount"] if first else 0)
        assert each.ending_amount == (last["ending_amount"] if last else 0)
        became = {row["movement"] for row in own.values()} - {"unchanged"}
        assert each.movement == (became.pop() if len(became) == 1 else "")


def test_a_mean_is_taken_apart_period_by_period(ledger: Ledger, explained: Explain) -> None:
    """Every period weighs the same, so a customer counts more where others pay little."""
    found = explained("mean_expansion", period="2026-05", by=("region",), customers=500)
    whole, scales = found.whole, found.whole.scales
    rows = ledger("subscriptions", "month_over_month", ENDS)
    assert scales is not None and (scales.numerator, scales.denominator, scales.still) == (None, None, 1)
    shares: dict[str, Fraction] = {}
    rates = []
    for period, end in zip(whole.periods, ENDS, strict=True):
        of_period = [row for row in rows if f"{row['period_end']}" == end]
        lower = paid(of_period, "starting_amount")
        rates.append(paid(of_period, "ending_amount") / lower)
        assert (period.value, period.denominator) == (rates[-1], lower)
        assert period.contribution == (rates[-1] - 1) / 4
        for row in of_period:
            share = Fraction(row["ending_amount"] - row["starting_amount"]) / lower / 4
            shares[row["unit"]] = shares.get(row["unit"], Fraction(0)) + share * (row["starting_amount"] > 0)
    assert scales.value == sum(rates) / 4 and found.value == pytest.approx(float(scales.value), rel=1e-12)
    assert {each.keys[0]: scales.contribution(each) for each in whole.customers} == {
        unit: share for unit, share in shares.items() if share
    }
    ranked = sorted(shares.items(), key=lambda each: (-abs(each[1]), each[0]))
    few = explained("mean_expansion", period="2026-05", customers=2).whole
    assert [each.keys[0] for each in few.customers] == [unit for unit, _ in ranked[:2]]


def test_a_mean_of_sums_and_one_of_largest_values(ledger: Ledger, explained: Explain) -> None:
    ends = ("2025-03-31", "2025-04-30", "2025-05-31")
    rows = ledger("subscriptions", "month_over_month", ends)
    new = {f"{row['period_end']:%m}": Fraction(0) for row in rows}
    for row in rows:
        if row["movement"] == "new":
            new[f"{row['period_end']:%m}"] += Fraction(row["ending_amount"])
    found = explained("mean_new_revenue", period="2025-05").whole
    assert [each.value for each in found.periods] == list(new.values())
    assert found.scales is not None and found.scales.value == sum(new.values()) / 3 > 0
    largest = explained("mean_largest_customer", period="2026-05").whole
    assert largest.scales is None
    for period, end in zip(largest.periods, ENDS[-2:], strict=True):
        of_period = ledger("subscriptions", "month_over_month", [end])
        assert period.value == max(row["ending_amount"] for row in of_period)


def test_a_condition_and_an_open_period_hold_for_every_period(ledger: Ledger, explained: Explain) -> None:
    found = explained("smoothed_expansion", period="2026-05", where="plan <> 'pro'").whole
    rows = ledger("subscriptions", "trailing_12_months", ENDS[1:])
    others = [row for row in rows if row["plan"] != "pro"]
    assert found.scales is not None
    assert found.scales.value == paid(others, "ending_amount") / paid(others, "starting_amount")
    still_open = explained("smoothed_expansion", period="2026-06").whole
    assert (still_open.value, still_open.scales) == (None, None)
    assert still_open.missing == (date(2026, 6, 1),)


def test_a_trailing_metric_on_a_page_of_eighty_columns(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "explain", "smoothed_expansion", "--period", "2026-05", "--by", "plan")
    assert all(len(line) <= 80 for line in text.splitlines())
    for line in (
        "ratio of sums of net_expansion_rate over 3 periods",
        "its periods            numerator     denominator         value    contribution",
        "  added up over 2026-03 to 2026-05, customers too: once in every period",
        "customers that moved it most                   from           to    contribution",
    ):
        assert line in text
    words = ["explain", "smoothed_expansion", "--period", "2026-05", "--customers", "2", "--format", "json"]
    data = json.loads(said(capsys, *words))
    assert (data["follows"], data["method"], len(data["periods"])) == (
        "net_expansion_rate",
        "ratio_of_sums",
        3,
    )
    still, value = Fraction(data["if_nobody_had_moved"]), Fraction(data["exact"])
    for parts in (data["periods"], data["movements"], [*data["customers"], data["other_customers"]]):
        assert sum(Fraction(each["exact"]) for each in parts) == value - still
    (first, *_) = json.loads(said(capsys, "query", "smoothed_expansion", "--format", "json"))["rows"]
    assert first["smoothed_expansion"] is None
    said_of_first = said(capsys, "explain", "smoothed_expansion", "--period", first["period_end"][:7])
    assert "There is no value: all 3 periods must be there, and over." in said_of_first
    assert "\nMissing: 20" in said_of_first


# --- what does not add up -------------------------------------------------------------------------


def test_largest_smallest_and_counted_values_name_who_has_them(
    ledger: Ledger, explained: Explain, capsys: pytest.CaptureFixture[str]
) -> None:
    given = {"book": "subscriptions", "comparison": "trailing_12_months", "period": "2026-05", "customers": 3}
    rows = ledger("subscriptions", "trailing_12_months", ENDS[-1:])
    largest = explained("largest_customer", by=("plan",), **given).whole
    ranked = sorted(rows, key=lambda row: (-row["ending_amount"], row["unit"]))[:3]
    assert [(each.keys, each.value) for each in largest.holders] == [
        ((row["unit"], row["plan"]), row["ending_amount"]) for row in ranked
    ]
    assert largest.value == largest.holders[0].value
    smallest = explained("smallest_expanding", **given).whole
    grown = [row["starting_amount"] for row in rows if row["movement"] == "expansion"]
    assert [each.value for each in smallest.holders] == sorted(grown)[:3]
    plans = explained("plans_in_use", **given).whole
    counts: dict[str, int] = {}
    for row in rows:
        if row["ending_amount"] > 0 and row["plan"] is not None:
            counts[row["plan"]] = counts.get(row["plan"], 0) + 1
    assert {each.value: each.customers for each in plans.counted} == counts and plans.value == len(counts)
    page = said(capsys, "explain", "largest_customer", "--book", "subscriptions")
    assert "No customer has a share of it: it is the largest value that one has." in page
    assert "customers with the largest values" in page
    counted = said(capsys, "explain", "plans_in_use", "--format", "json")
    assert {each["value"] for each in json.loads(counted)["values"]} == set(counts)


def test_a_product_is_taken_apart_into_what_it_is_made_of(
    explained: Explain, capsys: pytest.CaptureFixture[str]
) -> None:
    given = {"book": "orders", "comparison": "month_over_month", "period": "2026-04"}
    found = explained("retained_and_largest", by=("country",), **given)
    names = [each.metric.name for each in found.inputs]
    assert names == [
        *("retained_both_ways", "largest_customer", "ending_revenue"),
        *("net_expansion_rate", "customer_retention_rate"),
    ]
    values = {each.metric.name: each.value for each in found.inputs}
    for name in ("retained_both_ways", "largest_customer", "net_expansion_rate", "customer_retention_rate"):
        assert explained(name, **given).value == values[name]
    both = float(values["net_expansion_rate"] or 0) * float(values["customer_retention_rate"] or 0)
    assert values["retained_both_ways"] == pytest.approx(both, rel=1e-12)
    share = Decimal(f"{values['largest_customer']}") / Decimal(float(values["ending_revenue"] or 1))
    assert found.value == pytest.approx(both * float(share), rel=1e-12)
    assert found.whole.scales is None and found.inputs[3].customers
    page = said(capsys, "explain", "retained_and_largest", "--book", "orders", "--period", "2026-04")
    assert all(len(line) <= 80 for line in page.splitlines())
    assert "made of    " in page and "What it is made of is taken apart below." in page
    assert "net_expansion_rate: Net Expansion Rate (NER)" in page
    words = ["explain", "retained_and_largest", "--book", "orders", "--period", "2026-04", "--format", "json"]
    assert [each["name"] for each in json.loads(said(capsys, *words))["inputs"]] == names


def test_a_difference_of_rates_has_shares(ledger: Ledger, explained: Explain) -> None:
    """NER less the share of customers that stay: each customer moves both."""
    found = explained("revenue_over_customers", "orders", "month_over_month", "2026-04", customers=500).whole
    rows = [row for row in ledger("orders", "month_over_month", ["2026-04-30"]) if row["starting_amount"]]
    lower = paid(rows, "starting_amount")
    shares = {
        row["unit"]: Fraction(row["ending_amount"] - row["starting_amount"]) / lower
        + Fraction(row["ending_amount"] == 0, len(rows))
        for row in rows
    }
    scales = found.scales
    assert scales is not None and scales.still == 0 and scales.value == sum(shares.values())
    assert {each.keys[0]: scales.contribution(each) for each in found.customers} == {
        unit: share for unit, share in shares.items() if share
    }


# --- what the page says ---------------------------------------------------------------------------


def test_the_bridge_and_the_customers_are_those_of_the_ledger(
    shop: tuple[Project, Built], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    words = [
        "explain",
        "nrr",
        "--book",
        "subscriptions",
        "--comparison",
        "trailing_12_months",
        "--by",
        "plan",
    ]
    text = said(capsys, *words, "--period", "2026-05", "--customers", "4")
    data = json.loads(said(capsys, *words, "--period", "2026-05", "--customers", "4", "--format", "json"))
    assert all(len(line) <= 80 for line in text.splitlines())
    ledger = shop[1].rows(
        "select movement, count(*) as customers, sum(starting_amount) as before, sum(ending_amount) as after"
        " from rollforward__customer_movements where book = 'subscriptions'"
        " and comparison = 'trailing_12_months' and period_end = '2026-05-31' group by movement"
    )
    by_movement = {each["movement"]: each for each in data["movements"]}
    assert len(by_movement) == len(ledger)
    for row in ledger:
        found = by_movement[row["movement"]]
        assert found["customers"] == row["customers"]
        assert (Decimal(found["starting_amount"]), Decimal(found["ending_amount"])) == (
            row["before"],
            row["after"],
        )
    most = shop[1].rows(
        "select unit from rollforward__customer_movements where book = 'subscriptions'"
        " and comparison = 'trailing_12_months' and period_end = '2026-05-31' and starting_amount > 0"
        " order by abs(ending_amount - starting_amount) desc, unit limit 4"
    )
    assert [each["unit"] for each in data["customers"]] == [row["unit"] for row in most]
    start = sum(row["before"] for row in ledger)
    assert f"{'  starting revenue':26}{start:>16,.2f}" in text
    assert Fraction(data["exact"]) == Fraction(data["numerator"]) / Fraction(data["denominator"])
    left_out = shop[1].rows("select * from rollforward__input_problems where book = 'subscriptions'")
    assert {(each["reason"], each["rows"], Decimal(each["amount"])) for each in data["left_out"]} == {
        (row["reason"], row["row_count"], row["amount"]) for row in left_out
    }
    assert "null_unit" in text and "customers that moved it most" in text


def test_what_cannot_be_explained_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["explain", "quick_ratio", "--book", "subscriptions"]
    assert "error[no-period]" in said(capsys, *words, "--period", "1999", code=2)
    assert "hint: there are those from 2024-" in said(capsys, *words, "--period", "1999", code=1 + 1)
    several = said(capsys, *words, "--period", "2025", "--comparison", "month_over_month", code=2)
    assert "hint: it holds several periods of month_over_month" in several
    assert "error[unknown-attribute]" in said(capsys, *words, "--by", "country", code=2)
    assert "the period is not over" in said(capsys, *words, "--period", "2026-06")


def test_a_slice_has_as_many_customers_at_its_start_as_the_bridge(
    shop: tuple[Project, Built], capsys: pytest.CaptureFixture[str]
) -> None:
    """Those who came back are in the slice as well, and were not there at the start."""
    asked = ["net_expansion_rate", "--book", "subscriptions", "--comparison", "trailing_12_months"]
    asked += ["--period", "2026-05", "--by", "plan"]
    found = json.loads(said(capsys, "explain", *asked, "--format", "json"))
    by_hand = shop[1].rows(
        "select plan, count(*) filter (starting_amount > 0) as at_start, count(*) as rows"
        " from rollforward__customer_movements where book = 'subscriptions'"
        " and comparison = 'trailing_12_months' and period_end = '2026-05-31' group by plan"
    )
    counts = {row["plan"]: (row["at_start"], row["rows"]) for row in by_hand}
    slices = {each["plan"]: (each["starting_customers"], each["customers"]) for each in found["slices"]}
    assert slices == counts
    assert any(first < last for first, last in counts.values())
    lines = said(capsys, "explain", *asked).splitlines()
    (bridge,) = (line for line in lines if line.startswith("  starting revenue"))
    parts = lines[next(at for at, line in enumerate(lines) if line.startswith("by plan")) + 1 :]
    shown = [int(line.split()[-3]) for line in parts[: parts.index("")]]
    assert sum(shown) == int(bridge.split()[3]) == sum(first for first, _ in counts.values())


def test_metrics_over_the_ledger_are_explained_by_size(
    shop: tuple[Project, Built], capsys: pytest.CaptureFixture[str]
) -> None:
    """A threshold on amounts, sliced by bands of the starting amount: both only the ledger knows."""
    words = ["large_expansion_share", "--book", "subscriptions", "--comparison", "trailing_12_months"]
    options = [*words, "--by", "starting_size", "--format", "json"]
    period = ["--from", "2026-05", "--to", "2026-05"]
    found = json.loads(said(capsys, "explain", *options, "--period", "2026-05"))
    [by_hand] = shop[1].rows(
        "select sum(ending_amount - starting_amount)"
        " filter (movement = 'expansion' and starting_amount >= 300) as upper,"
        " sum(starting_amount) as lower from rollforward__customer_movements"
        " where book = 'subscriptions' and comparison = 'trailing_12_months' and period_end = '2026-05-31'"
    )
    assert Fraction(found["exact"]) == Fraction(by_hand["upper"]) / Fraction(by_hand["lower"]) > 0
    moved = sum(Fraction(each["exact"]) for each in found["slices"])
    assert moved == Fraction(found["exact"]) - Fraction(found["if_nobody_had_moved"])
    sizes = {row["starting_size"] for row in json.loads(said(capsys, "query", *options, *period))["rows"]}
    assert sizes == {each["starting_size"] for each in found["slices"]} and len(sizes) > 2
