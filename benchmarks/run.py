"""Measure rollforward's build beside the naive baseline and the floor, in the same run on the same machine.

Contenders take turns (naive, floor, rollforward, naive, ...), each in a process of its own with a fresh
database. Nothing is reported unless all cohorts equal those of rollforward's full build in every cell; the
results say who was compared.

    python benchmarks/run.py --sizes 10000,100000 --shapes intervals --out benchmarks/results/small.json
"""

import argparse
import json
import os
import platform
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import measure
from books import COMPARISON_SETS, MONTHS, SHAPES, THREADS, Book, Job

HERE = Path(__file__).parent
COMMANDS = {
    "naive": ("naive.py",),
    "naive_short_spine": ("naive.py", "short_spine"),
    "floor": ("floor.py",),
    "rollforward": ("dbt_build.py", "run"),
    "rollforward_next_month": ("dbt_build.py", "run"),
    "rollforward_tested": ("dbt_build.py", "build"),
}
USUAL = ("naive", "floor", "rollforward", "rollforward_next_month")
NAIVE = ("naive", "naive_short_spine")
# What is there before a contender starts, and not measured.
PREPARED = {"rollforward_next_month": ("dbt_build.py", "a_month_before")}
# Python may keep the bytecode of the hundreds of modules dbt imports, as it does for everyone.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


@dataclass(frozen=True, slots=True)
class Case:
    """A book, the comparisons made of it, and who takes part."""

    book: Book
    comparisons: str
    contenders: tuple[str, ...]
    memory_limit: str | None

    @property
    def facts(self) -> dict[str, Any]:
        """What every figure of the case says about itself."""
        return {
            "shape": self.book.shape,
            "customers": self.book.customers,
            "comparisons": self.comparisons,
            "memory_limit": self.memory_limit,
        }


def script(name: str, *arguments: str) -> measure.Cost:
    """Run one of the scripts beside this one."""
    return measure.run([sys.executable, str(HERE / name), *arguments], ENVIRONMENT)


def cases(options: argparse.Namespace) -> Iterator[Case]:
    """Every case asked for, smallest books first."""
    for customers in options.sizes:
        for shape in options.shapes:
            book = Book(shape, customers)
            asked = [name for name in COMMANDS if name in options.contenders]
            contenders = tuple(name for name in asked if takes_part(name, book, options.naive_up_to))
            for comparisons in options.comparisons:
                yield Case(book, comparisons, contenders, options.memory_limit)


def takes_part(contender: str, book: Book, naive_up_to: int) -> bool:
    """Is it asked to build this book? The naive way of payments has no spine that could be shorter."""
    if (contender, book.shape) == ("naive_short_spine", "payments"):
        return False
    return contender not in NAIVE or book.customers <= naive_up_to


def run_case(case: Case, repeats: int, work: Path) -> dict[str, list[dict[str, Any]]]:
    """The figures of a case: what every run cost, and how long answers take."""
    files = generated(case.book, work)
    jobs = {name: job_of(case, name, files, work) for name in case.contenders}
    samples = [
        {**case.facts, "contender": name, "repeat": repeat, **sample(name, job)}
        for repeat in range(repeats)
        for name, job in jobs.items()
    ]
    compared = compared_cohorts(jobs)
    answers = [
        {**case.facts, "contender": name, "milliseconds": answer_times(name, jobs[name])}
        for name in ("rollforward", "naive")
        if name in jobs
    ]
    shutil.rmtree(work / "runs")
    return {
        "inputs": [{**case.facts, **input_facts(files)}],
        "samples": samples,
        "answers": answers,
        "compared": [{**case.facts, **one} for one in compared],
    }


def compared_cohorts(jobs: Mapping[str, Job]) -> list[dict[str, str]]:
    """Compare everyone's cohorts with those of rollforward's build; gives who was compared with whom.

    A difference stops the run, so what is given was equal.
    """
    own = next((name for name in jobs if name.startswith("rollforward")), None)
    if own is None:
        return []
    others = [name for name in jobs if name not in (own, "floor")]
    for name in others:
        built_by = "naive" if name in NAIVE else "rollforward"
        script("compare.py", str(jobs[own].database), str(jobs[name].database), built_by)
        print(f"  {name} and {own}: equal in every cell", flush=True)
    return [{"contender": name, "equals": own} for name in others]


def generated(book: Book, work: Path) -> Path:
    """The folder of the book's files, written by a process of its own so that this one stays small."""
    print(f"{book.shape}, {book.customers:,} customers: book", flush=True)
    place = work / "place.txt"
    script("generate.py", book.shape, str(book.customers), str(work), str(place))
    return Path(place.read_text())


def job_of(case: Case, contender: str, files: Path, work: Path) -> Job:
    """What a contender is asked to do."""
    book = case.book
    folder = work / "runs" / f"{book.name}_{case.comparisons}" / contender
    comparisons = COMPARISON_SETS[case.comparisons]
    return Job(
        book.shape, book.customers, book.months, str(files), str(folder), comparisons, case.memory_limit
    )


def sample(contender: str, job: Job) -> dict[str, Any]:
    """Build once from nothing, and say what it cost and what it left on disk."""
    folder = Path(job.folder)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if contender in PREPARED:
        name, *arguments = PREPARED[contender]
        script(name, job.as_text(), *arguments)
    name, *arguments = COMMANDS[contender]
    cost = script(name, job.as_text(), *arguments)
    script("warehouse.py", str(job.database))
    figures = folder / "figures.json"
    inside = json.loads(figures.read_text()) if figures.exists() else {}
    found = {**asdict(cost), "disk_mb": job.database.stat().st_size / 1e6, **inside}
    print(f"  {contender}: {progress(found)}", flush=True)
    return found


def progress(found: Mapping[str, Any]) -> str:
    """A sample in one line: the build, which the page's first columns are of, and the process around it."""
    build, whole = (
        f"{part['cpu']:.1f} s CPU, {part['wall']:.1f} s" for part in (found.get("build", found), found)
    )
    return f"build {build}; process {whole}, {found['peak_mb']:,.0f} MB; disk {found['disk_mb']:,.0f} MB"


def answer_times(contender: str, job: Job) -> dict[str, float]:
    """Milliseconds by question."""
    file = Path(job.folder) / "answers.json"
    script("questions.py", job.as_text(), contender, str(file))
    return json.loads(file.read_text())


def input_facts(files: Path) -> dict[str, Any]:
    """How large the book is."""
    parquet = list(files.rglob("*.parquet"))
    rows = int((files / "rows.txt").read_text())
    return {"rows": rows, "parquet_mb": sum(file.stat().st_size for file in parquet) / 1e6}


def machine() -> dict[str, Any]:
    """What the figures depend on besides the code, and nothing that names the machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    project = (HERE.parent / "dbt_project.yml").read_text()
    packages = {name: version(name) for name in ("dbt-core", "dbt-duckdb", "duckdb")}
    own = re.search(r'^version: "?([^"\n]+)', project, re.MULTILINE)
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(memory / 2**30),
        "architecture": platform.machine(),
        "threads": THREADS,
        "versions": {
            "rollforward": own.group(1) if own else "unknown",
            "python": platform.python_version(),
            **packages,
        },
    }


def positive(text: str) -> int:
    """A number of at least one."""
    if not re.fullmatch("[0-9]+", text) or int(text) == 0:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number above zero")
    return int(text)


def positives(text: str) -> list[int]:
    """Numbers between commas, smallest first."""
    return sorted(positive(part) for part in text.split(","))


def memory(text: str) -> str:
    """An amount of memory as DuckDB reads it; it is not asked here, for this process is to stay small."""
    amount = re.fullmatch("([0-9]+(?:[.][0-9]+)?)[KMGT]i?B", text)
    if not amount or float(amount[1]) == 0:
        raise argparse.ArgumentTypeError(f"'{text}' is not an amount of memory, such as 600MB or 2GiB")
    return text


def names(text: str) -> list[str]:
    """Names between commas."""
    return text.split(",")


def arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line, or other words in its place."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--sizes", type=positives, default=[10_000], help="customers, for example 10000,100000"
    )
    parser.add_argument("--shapes", type=names, default=["intervals"], help=", ".join(SHAPES))
    parser.add_argument("--comparisons", type=names, default=["three"], help=", ".join(COMPARISON_SETS))
    parser.add_argument("--repeats", type=positive, default=3)
    parser.add_argument(
        "--memory-limit", type=memory, help="DuckDB's memory_limit for everyone, for example 600MB"
    )
    parser.add_argument("--naive-up-to", type=int, default=10**9, help="no baseline for larger books")
    parser.add_argument("--contenders", type=names, default=list(USUAL), help=f"of {', '.join(COMMANDS)}")
    parser.add_argument("--work", type=Path, default=HERE / "work", help="where books and databases are kept")
    parser.add_argument("--out", type=Path, required=True, help="the results, as JSON")
    options = parser.parse_args(words)
    asked = (
        (options.shapes, SHAPES),
        (options.comparisons, COMPARISON_SETS),
        (options.contenders, COMMANDS),
    )
    for given, known in asked:
        for name in given:
            if name not in known:
                parser.error(f"'{name}' is not one of {', '.join(known)}")
    return options


def main() -> None:
    """Run every case; the results file is complete after each, so that a long run can be stopped."""
    options = arguments()
    options.out.parent.mkdir(parents=True, exist_ok=True)
    results: dict[str, Any] = {"measured_on": str(date.today()), "months": MONTHS, "machine": machine()}
    results |= {"repeats": options.repeats, "inputs": [], "samples": [], "answers": [], "compared": []}
    for case in cases(options):
        for kind, found in run_case(case, options.repeats, options.work.absolute()).items():
            results[kind] += found
        options.out.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
