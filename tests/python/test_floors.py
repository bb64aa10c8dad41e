"""Lists that stand in two places: DESIGN.md and the modules, dbt_project.yml and a macro."""

import ast
import re
import tomllib
from pathlib import Path

import yaml
from conftest import REPO

DESIGN = (REPO / "DESIGN.md").read_text()
BUILD = REPO / "macros" / "building" / "build.sql"
PACKAGE = REPO / "python_pkg" / "rollforward"
OF_FILES = {
    "open", "fdopen", "read_text", "read_bytes", "write_text", "write_bytes", "is_file", "is_dir",
    "is_folder", "stat", "rglob", "glob", "iterdir", "mkdir", "unlink", "rename", "symlink_to", "chmod",
    "copymode", "TemporaryDirectory",
}  # fmt: skip


def looks_at_files(module: Path) -> bool:
    """Whether a module calls what opens, lists, writes or looks for files."""
    called = [node.func for node in ast.walk(ast.parse(module.read_text())) if isinstance(node, ast.Call)]
    return any(getattr(each, "attr", getattr(each, "id", "")) in OF_FILES for each in called)


def test_design_names_every_module_that_looks_at_files() -> None:
    said = re.search(r"What looks at files: (.*?)\.\s+Only `cli` prints", DESIGN, flags=re.DOTALL)
    assert said is not None
    modules, rest = said[1].split("and the commands")
    commands, others = rest.split(";")
    named = set(re.findall(r"`(\w+)`", modules + others))
    named |= {f"command_{name}" for name in re.findall(r"`(\w+)`", commands)}
    assert named == {path.stem for path in PACKAGE.glob("*.py") if looks_at_files(path)}


def test_design_shows_the_floors_that_lint_checks() -> None:
    contracts = tomllib.loads((REPO / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    shown = re.search(r"## Floors.*?```text\n(.*?)```", DESIGN, flags=re.DOTALL)
    assert shown is not None
    commands = " | ".join(path.stem for path in sorted(PACKAGE.glob("command_*.py")))
    assert shown[1].replace("command_*", commands).splitlines() == layers


def test_design_names_every_model_of_the_package() -> None:
    table = DESIGN.split("## From the input to a metric view")[1].split("\n## ")[0]
    named = set()
    for row in table.splitlines():
        full = re.findall(r"`((?:stg|int)?_?rollforward)__(\w+|<shape>)`", row)
        named |= {f"{prefix}__{name}" for prefix, name in full}
        named |= {f"{full[0][0]}__{name}" for name in re.findall(r"`__(\w+)`", row)}
    models = {path.stem for path in (REPO / "models").rglob("*.sql") if path.parent.name != "metrics"}
    assert named == {re.sub(r"^(stg_rollforward__).*", r"\1<shape>", name) for name in models}


def test_dbt_project_and_macros_name_the_same_engines() -> None:
    """Those that the package has materializations for."""
    there = (REPO / "macros" / "building" / "in_place.sql").read_text()
    written = set(re.findall(r"materialization \w+, adapter='(\w+)'", there))
    project = (REPO / "dbt_project.yml").read_text()
    asked = re.findall(r"target\.type in (\[[^]]*\])", project)
    asked += re.findall(r"macro has_own_materializations\(\) %}{{ return\(target\.type in (\[[^]]*\])", there)
    assert [set(ast.literal_eval(each)) for each in asked] == [written] * 3


def test_tables_that_are_kept_are_set_aside_where_they_have_to_be() -> None:
    """One list of them is in a macro, one in dbt_project.yml; the models themselves say which they are."""
    made_of_themselves = {
        path.stem
        for path in (REPO / "models").rglob("*.sql")
        if "rollforward.last_version(this)" in path.read_text()
    }
    the_list = re.compile(r"macro kept_tables\(\) %}\s+{{ return\((.*?)\) }}", flags=re.DOTALL)
    (listed,) = the_list.findall(BUILD.read_text())
    assert set(ast.literal_eval(listed)) == made_of_themselves
    settings = yaml.safe_load((REPO / "dbt_project.yml").read_text())["models"]["rollforward"]
    assert {name for name in settings["intermediate"] if not name.startswith("+")} == made_of_themselves
