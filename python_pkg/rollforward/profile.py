"""The dbt profile: which database a target stands for, found and read the way dbt does, without dbt.

Only the chosen output is rendered, as dbt does it. `env_var` alone, which is nearly all that profiles hold,
is read here; anything more is Jinja's, which is loaded then and not before.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rollforward.errors import Place, did_you_mean, refused
from rollforward.folders import environment
from rollforward.source import Mapping as Nodes
from rollforward.source import Node, Scalar, Sequence, content_of, read_document

PROFILES_FILE = "profiles.yml"
_ENV_VAR = re.compile(
    r"\{\{\s*env_var\(\s*(?P<q>['\"])(?P<name>\w+)(?P=q)\s*"
    r"(?:,\s*(?P<r>['\"])(?P<default>[^'\"{}]*)(?P=r)\s*)?\)\s*\}\}"
)
_JINJA = ("{{", "{%", "{#")
_RAISED_BY_TEMPLATES = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What the expressions of a template raise that Jinja passes on: 1 / 0, a call without its arguments."""
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
    """What the user asked for: `--profiles-dir`, `--profile`, `--target`, each empty where not given."""

    profiles_dir: str = ""
    profile: str = ""
    target: str = ""


def read_target(root: Path, profile: Scalar | None, wanted: Wanted) -> Target:
    """Give the target of a project whose dbt_project.yml names a profile; raises ProblemsFound."""
    file = find_profiles(root, wanted)
    document = read_document(str(file), content_of(file, str(file)), anchors=True)
    given = wanted.profile or environment("PROFILE") or (profile.text if profile else "")
    if not given:
        hint = "write `profile: <name>`, or say --profile"
        raise refused("profile-missing", "dbt_project.yml names no profile", Place("dbt_project.yml"), hint)
    known = _names(document.root, besides="config")
    outputs_of = document.root.get(given)
    if not isinstance(outputs_of, Nodes):
        hint = did_you_mean(given, known, otherwise=f"it has: {', '.join(known) or 'no profile'}")
        raise refused("profile-missing", f"there is no profile '{given}' in it", Place(str(file)), hint)
    default = _default_target(outputs_of)
    name = wanted.target or environment("TARGET") or default
    outputs = outputs_of.get("outputs")
    output = outputs.get(name) if isinstance(outputs, Nodes) else None
    if not isinstance(output, Nodes):
        known = _names(outputs)
        hint = did_you_mean(name, known, otherwise=f"it has: {', '.join(known) or 'no output'}")
        said = f"profile '{given}' has no target '{name}'"
        raise refused("target-missing", said, Place(str(file)), hint)
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
    folders = [Path(named).expanduser()] if named else [Path.cwd(), Path.home() / ".dbt", root]
    for folder in folders:
        if (folder / PROFILES_FILE).is_file():
            return folder / PROFILES_FILE
    looked = ", ".join(dict.fromkeys(_short(folder) for folder in folders))
    hint = "say where it is with --profiles-dir, or set DBT_PROFILES_DIR"
    raise refused("profile-missing", f"there is no {PROFILES_FILE} in {looked}", Place(PROFILES_FILE), hint)


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
    if any(mark in scalar.text for mark in _JINJA):
        return _rendered(scalar)
    if scalar.is_null:
        return None
    if scalar.quote:
        return scalar.text
    if _NUMBER.fullmatch(scalar.text):
        return int(scalar.text)
    return _WORDS.get(scalar.text.lower(), scalar.text)


def _rendered(scalar: Scalar) -> str:
    text = _ENV_VAR.sub(lambda found: _environment(scalar, found["name"], found["default"]), scalar.text)
    if not any(mark in text for mark in _JINJA):
        return text
    try:
        import jinja2
    except ImportError:
        message = f"'{scalar.text}' is Jinja beyond a plain env_var, and jinja2 is not installed"
        hint = "pip install jinja2 (dbt brings it along), or write {{ env_var('NAME') }}"
        raise refused("needs-jinja2", message, scalar.place, hint) from None
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)
    environment.filters |= dict.fromkeys(("as_text", "as_bool", "as_number", "as_native"), _same)

    def env_var(name: str, default: object = None) -> str:
        return _environment(scalar, name, default)

    # What messages call it.
    env_var.__qualname__ = "env_var"
    try:
        return environment.from_string(scalar.text).render(env_var=env_var)
    except (jinja2.TemplateError, *_RAISED_BY_TEMPLATES) as error:
        message = f"'{scalar.text}' cannot be rendered: {error}"
        raise refused("needs-jinja2", message, scalar.place, "profiles know env_var and no macros") from None


def _environment(scalar: Scalar, name: str, default: object) -> str:
    value = os.environ.get(name)
    if value is None and default is None:
        message = f"the environment variable {name} is not set"
        raise refused(
            "env-var-missing", message, scalar.place, f"set it, or give env_var('{name}', a default)"
        )
    return str(default) if value is None else value


def _same(value: object) -> object:
    return value


def _default_target(profile: Nodes) -> str:
    named = profile.get("target")
    return str(_value(named)) if isinstance(named, Scalar) and not named.is_null else "default"


def _names(node: Node | None, *, besides: str = "") -> list[str]:
    return [key.text for key, _ in node.entries if key.text != besides] if isinstance(node, Nodes) else []


def _short(folder: Path) -> str:
    """Give a folder as people write it: relative to here or to home where it is inside."""
    for base, mark in ((Path.home(), "~"), (Path.cwd(), ".")):
        if folder == base:
            return "this folder" if mark == "." else mark
        if folder.is_relative_to(base):
            return f"{mark}/{folder.relative_to(base).as_posix()}"
    return str(folder)
