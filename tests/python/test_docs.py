"""The pages that need no data from elsewhere, done step by step, and the promises of the README."""

import contextlib
import os
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pages
import pytest
import yaml
from conftest import REPO
from test_engine_pages import PAGES

HOW_TO = REPO / "docs" / "how-to"
LEFT_OUT = REPO / "docs" / "reference" / "left-out.md"
JUDGED_ROWS = REPO / "models" / "intermediate" / "int_rollforward__judged_rows.sql"
INPUT_PROBLEMS = REPO / "models" / "marts" / "rollforward__input_problems.sql"
REJECTED_ROWS = REPO / "models" / "marts" / "rollforward__rejected_rows.yml"
ON_REAL_DATA = {"invoice-lines.md", "subscriptions.md"}  # followed in test_reference_values
ON_AN_ENGINE = {"dbt-v2.md", "postgres.md", "spark.md"}  # followed by the engine's own tests


ON_ITS_OWN = {"install.md", "stripe.md", "close-a-month.md"}  # followed in projects of their own, below
WITHOUT_BLOCKS = {"coming-from.md"}
ON_A_FIRST_BOOK = (
    "first-book.md",
    "ask.md",
    "ask-from-the-terminal.md",
    "explain-a-number.md",
    "review-a-change.md",
    "generated-files.md",
    "declare-a-metric.md",
    "bi-tools.md",
    "large-books.md",
)


def test_the_pages_on_a_first_book(tmp_path: Path) -> None:
    """The later pages go on in the project of the first."""
    for page in ON_A_FIRST_BOOK:
        pages.follow(HOW_TO / page, tmp_path / "project")
        # What a page shows as a mistake is not there for the next.
        (tmp_path / "project" / "metrics" / "wrong.yml").unlink(missing_ok=True)


def test_the_page_on_installing(tmp_path: Path) -> None:
    """The package by the address of a repository, here one of this machine, and in a schema of its own."""
    repository = tmp_path / "repository"
    for name in ("macros", "metrics", "models", "tests/dbt"):
        shutil.copytree(REPO / name, repository / name)
    shutil.copy(REPO / "dbt_project.yml", repository)
    with contextlib.chdir(repository), pages.at_a_desk():
        for command in ("init --quiet", "add .", "commit --quiet --message released", "tag v0.1.0"):
            pages.run(f"git {command}")
    folder = first_files(tmp_path / "project")
    address = {"https://git.example.com/rollforward.git": repository.as_uri()}
    pages.follow(HOW_TO / "install.md", folder, address)
    assert not (folder / "dbt_packages" / "rollforward").is_symlink()
    assert "revision: " in (folder / "package-lock.yml").read_text()


def test_the_page_on_stripe(tmp_path: Path) -> None:
    pages.follow(HOW_TO / "stripe.md", tmp_path / "project")


def test_the_snapshot_of_the_page_on_stripe_keeps_what_its_seed_has(tmp_path: Path) -> None:
    """The seed stands for a snapshot: a price changed in place is one more, an item taken away has an end."""
    page = pages.blocks(HOW_TO / "stripe.md")
    (snapshot,) = (block.text for block in page if block.language == "yaml" and not block.title)
    texts = {block.title: block.text for block in page if block.title}
    wanted = texts["seeds/subscription_item_history.csv"].splitlines()[0].split(",")
    files = {
        "dbt_project.yml": texts["dbt_project.yml"].partition("vars:")[0],
        "profiles.yml": texts["profiles.yml"],
        "snapshots/items.yml": snapshot.replace("source('stripe', ", "ref("),
    }
    states = (
        ("si_1,sub_1,price_suite,2,2026-01-05 09:00:00", "si_2,sub_1,price_reports,1,2026-01-05 09:00:00"),
        ("si_1,sub_1,price_enterprise,2,2026-01-05 09:00:00",),
    )
    with contextlib.chdir(tmp_path), pages.at_a_desk():
        for state in states:
            files["seeds/subscription_item.csv"] = "\n".join([",".join(wanted[:5]), *state, ""])
            for title, text in files.items():
                Path(title).parent.mkdir(exist_ok=True)
                Path(title).write_text(text)
            pages.run("dbt build")
    with duckdb.connect(str(tmp_path / "billing.duckdb"), read_only=True) as database:
        versions = f"select {', '.join(wanted)} from subscription_item_history order by id, dbt_valid_from"
        found = [(row[0], row[2], row[-1] is None) for row in database.execute(versions).fetchall()]
    assert found == [
        ("si_1", "price_suite", False), ("si_1", "price_enterprise", True), ("si_2", "price_reports", False),
    ]  # fmt: skip


def test_the_page_on_closing_a_month(tmp_path: Path) -> None:
    """In the project of the first book, which is under git from here on, with rows that come late."""
    folder = first_files(tmp_path / "project")
    pages.follow(HOW_TO / "close-a-month.md", folder)


def test_the_page_on_what_is_left_out(tmp_path: Path) -> None:
    """An untidy export in the project of the first book, which is not built before it."""
    folder = first_files(tmp_path / "project")
    pages.follow(LEFT_OUT, folder)
    with duckdb.connect(str(folder / "first_book.duckdb"), read_only=True) as database:
        (listed,) = database.execute(
            "select row_count, amount from rollforward__input_problems where reason = 'negative_net_amount'"
        ).fetchall()
        (found,) = database.execute("select count(*), sum(net_amount) from negative_customers").fetchall()
    assert listed == found


def test_the_reasons_on_the_page_are_those_of_the_models() -> None:
    """The page has each reason once: first those of rows, in the order in which they are given, then sums."""
    rows, sums = (
        re.findall(r"^\| `(\w+)` \|", LEFT_OUT.read_text().split(title)[1].split("\n## ")[0], flags=re.M)
        for title in ("\n## Rows\n", "\n## Sums\n")
    )
    models = (REPO / "macros" / "sql" / "given_rows.sql", JUDGED_ROWS, INPUT_PROBLEMS)
    judged, later, summed = (model.read_text() for model in models)
    assert rows == re.findall(r"then '(\w+)'", judged) + re.findall(r"then '(\w+)'", later)
    assert set(sums) == set(re.findall(r"'(\w+)' as reason", summed))
    (rejected,) = yaml.safe_load(REJECTED_ROWS.read_text())["models"]
    (said,) = (column["description"] for column in rejected["columns"] if column["name"] == "reason")
    assert re.findall(r"\w+_\w+", said) == rows


def first_files(folder: Path) -> Path:
    """Write the files of the first book, as its page has them."""
    for block in pages.blocks(HOW_TO / "first-book.md"):
        if block.title:
            (folder / block.title).parent.mkdir(parents=True, exist_ok=True)
            (folder / block.title).write_text(block.text)
    return folder


def test_every_page_is_followed_by_a_test() -> None:
    """Pages on an engine are followed by that engine's own tests, which name them."""
    tests = " ".join(module.read_text() for module in (REPO / "tests" / "engines").glob("*.py"))
    pages_of_engines = {page.name for page in HOW_TO.glob("*.md") if f'"{page.name}"' in tests}
    assert {page.name for page in HOW_TO.glob("*.md")} == {
        *ON_A_FIRST_BOOK, *ON_ITS_OWN, *ON_REAL_DATA, *ON_AN_ENGINE, *pages_of_engines,
        *(page.name for page in PAGES), *WITHOUT_BLOCKS,
    }  # fmt: skip
    assert not any(pages.blocks(HOW_TO / name) for name in WITHOUT_BLOCKS)


def test_the_readme_leads_to_every_page() -> None:
    """To decisions by their list."""
    readme = (REPO / "README.md").read_text()
    folders = ("how-to", "reference")
    pages_there = [page for folder in folders for page in (REPO / "docs" / folder).glob("*.md")]
    assert [page.name for page in pages_there if f"({page.relative_to(REPO)})" not in readme] == []


@pytest.mark.parametrize("page", sorted(REPO.glob("*.md")) + sorted((REPO / "docs").rglob("*.md")))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_what_is_run_is_what_the_pages_say_is_run() -> None:
    """README and CONTRIBUTING say of `make test` what `make help` says, and CONTRIBUTING all that CI runs."""
    [said] = re.findall(r"^test:.*## (.*)$", (REPO / "Makefile").read_text(), flags=re.MULTILINE)
    for page in ("README.md", "CONTRIBUTING.md"):
        assert f"`make test` sets up and runs {said}" in (REPO / page).read_text(), page
    opening = (REPO / "CONTRIBUTING.md").read_text().partition("\n## ")[0]
    ran = re.findall(r"^make (\S+)", (REPO / ".ci" / "run").read_text(), flags=re.MULTILINE)
    assert set(re.findall(r"`make (\S+)`", opening)) == set(ran)


def test_what_the_readme_shows_is_what_the_demo_prints(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "ROLLFORWARD_DEMO_DB": str(tmp_path / "demo.duckdb"),
        "DBT_TARGET_PATH": str(tmp_path / "target"),
    }
    venv = Path(sys.executable).parents[1]
    command = ["make", "--no-print-directory", "demo", f"VENV={venv}"]
    if not (venv / ".ready").exists():
        pytest.skip("the tests do not run in the environment that make sets up")
    made = subprocess.run(command, cwd=REPO, env=environment, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    shown = [block.text for block in pages.blocks(REPO / "README.md") if block.language == "text"]
    assert shown
    for text in shown:
        assert text in made.stdout


def test_what_is_made_from_code_and_definitions_is_what_they_say_now() -> None:
    """`make compile` writes it."""
    made = runpy.run_path(str(REPO / "docs" / "generate.py"))["made"]()
    assert {path.name for path in made} == {
        "metrics.md", "problems.md", "yaml.md", "cli.md", "benchmarks-cli.md", "engines.md",
        "README.md", "metrics.schema.json",
    }  # fmt: skip
    for path, text in made.items():
        assert path.read_text() == text, path.name


def test_yaml_of_the_readme_is_what_the_pages_use() -> None:
    """Blocks that are not followed step by step are at least YAML with the keys they show."""
    for page in (REPO / "README.md", REPO / "docs" / "reference" / "books.md"):
        for block in pages.blocks(page):
            if block.language == "yaml":
                assert isinstance(yaml.safe_load(block.text), dict)


def test_readme_project_builds(tmp_path: Path) -> None:
    """The README's book and view, over a table with the columns they name."""
    folder = tmp_path / "project"
    first = {block.title: block.text for block in pages.blocks(HOW_TO / "first-book.md") if block.title}
    vars_block, view_block = (
        block.text
        for block in pages.blocks(REPO / "README.md")
        if block.language == "yaml" and "packages" not in block.text
    )
    files = {
        "dbt_project.yml": 'name: first_book\nversion: "1.0.0"\nprofile: first_book\n' + vars_block,
        "metrics/retention.yml": view_block,
        "models/fct_subscriptions.sql": "select *, 'north' as region from {{ ref('subscriptions') }}\n",
    }
    for title in ("seeds/subscriptions.csv", "profiles.yml", "packages.yml"):
        files[title] = first[title]
    for title, text in files.items():
        (folder / title).parent.mkdir(parents=True, exist_ok=True)
        (folder / title).write_text(text)
    (tmp_path / "rollforward").symlink_to(REPO, target_is_directory=True)
    with contextlib.chdir(folder), pages.at_a_desk():
        pages.run("dbt deps")
        assert "retention_by_plan" in pages.run("dbt build")
        for block in pages.blocks(REPO / "README.md"):
            for command, answer in pages.commands(block) if block.language == "console" else ():
                if command.startswith("rollforward"):
                    pages.check_answer(REPO / "README.md", command, pages.run(command), answer)
