"""The dbt v1 plugin: a dbt command first brings generated files in line with metrics/*.yml.

ROLLFORWARD_COMPILE says how: `write` (the default), `check` (the default where CI is set), `off`. An error in
a module of this kind stops every dbt command, so everything else is imported only when it is needed.
"""

from __future__ import annotations

import os
from pathlib import Path

try:
    from dbt.plugins.manager import dbtPlugin
except ImportError:  # dbt v2 has no plugins, and its absence must not break an import.
    plugins: list[type] = []
else:

    class RollforwardPlugin(dbtPlugin):  # type: ignore[misc, unused-ignore]
        """Runs the compiler after dbt has read dbt_project.yml and before it reads any model."""

        def initialize(self) -> None:
            """Compile or check; what is wrong arrives rendered, for dbt shows only the text of an error."""
            from dbt.flags import get_flags

            flags = get_flags()  # type: ignore[no-untyped-call, unused-ignore]
            if flags.WHICH not in SKIPPED:
                refresh(Path(str(flags.PROJECT_DIR)).resolve(), str(flags.TARGET_PATH or ""))

    plugins = [RollforwardPlugin]

SWITCH = "ROLLFORWARD_COMPILE"
MODES = ("write", "check", "off")
SKIPPED = ("clean", "debug", "deps", "init")


def refresh(root: Path, target: str) -> None:
    """Compile or check a project that has definitions and the package; any other is left alone."""
    mode = chosen_mode()
    if mode == "off" or not (root / "metrics").is_dir():
        return
    from rollforward.folders import target_folder
    from rollforward.project import check_project, compile_project, is_due

    folder = target_folder(root, target)
    if is_due(root, folder):
        (compile_project if mode == "write" else check_project)(root, folder)


def chosen_mode() -> str:
    """Give the mode the environment asks for."""
    given = os.environ.get(SWITCH, "")
    if given and given not in MODES:
        raise ValueError(f"{SWITCH} is '{given}'; allowed: {', '.join(MODES)}")
    in_ci = os.environ.get("CI", "").lower() not in ("", "0", "false", "no")
    return given or ("check" if in_ci else "write")
