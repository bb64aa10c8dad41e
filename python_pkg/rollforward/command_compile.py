"""`rollforward compile` and `rollforward check`."""

from __future__ import annotations

from argparse import Namespace

from rollforward.folders import target_folder
from rollforward.project import Outcome, check_project, compile_project
from rollforward.said import Said, Setting, as_json, problems_said


def run(options: Namespace, setting: Setting) -> Said:
    """Bring the generated files in line, or say that they are; raises ProblemsFound."""
    root = setting.root
    if options.command == "check":
        check_project(root, target_folder(root))
        return _said(Outcome(), options.format, "generated files are what the definitions say")
    outcome = compile_project(root, target_folder(root))
    return _said(outcome, options.format, "nothing to write: generated files are what the definitions say")


def _said(outcome: Outcome, how: str, nothing: str) -> Said:
    if how == "sarif":
        return problems_said((), how, colour=False)
    if how == "json":
        return Said(as_json({"written": outcome.written, "removed": outcome.removed, "problems": []}))
    lines = [f"wrote {path}" for path in outcome.written] + [f"removed {path}" for path in outcome.removed]
    return Said("\n".join(lines or [nothing]) + "\n")
