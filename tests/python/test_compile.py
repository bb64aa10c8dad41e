"""Compiling a project on disk: what is written, kept, removed and refused, and what an idle run costs."""

import errno
import ntpath
import subprocess
import sys
from pathlib import Path

import pytest
from rollforward import outputs
from rollforward.errors import ProblemsFound
from rollforward.folders import seen_from
from rollforward.project import check_project, compile_project
from small_project import DEFINITIONS, METRIC, PROJECT, VIEW, small_project

MACRO = "macros/metrics/lost_share.sql"
MODEL = "models/metrics/retention.sql"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project that has been compiled."""
    compile_project(small_project(tmp_path), tmp_path / "target")
    return tmp_path


def state(root: Path) -> dict[str, tuple[str, int]]:
    """Every generated file with its text and time of change."""
    found = [path for folder in ("macros", "models") for path in (root / folder).rglob("*") if path.is_file()]
    return {path.relative_to(root).as_posix(): (path.read_text(), path.stat().st_mtime_ns) for path in found}


def said(root: Path) -> list[str]:
    """What a check says, a line for each problem."""
    with pytest.raises(ProblemsFound) as found:
        check_project(root, root / "target")
    return [line for line in str(found.value).splitlines() if "error[" in line]


def test_a_second_run_writes_nothing(root: Path) -> None:
    before = state(root)
    assert compile_project(root, root / "target").written == ()
    (root / "target" / "rollforward_stamp.json").unlink()
    assert compile_project(root, root / "target").written == ()
    assert state(root) == before
    check_project(root, root / "target")


def test_only_what_changed_is_written(root: Path) -> None:
    (root / "metrics/lost_share.yml").write_text(METRIC.replace("Lost Share", "Share Lost"))
    outcome = compile_project(root, root / "target")
    assert outcome.written == (MACRO, "models/metrics/retention.yml")


def test_a_problem_leaves_every_file_as_it_was(root: Path) -> None:
    before = state(root)
    (root / "metrics/lost_share.yml").write_text(METRIC.replace("Lost Share", "Share Lost"))
    (root / "metrics/views.yml").write_text(VIEW.replace("[plan]", "[plna]"))
    with pytest.raises(ProblemsFound):
        compile_project(root, root / "target")
    assert state(root) == before


def test_stale_edited_missing_and_orphaned_files_are_told_apart(root: Path) -> None:
    (root / "metrics/lost_share.yml").write_text(METRIC.replace("churned_revenue", "retained_revenue"))
    model = root / MODEL
    model.write_text(model.read_text().replace("is_complete\n", "true\n"))
    (root / "models/metrics/retention.yml").unlink()
    assert said(root) == [
        f"{MACRO}: error[stale]: the file is not what metrics/lost_share.yml says now",
        f"{MODEL}: error[edited-by-hand]: the generated file was edited by hand",
        "models/metrics/retention.yml: error[missing]: the file is missing",
    ]
    (root / "metrics/lost_share.yml").unlink()
    (root / "metrics/views.yml").write_text(
        VIEW.replace(", lost_share", "").replace("- name: retention", "- name: ours")
    )
    assert f"{MACRO}: error[orphan]: the file is generated, and its definition is gone" in said(root)


def test_an_edited_file_is_never_overwritten(root: Path) -> None:
    model = root / MODEL
    model.write_text(model.read_text() + "limit 10\n")
    before = state(root)
    (root / "metrics/lost_share.yml").write_text(METRIC.replace("churned_revenue", "retained_revenue"))
    with pytest.raises(ProblemsFound) as found:
        compile_project(root, root / "target")
    assert str(found.value) == (
        f"{MODEL}: error[edited-by-hand]: the generated file was edited by hand\n"
        "     = hint: make the change in metrics/views.yml, delete this file, and run `rollforward compile`"
    )
    assert state(root) == before


def test_a_hand_written_file_is_not_in_the_way_unnoticed(tmp_path: Path) -> None:
    root = small_project(tmp_path, DEFINITIONS | {MACRO: "{% macro lost_share() %}1{% endmacro %}"})
    with pytest.raises(ProblemsFound, match=r"error\[in-the-way\]"):
        compile_project(root, root / "target")


def test_files_without_a_definition_are_removed_unless_edited(root: Path) -> None:
    mine = root / "macros/metrics/mine.sql"
    mine.write_text("{% macro mine() %}{% endmacro %}")
    properties = root / "models/metrics/retention.yml"
    kept = properties.read_text()
    properties.write_text(kept + "# mine\n")
    (root / "metrics/views.yml").unlink()
    with pytest.raises(ProblemsFound, match=r"error\[edited-orphan\]"):
        compile_project(root, root / "target")
    properties.write_text(kept)
    assert compile_project(root, root / "target").removed == (MODEL, "models/metrics/retention.yml")
    assert set(state(root)) == {MACRO, "macros/metrics/mine.sql"}


def test_line_ends_of_another_system_are_no_edit(root: Path) -> None:
    for path in (root / MACRO, root / MODEL):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert compile_project(root, root / "target").written == ()


def test_a_checkout_that_cannot_be_written(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, _: str) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(outputs, "write_whole", refuse)
    (root / "target" / "rollforward_stamp.json").unlink()
    compile_project(root, root / "target")
    (root / "metrics/lost_share.yml").write_text(METRIC.replace("churned_revenue", "retained_revenue"))
    with pytest.raises(ProblemsFound) as found:
        compile_project(root, root / "target")
    assert str(found.value) == (
        f"{MACRO}: error[not-writable]: the file is not what metrics/lost_share.yml says now, "
        "and cannot be written: Permission denied\n"
        "     = hint: compile where the files can be written, and commit them"
    )


def test_a_folder_that_cannot_be_looked_into_is_not_an_empty_one(root: Path) -> None:
    before = state(root)
    (root / "metrics").rename(root / "definitions")
    (root / "metrics").write_text("a file where the folder should be")
    with pytest.raises(ProblemsFound) as found:
        compile_project(root, root / "target")
    assert str(found.value) == "metrics: error[not-readable]: cannot be read: Not a directory"
    assert state(root) == before


@pytest.mark.parametrize("name", ["metrics/lost_share.yml", MACRO])
def test_a_file_that_cannot_be_read_is_named(root: Path, name: str) -> None:
    (root / name).unlink()
    (root / name).symlink_to(root / name)
    with pytest.raises(ProblemsFound) as found:
        compile_project(root, root / "target")
    assert str(found.value).startswith(f"{name}: error[not-readable]: cannot be read: ")


def test_packages_that_cannot_be_looked_into_are_not_there(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_dir = Path.is_dir

    def denied(path: Path) -> bool:
        if "dbt_packages" in path.parts:
            raise PermissionError(errno.EACCES, "Permission denied")
        return is_dir(path)

    monkeypatch.setattr(Path, "is_dir", denied)
    with pytest.raises(ProblemsFound, match=r"dbt_project.yml: error\[package-missing\]"):
        compile_project(root, root / "target")


def test_a_file_where_a_folder_goes_is_not_written_over(tmp_path: Path) -> None:
    root = small_project(tmp_path, DEFINITIONS | {"macros": "a file where the folder should be"})
    with pytest.raises(ProblemsFound, match=r"macros/metrics/lost_share.sql: error\[not-writable\]"):
        compile_project(root, root / "target")


def test_a_target_that_cannot_be_written_is_no_problem(tmp_path: Path) -> None:
    root = small_project(tmp_path, DEFINITIONS | {"target": "a file where the folder should be"})
    assert len(compile_project(root, root / "target").written) == 3
    assert compile_project(root, root / "target").written == ()


def test_the_package_has_to_be_installed(tmp_path: Path) -> None:
    root = small_project(tmp_path)
    (root / "dbt_packages/rollforward").unlink()
    with pytest.raises(ProblemsFound) as found:
        compile_project(root, root / "target")
    assert str(found.value) == (
        "dbt_project.yml: error[package-missing]: "
        "the package rollforward is not in dbt_packages/rollforward\n"
        "     = hint: name it in packages.yml and run `dbt deps`"
    )


def test_packages_and_outputs_go_where_dbt_project_says(tmp_path: Path) -> None:
    paths = "packages-install-path: installed\nmodel-paths: [transform, more]\nmacro-paths: [sql/macros]\n"
    root = small_project(tmp_path, DEFINITIONS | {"dbt_project.yml": PROJECT + paths})
    (root / "dbt_packages").rename(root / "installed")
    assert compile_project(root, root / "target").written == (
        "sql/macros/metrics/lost_share.sql",
        "transform/metrics/retention.sql",
        "transform/metrics/retention.yml",
    )


def test_dbt_project_may_say_where_things_are_in_jinja(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = (
        "packages-install-path: \"{{ env_var('PACKAGES', 'installed') }}\"\n"
        "model-paths: [\"{{ env_var('MODELS') }}\"]\nmacro-paths: [\"{{ ['sql', 'macros'] | join('/') }}\"]\n"
    )
    root = small_project(tmp_path, DEFINITIONS | {"dbt_project.yml": PROJECT + paths})
    (root / "dbt_packages").rename(root / "installed")
    with pytest.raises(ProblemsFound, match=r"dbt_project.yml:\d+:\d+: error\[env-var-missing\]"):
        compile_project(root, root / "target")
    monkeypatch.setenv("MODELS", "transform")
    assert compile_project(root, root / "target").written == (
        "sql/macros/metrics/lost_share.sql",
        "transform/metrics/retention.sql",
        "transform/metrics/retention.yml",
    )


def test_vars_may_have_a_file_of_their_own(tmp_path: Path) -> None:
    name, _, settings = PROJECT.partition("\n")
    root = small_project(tmp_path, DEFINITIONS | {"dbt_project.yml": name, "vars.yml": settings})
    assert len(compile_project(root, root / "target").written) == 3


def test_vars_of_other_names_are_somebody_elses(tmp_path: Path) -> None:
    project = PROJECT.replace("vars:\n", "vars:\n  books: [a, b]\n  as_of_date: never\n", 1)
    root = small_project(tmp_path, DEFINITIONS | {"dbt_project.yml": project})
    assert len(compile_project(root, root / "target").written) == 3


def test_nothing_of_a_view_of_the_package_reaches_a_project(root: Path) -> None:
    assert set(state(root)) == {MACRO, MODEL, "models/metrics/retention.yml"}


def loaded_by_compiling(root: Path) -> set[str]:
    """The modules of a fresh process that has compiled a project."""
    code = (
        "import sys; from pathlib import Path; from rollforward.project import compile_project;"
        f"compile_project(Path({str(root)!r}), Path({str(root)!r}, 'target')); print(*sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(ran.stdout.split())


def test_an_idle_run_reads_no_yaml_and_no_sql(root: Path) -> None:
    assert not {"yaml", "sqlglot", "rollforward.emit"} & loaded_by_compiling(root)


def test_a_model_of_a_views_name_is_seen_although_nothing_else_changed(root: Path) -> None:
    compile_project(root, root / "target")
    model = root / "models/marts/retention.sql"
    model.parent.mkdir()
    model.write_text("select 1 as one")
    with pytest.raises(ProblemsFound, match="name-collision"):
        check_project(root, root / "target")


def test_what_the_environment_says_is_looked_at_every_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = PROJECT + "model-paths: [\"{{ env_var('PLACE') }}\"]\n"
    root = small_project(tmp_path, {**DEFINITIONS, "dbt_project.yml": project})
    for place in ("here", "there"):
        monkeypatch.setenv("PLACE", place)
        assert f"{place}/metrics/retention.sql" in compile_project(root, root / "target").written


def test_files_on_another_drive_are_named_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows has a path of its own on every drive, and none between them."""
    monkeypatch.setattr("os.path.relpath", ntpath.relpath)
    assert seen_from(Path("C:/venv/rollforward"), Path("D:/shop")) == str(Path("C:/venv/rollforward"))


def test_only_a_condition_needs_sqlglot(tmp_path: Path) -> None:
    root = small_project(tmp_path)
    assert "sqlglot" not in loaded_by_compiling(root)
    (root / "metrics/views.yml").write_text(VIEW + "    where: plan <> 'internal'\n")
    assert "sqlglot" in loaded_by_compiling(root)
