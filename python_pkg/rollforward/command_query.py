"""`rollforward query` and `rollforward sql`."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from rollforward.answer import Answer
from rollforward.arguments import DATA_FORMATS
from rollforward.asking import Question, answer_to, rows_of
from rollforward.dialects import Dialect
from rollforward.errors import Place, ProblemsFound, on_command_line, refused
from rollforward.exports import as_csv, as_json
from rollforward.observed import built_as_of_another_day, reach_of, where_there_are_any
from rollforward.options import listed, wanted_of
from rollforward.profile import Wanted
from rollforward.relations import Located, locate
from rollforward.resolve import Meanings
from rollforward.said import Said, Setting
from rollforward.screen import Screen
from rollforward.session import Session, open_session
from rollforward.table_view import as_text
from rollforward.tables import Table
from rollforward.workspace import Workspace, dialect_for, first_dialect, open_workspace


@dataclass(frozen=True, slots=True)
class _Asking:
    """What every question to the database needs."""

    meanings: Meanings
    dialect: Dialect
    session: Session
    located: Located

    def answer(self, question: Question) -> tuple[Answer, Table]:
        """Give the statement that answers a question, and its rows; raises ProblemsFound."""
        found = answer_to(question, self.meanings, self.dialect, self.located.relations)
        return found, rows_of(found, self.session)

    def why_nothing(self, question: Question, found: Answer) -> Iterator[str]:
        """Say what keeps a question from having rows: its condition, else which periods there are."""
        if question.where:
            _, unrestricted = self.answer(replace(question, where="", limit=None))
            if unrestricted.rows:
                rows = len(unrestricted.rows)
                yield f"--where leaves none of {rows} rows: --by shows which values there are"
                return
        book, settings = found.plan.meaning.book, self.meanings.catalog.settings
        for comparison in found.plan.meaning.comparisons:
            yield where_there_are_any(self.session, self.located.models, book, comparison, settings)


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
        asking = _Asking(workspace.meanings, dialect_for(target), session, located)
        found, table = asking.answer(question)
        settings, book = workspace.meanings.catalog.settings, found.plan.meaning.book
        reach = reach_of(session, located.models, book)
        why = () if table.rows else tuple(asking.why_nothing(question, found))
    doubts = built_as_of_another_day(reach, book, settings)
    notes = tuple(f"rollforward: {note}" for note in (*located.notes, *workspace.notes(), *doubts, *why))
    through = None if reach is None else reach.through
    # A file is read on other screens, and by programs: nothing in it is of this one but its width.
    screen = Screen(width=setting.screen.width) if options.output else setting.screen
    if form == "parquet" and options.output is None and screen.terminal:
        message, hint = "parquet cannot be read on a screen", "say --output FILE, or pipe it"
        raise refused("binary-to-terminal", message, on_command_line("--format"), hint)
    written = _written(form, found, table, through, screen, settings.fiscal_year_start_month)
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
    return ending if form == "table" and ending in DATA_FORMATS else form


_FOR_PEOPLE = ".txt or .md"
_OTHERS = ("xlsx", "xls", "ods", "tsv", "pdf", "html", "duckdb", "db", "png", "svg", "gz", "zip")
"""Endings that other programs go by: they are not believed even where a format is asked for."""


def _check_ending(ending: str, form: str) -> None:
    """Refuse an ending that promises what the file would not hold; raises ProblemsFound."""
    place, is_plot = on_command_line("--output"), form == "plot"
    if is_plot and ending in DATA_FORMATS:
        message, hint = f"a plot is no {ending}", f"end the file in {_FOR_PEOPLE}, or leave --plot out"
        raise refused("plot-of-data", message, place, hint)
    is_asked = form in DATA_FORMATS
    if ending in _OTHERS or not (is_asked or ending in ("", "txt", "md", *DATA_FORMATS)):
        endings = _FOR_PEOPLE if is_plot else f".csv, .json or .parquet, or {_FOR_PEOPLE} for the table"
        raise refused("unknown-ending", f"nothing is written as .{ending}", place, f"end it in {endings}")


def _written(
    form: str, found: Answer, table: Table, through: date | None, screen: Screen, fiscal: int
) -> str | bytes:
    """Give an answer in a format, or as a plot."""
    match form:
        case "plot":
            from rollforward.plot import plot

            return plot(found, table, through, screen, fiscal)
        case "csv":
            return as_csv(table)
        case "json":
            return as_json(table, through)
        case "parquet":
            from rollforward.parquet import as_parquet

            return as_parquet(table)
        case _:
            return as_text(found, table, through, screen, fiscal)


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
