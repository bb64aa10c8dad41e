"""The results page: every number in its tables is computed from a run's file.

python benchmarks/report.py benchmarks/results/full_*.json
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
    growth_sizes,
    measured_sizes,
    node_seconds,
    of_case,
    process_cost,
    process_ratio,
    ratio,
    rows,
    samples,
    share_of_full_build,
    sizes,
    values,
)
from plot import svg

DOCS = Path(__file__).parents[1] / "docs" / "reference"
TITLES = {"intervals": "Subscription intervals", "snapshots": "Monthly snapshots", "payments": "Payments"}
NAMES = {"cpu": "CPU, s", "wall": "time, s", "peak_mb": "peak memory, MB", "disk_mb": "disk, MB"}
CONTENDERS = (
    "naive",
    "naive_short_spine",
    "rollforward",
    "floor",
    "rollforward_next_month",
    "rollforward_tested",
)
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
    if all(run.startswith("1,") for run in runs.values()) and len(set(runs.values())) == 1:
        return f"One run of each{next(iter(runs.values()))[1:]}."
    if len(set(runs.values())) == 1:
        return f"Medians of interleaved runs of each: {next(iter(runs.values()))}."
    each = "; ".join(f"at {customers} customers {run}" for customers, run in runs.items())
    return f"Medians of interleaved runs: {each}."


def listed(parts: Sequence[str]) -> str:
    """Words as a sentence lists them."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def at(customers: Sequence[int]) -> str:
    """At which sizes."""
    return f"at {listed([f'{size:,}' for size in customers])} customers"


def not_run(results: Mapping[str, Any], case: Case) -> str:
    """Where there is no naive way to compare with; nothing where there is."""
    without = [size for size in sizes(results, case) if size not in measured_sizes(results, case, "naive")]
    limit = f" with {case.memory_limit} of memory" if case.memory_limit else ""
    return f"The naive way was not run {at(without)}{limit}." if without else ""


def compared(results: Mapping[str, Any], case: Case) -> str:
    """Whose cohorts were compared with whose, as far as the runs say so."""
    found: dict[str, dict[str, list[int]]] = {}
    for one in of_case(results.get("compared", ()), case):
        sizes_of = found.setdefault(one["equals"], {})
        sizes_of.setdefault(one["contender"], []).append(one["customers"])
    return " ".join(
        f"The same cohorts as `{own}`, compared in every row and cell: "
        + "; ".join(f"`{name}` {at(sorted(measured))}" for name, measured in others.items())
        + "."
        for own, others in found.items()
    )


def ratio_table(results: Mapping[str, Any], case: Case) -> str:
    """How many times less than the naive way, by size."""
    lines = [
        [f"{customers:,}", f"{rows(results, case, customers):,}"]
        + [figure(ratio(results, case, customers, measure), " ×") for measure in MEASURES]
        + [figure(process_ratio(results, case, customers, measure), " ×") for measure in ("cpu", "wall")]
        for customers in measured_sizes(results, case, "naive")
    ]
    head = ["customers", "rows", "CPU", "time", "peak memory", "disk", "CPU of the process", "its time"]
    return table(head, lines)


def cost_table(results: Mapping[str, Any], case: Case) -> str:
    """What every contender cost, by size."""
    monthly = bool(measured_sizes(results, case, "rollforward_next_month"))
    lines = [
        [
            f"{customers:,}",
            contender,
            *(median_and_range(results, case, customers, contender, name) for name in ("cpu", "wall")),
            *(figure(cost(results, case, customers, contender, name)) for name in ("peak_mb", "disk_mb")),
            *(figure(process_cost(results, case, customers, contender, name)) for name in ("cpu", "wall")),
            *([share(results, case, customers, contender)] if monthly else []),
        ]
        for customers in sizes(results, case)
        for contender in CONTENDERS
        if samples(results, case, customers, contender)
    ]
    head = ["customers", "", *NAMES.values(), "CPU of the process, s", "its time, s"]
    return table([*head, *(["CPU, share of the full build"] if monthly else [])], lines)


def median_and_range(
    results: Mapping[str, Any], case: Case, customers: int, contender: str, measure: str
) -> str:
    """The median of the runs, and the least and the most of several."""
    median = figure(cost(results, case, customers, contender, measure))
    taken = values(results, case, customers, contender, measure)
    return f"{median} ({figure(min(taken))}–{figure(max(taken))})" if len(taken) > 1 else median


def share(results: Mapping[str, Any], case: Case, customers: int, contender: str) -> str:
    """What a next month's build takes of a full one; no other has a share."""
    found = share_of_full_build(results, case, customers) if contender == "rollforward_next_month" else None
    return "" if found is None else f"{found:.0%}"


def growth_table(results: Mapping[str, Any], case: Case) -> str:
    """How cost grows with the rows of the book."""
    lines = [
        [
            contender,
            f"{over[0]:,} to {over[-1]:,}",
            *(figure(cost_growth(results, case, contender, measure, over)) for measure in MEASURES),
        ]
        for contender, over in growth_sizes(results, case, CONTENDERS)
    ]
    return table(["", "customers", *(name.partition(",")[0] for name in NAMES.values())], lines)


def answer_table(results: Mapping[str, Any], case: Case) -> str:
    """Milliseconds to an answer, by size and question."""
    answers = {
        (one["customers"], one["contender"]): one["milliseconds"] for one in of_case(results["answers"], case)
    }
    sides = [side for side in ("naive", "rollforward") if any(side == name for _, name in answers)]
    lines = [
        [f"{customers:,}", question]
        + [figure(answers.get((customers, side), {}).get(question)) for side in sides]
        for customers in sizes(results, case)
        for question in answers.get((customers, "rollforward"), {})
    ]
    return table(["customers", "question", *(f"{side}, ms" for side in sides)], lines)


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


def ratio_section(results: Mapping[str, Any], case: Case) -> list[str]:
    """The ratios, where there is a naive way, and where there is none."""
    missing = [not_run(results, case)] if not_run(results, case) else []
    if not measured_sizes(results, case, "naive"):
        return missing
    return ["How many times less than the naive way:", ratio_table(results, case), *missing]


def case_section(results: Mapping[str, Any], case: Case) -> str:
    """Everything about one case."""
    parts = [f"## {title(case)}", repeats(results, case), compared(results, case)]
    parts += [*ratio_section(results, case), "What it cost:", cost_table(results, case)]
    if growth_sizes(results, case, CONTENDERS):
        parts += [GROWTH, growth_table(results, case)]
    parts += ["Time to an answer:", answer_table(results, case)]
    parts += [f"Where the time goes at {sizes(results, case)[-1]:,} customers:", node_table(results, case)]
    return "\n\n".join(filter(None, parts))


INTRODUCTION = """\
`rollforward` beside retention as it is usually written (a spine of customers × months, left joins, `lag`, one
table a comparison), in the same run on the same machine. The spine is every customer in every month, as it
usually is; one that begins with each customer's first month takes about a quarter less CPU. The floor reads
the book once and adds it up by customer."""

COMPARED = """\
A run compares everyone's cohorts with those of rollforward's full build, every row and every cell, and stops
where they differ. Each section says what was compared."""

COLUMNS = """\
CPU and time are those of the build, from the start of dbt's first node to the end of its last, with the least
and the most of several runs in brackets. What dbt needs to start, whatever the data, what comes after its
last node and the closing checkpoint are only in the columns of the process. The naive way and the floor run
without dbt: the whole process, its checkpoint too, counts as their build. Peak memory is that of the whole
process, dbt included; disk is the database file."""

GROWTH = """\
How cost grows with the rows of the book (slope of the logarithms; 1 is in proportion), over the sizes that
all have in common, where the fixed cost of small builds makes it look flatter, and over the last step of
each, where that is another:"""

# Said of those who take part in a run, besides the naive way, rollforward's full build and the floor.
DESCRIPTIONS = {
    "naive_short_spine": """\
`naive_short_spine` is the naive way with a spine that begins with each customer's first month. The ratios are
not of it.""",
    "rollforward_next_month": """\
`rollforward_next_month` is the build of the last month where the month before was built already. Its file is
larger: it holds what changed, and the free blocks that replaced rows leave, which later builds fill.""",
    "rollforward_tested": "`rollforward_tested` is `dbt build`, with the package's tests.",
}


def descriptions(results: Mapping[str, Any]) -> str:
    """Who else took part."""
    took_part = {one["contender"] for one in results["samples"]}
    return "\n".join(text for name, text in DESCRIPTIONS.items() if name in took_part)


def page(results: Mapping[str, Any], picture: str) -> str:
    """The whole page."""
    first = cases(results)[0]
    named = "; ".join(f"{name}: {', '.join(members)}" for name, members in COMPARISON_SETS.items())
    parts = [
        "<!-- Generated by benchmarks/report.py from a run's file. Do not edit. -->",
        "# Benchmarks",
        INTRODUCTION,
        COMPARED if results.get("compared") else "",
        facts(results),
        COLUMNS,
        descriptions(results),
        f"Comparisons: {named}.",
        f"![CPU and memory against customers: {title(first)}]({picture})",
        *(case_section(results, case) for case in cases(results)),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def main() -> None:
    """Write the page and its picture; print the ratios and where the page is."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "results", type=read_run, nargs="+", help="files of runs; the machine is that of the first"
    )
    parser.add_argument("--into", type=Path, default=DOCS, help="the folder of the page and its picture")
    options = parser.parse_args()
    results = joined(options.results)
    options.into.mkdir(parents=True, exist_ok=True)
    (options.into / "benchmarks.svg").write_text(svg(results, cases(results)[0]))
    written = options.into / "benchmarks.md"
    written.write_text(page(results, "benchmarks.svg"))
    for case in cases(results):
        print("\n\n".join([title(case), *ratio_section(results, case)]), end="\n\n")
    print(f"The page is {written}")


def read_run(place: str) -> dict[str, Any]:
    """The results of a run in a file."""
    try:
        found = json.loads(Path(place).read_text())
    except OSError as error:
        raise argparse.ArgumentTypeError(f"cannot read '{place}': {error.strerror}") from error
    except ValueError:
        found = None
    if not isinstance(found, dict) or not found.get("samples"):
        raise argparse.ArgumentTypeError(f"'{place}' does not hold the results of a run")
    return found


def joined(runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Several runs as one; they must have been made with the same versions on the same kind of machine."""
    if any(run["machine"] != runs[0]["machine"] for run in runs):
        raise SystemExit("these runs were made with different versions or machines: run them again together")
    kinds = ("samples", "answers", "compared")  # runs of before do not say what they compared
    merged = {kind: [one for run in runs for one in run.get(kind, ())] for kind in kinds}
    inputs = [{**one, "measured_on": run["measured_on"]} for run in runs for one in run["inputs"]]
    return {**runs[0], **merged, "inputs": inputs}


if __name__ == "__main__":
    main()
