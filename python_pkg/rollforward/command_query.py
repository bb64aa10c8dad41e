"""`rollforward query` and `rollforward sql`."""

from __future__ import annotations

from argparse import Namespace

from rollforward.answer import Answer
from rollforward.asking import Question, answer_to, rows_of
from rollforward.errors import Place, ProblemsFound, on_command_line, refused
from rollforward.exports import as_csv, as_json
from rollforward.observed import where_there_are_any
from rollforward.options import listed, wanted_of
from rollforward.profile import Wanted
from rollforward.relations import PROBLEMS, Located, locate
from rollforward.said import Said, Setting
from rollforward.screen import Screen
from rollforward.session import Session, open_session
from rollforward.table_view import as_text
from rollforward.tables import Table
from rollforward.workspace import Workspace, dialect_for, first_dialect, open_workspace


def run(options: Namespace, setting: Setting) -> Said:
    """Answer a question, or say what would answer it; raises ProblemsFound."""
    question = question_of(options)
    workspace = open_workspace(setting.root)
    if options.command == "sql":
        return _statement(question, workspace, wanted_of(options))
    if options.plot and options.format != "table":
        message, hint = "a plot is no file format", "leave --format out"
        raise refused("plot-of-data", message, on_command_line("--plot"), hint)
    form = _form(options)
    wanted = wanted_of(options)
    target = workspace.target(wanted)
    with open_session(target, setting.root, wanted) as session:
        located = locate(workspace.layout, workspace.folder, target, session)
        found = answer_to(question, workspace.meanings, dialect_for(target), located.relations)
        table = rows_of(found, session)
        where = [] if table.rows else _where_there_are_any(found, located, session)
    notes = tuple(f"rollforward: {note}" for note in (*located.notes, *workspace.notes(), *where))
    fiscal = workspace.meanings.catalog.settings.fiscal_year_start_month
    # A file is read on other screens, and by programs: nothing in it is of this one but its width.
    screen = Screen(width=setting.screen.width) if options.output else setting.screen
    if form == "parquet" and options.output is None and screen.terminal:
        message, hint = "parquet cannot be read on a screen", "say --output FILE, or pipe it"
        raise refused("binary-to-terminal", message, on_command_line("--format"), hint)
    written = _written(form, found, table, screen, fiscal)
    if options.output is not None:
        rows = "1 row" if len(table.rows) == 1 else f"{len(table.rows)} rows"
        return _saved(options, written, "the plot" if options.plot else rows, notes)
    return Said(written, notes)


def _form(options: Namespace) -> str:
    """Give what to write an answer as: as asked, else as the ending of the file says."""
    form = "plot" if options.plot else str(options.format)
    if options.output is None:
        return form
    ending = options.output.suffix.lower().removeprefix(".")
    _check_ending(ending, form)
    return ending if form == "table" and ending in _DATA else form


_DATA = ("csv", "json", "parquet")
_FOR_PEOPLE = ".txt or .md"
_OTHERS = ("xlsx", "xls", "ods", "tsv", "pdf", "html", "duckdb", "db", "png", "svg", "gz", "zip")
"""Endings that other programs go by: they are not believed even where a format is asked for."""


def _check_ending(ending: str, form: str) -> None:
    """Refuse an ending that promises what the file would not hold; raises ProblemsFound."""
    place, is_plot = on_command_line("--output"), form == "plot"
    if is_plot and ending in _DATA:
        message, hint = f"a plot is no {ending}", f"end the file in {_FOR_PEOPLE}, or leave --plot out"
        raise refused("plot-of-data", message, place, hint)
    is_asked = form in _DATA
    if ending in _OTHERS or not (is_asked or ending in ("", "txt", "md", *_DATA)):
        endings = _FOR_PEOPLE if is_plot else f".csv, .json or .parquet, or {_FOR_PEOPLE} for the table"
        raise refused("unknown-ending", f"nothing is written as .{ending}", place, f"end it in {endings}")


def _where_there_are_any(found: Answer, located: Located, session: Session) -> list[str]:
    """Say which periods there are, for a question that has no answer."""
    meaning, cohorts, problems = found.plan.meaning, located.relations.cohorts, located.models[PROBLEMS]
    return [
        where_there_are_any(session, cohorts, problems, meaning.book, comparison.name)
        for comparison in meaning.comparisons
    ]


def _written(form: str, found: Answer, table: Table, screen: Screen, fiscal: int) -> str | bytes:
    """Give an answer in a format, or as a plot."""
    match form:
        case "plot":
            from rollforward.plot import plot

            return plot(found, table, screen, fiscal)
        case "csv":
            return as_csv(table)
        case "json":
            return as_json(table)
        case "parquet":
            from rollforward.parquet import as_parquet

            return as_parquet(table)
        case _:
            return as_text(found, table, screen, fiscal)


def _saved(options: Namespace, written: str | bytes, what: str, notes: tuple[str, ...]) -> Said:
    try:
        if isinstance(written, bytes):
            options.output.write_bytes(written)
        else:
            options.output.write_text(written, encoding="utf-8", newline="\n")
    except OSError as error:
        place = Place(str(options.output))
        raise refused("not-writable", f"cannot be written: {error.strerror}", place) from None
    return Said(notes=(*notes, f"rollforward: wrote {what} to {options.output}"))


def _statement(question: Question, workspace: Workspace, wanted: Wanted) -> Said:
    """Give the SQL alone; without a profile, for the engine that the manifest names."""
    try:
        target = workspace.target(wanted)
    except ProblemsFound:
        if wanted != Wanted():
            raise
        target = None
    located = locate(workspace.layout, workspace.folder, target)
    dialect = dialect_for(target) if target else first_dialect(located.adapters)
    notes = tuple(f"rollforward: {note}" for note in located.notes)
    return Said(answer_to(question, workspace.meanings, dialect, located.relations).sql, notes)


def question_of(options: Namespace) -> Question:
    """Give the question that options ask."""
    return Question(
        metrics=listed(options.metrics),
        book=options.book,
        comparisons=listed(options.comparison),
        by=listed(options.by),
        where=options.where,
        start=options.start,
        end=options.end,
        include_incomplete=options.include_incomplete,
        order_by=listed(options.order_by),
        limit=options.limit,
    )
