"""The command line: exit codes, what goes where, both ways of answering, terminals and pipes."""

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from rollforward import __version__, cli, command_compile
from rollforward.arguments import STAGES
from rollforward.errors import ProblemsFound
from rollforward.help_texts import command_names
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
    assert capsys.readouterr().err == (
        f"--project-dir: error[no-project]: there is no dbt_project.yml in {tmp_path}\n"
        "     = hint: name the folder that has it\n"
        "rollforward: 1 problem\n"
    )


def test_a_name_too_long_for_a_folder_is_that_of_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["check", "--project-dir", "x" * 300]) == 2
    assert "--project-dir: error[no-project]: there is no dbt_project.yml in xxx" in capsys.readouterr().err
    root = small_project(tmp_path, {"dbt_project.yml": f"name: shop\nmodel-paths: [{'x' * 300}]\n"})
    assert cli.main(["check", "--project-dir", str(root)]) == 1
    assert "dbt_project.yml:2:15: error[not-readable]: the folder cannot be read" in capsys.readouterr().err


def test_a_current_folder_that_was_removed_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert cli.main(["check"]) == 2
    said = "command line: error[no-project]: the current folder is not there any more"
    assert capsys.readouterr().err.startswith(said)


def test_a_folder_without_a_project_is_said_in_the_format_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["list", "metrics", "--format", "json"]) == 2
    said = capsys.readouterr()
    (problem,) = json.loads(said.out)["problems"]
    assert problem["code"] == "no-project" and said.err == ""
    assert problem["message"] == "there is no dbt_project.yml in this folder or above it"
    assert cli.main(["check", "--format", "sarif"]) == 2
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    assert [result["ruleId"] for result in run["results"]] == ["no-project"]


@pytest.mark.parametrize("command", [["list", "metrics"], ["show", "lost_share"], ["diff"], ["query", "nrr"]])
def test_only_what_writes_says_what_it_wrote(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = METRIC.replace("churned_", "churn_")
    root = small_project(tmp_path, DEFINITIONS | {"metrics/lost_share.yml": broken})
    assert cli.main([*command, "--format", "json", "--project-dir", str(root)]) == 1
    assert list(json.loads(capsys.readouterr().out)) == ["problems"]
    assert cli.main(["check", "--format", "json", "--project-dir", str(root)]) == 1
    assert list(json.loads(capsys.readouterr().out)) == ["written", "removed", "problems"]


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


def usage_error(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """What is said of a command line that is not taken."""
    with pytest.raises(SystemExit) as stopped:
        cli.main(words)
    assert stopped.value.code == 2
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["querry", "nrr"], "did you mean 'query'?"),
        (["query", "nrr", "--bok", "orders"], "did you mean '--book'?"),
        (["explain", "nrr", "--from", "2026"], "it is an option of query, sql; explain has '--period'"),
        (["show", "nrr", "--by", "plan"], "it is an option of query, explain, sql\n"),
        (["query", "nrr", "--zzz"], "unrecognized arguments: --zzz\n"),
        (["query", "nrr", "--month", "2026-08"], "did you mean '--from' and '--to'?"),
        (["query", "nrr", "--period=2026-08"], "it is an option of explain; query has '--from' and '--to'"),
        (["sql", "nrr", "--since", "2026-08"], "did you mean '--from'?"),
        (["query", "nrr", "--until", "2026-08"], "did you mean '--to'?"),
        (["query", "nrr", "--group_by", "plan"], "did you mean '--by'?"),
        (["query", "nrr", "--filter", "plan = 'pro'"], "did you mean '--where'?"),
        (["query", "nrr", "--out", "x.csv"], "did you mean '--output'?"),
        (["explain", "nrr", "--month", "2026-08"], "did you mean '--period'?"),
        (["diff", "--branch", "main"], "did you mean '--base'?"),
        (["explain", "nrr", "grr"], "explain takes one metric at a time"),
        (["query", "nrr", "--by", "plan", "grr"], "metrics come first, before the options"),
        (["list", "metric"], "did you mean 'metrics'?"),
        (["init", "--shape", "interval"], "did you mean 'intervals'?"),
        (["compile", "everything"], "unrecognized arguments: everything\n"),
    ],
)
def test_words_that_are_no_command_or_option_are_guessed_at(
    words: list[str], hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert hint in usage_error(words, capsys)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["query", "nrr", "--order-by", "--"], "argument --order-by: expected one argument"),
        (["query", "nrr", "--where=--"], "argument --where: expected one argument"),
        (["query", "nrr", "--where", "plan = '\udcff'"], "argument --where: 'plan = '\\udcff'' is not UTF-8"),
        (["query", "nrr", "--order-by", "-\udcff"], "argument --order-by: '-\\udcff' is not UTF-8"),
        (["query", "nrr", "--output", "\udcff.csv"], "argument -o/--output: '\\udcff.csv' is not UTF-8"),
        (["query", "\udcff"], "argument METRIC: '\\udcff' is not UTF-8"),
        (["init", "--relation", "\udcff"], "argument --relation: '\\udcff' is not UTF-8"),
    ],
)
def test_what_is_no_text_is_refused_with_the_argument_it_was_given_for(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said in usage_error(words, capsys)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["query", "nrr", "--where", "plan = 'pro'", "--by", "plan", "--where", "region = 'north'"],
            "argument --where: given twice; join conditions with `and`",
        ),
        (["query", "nrr", "--book", "a", "--book", "b"], "argument --book: given twice; leave one out"),
        (["query", "nrr", "--from", "2026", "--from=2025"], "argument --from: given twice"),
        (["explain", "nrr", "--period", "2026-01", "--period", "2026-02"], "argument --period: given twice"),
    ],
)
def test_of_two_words_where_one_can_hold_none_is_dropped(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said in usage_error(words, capsys)


def test_an_answer_that_is_no_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda _: "a\udcff")
    with pytest.raises(ProblemsFound, match="error.not-utf-8.: the answer is not UTF-8"):
        cli._ask("the relation", "")


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--version"])
    assert capsys.readouterr().out == f"rollforward {__version__}\n"


def test_ctrl_c_is_quiet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command_compile, "compile_project", interrupt)
    assert cli.main(["compile", "--project-dir", str(small_project(tmp_path))]) == 130
    assert capsys.readouterr().err == ""


def test_help_lists_every_command_and_fits_eighty_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for words in ([], *([name] for name in command_names())):
        with pytest.raises(SystemExit):
            cli.main([*words, "--help"])
        text = capsys.readouterr().out
        assert all(len(line) <= 80 for line in text.splitlines()), text
        if not words:
            assert [line.split()[0] for line in text.splitlines() if line.startswith("  ")] == list(
                command_names()
            )


def test_lists_and_definitions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = str(small_project(tmp_path))

    def said(*words: str) -> str:
        assert cli.main([*words, "--project-dir", root]) == 0
        return capsys.readouterr().out

    assert "lost_share" in said("list", "metrics")
    found = json.loads(said("list", "books", "--format", "json"))["books"]
    assert found[0]["book"] == "subscriptions" and found[0]["attributes"] == ["plan", "region"]
    assert json.loads(said("list", "attributes", "--format", "json"))["attributes"][0] == {
        "attribute": "plan",
        "books": ["subscriptions"],
    }
    assert "each month against the month a year before" in said("list", "comparisons")
    assert json.loads(said("list", "views", "--format", "json"))["views"][0]["by"] == ["plan"]
    card = json.loads(said("show", "lost_share", "--format", "json"))
    assert card["formula"] == "(contraction_revenue + churned_revenue) / starting_revenue"
    assert card["in_words"] == "contraction revenue plus churned revenue, over starting revenue"
    assert (card["range"], card["file"], card["views"]) == (
        "0 to 1",
        "metrics/lost_share.yml:2",
        ["retention"],
    )
    assert card["fingerprint"] in said("show", "lost_share")
    for stage in STAGES:
        assert "churned_revenue" in said("show", "lost_share", "--stage", stage)
    assert said("show", "lost_share", "--stage", "plan").startswith(
        "MetricPlan\n"
        "  name: lost_share\n"
        "  label: Lost Share\n"
        "  description: Revenue lost, over the revenue at the start.\n"
        "  project: shop\n"
        "  path: metrics/lost_share.yml\n"
        "  form: Rate\n"
        "    numerator:\n"
        "      contraction_revenue: 1\n"
        "      churned_revenue: 1\n"
        "    denominator:\n"
        "      starting_revenue: 1\n"
        "  kind: a rate or number\n"
        "  bounds: Bounds\n"
        "    minimum: 0\n"
        "    maximum: 1\n"
    )
    assert said("show", "lost_share", "--stage", "formula").splitlines()[:4] == [
        "Operation",
        "  operator: /",
        "  left: Operation",
        "    operator: +",
    ]
    stages = {
        stage: json.loads(said("show", "lost_share", "--stage", stage, "--format", "json"))[stage]
        for stage in STAGES
    }
    assert stages["meaning"] == {
        "is": "Rate",
        "numerator": {"contraction_revenue": 1, "churned_revenue": 1},
        "denominator": {"starting_revenue": 1},
    }
    assert stages["plan"]["form"] == stages["meaning"] and stages["plan"]["aliases"] == []
    assert stages["plan"]["bounds"] == {"is": "Bounds", "minimum": 0, "maximum": 1}
    assert stages["plan"]["measures"][0]["name"] == "contraction_revenue"
    assert stages["definition"]["card"]["name"] == {
        "text": "lost_share",
        "place": "metrics/lost_share.yml:2:11",
    }
    assert stages["formula"]["right"]["text"] == "starting_revenue"
    assert stages["sql"] == said("show", "lost_share", "--stage", "sql").rstrip()
    assert cli.main(["show", "lost_shar", "--project-dir", root]) == 2
    assert "did you mean 'lost_share'?" in capsys.readouterr().err
    assert cli.main(["show", "churned_revenue", "--project-dir", root]) == 2
    assert "is a measure, not a metric" in capsys.readouterr().err


def in_a_terminal(*words: str, **environment: str) -> tuple[int, str]:
    """Run a command as its own process on a terminal of 80 columns."""
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    given = {**os.environ, "TERM": "xterm", **environment}
    for name in ("NO_COLOR", "COLUMNS"):
        given.pop(name, None) if name not in environment else None
    command = [sys.executable, "-c", "import sys; from rollforward.cli import main; sys.exit(main())", *words]
    process = subprocess.Popen(command, stdin=child, stdout=child, stderr=child, env=given, close_fds=True)
    os.close(child)
    printed = b""
    while True:
        try:
            piece = os.read(parent, 65536)
        except OSError:
            break
        if not piece:
            break
        printed += piece
    os.close(parent)
    return process.wait(), printed.decode()


def test_a_terminal_gets_colours_unless_it_asks_for_none(tmp_path: Path) -> None:
    root = str(small_project(tmp_path))
    code, text = in_a_terminal("show", "lost_share", "--project-dir", root)
    assert code == 0 and "\033[1mlost_share\033[0m" in text
    plain = re.sub(r"\033\[[0-9;]*m", "", text)
    assert all(len(line) <= 80 for line in plain.splitlines())
    code, without = in_a_terminal("show", "lost_share", "--project-dir", root, NO_COLOR="1")
    assert code == 0 and without == plain
    code, problems = in_a_terminal("show", "lost_shar", "--project-dir", root)
    assert code == 2 and "\033[31merror[unknown-metric]" in problems


def test_a_closed_pipe_is_no_accident(tmp_path: Path) -> None:
    root = small_project(tmp_path)
    program = f"{sys.executable} -c 'import sys; from rollforward.cli import main; sys.exit(main())'"
    command = f"{program} list metrics --project-dir {root} | head -n 1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] in ("0", "141")


def test_importing_the_command_line_is_light() -> None:
    """Nothing that takes long to import is imported before it is needed, by the package or its commands."""
    code = (
        "import sys, rollforward, rollforward.cli; sys.argv = ['rollforward', '--version']\n"
        "try: rollforward.cli.main()\nexcept SystemExit: pass\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules}"
        " & {'yaml', 'sqlglot', 'duckdb', '_duckdb', 'dbt', 'jinja2', 'pyarrow', 'pandas'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
