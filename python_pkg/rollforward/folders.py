"""The names dbt and rollforward give to files and folders of a project."""

from __future__ import annotations

import os
import re
from pathlib import Path

PROJECT_FILE = "dbt_project.yml"
VARS_FILE = "vars.yml"
PACKAGES_FILE, DEPENDENCIES_FILE = "packages.yml", "dependencies.yml"
"""Where a project names its packages: dbt takes either."""
DEFINITIONS = "metrics"
"""The folder of definitions, and that of generated files below the first macro and model paths."""


_TARGET_PATH = re.compile(r"""^target-path:[ ]*(["']?)([^"'#{\n]+?)\1[ ]*(?:#.*)?$""", flags=re.M)


def target_folder(root: Path, given: str = "") -> Path:
    """Give the folder dbt writes to: the one it was given, the environment's, the project's, else target/.

    The project's is looked for in the text: where nothing has changed no YAML is read.
    What Jinja makes is not known.
    """
    named = given or environment("TARGET_PATH")
    if not named:
        try:
            said = _TARGET_PATH.search((root / PROJECT_FILE).read_text(encoding="utf-8", errors="replace"))
        except OSError:
            said = None
        named = said.group(2) if said else "target"
    return root / named


def seen_from(path: Path, root: Path) -> str:
    """Give a path as seen from a folder; on Windows none leads from one drive to another."""
    try:
        return os.path.relpath(path, root)
    except ValueError:
        return str(path)


def environment(option: str) -> str:
    """Give what the environment says for an option of dbt's, such as PROFILES_DIR, or an empty text.

    dbt 1.11 and later know DBT_ENGINE_PROFILES_DIR beside DBT_PROFILES_DIR, and take the longer name first.
    """
    return os.environ.get(f"DBT_ENGINE_{option}") or os.environ.get(f"DBT_{option}", "")


def is_file(path: Path) -> bool:
    """Whether there is such a file: with a name too long for one there is none either."""
    try:
        return path.is_file()
    except OSError:
        return False


def is_folder(path: Path) -> bool:
    """Whether there is such a folder, as far as anybody may look."""
    try:
        return path.is_dir()
    except OSError:
        return False


def at_home(path: str) -> Path:
    """Give a path with the home folder for ~; where nobody has that name, or no home, it stays as it is."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)


def find_root(start: Path) -> Path | None:
    """Give the nearest folder at or above a folder that holds a dbt project."""
    return next((folder for folder in (start, *start.parents) if is_file(folder / PROJECT_FILE)), None)
