"""The profile is found and read as dbt does it, and what is wrong with it is said."""

import os
import sys
from pathlib import Path

import pytest
from rollforward.errors import ProblemsFound
from rollforward.folders import target_folder
from rollforward.profile import Target, Wanted, read_target
from rollforward.source import typed

PROFILES = """\
config: {send_anonymous_usage_stats: false}
shop:
  target: "{{ env_var('SHOP_TARGET', 'dev') }}"
  outputs:
    dev: &dev
      type: duckdb
      path: "{{ env_var('SHOP_DB') }}"
      threads: 2
      settings: {TimeZone: UTC}
    prod:
      <<: *dev
      schema: marts
      path: 'prod/{{ env_var("SHOP_DB") | replace("dev", "prod") }}'
    other: {type: snowflake, account: "{{ env_var('NOT_SET') }}", database: db}
"""
PROFILE = typed("shop", "profile")


@pytest.fixture(autouse=True)
def nobodys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith(("DBT_", "SHOP_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SHOP_DB", "dev.duckdb")
    monkeypatch.chdir(tmp_path)


def project(folder: Path, text: str = PROFILES) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "profiles.yml").write_text(text)
    return folder


def read(root: Path, **wanted: str) -> Target:
    return read_target(root, PROFILE, Wanted(**wanted))


def refused(root: Path, **wanted: str) -> str:
    with pytest.raises(ProblemsFound) as found:
        read(root, **wanted)
    return str(found.value)


def test_the_default_target_is_read_as_dbt_reads_it(tmp_path: Path) -> None:
    target = read(project(tmp_path / "shop"))
    assert (target.profile, target.name, target.is_default, target.type) == ("shop", "dev", True, "duckdb")
    assert target.settings == {
        "type": "duckdb", "path": "dev.duckdb", "threads": 2, "settings": {"TimeZone": "UTC"},
    }  # fmt: skip
    assert target.schema == "main"


def test_targets_are_chosen_in_dbts_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = project(tmp_path / "shop")
    monkeypatch.setenv("SHOP_TARGET", "prod")
    assert read(root).name == "prod"
    monkeypatch.setenv("DBT_TARGET", "dev")
    assert (read(root).name, read(root).is_default) == ("dev", False)
    target = read(root, target="prod")
    assert (target.schema, target.settings["path"]) == ("marts", "prod/prod.duckdb")


def test_profiles_are_looked_for_in_dbts_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "shop"
    root.mkdir()

    def found() -> Path:
        return Path(read(root).file).parent

    assert "error[profile-missing]: there is no profiles.yml in this folder, ~/.dbt, ./shop" in refused(root)
    assert project(root) == found()
    assert project(tmp_path / "home" / ".dbt") == found() == dbts()
    assert project(tmp_path) == found() == dbts()
    monkeypatch.setenv("DBT_PROFILES_DIR", str(project(tmp_path / "named")))
    assert found() == tmp_path / "named" == dbts()
    monkeypatch.setenv("DBT_ENGINE_PROFILES_DIR", str(project(tmp_path / "newer")))
    assert found() == tmp_path / "newer" == dbts()
    given = str(project(tmp_path / "given"))
    assert Path(read(root, profiles_dir=given).file).parent == Path(given) == dbts("--profiles-dir", given)
    assert "there is no profiles.yml in ./nowhere" in refused(root, profiles_dir=str(tmp_path / "nowhere"))
    assert "there is no profiles.yml in xxx" in refused(root, profiles_dir="x" * 300)
    assert "there is no profiles.yml in ~no_such_user" in refused(root, profiles_dir="~no_such_user")


def dbts(*arguments: str) -> Path:
    """The folder dbt itself takes, as its command line is read."""
    from dbt.cli.main import cli

    return Path(cli.commands["parse"].make_context("parse", list(arguments)).params["profiles_dir"])


def test_what_is_wrong_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = project(tmp_path / "shop")
    assert "hint: did you mean 'shop'?" in refused(root, profile="shp")
    said = refused(root, target="production")
    assert "error[target-missing]: profile 'shop' of" in said
    assert "has no target 'production'" in said
    assert "error[env-var-missing]: the environment variable NOT_SET is not set" in refused(
        root, target="other"
    )
    monkeypatch.setitem(sys.modules, "jinja2", None)
    assert "error[needs-jinja2]" in refused(root, target="prod")
    with pytest.raises(ProblemsFound, match="names no profile"):
        read_target(root, None, Wanted())
    project(root, "shop: {outputs: {default: {type: duckdb, path: '{{ nothing }}'}}}")
    monkeypatch.delitem(sys.modules, "jinja2")
    assert "cannot be rendered: 'nothing' is undefined" in refused(root)


@pytest.mark.parametrize(
    ("jinja", "said"),
    [
        ("{{ env_var() }}", "env_var() missing 1 required positional argument: 'name'"),
        ("{{ env_var(5) }}", "str expected, not int"),
        ("{{ 1 / 0 }}", "division by zero"),
        ("{{ [].pop() }}", "pop from empty list"),
        ("{{ nothing.at.all }}", "'nothing' is undefined"),
        ("{{ 'a' | no_filter }}", "No filter named 'no_filter'."),
        ("{{ ", "unexpected 'end of template'"),
    ],
)
def test_jinja_that_fails_is_a_problem(jinja: str, said: str, tmp_path: Path) -> None:
    root = project(tmp_path / "shop", f'shop: {{outputs: {{default: {{type: duckdb, path: "{jinja}"}}}}}}')
    assert f"error[needs-jinja2]: '{jinja}' cannot be rendered: {said}" in refused(root)


def test_a_plain_env_var_needs_no_jinja(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    assert read(project(tmp_path / "shop")).settings["path"] == "dev.duckdb"


@pytest.mark.parametrize(
    ("text", "given", "environment", "folder"),
    [
        ("name: shop\n", "", "", "target"),
        ("name: shop\ntarget-path: out/dbt\n", "", "", "out/dbt"),
        ("target-path: 'out'  # not target/\nname: shop\n", "", "", "out"),
        ('target-path: "out"\r\n', "", "", "out"),
        ("target-path: out\n", "", "from_environment", "from_environment"),
        ("target-path: out\n", "flag", "from_environment", "flag"),
        ("vars:\n  target-path: out\n", "", "", "target"),
        ("target-path: \"{{ env_var('T') }}\"\n", "", "", "target"),
    ],
)
def test_the_target_folder_is_dbt_s(
    text: str, given: str, environment: str, folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBT_TARGET_PATH", environment)
    (tmp_path / "dbt_project.yml").write_text(text, newline="")
    assert target_folder(tmp_path, given) == tmp_path / folder
