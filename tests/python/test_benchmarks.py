"""The benchmarks compare like with like: the naive baseline gives rollforward's cohorts to the last cell."""

import hashlib
import importlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import duckdb
import pytest
from conftest import REPO, Built, Project

sys.path.append(str(REPO / "benchmarks"))
books, compare, figures, floor, generate, measure, naive, package, plot, questions, report, run, warehouse = (
    map(
        importlib.import_module,
        ("books", "compare", "figures", "floor", "generate", "measure", "naive")
        + ("project", "plot", "questions", "report", "run", "warehouse"),
    )
)

CUSTOMERS = 250
MONTHS = 26  # ends in the middle of a quarter and of a year
CASES = [(shape, comparisons) for shape in books.SHAPES for comparisons in books.COMPARISON_SETS]
SAME_EVERYWHERE = {
    "intervals": "076376f2d942c4a5",
    "snapshots": "d063856faf1b133c",
    "payments": "fd123e54638c1b77",
}


def digest(files: Path) -> str:
    """One text for all rows of a book, whatever their order."""
    found = duckdb.sql(f"select * from read_parquet('{files}/**/*.parquet', hive_partitioning = false)")
    lines = sorted(map(str, found.fetchall()))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    work = tmp_path_factory.mktemp("books")
    return {shape: generate.written(books.Book(shape, CUSTOMERS, MONTHS), work) for shape in books.SHAPES}


def job(shape: str, comparisons: str, files: Path, folder: Path) -> Any:
    names = books.COMPARISON_SETS[comparisons]
    return books.Job(shape, CUSTOMERS, MONTHS, str(files), str(folder), names)


@pytest.fixture(scope="module")
def built(files: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """One dbt run with a book for every case."""
    project = Project(tmp_path_factory.mktemp("benchmark") / "project", "benchmark", tables=())
    given, places = {}, {}
    for shape, comparisons in CASES:
        asked = job(shape, comparisons, files[shape], project.folder)
        places[shape] = warehouse.read_files(asked)
        given[f"{shape}_{comparisons}"] = package.book_settings(asked)
    project.write("models/lake.yml", package.lake(places))
    last_day = str(books.Book("intervals", CUSTOMERS, MONTHS).last_day)
    result = project.dbt("run", settings={"books": given, "as_of_date": last_day})
    assert result.success, result.messages
    yield result
    project.remove()


@pytest.fixture(scope="module", params=CASES, ids="_".join)
def naive_job(request: Any, files: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Any:
    shape, comparisons = request.param
    asked = job(shape, comparisons, files[shape], tmp_path_factory.mktemp("naive"))
    naive.build(asked)
    return asked


def book_of(asked: Any) -> str:
    comparisons = next(name for name, given in books.COMPARISON_SETS.items() if given == asked.comparisons)
    return f"{asked.shape}_{comparisons}"


def test_books_are_the_same_on_every_machine(files: dict[str, Path], tmp_path: Path) -> None:
    for shape, found in files.items():
        again = generate.written(books.Book(shape, CUSTOMERS, MONTHS), tmp_path)
        assert digest(found) == digest(again) == SAME_EVERYWHERE[shape]


def test_books_already_written_are_kept(files: dict[str, Path]) -> None:
    for shape, found in files.items():
        before = [file.stat().st_mtime_ns for file in sorted(found.rglob("*"))]
        assert generate.written(books.Book(shape, CUSTOMERS, MONTHS), found.parent) == found
        assert [file.stat().st_mtime_ns for file in sorted(found.rglob("*"))] == before


def test_naive_cohorts_are_the_same(built: Built, naive_job: Any) -> None:
    assert compare.differences(built.database, naive_job.database, book_of(naive_job)) == []


@pytest.mark.parametrize("shape", ["intervals", "snapshots"])
def test_a_short_spine_is_shorter_and_gives_the_same(
    built: Built, files: dict[str, Path], tmp_path: Path, shape: str
) -> None:
    short, whole = (job(shape, "five", files[shape], tmp_path / name) for name in ("short", "whole"))
    for asked, spine in ((short, naive.FROM_FIRST_MONTH), (whole, naive.EVERY_MONTH)):
        Path(asked.folder).mkdir()
        naive.build(asked, spine)
    assert compare.differences(built.database, short.database, f"{shape}_five") == []
    assert spine_rows(short) < spine_rows(whole)
    assert spine_rows(whole) % MONTHS == 0


def spine_rows(asked: Any) -> int:
    with duckdb.connect(str(asked.database)) as connection:
        return int(connection.execute("select count(*) from customer_months").fetchone()[0])


def test_the_naive_ways_take_part_where_they_are_asked_for() -> None:
    given = ["--sizes", "10,20", "--shapes", "intervals,payments", "--naive-up-to", "10", "--out", "x.json"]
    cases = run.cases(run.arguments([*given, "--contenders", "rollforward,naive,naive_short_spine"]))
    assert [(case.book.customers, case.book.shape, case.contenders) for case in cases] == [
        (10, "intervals", ("naive", "naive_short_spine", "rollforward")),
        (10, "payments", ("naive", "rollforward")),
        (20, "intervals", ("rollforward",)),
        (20, "payments", ("rollforward",)),
    ]


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--sizes", "1000,0", "'0' is not a whole number above zero"),
        ("--sizes", "-5", "'-5' is not a whole number above zero"),
        ("--sizes", "1e6", "'1e6' is not a whole number above zero"),
        ("--repeats", "0", "'0' is not a whole number above zero"),
        ("--memory-limit", "600", "'600' is not an amount of memory, such as 600MB or 2GiB"),
        ("--memory-limit", "0GB", "'0GB' is not an amount of memory, such as 600MB or 2GiB"),
        ("--contenders", "naive,nobody", "'nobody' is not one of naive"),
    ],
)
def test_what_cannot_be_run_is_refused_before_anything_runs(
    capsys: pytest.CaptureFixture[str], option: str, value: str, said: str
) -> None:
    with pytest.raises(SystemExit):
        run.arguments(["--out", "x.json", option, value])
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("given", ["600MB", "2GB", "1.5GiB"])
def test_a_limit_that_is_let_through_is_one_of_duckdb(given: str) -> None:
    duckdb.connect(config={"memory_limit": run.memory(given)}).close()


def test_progress_says_what_is_the_build_and_what_the_process() -> None:
    whole = {"cpu": 15.1, "wall": 11.5, "peak_mb": 627.0, "disk_mb": 73.2}
    assert run.progress(whole).startswith("build 15.1 s CPU, 11.5 s; process 15.1 s CPU")
    said = "build 8.6 s CPU, 4.9 s; process 15.1 s CPU, 11.5 s, 627 MB; disk 73 MB"
    assert run.progress({**whole, "build": {"cpu": 8.6, "wall": 4.9}}) == said


def test_answers_are_the_same(built: Built, naive_job: Any) -> None:
    same = job(naive_job.shape, "three", Path(naive_job.files), built.database.parent)
    found = questions.answers(same, "rollforward", book_of(naive_job))
    assert all(found.values())
    assert found == questions.answers(naive_job, "naive")


def test_a_question_is_asked_of_the_like_on_both_sides(naive_job: Any) -> None:
    texts = {side: questions.asked(naive_job, side, "book") for side in ("rollforward", "naive")}
    read = {
        side: [re.search(r"from (\w+)", sql)[1] for sql in asked.values()] for side, asked in texts.items()
    }
    assert read["rollforward"] == ["rollforward__revenue_cohorts", "rollforward__customer_movements"]
    assert read["naive"] == ["cohorts", "customers_trailing_12_months"]


def test_one_cent_is_a_difference(built: Built, naive_job: Any, tmp_path: Path) -> None:
    changed = tmp_path / "changed.duckdb"
    changed.write_bytes(naive_job.database.read_bytes())
    with duckdb.connect(str(changed)) as connection:
        connection.execute("update cohorts set new_revenue = new_revenue + 0.01 where rowid = 0")
    assert len(compare.differences(built.database, changed, book_of(naive_job))) == 4


def test_builds_of_rollforward_are_compared_too(built: Built, tmp_path: Path) -> None:
    changed = tmp_path / "changed.duckdb"
    changed.write_bytes(built.database.read_bytes())
    asked = (built.database, changed, "intervals_three", "rollforward")
    assert compare.differences(*asked) == []
    with duckdb.connect(str(changed)) as connection:
        cohorts = "rollforward__revenue_cohorts where book = 'intervals_three'"
        connection.execute(f"delete from {cohorts} and rowid = (select min(rowid) from {cohorts})")
    assert len(compare.differences(*asked)) == 2


def test_everyone_is_compared_with_the_full_build(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked = []
    monkeypatch.setattr(run, "script", lambda *arguments: asked.append(arguments))
    jobs = {
        name: job("intervals", "three", tmp_path, tmp_path / name)
        for name in ("naive", "naive_short_spine", "floor", "rollforward", "rollforward_next_month")
    }
    found = run.compared_cohorts(jobs)
    assert [(one["contender"], one["equals"]) for one in found] == [
        ("naive", "rollforward"),
        ("naive_short_spine", "rollforward"),
        ("rollforward_next_month", "rollforward"),
    ]
    assert [arguments[-1] for arguments in asked] == ["naive", "naive", "rollforward"]
    assert asked[2][1:3] == (
        str(jobs["rollforward"].database),
        str(jobs["rollforward_next_month"].database),
    )
    assert run.compared_cohorts({"naive": jobs["naive"], "floor": jobs["floor"]}) == []


def test_floor_reads_every_customer(files: dict[str, Path], tmp_path: Path) -> None:
    asked = job("payments", "three", files["payments"], tmp_path)
    floor.build(asked)
    with duckdb.connect(str(asked.database)) as connection:
        (total,) = connection.execute("select sum(amount) from customers").fetchone()
        (expected,) = connection.execute("select sum(amount) from given").fetchone()
    assert total == expected


def test_a_job_survives_the_command_line(tmp_path: Path) -> None:
    asked = job("intervals", "five", tmp_path, tmp_path)
    assert books.job_from_text(asked.as_text()) == asked


def test_a_process_is_measured_and_its_failure_stops_the_run() -> None:
    cost = measure.run([sys.executable, "-c", "print(sum(range(2_000_000)))"])
    assert 0 < cost.cpu < 60
    assert 1 < cost.peak_mb < 2000
    with pytest.raises(SystemExit, match="exit code 3"):
        measure.run([sys.executable, "-c", "raise SystemExit(3)"])


def results(sizes: tuple[int, ...], naive_up_to: int = 10**9) -> dict[str, Any]:
    """A run in which rollforward costs in proportion, and the naive way with the square."""
    facts = {"shape": "intervals", "comparisons": "three", "memory_limit": None}
    samples, inputs, answers, compared = [], [], [], []
    for size in sizes:
        inputs.append({**facts, "customers": size, "rows": 4 * size, "parquet_mb": 1.0})
        beside = ["naive"] if size <= naive_up_to else []
        for repeat, more in enumerate((0, 1, 100)):  # the median is 1 more
            naive_cost = {"wall": 1.0, "cpu": size * size / 1e6 - 1 + more, "peak_mb": 800.0, "disk_mb": 90.0}
            own_cost = {"wall": 20.0, "cpu": 30.0, "peak_mb": 100.0, "disk_mb": 9.0}
            own_cost["build"] = {"wall": 0.5, "cpu": size / 1e3 - 1 + more}
            own_cost["nodes"] = {"int_rollforward__runs": 0.4, "rollforward__revenue_cohorts": 0.1}
            month_cost = {**own_cost, "build": {"wall": 0.4, "cpu": size / 4e3}}
            costs = {"naive": naive_cost, "rollforward": own_cost, "rollforward_next_month": month_cost}
            for name in (*beside, "rollforward", "rollforward_next_month"):
                samples.append(
                    {**facts, "customers": size, "contender": name, "repeat": repeat, **costs[name]}
                )
        for name, taken in (("naive", 250.0), ("rollforward", 5.0)):
            if name in (*beside, "rollforward"):
                times = {"a rate": taken}
                answers.append({**facts, "customers": size, "contender": name, "milliseconds": times})
        for name in (*beside, "rollforward_next_month"):
            compared.append({**facts, "customers": size, "contender": name, "equals": "rollforward"})
    machine = {"cores": 2, "memory_gib": 24, "architecture": "x", "versions": {"rollforward": "9.9"}}
    machine["threads"] = 3
    run = {"measured_on": "2031-05-06", "months": 60, "machine": machine, "repeats": 3}
    return {**run, "inputs": inputs, "samples": samples, "answers": answers, "compared": compared}


def page_of(*runs: dict[str, Any]) -> str:
    return str(report.page(report.joined(runs), "benchmarks.svg"))


def test_figures_are_medians_ratios_and_slopes() -> None:
    run = results((10_000, 100_000))
    (case,) = figures.cases(run)
    both = (10_000, 100_000)
    assert figures.cost(run, case, 10_000, "naive", "cpu") == pytest.approx(100)
    assert figures.cost(run, case, 10_000, "rollforward", "cpu") == pytest.approx(10)
    assert figures.values(run, case, 10_000, "rollforward", "cpu") == pytest.approx([9, 10, 109])
    assert figures.process_cost(run, case, 10_000, "rollforward", "cpu") == 30
    assert figures.ratio(run, case, 100_000, "cpu") == pytest.approx(100)
    assert figures.process_ratio(run, case, 100_000, "cpu") == pytest.approx(10_000 / 30)
    assert figures.share_of_full_build(run, case, 100_000) == pytest.approx(0.25)
    assert figures.cost_growth(run, case, "rollforward", "cpu", both) == pytest.approx(1)
    assert figures.cost_growth(run, case, "naive", "cpu", both) == pytest.approx(2)
    assert figures.cost_growth(run, case, "floor", "cpu", both) is None


def test_slopes_are_over_common_sizes_and_over_the_last_step() -> None:
    run = results((1_000, 10_000, 100_000), naive_up_to=10_000)
    (case,) = figures.cases(run)
    assert figures.growth_sizes(run, case, ("naive", "rollforward", "floor")) == [
        ("naive", [1_000, 10_000]),
        ("rollforward", [1_000, 10_000]),
        ("rollforward", [10_000, 100_000]),
    ]
    assert figures.growth_sizes(results((1_000,)), case, ("naive", "rollforward")) == []


def test_the_page_holds_the_figures_of_the_run() -> None:
    page = page_of(results((10_000, 100_000)))
    for line in (
        "Measured on 2031-05-06: 2 cores (x), 24 GiB of memory, DuckDB with 3 threads; rollforward 9.9.",
        "Medians of interleaved runs of each: 3, on 2031-05-06.",
        "The same cohorts as `rollforward`, compared in every row and cell: `naive` at 10,000 and 100,000 "
        "customers; `rollforward_next_month` at 10,000 and 100,000 customers.",
        "| 100,000 | 400,000 | 100 × | 2.00 × | 8.00 × | 10.0 × | 333 × | 0.05 × |",
        "| 100,000 | naive | 10,000 (9,999–10,099) | 1.00 (1.00–1.00) | 800 | 90.0 | 10,000 | 1.00 |  |",
        "| 100,000 | rollforward_next_month | 25.0 (25.0–25.0) | 0.40 (0.40–0.40) | 100 | 9.00 | 30.0 | 20.0 "
        "| 25% |",
        "| rollforward | 10,000 to 100,000 | 1.00 | 0.00 | 0.00 | 0.00 |",
        "| 100,000 | a rate | 250 | 5.00 |",
        "| `int_rollforward__runs` | 0.40 | 80% |",
        "`rollforward_next_month` is",
    ):
        assert line in page
    assert "was not run" not in page
    assert "rollforward_tested" not in page  # described where it took part
    assert "naive_short_spine" not in page


def test_the_page_says_where_the_naive_way_was_not_run() -> None:
    page = page_of(results((10_000, 100_000), naive_up_to=10_000))
    assert "The naive way was not run at 100,000 customers." in page
    assert "| 100,000 | 400,000 | –" not in page
    assert "compared in every row and cell: `naive` at 10,000 customers; `rollforward_next_month` at" in page
    alone = page_of(results((10_000,), naive_up_to=0))
    assert "The naive way was not run at 10,000 customers." in alone
    assert "How many times less" not in alone
    assert "| customers | question | rollforward, ms |" in alone


def test_one_run_is_not_a_median() -> None:
    run = results((10_000,))
    page = page_of({**run, "samples": [one for one in run["samples"] if one["repeat"] == 1]})
    assert "One run of each, on 2031-05-06." in page
    assert "| 10,000 | naive | 100 | 1.00 |" in page


def test_a_run_of_before_has_a_page_that_says_nothing_it_does_not_know() -> None:
    run = {kind: found for kind, found in results((10_000,)).items() if kind != "compared"}
    run["machine"] = {name: found for name, found in run["machine"].items() if name != "threads"}
    page = page_of(run)
    assert "24 GiB of memory; rollforward 9.9." in page
    assert "compared" not in page


def test_the_committed_figures_have_a_page() -> None:
    files = sorted((REPO / "benchmarks" / "results").glob("full_*.json"))
    assert "# Benchmarks" in page_of(*(report.read_run(str(file)) for file in files))


def test_the_report_prints_ratios_and_where_the_page_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "small.json"
    file.write_text(json.dumps(results((10_000,))))
    monkeypatch.setattr(sys, "argv", ["report.py", "--into", str(tmp_path / "page"), str(file)])
    report.main()
    said = capsys.readouterr().out
    assert "| 10,000 | 40,000 | 10.0 × |" in said
    assert said.endswith(f"The page is {tmp_path / 'page' / 'benchmarks.md'}\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [(None, "cannot read"), ("{", "does not hold the results"), ("{}", "does not hold the results")],
)
def test_a_file_without_results_is_refused(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    text: str | None,
    said: str,
) -> None:
    if text is not None:
        (tmp_path / "run.json").write_text(text)
    monkeypatch.setattr(sys, "argv", ["report.py", "--into", str(tmp_path), str(tmp_path / "run.json")])
    with pytest.raises(SystemExit):
        report.main()
    assert said in capsys.readouterr().err


def test_one_size_has_a_page_too() -> None:
    assert "slope" not in page_of(results((10_000,)))


def test_the_page_says_when_each_size_was_measured() -> None:
    later = {**results((100_000,)), "measured_on": "2031-06-07"}
    page = page_of(results((10_000,)), later)
    assert "Measured on 2031-05-06 and 2031-06-07:" in page
    assert "at 10,000 customers 3, on 2031-05-06; at 100,000 customers 3, on 2031-06-07." in page


def test_the_picture_has_every_point_inside() -> None:
    run = results((10_000, 100_000))
    picture = ElementTree.fromstring(plot.svg(run, figures.cases(run)[0]))
    dots = [part for part in picture if part.tag.endswith("circle")]
    assert len(dots) == 8  # two panels, two contenders, two sizes
    width, height = map(float, picture.attrib["viewBox"].split()[2:])
    assert all(0 < float(dot.attrib["cx"]) < width and 0 < float(dot.attrib["cy"]) < height for dot in dots)


def test_runs_of_different_versions_are_not_joined() -> None:
    one = results((10_000,))
    other = {**one, "machine": {**one["machine"], "versions": {"rollforward": "10.0"}}}
    assert len(report.joined([one, one])["samples"]) == 18
    with pytest.raises(SystemExit, match="different versions"):
        report.joined([one, other])
