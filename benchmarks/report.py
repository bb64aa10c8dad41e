"""The results page: every number on it is computed from a run's file.

python benchmarks/report.py benchmarks/results/full.json
"""

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from books import COMPARISON_SETS
from figures import (
    MEASURES,
    Case,
    cases,
    cost,
    cost_growth,
    node_seconds,
    of_case,
    process_cost,
    ratio,
    rows,
    samples,
    sizes,
)
from plot import svg

DOCS = Path(__file__).parents[1] / "docs" / "reference"
TITLES = {"intervals": "Subscription intervals", "snapshots": "Monthly snapshots", "payments": "Payments"}
NAMES = {"cpu": "CPU, s", "wall": "time, s", "peak_mb": "peak memory, MB", "disk_mb": "disk, MB"}
CONTENDERS = ("naive", "rollforward", "floor")
NOTHING = "–"


def figure(value: float | None, unit: str = "") -> str:
    """Three digits of a number, thousands apart."""
    if value is None:
        return NOTHING
    if value >= 100:
        return f"{value:,.0f}{unit}"
    return f"{value:.{1 if value >= 10 else 2}f}{unit}"


def table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """A Markdown table, numbers to the right."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *lines))


def facts(results: Mapping[str, Any]) -> str:
    """When, where and with what it was measured."""
    machine = results["machine"]
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    days = sorted({one["measured_on"] for one in results["inputs"]})
    threads = f", DuckDB with {machine['threads']} threads" if "threads" in machine else ""
    return (
        f"Measured on {' and '.join(days)}: {machine['cores']} cores ({machine['architecture']}), "
        f"{machine['memory_gib']} GiB of memory{threads}; {versions}. "
        f"Books of {results['months']} months."
    )


def title(case: Case) -> str:
    """The heading of a case."""
    limit = f", {case.memory_limit} of memory" if case.memory_limit else ""
    return f"{TITLES[case.shape]}, {case.comparisons} comparisons{limit}"


def repeats(results: Mapping[str, Any], case: Case) -> str:
    """How often everything was measured, and on which day."""
    days = {one["customers"]: one["measured_on"] for one in of_case(results["inputs"], case)}
    runs = {
        f"{customers:,}": f"{len(samples(results, case, customers, 'rollforward'))}, on {days[customers]}"
        for customers in sizes(results, case)
    }
    if len(set(runs.values())) == 1:
        return f"Medians of interleaved runs of each: {next(iter(runs.values()))}."
    each = "; ".join(f"at {customers} customers {run}" for customers, run in runs.items())
    return f"Medians of interleaved runs: {each}."


def ratio_table(results: Mapping[str, Any], case: Case) -> str:
    """How many times less than the naive way, by size."""
    lines = [
        [f"{customers:,}", f"{rows(results, case, customers):,}"]
        + [figure(ratio(results, case, customers, measure), " ×") for measure in MEASURES]
        for customers in sizes(results, case)
    ]
    return table(["customers", "rows", "CPU", "time", "peak memory", "disk"], lines)


def cost_table(results: Mapping[str, Any], case: Case) -> str:
    """What every contender cost, by size."""
    lines = [
        [f"{customers:,}", contender]
        + [figure(cost(results, case, customers, contender, measure)) for measure in MEASURES]
        + [figure(process_cost(results, case, customers, contender, name)) for name in ("cpu", "wall")]
        for customers in sizes(results, case)
        for contender in (*CONTENDERS, "rollforward_next_month", "rollforward_tested")
        if cost(results, case, customers, contender, "cpu") is not None
    ]
    return table(["customers", "", *NAMES.values(), "CPU of the process, s", "its time, s"], lines)


def growth_table(results: Mapping[str, Any], case: Case) -> str:
    """How cost grows with the rows of the book."""
    lines = [
        [contender, *(figure(cost_growth(results, case, contender, measure)) for measure in MEASURES)]
        for contender in CONTENDERS
    ]
    return table(["", *(name.partition(",")[0] for name in NAMES.values())], lines)


def answer_table(results: Mapping[str, Any], case: Case) -> str:
    """Milliseconds to an answer, by size and question."""
    answers = {
        (one["customers"], one["contender"]): one["milliseconds"] for one in of_case(results["answers"], case)
    }
    lines = [
        [f"{customers:,}", question]
        + [figure(answers.get((customers, contender), {}).get(question)) for contender in CONTENDERS[:2]]
        for customers in sizes(results, case)
        for question in answers.get((customers, "rollforward"), {})
    ]
    return table(["customers", "question", "naive, ms", "rollforward, ms"], lines)


def node_table(results: Mapping[str, Any], case: Case) -> str:
    """Where the time of the largest build goes; models below one percent are left out."""
    taken = node_seconds(results, case, sizes(results, case)[-1])
    total = sum(taken.values())
    lines = [
        [f"`{name}`", figure(seconds), f"{seconds / total:.0%}"]
        for name, seconds in taken.items()
        if seconds >= 0.01 * total
    ]
    return table(["model", "time, s", "share"], lines)


def case_section(results: Mapping[str, Any], case: Case) -> str:
    """Everything about one case."""
    parts = [
        f"## {title(case)}",
        repeats(results, case),
        "How many times less than the naive way:",
        ratio_table(results, case),
        "What it cost:",
        cost_table(results, case),
    ]
    if len(sizes(results, case)) > 1:
        parts += ["How cost grows with the rows of the book (slope of the logarithms; 1 is in proportion):"]
        parts += [growth_table(results, case)]
    parts += ["Time to an answer:", answer_table(results, case)]
    parts += [f"Where the time goes at {sizes(results, case)[-1]:,} customers:", node_table(results, case)]
    return "\n\n".join(parts)


INTRODUCTION = """\
`rollforward` beside retention as it is usually written (a spine of customers × months, left joins, `lag`, one
table a comparison), in the same run on the same machine. Wherever the naive way has a figure, both gave the
same cohorts, every row and every cell: a run in which they differ stops. The floor reads the book once and
adds it up by customer."""

COLUMNS = """\
CPU and time are those of the build; what dbt needs to start, whatever the data, is in the columns of the
process. Peak memory is that of the whole process, dbt included; disk is the database file.
`rollforward_next_month` is the build of the last month where the month before was built already;
`rollforward_tested` is `dbt build`, with the package's tests."""


def page(results: Mapping[str, Any], picture: str) -> str:
    """The whole page."""
    first = cases(results)[0]
    named = "; ".join(f"{name}: {', '.join(members)}" for name, members in COMPARISON_SETS.items())
    parts = [
        "<!-- Generated by benchmarks/report.py from a run's file. Do not edit. -->",
        "# Benchmarks",
        INTRODUCTION,
        facts(results),
        COLUMNS,
        f"Comparisons: {named}.",
        f"![CPU and memory against customers: {title(first)}]({picture})",
        *(case_section(results, case) for case in cases(results)),
    ]
    return "\n\n".join(parts) + "\n"


def main() -> None:
    """Write the page and its picture."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "results", type=Path, nargs="+", help="files of runs; the machine is that of the first"
    )
    parser.add_argument("--into", type=Path, default=DOCS, help="the folder of the page and its picture")
    options = parser.parse_args()
    results = joined([json.loads(file.read_text()) for file in options.results])
    options.into.mkdir(parents=True, exist_ok=True)
    (options.into / "benchmarks.svg").write_text(svg(results, cases(results)[0]))
    (options.into / "benchmarks.md").write_text(page(results, "benchmarks.svg"))


def joined(runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Several runs as one; they must have been made with the same versions on the same kind of machine."""
    if any(run["machine"] != runs[0]["machine"] for run in runs):
        raise SystemExit("these runs were made with different versions or machines: run them again together")
    merged = {kind: [one for run in runs for one in run[kind]] for kind in ("samples", "answers")}
    inputs = [{**one, "measured_on": run["measured_on"]} for run in runs for one in run["inputs"]]
    return {**runs[0], **merged, "inputs": inputs}


if __name__ == "__main__":
    main()
