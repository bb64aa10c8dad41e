"""The dbt plugin: when it compiles, when it only checks, and when it keeps out of the way."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import dbt_rollforward
import pytest
from rollforward.errors import ProblemsFound
from small_project import METRIC, VIEW, small_project

MACRO = "macros/metrics/lost_share.sql"


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("ROLLFORWARD_COMPILE", raising=False)


def initialize(root: Path, monkeypatch: pytest.MonkeyPatch, command: str = "build") -> None:
    """What dbt does once it has read dbt_project.yml."""
    import dbt.flags

    flags = SimpleNamespace(PROJECT_DIR=str(root), TARGET_PATH=None, WHICH=command)
    monkeypatch.setattr(dbt.flags, "get_flags", lambda: flags)
    (plugin,) = dbt_rollforward.plugins
    plugin(project_name="shop")


def test_a_dbt_command_compiles_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = small_project(tmp_path)
    initialize(root, monkeypatch)
    (root / "metrics/lost_share.yml").write_text(METRIC.replace("Lost Share", "Share Lost"))
    initialize(root, monkeypatch)
    assert "Share Lost" in (root / MACRO).read_text()


@pytest.mark.parametrize("command", ["deps", "clean", "init", "debug"])
def test_some_commands_need_no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    root = small_project(tmp_path)
    initialize(root, monkeypatch, command)
    assert not (root / MACRO).exists()


@pytest.mark.parametrize(
    ("environment", "mode"),
    [
        ({}, "write"),
        ({"CI": "true"}, "check"),
        ({"CI": "false"}, "write"),
        ({"CI": "1", "ROLLFORWARD_COMPILE": "write"}, "write"),
        ({"ROLLFORWARD_COMPILE": "off"}, "off"),
        ({"ROLLFORWARD_COMPILE": "check"}, "check"),
    ],
)
def test_the_environment_chooses(
    environment: dict[str, str], mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert dbt_rollforward.chosen_mode() == mode


def test_a_wrong_switch_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLFORWARD_COMPILE", "no")
    with pytest.raises(ValueError, match="ROLLFORWARD_COMPILE is 'no'; allowed: write, check, off"):
        dbt_rollforward.chosen_mode()


def test_checking_writes_nothing_and_says_what_is_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    root = small_project(tmp_path)
    with pytest.raises(ProblemsFound, match=r"error\[missing\]"):
        dbt_rollforward.refresh(root, "target")
    assert not (root / MACRO).exists()


def test_off_is_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLFORWARD_COMPILE", "off")
    root = small_project(tmp_path)
    dbt_rollforward.refresh(root, "target")
    assert not (root / MACRO).exists()


def test_errors_arrive_rendered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dbt_common.exceptions import DbtRuntimeError

    root = small_project(tmp_path, {"metrics/a.yml": VIEW.replace("lost_share", "lost")})
    with pytest.raises(DbtRuntimeError) as found:
        initialize(root, monkeypatch)
    assert "metrics/a.yml:4:35: error[unknown-metric]: metric 'lost' is not defined" in str(found.value)


def test_other_projects_are_left_alone(tmp_path: Path) -> None:
    without_folder = small_project(tmp_path / "one", {})
    dbt_rollforward.refresh(without_folder, "target")
    not_ours = small_project(
        tmp_path / "two", {"metrics/semantic.yml": "metrics: [{name: of_another_tool}]\n"}
    )
    (not_ours / "dbt_packages/rollforward").unlink()
    dbt_rollforward.refresh(not_ours, "target")
    assert not (not_ours / "macros").exists() and not (not_ours / "target").exists()


def test_it_imports_where_dbt_is_not() -> None:
    code = "import sys; sys.modules['dbt'] = None; import dbt_rollforward; print(dbt_rollforward.plugins)"
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=os.environ, check=True
    )
    assert ran.stdout == "[]\n"


def test_importing_it_loads_nothing_else_of_ours() -> None:
    code = "import sys, dbt_rollforward; print([name for name in sys.modules if 'rollforward' in name])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "['dbt_rollforward']\n"
