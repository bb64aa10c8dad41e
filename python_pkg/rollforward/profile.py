"""The dbt profile: which database a target stands for, found and read the way dbt does, without dbt.

Only the chosen output is rendered, as dbt does it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rollforward.errors import Place, did_you_mean, on_command_line, refused
from rollforward.folders import at_home, environment, is_file
from rollforward.rendered import has_jinja, rendered
from rollforward.source import Mapping as Nodes
from rollforward.source import Node, Scalar, Sequence, content_of, read_document

PROFILES_FILE = "profiles.yml"
_NUMBER = re.compile(r"-?\d{1,18}", re.ASCII)
_WORDS = {"true": True, "false": False, "yes": True, "no": False, "on": True, "off": False}


@dataclass(frozen=True, slots=True)
class Target:
    """One output of a profile: the kind of database and how to get there."""

    profile: str
    name: str
    is_default: bool
    type: str
    settings: Mapping[str, Any]
    file: str

    @property
    def schema(self) -> str:
        """Where models go that say nothing else."""
        return str(self.settings.get("schema") or self.settings.get("dataset") or "main")

    @property
    def place(self) -> Place:
        """The file it was read from."""
        return Place(self.file)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user asked for: `--profiles-dir`, `--profile`, `--target`, each empty where not given.

    `target_option` is the option that names the target.
    """

    profiles_dir: str = ""
    profile: str = ""
    target: str = ""
    target_option: str = "--target"


def read_target(root: Path, profile: Scalar | None, wanted: Wanted) -> Target:
    """Give the target of a project whose dbt_project.yml names a profile; raises ProblemsFound."""
    file = find_profiles(root, wanted)
    document = read_document(str(file), content_of(file, str(file)), anchors=True)
    given = wanted.profile or environment("PROFILE") or (rendered(profile) if profile else "")
    if not given:
        hint = "write `profile: <name>`, or say --profile"
        raise refused("profile-missing", "dbt_project.yml names no profile", Place("dbt_project.yml"), hint)
    known = _names(document.root, besides="config")
    outputs_of = document.root.get(given)
    if not isinstance(outputs_of, Nodes):
        hint = did_you_mean(given, known, otherwise=f"it has: {', '.join(known) or 'no profile'}")
        place = on_command_line("--profile") if wanted.profile else Place(str(file))
        raise refused("profile-missing", f"there is no profile '{given}' in {_short(file)}", place, hint)
    default = _default_target(outputs_of)
    name = wanted.target or environment("TARGET") or default
    outputs = outputs_of.get("outputs")
    output = outputs.get(name) if isinstance(outputs, Nodes) else None
    if not isinstance(output, Nodes):
        known = _names(outputs)
        hint = did_you_mean(name, known, otherwise=f"it has: {', '.join(known) or 'no output'}")
        said = f"profile '{given}' of {_short(file)} has no target '{name}'"
        place = on_command_line(wanted.target_option) if wanted.target else Place(str(file))
        raise refused("target-missing", said, place, hint)
    settings = plain(output)
    assert isinstance(settings, dict), "a mapping gives a dict"
    return Target(given, name, name == default, str(settings.get("type", "")), settings, str(file))


def find_profiles(root: Path, wanted: Wanted) -> Path:
    """Give the profiles.yml dbt would read; raises ProblemsFound.

    dbt looks in --profiles-dir, or else in DBT_PROFILES_DIR, and nowhere besides where one of them is given;
    then in the current folder, which need not be the project's, then in ~/.dbt. There dbt 1.x gives up. Only
    then is the project's own folder looked into, where dbt v2 has one.
    """
    named = wanted.profiles_dir or environment("PROFILES_DIR")
    folders = [at_home(named)] if named else [Path.cwd(), at_home("~/.dbt"), root]
    for folder in folders:
        if is_file(folder / PROFILES_FILE):
            return folder / PROFILES_FILE
    looked = ", ".join(dict.fromkeys(_short(folder) for folder in folders))
    hint = "say where it is with --profiles-dir, or set DBT_PROFILES_DIR"
    place = on_command_line("--profiles-dir") if wanted.profiles_dir else Place(PROFILES_FILE)
    raise refused("profile-missing", f"there is no {PROFILES_FILE} in {looked}", place, hint)


def plain(node: Node) -> Any:
    """Give a node as a value of Python's own, Jinja rendered: dict, list, text, number, bool or None."""
    match node:
        case Nodes(entries):
            return {key.text: plain(value) for key, value in entries}
        case Sequence(items):
            return [plain(item) for item in items]
        case Scalar():
            return _value(node)


def _value(scalar: Scalar) -> Any:
    if has_jinja(scalar):
        return rendered(scalar)
    if scalar.is_null:
        return None
    if scalar.quote:
        return scalar.text
    if _NUMBER.fullmatch(scalar.text):
        return int(scalar.text)
    return _WORDS.get(scalar.text.lower(), scalar.text)


def _default_target(profile: Nodes) -> str:
    named = profile.get("target")
    return str(_value(named)) if isinstance(named, Scalar) and not named.is_null else "default"


def _names(node: Node | None, *, besides: str = "") -> list[str]:
    return [key.text for key, _ in node.entries if key.text != besides] if isinstance(node, Nodes) else []


def _short(path: Path) -> str:
    """Give a folder or a file as people write it: relative to here or to home where it is inside."""
    for base, mark in ((at_home("~"), "~"), (Path.cwd(), ".")):
        if path == base:
            return "this folder" if mark == "." else mark
        if path.is_relative_to(base):
            return f"{mark}/{path.relative_to(base).as_posix()}"
    return str(path)
