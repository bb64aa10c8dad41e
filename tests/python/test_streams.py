"""Where output goes when that is nowhere, a full disk, or a screen that knows few signs or columns."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from rollforward.screen import NARROWEST, Screen, screen_of
from small_project import DEFINITIONS, METRIC, small_project
from test_diff import committed

PROGRAM = f"{sys.executable} -c 'import sys; from rollforward.cli import main; sys.exit(main())'"
LABELLED = {
    **DEFINITIONS,
    "metrics/lost_share.yml": METRIC.replace("Lost Share", "Größter Verlust"),
    "metrics/largest_lost.yml": """\
metrics:
  - name: largest_lost
    type: simple
    agg: sum
    expr: starting_amount
    filter: plan = 'größter' and movement = 'churn'
""",
}


def in_shell(root: Path, words: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command as its own process, with what the shell makes of its streams."""
    given = {"PATH": "/usr/bin:/bin", "PYTHONPATH": ":".join(sys.path), **environment}
    return subprocess.run(
        ["bash", "-c", f"{PROGRAM} {words}"], cwd=root, env=given, capture_output=True, check=False
    )


@pytest.mark.parametrize("buffered", [{}, {"PYTHONUNBUFFERED": "1"}], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize(
    ("words", "code", "out", "said"),
    [
        ("list views <&-", 0, "retention", ""),
        ("list views >&-", 0, "", ""),
        ("list views <&- >&- 2>&-", 0, "", ""),
        ("show nonesuch 2>&-", 2, "", ""),
        ("list nothing 2>&-", 2, "", ""),
        ("list views --format json >/dev/full", 1, "", "No space left on device\n"),
        ("--help >/dev/full", 1, "", "No space left on device\n"),
        ("show nonesuch 2>/dev/full", 1, "", ""),
        ("show nonesuch >/dev/full 2>&1", 1, "", ""),
    ],
)
def test_streams_that_are_closed_or_full(
    words: str, code: int, out: str, said: str, buffered: dict[str, str], tmp_path: Path
) -> None:
    done = in_shell(small_project(tmp_path), words, **buffered)
    assert done.returncode == code, done.stderr
    assert done.stdout.decode().startswith(out) and bool(done.stdout) == bool(out)
    assert done.stderr.decode() == (f"rollforward: the answer cannot be written: {said}" if said else "")


@pytest.mark.parametrize(
    "environment",
    [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}],
    ids=["encoding", "locale"],
)
def test_people_get_the_signs_their_screen_has_and_programs_get_all(
    environment: dict[str, str], tmp_path: Path
) -> None:
    root = committed(tmp_path, LABELLED)
    shown = in_shell(root, "show lost_share", **environment)
    assert shown.stdout.decode("ascii").splitlines()[0] == "lost_share  Gr??ter Verlust"
    listed = in_shell(root, "list metrics --format json", **environment)
    assert "Größter Verlust" in {each["label"] for each in json.loads(listed.stdout)["metrics"]}
    assert "'größter'" in in_shell(root, "sql largest_lost", **environment).stdout.decode()
    (root / "metrics/lost_share.yml").write_text(METRIC.replace("contraction_revenue + churned", "churned"))
    changed = in_shell(root, "diff", **environment).stdout.decode("ascii")
    assert "revenue) / starting_revenue -> churned_revenue / starting_revenue" in changed


@pytest.mark.parametrize("words", ["show nrr", "list metrics", "list views", "--help", "query --help"])
def test_a_screen_of_one_column(words: str, tmp_path: Path) -> None:
    done = in_shell(small_project(tmp_path), words, COLUMNS="1")
    assert done.returncode == 0 and done.stderr == b""


def test_lines_have_some_room_on_any_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "1")
    assert screen_of(sys.stdout).width == NARROWEST
    monkeypatch.setenv("COLUMNS", "120")
    assert screen_of(sys.stdout).width == 120
    assert Screen().width == 80
