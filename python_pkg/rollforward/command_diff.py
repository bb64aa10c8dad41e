"""`rollforward diff`: what changed in meaning since a git revision, and in published values."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from rollforward.diff_text import Difference, as_data, as_markdown, as_text
from rollforward.errors import on_command_line
from rollforward.folders import PACKAGES_FILE, VARS_FILE
from rollforward.layout import vars_document
from rollforward.options import wanted_of
from rollforward.profile import Wanted
from rollforward.relations import locate
from rollforward.revision import Revision, meanings_at
from rollforward.said import DONE, PROBLEMS, Said, Setting, as_json
from rollforward.semantic_diff import State, changes, state_of
from rollforward.session import Session, open_session
from rollforward.session_duckdb import open_file
from rollforward.source import Document, read_document
from rollforward.value_diff import Published, ViewValues, compared
from rollforward.workspace import Workspace, open_workspace


def run(options: Namespace, setting: Setting) -> Said:
    """Compare with a revision; raises ProblemsFound."""
    workspace = open_workspace(setting.root)
    base = meanings_at(workspace.layout, options.base)
    before = state_of(base.meanings, _settings_then(base))
    after = state_of(workspace.meanings, vars_document(workspace.layout))
    found = Difference(
        base=options.base,
        commit=base.commit,
        changes=changes(before, after),
        values=_values(options, workspace, before, after, setting),
        fiscal=workspace.meanings.catalog.settings.fiscal_year_start_month,
        limit=options.limit,
    )
    code = PROBLEMS if options.exit_code and not found.is_empty else DONE
    notes = tuple(f"rollforward: {note}" for note in _notes(base, setting.root))
    match options.format:
        case "json":
            return Said(as_json(as_data(found)), notes, code)
        case "markdown":
            return Said(as_markdown(found), notes, code)
        case _:
            return Said(as_text(found, setting.screen), notes, code)


def _settings_then(base: Revision) -> Document:
    """Give the file that held the vars at a revision, whose folder is gone by now."""
    if VARS_FILE in base.texts:
        return read_document(VARS_FILE, base.texts[VARS_FILE], anchors=True, empty=True)
    return base.layout.project_file


def _notes(base: Revision, root: Path) -> list[str]:
    file = root / PACKAGES_FILE
    now = file.read_bytes() if file.is_file() else None
    if base.texts.get(PACKAGES_FILE) != now:
        return [
            f"{PACKAGES_FILE} differs from {base.name}: shipped metrics are taken as they are installed now"
        ]
    return []


def _values(
    options: Namespace, workspace: Workspace, before: State, after: State, setting: Setting
) -> Sequence[ViewValues] | None:
    """Compare what both databases publish; None where no other database is named."""
    if not options.base_target and not options.base_database:
        return None
    wanted = wanted_of(options)
    target = workspace.target(wanted)
    views = tuple(name for name in after.views if name in before.views)
    with open_session(target, setting.root, wanted) as session:
        located = locate(workspace.layout, workspace.folder, target, session, views)
        now = located.models
        if options.base_database:
            with open_file(options.base_database, on_command_line("--base-database")) as other:
                return _compared(before, after, (other, located.in_file), (session, now))
        other_wanted = Wanted(wanted.profiles_dir, wanted.profile, options.base_target, "--base-target")
        other_target = workspace.target(other_wanted)
        with open_session(other_target, setting.root, other_wanted) as other:
            then = locate(workspace.layout, workspace.folder, other_target, other, views).models
            return _compared(before, after, (other, then), (session, now))


def _compared(
    before: State,
    after: State,
    then: tuple[Session, dict[str, str]],
    now: tuple[Session, dict[str, str]],
) -> list[ViewValues]:
    """Compare the views that are in both states; each of `then` and `now` is a database and what is where."""
    return [
        compared(Published(before.views[name], then[0], then[1][name]), Published(view, now[0], now[1][name]))
        for name, view in after.views.items()
        if name in before.views
    ]
