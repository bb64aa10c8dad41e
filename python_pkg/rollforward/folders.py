"""The names dbt and rollforward give to files and folders of a project."""

from __future__ import annotations

from pathlib import Path

PROJECT_FILE = "dbt_project.yml"
VARS_FILE = "vars.yml"
DEFINITIONS = "metrics"
"""The folder of definitions, and that of generated files below the first macro and model paths."""


def find_root(start: Path) -> Path | None:
    """Give the nearest folder at or above a folder that holds a dbt project."""
    return next((folder for folder in (start, *start.parents) if (folder / PROJECT_FILE).is_file()), None)
