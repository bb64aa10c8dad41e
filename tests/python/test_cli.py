"""The command line: exit codes, what goes where, and both ways of answering."""

import json
from pathlib import Path

import pytest
from rollforward import __version__, cli
from small_project import DEFINITIONS, METRIC, small_project


def test_compile_says_what_it_wrote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = small_project(tmp_path)
    assert cli.main(["compile", "--project-dir", str(root)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "wrote macros/metrics/lost_share.sql",
        "wrote models/metrics/retention.sql",
        "wrote models/metrics/retention.yml",
    ]
    assert cli.main(["compile", "--project-dir", str(root)]) == 0
    assert capsys.readouterr().out == "nothing to write: generated files are what the definitions say\n"


def test_check_lists_what_is_not_right(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = small_project(tmp_path)
    assert cli.main(["check", "--project-dir", str(root)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines()[0] == "macros/metrics/lost_share.sql: error[missing]: the file is missing"
    assert said.err.splitlines()[-1] == "rollforward: 3 problems"
    cli.main(["compile", "--project-dir", str(root)])
    capsys.readouterr()
    assert cli.main(["check", "--project-dir", str(root)]) == 0
    assert capsys.readouterr().out == "generated files are what the definitions say\n"


def test_answers_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = small_project(
        tmp_path, DEFINITIONS | {"metrics/lost_share.yml": METRIC.replace("churned_", "churn_")}
    )
    assert cli.main(["compile", "--project-dir", str(root), "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out) == {
        "written": [],
        "removed": [],
        "problems": [
            {
                "code": "unknown-metric",
                "message": "metric 'churn_revenue' is not defined",
                "file": "metrics/lost_share.yml",
                "line": 6,
                "column": 34,
                "length": 13,
                "hint": "did you mean 'churned_revenue'?",
            }
        ],
    }


def test_the_project_is_found_from_a_folder_inside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(small_project(tmp_path) / "metrics")
    assert cli.main(["compile"]) == 0
    assert "wrote macros/metrics/lost_share.sql" in capsys.readouterr().out


def test_a_folder_without_a_project_is_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["check", "--project-dir", str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"rollforward: no dbt_project.yml in {tmp_path}\n"


@pytest.mark.parametrize(
    ("arguments", "code"), [([], 2), (["compil"], 2), (["check", "--fast"], 2), (["--help"], 0)]
)
def test_wrong_usage_exits_with_2(
    arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(arguments)
    assert stopped.value.code == code
    assert "rollforward" in "".join(capsys.readouterr())


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--version"])
    assert capsys.readouterr().out == f"rollforward {__version__}\n"


def test_ctrl_c_is_quiet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "compile_project", interrupt)
    assert cli.main(["compile", "--project-dir", str(small_project(tmp_path))]) == 130
    assert capsys.readouterr().err == ""
