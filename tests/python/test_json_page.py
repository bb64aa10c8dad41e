"""The page on json has the keys that answers have."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import asked_project
import duckdb
import pytest
from conftest import REPO, Project, forget_settings
from rollforward import cli

PAGE = (REPO / "docs" / "reference" / "json.md").read_text()
IDENTITY = ["-c", "user.name=someone", "-c", "user.email=someone@example.org"]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project, _ = asked_project.built_project(tmp_path_factory.mktemp("json") / "shop")
    return project


@pytest.fixture(autouse=True)
def nobodys_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_settings(monkeypatch)


def table(title: str) -> dict[str, str]:
    """What the table under a heading says of each key."""
    (section,) = re.findall(rf"^##+ {title}\n(.*?)(?=^#|\Z)", PAGE, flags=re.S | re.M)
    rows = re.findall(r"^\| (`.+?`) \| (.*) \|$", section, flags=re.M)
    return {key: said for keys, said in rows for key in re.findall(r"`(\w+)`", keys)}


def inner(title: str, key: str) -> set[str]:
    """The words in code that are said of a key."""
    return set(re.findall(r"`(\w+)`", table(title)[key]))


def keys(*entries: dict[str, Any]) -> set[str]:
    return {key for entry in entries for key in entry}


class Asked:
    """A project that is asked in json."""

    def __init__(self, project: Project, capsys: pytest.CaptureFixture[str]):
        self.place = ["--project-dir", str(project.folder)]
        self.profiles = ["--profiles-dir", str(project.folder)]
        self.capsys = capsys

    def __call__(self, *arguments: str, code: int = 0) -> Any:
        profiles = self.profiles if arguments[0] in ("query", "explain", "diff") else []
        assert cli.main([*arguments, "--format", "json", *self.place, *profiles]) == code
        return json.loads(self.capsys.readouterr().out)


@pytest.fixture
def ask(project: Project, capsys: pytest.CaptureFixture[str]) -> Asked:
    return Asked(project, capsys)


@pytest.mark.parametrize("what", ["metrics", "attributes", "books", "comparisons", "views"])
def test_list(ask: Asked, what: str) -> None:
    answer = ask("list", what)
    assert list(answer) == [what]
    assert keys(*answer[what]) == keys(table(f"list {what}"))


def test_show(ask: Asked) -> None:
    assert keys(ask("show", "nrr")) == keys(table("rollforward show"))
    assert isinstance(ask("show", "nrr", "--stage", "sql")["sql"], str)
    assert list(ask("show", "nrr", "--stage", "plan")) == ["plan"]


def test_query(ask: Asked) -> None:
    answer = ask("query", "nrr", "--book", "subscriptions", "--by", "plan")
    assert keys(answer) == keys(table("rollforward query"))
    assert keys(*answer["columns"]) == {"name", "type", "format"}
    assert keys(*answer["rows"]) == {column["name"] for column in answer["columns"]}


def test_explain(ask: Asked) -> None:
    of_subscriptions = ("--book", "subscriptions", "--by", "plan")
    metrics = (
        "net_expansion_rate", "smoothed_expansion", "largest_customer", "plans_in_use", "retained_both_ways",
    )  # fmt: skip
    answers = [ask("explain", metric, *of_subscriptions) for metric in metrics]
    assert keys(*answers) == keys(table("rollforward explain"))
    moved = keys(table("Who moved it"))
    of_slices = {"plan", "starting_customers"}
    for name, more in (("movements", set()), ("slices", of_slices), ("customers", {"plan", "unit"})):
        assert keys(*(entry for answer in answers for entry in answer[name])) == moved | more
    assert keys(*(answer["other_customers"] or {} for answer in answers)) == inner(
        "rollforward explain", "other_customers"
    )
    for name in ("periods", "values"):
        entries = [entry for answer in answers for entry in answer.get(name, [])]
        assert keys(*entries) == inner("rollforward explain", name)
    holders = [entry for answer in answers for entry in answer.get("holders", [])]
    assert keys(*holders) == inner("rollforward explain", "holders") | {"plan"}
    left_out = keys(*(entry for answer in answers for entry in answer["left_out"]))
    assert left_out == inner("rollforward explain", "left_out") - {"negative_net_amount"}
    inputs = keys(*(entry for answer in answers for entry in answer["inputs"]))
    assert inputs - {"name"} < keys(table("rollforward explain")) - {"inputs"}


def test_diff(ask: Asked, project: Project, tmp_path: Path) -> None:
    base = tmp_path / "base.duckdb"
    shutil.copy(project.database, base)
    with duckdb.connect(str(base)) as database:
        database.execute("create table kept as from order_retention")
        database.execute("drop view order_retention")
        database.execute(
            "create table order_retention as select * replace (2.0 as net_expansion_rate) from kept"
        )
    git = ["git", "-C", str(project.folder), *IDENTITY]
    for command in (["init", "-q"], ["add", "metrics", "dbt_project.yml"], ["commit", "-q", "-m", "Begin"]):
        subprocess.run([*git, *command], check=True, capture_output=True)
    own = project.folder / "metrics" / "own.yml"
    given = own.read_text()
    own.write_text(given.replace("starting_amount >= 300", "starting_amount >= 400"))
    answer = ask("diff", "--base-database", str(base))
    own.write_text(given)
    assert keys(answer) == keys(table("rollforward diff"))
    assert keys(*answer["changes"]) == keys(table("What means something else"))
    (change, *_) = answer["changes"]
    assert keys(change["fingerprint"]) == inner("What means something else", "fingerprint")
    assert keys(*change["parts"]) == inner("What means something else", "parts")
    changed = keys(*answer["values"], *(entry for view in answer["values"] for entry in view["changes"]))
    assert inner("rollforward diff", "values") == changed


def test_compile_check_and_problems(ask: Asked) -> None:
    assert keys(ask("compile")) == keys(ask("check")) == keys(table("rollforward compile and check"))
    failed = ask("query", "no_such_metric", "--book", "subscriptions", code=2)
    assert keys(failed) == {"problems"}
    assert keys(*failed["problems"]) == keys(table("Problems"))
