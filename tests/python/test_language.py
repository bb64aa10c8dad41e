"""What metrics of every type say of drawn ledgers: the same as a plain loop over the customers.

A ledger is drawn as a list of customers in periods; cohorts are made from it by the oracle. Each metric is
defined in YAML, answered by DuckDB, and worked out again in Python from the list.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import jinja2
import oracle
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import LedgerRow
from rollforward.answer import answer
from rollforward.catalog import read_catalog
from rollforward.definitions import Catalog, Selection
from rollforward.dialects import DEFAULT, DIALECTS, Dialect
from rollforward.errors import Problem
from rollforward.layout import read_layout
from rollforward.project import compile_project
from rollforward.resolve import Meanings, resolve
from rollforward.source import typed
from rollforward.statement import Relations
from small_project import REPO, small_project

RELATIONS = Relations(cohorts="cohorts", ledger="ledger")
NAMES = ("plan", "region")
MONTHS = {"month_over_month": 1, "quarter_over_quarter": 3}

DEFINITIONS = """
metrics:
  - {name: large_expansion, type: simple, agg: sum, expr: ending_amount - starting_amount,
     filter: movement = 'expansion' and starting_amount >= 1000}
  - {name: above_at_start, type: simple, agg: count, filter: starting_amount > 5000}
  - {name: above_at_both_ends, type: simple, agg: count,
     filter: starting_amount > 1000 and ending_amount > 1000}
  - {name: lost, type: simple, agg: count, filter: movement = 'churn'}
  - {name: of_others, type: simple, agg: sum, expr: ending_amount, filter: "plan <> 'pro'"}
  - {name: of_named, type: simple, agg: count, filter: "not (plan = 'pro' or plan = 'O''Brien')"}
  - {name: units, type: simple, agg: count_distinct, expr: unit, filter: ending_amount > 0}
  - {name: plans, type: simple, agg: count_distinct, expr: plan, filter: ending_amount > 0}
  - {name: with_plan, type: simple, agg: count, expr: plan}
  - {name: with_tenure, type: simple, agg: count, expr: tenure_months}
  - {name: of_neither, type: simple, agg: count, filter: "plan not in ('pro', region)"}
  - {name: unlike_region, type: simple, agg: count, filter: "plan <> coalesce(region, 'pro')"}
  - {name: largest, type: simple, agg: max, expr: ending_amount}
  - {name: smallest_kept, type: simple, agg: min, expr: ending_amount,
     filter: movement <> 'churn' and plan = 'pro'}
  - {name: average_paid, type: simple, agg: average, expr: ending_amount, filter: ending_amount > 0}
  - {name: average_large, type: simple, agg: average, expr: starting_amount,
     filter: starting_amount >= 1000}
  - {name: average_tenure, type: simple, agg: average, expr: tenure_months}
  - {name: months_together, type: simple, agg: sum, expr: tenure_months}
  - {name: not_of_late, type: simple, agg: count, filter: tenure_months >= 3}
  - {name: others_than_3, type: simple, agg: count, filter: tenure_months <> 3}
  - {name: large_expansion_rate, type: ratio, numerator: large_expansion, denominator: starting_revenue}
  - {name: mixed, type: derived, expr: (large_expansion - 2 * churned_revenue) / (3 * existing_revenue)}
  - {name: share_of_largest, type: ratio, numerator: largest, denominator: ending_revenue}
  - {name: nrr_of_3, type: trailing, input: nrr, periods: 3}
  - {name: mean_nrr, type: trailing, input: net_expansion_rate, periods: 2, method: mean}
  - {name: mean_new, type: trailing, input: new_revenue, periods: 3, method: mean}
  - {name: mean_largest, type: trailing, input: largest, periods: 2, method: mean}
  - {name: large_rate_of_2, type: trailing, input: large_expansion_rate, periods: 2}
  - {name: cer_of_2, type: trailing, input: customer_expansion_rate, periods: 2}
  - {name: mixed_of_2, type: trailing, input: mixed, periods: 2}
dimensions:
  - {name: size, expr: starting_amount, bands: [1000, 5000.5]}
  - {name: tenure, expr: tenure_months, bands: [3, 12]}
  - {name: segment, expr: "case when plan in ('pro', 'basic') then 'known' else 'other' end"}
  - {name: direction, expr: "case when ending_amount > starting_amount then 'up' else 'other' end"}
"""


def catalog_of(root: Path, definitions: str) -> Catalog:
    problems: list[Problem] = []
    catalog = read_catalog(read_layout(small_project(root, {"metrics/a.yml": definitions}), []), problems)
    assert not problems
    return catalog


def resolved(catalog: Catalog) -> Meanings:
    problems: list[Problem] = []
    meanings = resolve(catalog, problems)
    assert not problems, problems
    return meanings


@pytest.fixture(scope="module")
def meanings(tmp_path_factory: pytest.TempPathFactory) -> Meanings:
    return resolved(catalog_of(tmp_path_factory.mktemp("shop"), DEFINITIONS))


# --- drawn ledgers ------------------------------------------------------------------------------------

AMOUNTS = st.sampled_from(["0", "0", "0.0001", "999.9999", "1000", "1000.5", "5000", "5000.5", "20000"]).map(
    Decimal
)
PLANS = st.sampled_from(["pro", "basic", "O'Brien", None])


def first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


@st.composite
def ledgers(draw: st.DrawFn) -> list[LedgerRow]:
    """Customers of one book in some periods of two comparisons; periods may be missing, the last not over."""
    rows = []
    for comparison, months in MONTHS.items():
        numbers = sorted(draw(st.sets(st.integers(0, 7), min_size=1, max_size=7)))
        last_is_open = draw(st.booleans())
        for number in numbers:
            start = first_day(2024 * 12 + 9 + number * months)
            end = first_day(2024 * 12 + 9 + (number + 1) * months) - timedelta(days=1)
            complete = not (last_is_open and number == numbers[-1])
            for unit in range(draw(st.integers(1, 5))):
                before, after = draw(AMOUNTS), draw(AMOUNTS)
                if before or after:
                    movement = draw(st.sampled_from(["new", "reactivation"])) if not before else ""
                    movement = movement or oracle._movement(before, after, "")
                    attributes = {"plan": draw(PLANS), "region": draw(st.sampled_from(["eu", "pro", None]))}
                    rows.append(
                        LedgerRow(
                            "subscriptions",
                            comparison,
                            start,
                            end,
                            complete,
                            f"u{unit}",
                            before,
                            after,
                            movement,
                            attributes,
                            draw(st.integers(0, 14)) if before else None,
                        )  # fmt: skip
                    )
    return rows


KEYS = {
    **dict.fromkeys(("book", "comparison"), "text"),
    **dict.fromkeys(("period_start", "period_end"), "date"),
    "is_complete": "boolean",
    **dict.fromkeys(NAMES, "text"),
}
UNITS = {
    "unit": "text",
    "starting_amount": "decimal(18, 4)",
    "ending_amount": "decimal(18, 4)",
    "movement": "text",
    "tenure_months": "integer",
}
MEASURES = dict.fromkeys(oracle.REVENUE_MEASURES, "decimal(18, 4)") | dict.fromkeys(
    oracle.COUNT_MEASURES, "bigint"
)


def loaded(
    connection: duckdb.DuckDBPyConnection, table: str, types: dict[str, str], rows: list[list[Any]]
) -> None:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(types)
    values = [[None if value is None else str(value) for value in column] for column in columns]
    cast = ", ".join(f"unnest(?::varchar[])::{kind} as {name}" for name, kind in types.items())
    connection.execute(f"create table {table} as select {cast}", values)


def database(rows: list[LedgerRow]) -> duckdb.DuckDBPyConnection:
    """The ledger and its cohorts as tables."""
    connection = duckdb.connect(config={"threads": 1})
    ledger = [
        [
            *(row.book, row.comparison, row.period_start, row.period_end, row.is_complete),
            *row.attributes.values(),
            *(row.unit, row.starting_amount, row.ending_amount, row.movement, row.tenure_months),
        ]
        for row in rows
    ]
    loaded(connection, "ledger", KEYS | UNITS, ledger)
    cells = oracle.cohorts(rows, list(NAMES)).items()
    loaded(connection, "cohorts", KEYS | MEASURES, [[*key, *map(cell.get, MEASURES)] for key, cell in cells])
    return connection


def asked(
    connection: duckdb.DuckDBPyConnection, meanings: Meanings, *metrics: str, **given: Any
) -> list[dict[str, Any]]:
    """The rows of an answer."""
    by = given.pop("by", ())
    where = given.pop("where", "")
    selection = Selection(
        metrics=tuple(typed(name, "METRIC") for name in metrics),
        comparisons=tuple(typed(name, "--comparison") for name in MONTHS),
        by=tuple(typed(name, "--by") for name in by),
        where=typed(where, "--where") if where else None,
        **given,
    )
    found = connection.execute(answer(selection, meanings, DEFAULT, RELATIONS, parts=True).sql)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


Key = tuple[Any, ...]


def grouped(rows: Iterable[LedgerRow], slice_of: Callable[[LedgerRow], Key]) -> dict[Key, list[LedgerRow]]:
    groups: dict[Key, list[LedgerRow]] = {}
    for row in rows:
        groups.setdefault((row.comparison, row.period_start, *slice_of(row)), []).append(row)
    return groups


# --- each metric in plain Python ----------------------------------------------------------------------


def ratio(upper: Any, lower: Any) -> Fraction | None:
    return Fraction(upper) / Fraction(lower) if lower else None


def total(rows: list[LedgerRow], value: Callable[[LedgerRow], Any]) -> Any:
    return sum((value(row) for row in rows), 0)


def start(rows: list[LedgerRow]) -> Decimal:
    return total(rows, lambda row: row.starting_amount)


def kept(rows: list[LedgerRow]) -> Decimal:
    return total([row for row in rows if row.starting_amount > 0], lambda row: row.ending_amount)


def large_expansion(rows: list[LedgerRow]) -> Decimal:
    return total(
        [row for row in rows if 1000 <= row.starting_amount < row.ending_amount],
        lambda row: row.ending_amount - row.starting_amount,
    )


def mixed_upper(rows: list[LedgerRow]) -> Decimal:
    gone = total([row for row in rows if not row.ending_amount], lambda row: row.starting_amount)
    return large_expansion(rows) - 2 * gone


def ending(rows: list[LedgerRow]) -> list[Decimal]:
    return [row.ending_amount for row in rows if row.ending_amount > 0]


def tenures(rows: list[LedgerRow]) -> list[int]:
    return [row.tenure_months for row in rows if row.tenure_months is not None]


PLAIN: dict[str, Callable[[list[LedgerRow]], Any]] = {
    "large_expansion": large_expansion,
    "above_at_start": lambda rows: total(rows, lambda row: row.starting_amount > 5000),
    "above_at_both_ends": lambda rows: total(
        rows, lambda row: min(row.starting_amount, row.ending_amount) > 1000
    ),
    "lost": lambda rows: total(rows, lambda row: row.ending_amount == 0),
    "of_others": lambda rows: total(
        [row for row in rows if row.attributes["plan"] != "pro"], lambda row: row.ending_amount
    ),
    "of_named": lambda rows: total(rows, lambda row: row.attributes["plan"] not in ("pro", "O'Brien")),
    "units": lambda rows: len({row.unit for row in rows if row.ending_amount > 0}),
    "plans": lambda rows: len({row.attributes["plan"] for row in rows if row.ending_amount > 0} - {None}),
    "with_plan": lambda rows: total(rows, lambda row: row.attributes["plan"] is not None),
    "with_tenure": lambda rows: len(tenures(rows)),
    "of_neither": lambda rows: sum(
        row.attributes["plan"] != "pro"
        and (row.attributes["plan"] is None or row.attributes["plan"] != row.attributes["region"])
        for row in rows
    ),
    "unlike_region": lambda rows: sum(
        row.attributes["plan"] != (row.attributes["region"] or "pro") for row in rows
    ),
    "largest": lambda rows: max(row.ending_amount for row in rows),
    "smallest_kept": lambda rows: min(
        [row.ending_amount for row in rows if row.ending_amount > 0 and row.attributes["plan"] == "pro"],
        default=None,
    ),
    "average_paid": lambda rows: ratio(sum(ending(rows)), len(ending(rows))),
    "average_large": lambda rows: ratio(
        sum(row.starting_amount for row in rows if row.starting_amount >= 1000),
        sum(row.starting_amount >= 1000 for row in rows),
    ),
    "average_tenure": lambda rows: ratio(sum(tenures(rows)), len(tenures(rows))),
    "months_together": lambda rows: sum(tenures(rows)),
    "not_of_late": lambda rows: sum(months >= 3 for months in tenures(rows)),
    "others_than_3": lambda rows: total(rows, lambda row: row.tenure_months != 3),
    "large_expansion_rate": lambda rows: ratio(large_expansion(rows), start(rows)),
    "mixed": lambda rows: ratio(mixed_upper(rows), 3 * kept(rows)),
    "share_of_largest": lambda rows: ratio(
        max(row.ending_amount for row in rows), total(rows, lambda row: row.ending_amount)
    ),
    "net_expansion_rate": lambda rows: ratio(kept(rows), start(rows)),
}


def same(found: Any, wanted: Any) -> bool:
    if found is None or wanted is None:
        return found is None and wanted is None
    return float(found) == pytest.approx(float(wanted), rel=1e-12, abs=1e-12)


def size(row: LedgerRow) -> str | None:
    if not row.starting_amount:
        return None
    bands = {1000: "below 1000", Decimal("5000.5"): "1000 to 5000.5"}
    return next((name for limit, name in bands.items() if row.starting_amount < limit), "5000.5 and above")


def tenure(row: LedgerRow) -> str | None:
    if row.tenure_months is None:
        return None
    return "below 3" if row.tenure_months < 3 else "3 to 12" if row.tenure_months < 12 else "12 and above"


SLICES: dict[tuple[str, ...], Callable[[LedgerRow], Key]] = {
    (): lambda _: (),
    ("plan",): lambda row: (row.attributes["plan"],),
    ("size", "region"): lambda row: (size(row), row.attributes["region"]),
    ("segment",): lambda row: ("known" if row.attributes["plan"] in ("pro", "basic") else "other",),
    ("tenure",): lambda row: (tenure(row),),
    ("direction",): lambda row: ("up" if row.ending_amount > row.starting_amount else "other",),
}


@settings(max_examples=40)
@given(rows=ledgers(), by=st.sampled_from(list(SLICES)))
def test_every_metric_is_what_a_loop_over_customers_gives(
    meanings: Meanings, rows: list[LedgerRow], by: tuple[str, ...]
) -> None:
    complete = grouped((row for row in rows if row.is_complete), SLICES[by])
    with database(rows) as connection:
        for metrics in (tuple(PLAIN), ("lost", "units", "average_paid", "net_expansion_rate")):
            found = asked(connection, meanings, *metrics, by=by)
            cells = {
                (row["comparison"], row["period_start"], *(row[name] for name in by)): row for row in found
            }
            assert cells.keys() == complete.keys() and len(cells) == len(found)
            for key, row in cells.items():
                for name in metrics:
                    assert same(row[name], PLAIN[name](complete[key])), (name, key)


VIEWS = """
views:
  - {name: over_cohorts, metrics: [nrr, lost, average_paid], by: [segment], where: "plan <> 'pro'"}
  - {name: over_ledger, metrics: [nrr, mixed, largest, of_named, average_large, plans], by: [size, plan]}
  - {name: over_periods, metrics: [nrr_of_3, nrr, mean_new, lost], by: [plan]}
  - {name: over_both, metrics: [mixed_of_2, mean_largest, large_rate_of_2, average_tenure], by: [tenure]}
"""


@pytest.fixture(scope="module")
def views(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The models of views as text, with macros in place."""
    root = tmp_path_factory.mktemp("views")
    text = DEFINITIONS + VIEWS.replace("metrics: [", f"comparisons: [{', '.join(MONTHS)}], metrics: [")
    compile_project(small_project(root, {"metrics/a.yml": text}), root / "target")
    files = [*(root / "macros/metrics").glob("*.sql"), *(REPO / "macros/metrics").glob("*.sql")]
    macros = {"select_ending": ""}
    of_package = SimpleNamespace(float_type=lambda: DEFAULT.float_type)
    for file in files:
        for name, body in MACRO.findall(file.read_text()):
            macros[name] = body.strip()
    models = {}
    for name in ("over_cohorts", "over_ledger", "over_periods", "over_both"):
        model = (root / "models/metrics" / f"{name}.sql").read_text().partition("\n")[2]
        model = model.replace("{{ ref('rollforward', 'rollforward__revenue_cohorts') }}", "cohorts")
        model = model.replace("{{ ref('rollforward', 'rollforward__customer_movements') }}", "ledger")
        model = re.sub(r"\{\{ \w+\.(\w+)\(\) \}\}", lambda found: written(macros, found[1]), model)
        models[name] = jinja2.Template(model).render(rollforward=of_package)
    return models


MACRO = re.compile(r"\{% macro (\w+)\(\) -%\}\n(.*?)\n?\{%- endmacro %\}", re.DOTALL)


def written(macros: dict[str, str], name: str) -> str:
    return macros.get(f"default__{name}") or macros[name]


@settings(max_examples=15)
@given(rows=ledgers())
def test_views_say_what_answers_say(meanings: Meanings, views: dict[str, str], rows: list[LedgerRow]) -> None:
    asked_for = {
        "over_cohorts": (("nrr", "lost", "average_paid"), {"by": ["segment"], "where": "plan <> 'pro'"}),
        "over_ledger": (
            ("nrr", "mixed", "largest", "of_named", "average_large", "plans"), {"by": ["size", "plan"]}
        ),
        "over_periods": (("nrr_of_3", "nrr", "mean_new", "lost"), {"by": ["plan"]}),
        "over_both": (
            ("mixed_of_2", "mean_largest", "large_rate_of_2", "average_tenure"), {"by": ["tenure"]}
        ),
    }  # fmt: skip
    with database(rows) as connection:
        for name, (metrics, given_) in asked_for.items():
            found = connection.execute(views[name])
            columns = [column[0] for column in found.description]
            published = [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
            answered = asked(connection, meanings, *metrics, **given_)
            assert sorted(map(repr, published)) == sorted(map(repr, answered)), name


@settings(max_examples=20)
@given(rows=ledgers())
def test_a_condition_chooses_customers(meanings: Meanings, rows: list[LedgerRow]) -> None:
    chosen = [row for row in rows if row.is_complete and row.attributes["plan"] != "pro"]
    with database(rows) as connection:
        for metrics in (("net_expansion_rate",), ("net_expansion_rate", "largest")):
            found = asked(connection, meanings, *metrics, where="plan <> 'pro'")
            values = {(row["comparison"], row["period_start"]): row["net_expansion_rate"] for row in found}
            groups = grouped(chosen, lambda _: ())
            assert values.keys() == groups.keys()
            assert all(same(values[key], PLAIN["net_expansion_rate"](groups[key])) for key in values)


# --- trailing metrics in plain Python -----------------------------------------------------------------


def trailing(
    rows: list[LedgerRow],
    slice_of: Callable[[LedgerRow], Key],
    periods: int,
    value: Callable[[list[list[LedgerRow]]], Any],
) -> dict[Key, Any]:
    """For every period and slice seen in it or in those looked back on: the value of the last groups.

    None where one of them was not observed or is not over.
    """
    complete = [row for row in rows if row.is_complete]
    groups = grouped(complete, slice_of)
    observed = {(row.comparison, row.period_start) for row in complete}
    found = {}
    for comparison, period in observed:
        month = period.year * 12 + period.month - 1
        starts = [first_day(month - back * MONTHS[comparison]) for back in range(periods)]
        for key in {key[2:] for key in groups if key[0] == comparison and key[1] in starts}:
            past = [groups.get((comparison, start, *key), []) for start in starts]
            there = all((comparison, start) in observed for start in starts)
            found[(comparison, period, *key)] = value(past) if there else None
    return found


def mean(values: Iterable[Any]) -> Fraction | None:
    listed = list(values)
    return None if None in listed else Fraction(sum(map(Fraction, listed))) / len(listed)


TRAILING: dict[str, tuple[int, Callable[[list[list[LedgerRow]]], Any]]] = {
    "nrr_of_3": (3, lambda past: ratio(sum(map(kept, past)), sum(map(start, past)))),
    "mean_nrr": (2, lambda past: mean(ratio(kept(rows), start(rows)) for rows in past)),
    "mean_new": (
        3,
        lambda past: mean(
            total([row for row in rows if row.movement == "new"], lambda row: row.ending_amount)
            for rows in past
        ),
    ),
    "mean_largest": (
        2, lambda past: mean(max((row.ending_amount for row in rows), default=None) for rows in past)
    ),
    "large_rate_of_2": (2, lambda past: ratio(sum(map(large_expansion, past)), sum(map(start, past)))),
    "mixed_of_2": (2, lambda past: ratio(sum(map(mixed_upper, past)), 3 * sum(map(kept, past)))),
    "cer_of_2": (2, lambda past: ratio(sum(map(kept, past)) - sum(map(start, past)), sum(map(start, past)))),
}  # fmt: skip


@settings(max_examples=40)
@given(
    rows=ledgers(),
    by=st.sampled_from([(), ("plan",), ("size", "region")]),
    name=st.sampled_from(list(TRAILING)),
)
def test_trailing_metrics_look_back_over_observed_periods(
    meanings: Meanings, rows: list[LedgerRow], by: tuple[str, ...], name: str
) -> None:
    periods, value = TRAILING[name]
    wanted = trailing(rows, SLICES[by], periods, value)
    single = grouped((row for row in rows if row.is_complete), SLICES[by])
    with database(rows) as connection:
        found = asked(connection, meanings, name, "net_expansion_rate", "net_new_revenue", by=by)
        cells = {(row["comparison"], row["period_start"], *(row[each] for each in by)): row for row in found}
        assert cells.keys() == wanted.keys() and len(cells) == len(found)
        for key, row in cells.items():
            assert same(row[name], wanted[key]), key
            assert same(row["net_expansion_rate"], PLAIN["net_expansion_rate"](single.get(key, []))), key
            change = total(single.get(key, []), lambda each: each.ending_amount - each.starting_amount)
            assert same(row["net_new_revenue"], change), key


@settings(max_examples=20)
@given(rows=ledgers())
def test_the_sides_of_a_trailing_rate_add_up_over_slices(meanings: Meanings, rows: list[LedgerRow]) -> None:
    with database(rows) as connection:
        for name in ("nrr_of_3", "large_rate_of_2"):
            sums: Counter[Key] = Counter()
            for row in asked(connection, meanings, name, by=["plan"]):
                sums[row["comparison"], row["period_start"]] += row[f"{name}_numerator"] or 0
            totals = asked(connection, meanings, name)
            wanted = {
                (row["comparison"], row["period_start"]): row[f"{name}_numerator"] or 0 for row in totals
            }
            assert {key: sums[key] for key in wanted} == wanted


@settings(max_examples=20)
@given(rows=ledgers(), month=st.integers(0, 12), last=st.none() | st.integers(0, 12))
def test_a_span_of_periods_changes_no_value(
    meanings: Meanings, rows: list[LedgerRow], month: int, last: int | None
) -> None:
    from_day = first_day(2024 * 12 + 9 + month)
    to_day = None if last is None else first_day(2024 * 12 + 10 + last) - timedelta(days=1)
    with database(rows) as connection:
        for name in ("nrr_of_3", "mean_largest", "net_expansion_rate"):
            everything = asked(connection, meanings, name, by=["plan"])
            some = asked(connection, meanings, name, by=["plan"], from_day=from_day, to_day=to_day)
            assert some == [
                row
                for row in everything
                if row["period_start"] >= from_day and (to_day is None or row["period_end"] <= to_day)
            ]


@settings(max_examples=20)
@given(rows=ledgers())
def test_periods_that_are_not_over_have_no_trailing_value(meanings: Meanings, rows: list[LedgerRow]) -> None:
    with database(rows) as connection:
        every = asked(connection, meanings, "nrr_of_3", incomplete_periods="include")
        assert all(row["nrr_of_3"] is None for row in every if not row["is_complete"])
        assert [row for row in every if row["is_complete"]] == asked(connection, meanings, "nrr_of_3")


# --- from the cohorts or from the ledger --------------------------------------------------------------

columns = st.sampled_from(["starting_amount", "ending_amount", "0", "1000"])
comparisons = st.builds(
    "{} {} {}".format, columns, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), columns
)
movements = st.sampled_from(["new", "reactivation", "expansion", "contraction", "churn", "unchanged"])
conditions = st.recursive(
    st.one_of(
        comparisons,
        st.builds("movement = '{}'".format, movements),
        st.builds("movement not in ('{}', '{}')".format, movements, movements),
        st.builds("{} between {} and {}".format, columns, columns, columns),
    ),
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("not ({})".format, inner),
    ),
    max_leaves=3,
)
amounts = st.recursive(
    st.sampled_from(["starting_amount", "ending_amount"]),
    lambda inner: st.one_of(
        st.builds("({} + {})".format, inner, inner),
        st.builds("({} - {})".format, inner, inner),
        st.builds("2 * ({})".format, inner),
        st.builds("case when {} then {} else {} end".format, conditions, inner, inner),
    ),
    max_leaves=3,
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return catalog_of(tmp_path_factory.mktemp("either"), "metrics: []\n")


def with_simple(catalog: Catalog, agg: str, expr: str, condition: str) -> Catalog:
    """The catalog with one simple metric more."""
    from rollforward.parse import parse_definitions
    from rollforward.source import read_document

    text = f"metrics:\n  - name: made\n    type: simple\n    agg: {agg}\n"
    text += (f"    expr: {expr}\n" if expr else "") + (f"    filter: {condition}\n" if condition else "")
    problems: list[Problem] = []
    parsed = parse_definitions(read_document("a.yml", text.encode()), "shop", problems)
    assert not problems, problems
    return replace(catalog, metrics=catalog.metrics + parsed.metrics)


def drawn_metrics() -> Iterator[st.SearchStrategy[tuple[str, str, str]]]:
    yield st.tuples(st.sampled_from(["sum", "average"]), amounts, st.just("") | conditions)
    yield st.tuples(st.just("count"), st.just(""), st.just("") | conditions)


@settings(max_examples=50)
@given(rows=ledgers(), metric=st.one_of(*drawn_metrics()))
def test_the_cohorts_and_the_ledger_say_the_same(
    shop: Catalog, rows: list[LedgerRow], metric: tuple[str, str, str]
) -> None:
    catalog = with_simple(shop, *metric)
    # Nothing is known of what measures are: all simple metrics go to the ledger.
    blind = replace(catalog, measures=tuple(replace(item, expr="", filter="") for item in catalog.measures))
    with database(rows) as connection:
        decided, from_ledger = resolved(catalog), resolved(blind)
        assert from_ledger.metrics[-1].reads_ledger
        by = ["plan"]
        one, other = (asked(connection, each, "made", by=by) for each in (decided, from_ledger))
        values = [{(*list(row.values())[:6],): row["made"] for row in found} for found in (one, other)]
        assert values[0].keys() == values[1].keys()
        assert all(same(values[0][key], values[1][key]) for key in values[0]), metric


def test_an_average_of_nobody_is_null(shop: Catalog) -> None:
    """Nobody joins with nothing: the denominator is always 0, and so the value is null."""
    nobody = "movement = 'new' and ending_amount = 0"
    meanings = resolved(with_simple(shop, "average", "ending_amount", nobody))
    keys = ("subscriptions", "month_over_month", first_day(24300), first_day(24301), True, "u")
    attributes: dict[str, str | None] = {"plan": None, "region": None}
    row = LedgerRow(*keys, Decimal(1), Decimal(1), "unchanged", attributes)
    with database([row]) as connection:
        assert [found["made"] for found in asked(connection, meanings, "made")] == [None]


START, END, GONE = "starting_amount", "ending_amount", "ending_amount in (0, starting_amount)"


@pytest.mark.parametrize(
    ("agg", "expr", "condition", "form"),
    [
        ("sum", "starting_amount", "", "starting_revenue"),
        ("sum", "starting_amount", "starting_amount > 0", "starting_revenue"),
        ("sum", "ending_amount", "0 < starting_amount", "existing_revenue"),
        ("sum", END, "not movement in ('new', 'reactivation')", "existing_revenue"),
        ("sum", f"{END} - {START}", "movement = 'expansion'", "expansion_revenue"),
        ("sum", f"{END} - {START}", f"{END} > {START} and {START} > 0", "expansion_revenue"),
        ("sum", f"case when ending_amount > {START} then {START} else {END} end", "", "retained_revenue"),
        ("sum", "ending_amount - starting_amount", "", "ending_revenue - starting_revenue"),
        ("sum", "2 * starting_amount", "movement = 'churn'", "2 * churned_revenue"),
        ("count", "", "movement = 'churn'", "churned_customers"),
        ("count", "", "starting_amount > 0 and ending_amount = 0", "churned_customers"),
        ("count", "", "ending_amount > 0", "ending_customers"),
        ("count_distinct", "unit", f"{END} between 0 and {START} and not {GONE}", "contracted_customers"),
        ("average", "ending_amount", "ending_amount > 0", "ending_revenue / ending_customers"),
        ("sum", "ending_amount", "movement = 'expansion'", None),
        ("sum", "ending_amount", "ending_amount > 1", None),
        ("count", "", "plan = 'pro'", None),
        ("max", "ending_amount", "", None),
    ],
)  # fmt: skip
def test_what_the_cohorts_hold_is_found(
    shop: Catalog, agg: str, expr: str, condition: str, form: str | None
) -> None:
    from rollforward.rational import in_words

    (meaning,) = [
        each for each in resolved(with_simple(shop, agg, expr, condition)).metrics if each.name == "made"
    ]
    assert meaning.reads_ledger == (form is None)
    if form is not None:
        assert in_words(meaning.form) == form


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.adapter)
def test_every_engine_can_read_its_statements(meanings: Meanings, dialect: Dialect) -> None:
    for metrics in (tuple(PLAIN), tuple(TRAILING), ("lost", "net_expansion_rate")):
        selection = Selection(
            metrics=tuple(typed(name, "METRIC") for name in metrics),
            comparisons=tuple(typed(name, "--comparison") for name in MONTHS),
            by=(typed("size", "--by"), typed("segment", "--by")),
        )
        text = answer(selection, meanings, dialect, RELATIONS, parts=True).sql
        tree = sqlglot.parse_one(text, read=dialect.sqlglot)
        assert isinstance(tree, sqlglot.exp.Select)
        assert dialect.float_type in text
        assert max(map(len, text.splitlines())) <= 130
