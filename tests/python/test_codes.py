"""Codes of problems: all are listed, described on the page, and shown by an example that gives them."""

import json
import re
from pathlib import Path

import pytest
from rollforward import __version__, cli
from rollforward.codes import ASKED, CODES, DATABASES
from rollforward.errors import Place, Problem
from rollforward.sarif import sarif
from small_project import DEFINITIONS, METRIC, REPO, small_project

PAGE = REPO / "docs" / "reference" / "problems.md"
CODE = "".join(path.read_text() for path in (REPO / "python_pkg" / "rollforward").glob("*.py"))
# Words of dbt and Python that are written like codes.
OTHERS = {
    "macro-paths", "model-paths", "seed-paths", "snapshot-paths", "packages-install-path",
    "utf-8", "utf-8-sig", "my-metric", "rev-parse", "cat-file", "for-each-ref",
}  # fmt: skip
IN_FILES = {
    "not-readable", "not-utf-8", "not-printable", "too-large", "package-missing", "not-writable",
    "more-problems", "missing", "stale", "edited-by-hand", "in-the-way", "orphan", "edited-orphan",
}  # fmt: skip
"""What needs a file that is no text, or very long, or that was generated before: tested where it arises."""


def codes_of_cases() -> set[str]:
    cases = (REPO / "tests" / "python" / "problems").glob("*.txt")
    return {code for case in cases for code in re.findall(r"error\[(.+?)\]", case.read_text())}


def test_every_code_is_listed_and_has_an_example() -> None:
    assert codes_of_cases() | IN_FILES | set(DATABASES) | set(ASKED) == set(CODES)
    assert len(CODES) >= 30


def test_every_code_of_a_command_is_met_in_a_test() -> None:
    """What needs a database, a terminal or a repository is no case of files."""
    tests = "".join(path.read_text() for path in (REPO / "tests" / "python").glob("test_*.py"))
    assert [code for code in (*DATABASES, *ASKED) if code not in tests] == []


def test_no_other_code_is_written_anywhere() -> None:
    written = set(re.findall(r"\"([a-z]+(?:-[a-z0-9]+)+)\"", CODE))
    assert written - OTHERS <= set(CODES)
    said = set(re.findall(r"(?:Problem|say)\(\s*\"([a-z0-9-]+)\"", CODE))
    assert said <= set(CODES)


def test_the_page_has_every_code_once() -> None:
    assert re.findall(r"^### `(.+)`$", PAGE.read_text(), flags=re.MULTILINE) == list(CODES)


def test_of_a_file_with_very_many_problems_the_first_are_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All of them together would be more than a code host takes."""
    much = {"metrics/much.yml": f"metrics: [{'a, ' * 20_000}a]\n", "metrics/little.yml": "metrics: [a]\n"}
    root = small_project(tmp_path, much)
    assert cli.main(["check", "--format", "sarif", "--project-dir", str(root)]) == 1
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    assert [result["ruleId"] for result in run["results"]] == [*["wrong-shape"] * 201, "more-problems"]
    assert run["results"][-1]["message"]["text"].startswith("19,801 more problems are not said")
    assert cli.main(["check", "--project-dir", str(root)]) == 1
    assert capsys.readouterr().err.endswith("\nrollforward: 20002 problems\n")


def test_sarif_says_where_and_why() -> None:
    place = Place("metrics/my file.yml", 5, 14, 14, "    denominator: starting_revenu")
    log = json.loads(sarif([Problem("unknown-metric", "not defined", place, "did you mean 'a'?")]))
    assert log["version"] == "2.1.0" and log["$schema"].endswith("sarif-2.1.0.json")
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["semanticVersion"]) == ("rollforward", __version__)
    assert driver["rules"] == [
        {"id": "unknown-metric", "shortDescription": {"text": CODES["unknown-metric"]}}
    ]
    (result,) = run["results"]
    assert result["ruleId"] == driver["rules"][result["ruleIndex"]]["id"]
    assert result["level"] == "error" and result["message"]["text"] == "not defined\nhint: did you mean 'a'?"
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "metrics/my%20file.yml"},
                "region": {"startLine": 5, "startColumn": 14, "endColumn": 28},
            }
        }
    ]


def test_a_problem_of_a_whole_file_has_no_region() -> None:
    (run,) = json.loads(sarif([Problem("stale", "stale", Place("models/metrics/a.sql"))]))["runs"]
    assert "region" not in run["results"][0]["locations"][0]["physicalLocation"]


@pytest.mark.parametrize("wrong", [False, True])
def test_check_answers_in_sarif(tmp_path: Path, capsys: pytest.CaptureFixture[str], wrong: bool) -> None:
    metric = METRIC.replace("churned_", "churn_") if wrong else METRIC
    root = small_project(tmp_path, DEFINITIONS | {"metrics/lost_share.yml": metric})
    if not wrong:
        cli.main(["compile", "--project-dir", str(root)])
        capsys.readouterr()
    assert cli.main(["check", "--project-dir", str(root), "--format", "sarif"]) == int(wrong)
    said = capsys.readouterr()
    results = json.loads(said.out)["runs"][0]["results"]
    assert [result["ruleId"] for result in results] == (["unknown-metric"] if wrong else [])
    assert said.err == ""
