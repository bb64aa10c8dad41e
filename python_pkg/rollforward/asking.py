"""A question in the words of a command line or of Python -> a statement, and its rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from rollforward.answer import Answer, answer
from rollforward.days import MONTHS
from rollforward.definitions import Book, Comparison, Selection
from rollforward.dialects import Dialect
from rollforward.errors import on_command_line, refused
from rollforward.resolve import Meanings, comparison_named_by, metric_names
from rollforward.session import Session
from rollforward.source import Scalar, typed
from rollforward.spans import span_of
from rollforward.statement import Relations
from rollforward.tables import Table, table_of


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody wants to know; what is left empty is chosen where there is one choice only.

    Raises ProblemsFound where it names no metric, or limits its rows to less than one.
    """

    metrics: tuple[str, ...]
    book: str = ""
    comparisons: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    where: str = ""
    start: str | date | None = None
    end: str | date | None = None
    include_incomplete: bool = False
    order_by: tuple[str, ...] = ()
    limit: int | None = None

    def __post_init__(self) -> None:
        """Refuse what would be answered with periods and no values, or be the database's to complain of."""
        if not self.metrics:
            hint = "`rollforward list metrics` names them all"
            raise refused("no-metric", "the question names no metric", on_command_line("METRIC"), hint)
        if self.limit is not None:
            check_above_zero(self.limit, "--limit")


def check_above_zero(number: int, option: str) -> None:
    """Raise ProblemsFound where there are to be none or less: from Python, for the grammar takes none."""
    if number < 1:
        raise refused("not-a-number", f"{number} is not above 0", on_command_line(option), "give 1 or more")


def answer_to(question: Question, meanings: Meanings, dialect: Dialect, relations: Relations) -> Answer:
    """Give the statement that answers a question; raises ProblemsFound."""
    return answer(
        selection_of(question, meanings),
        meanings,
        dialect,
        relations,
        order_by=tuple(typed(word, "--order-by") for word in _order(question, meanings)),
        limit=question.limit,
    )


def selection_of(question: Question, meanings: Meanings) -> Selection:
    """Give the selection a question stands for; raises ProblemsFound."""
    fiscal = meanings.catalog.settings.fiscal_year_start_month
    question = replace(question, metrics=tuple(as_declared(name, meanings) for name in question.metrics))
    from_day, to_day = _day(question.start, "--from", 0, fiscal), _day(question.end, "--to", 1, fiscal)
    if from_day is not None and to_day is not None and from_day > to_day:
        message = f"{to_day} is before {from_day}, with which the periods asked for begin"
        hint = "--from names the first period, --to the last"
        raise refused("no-period", message, on_command_line("--to"), hint)
    return Selection(
        metrics=_words(question.metrics, "METRIC"),
        book=typed(question.book, "--book") if question.book else None,
        comparisons=_words(question.comparisons or _default_comparisons(question, meanings), "--comparison"),
        by=_words(question.by, "--by"),
        where=typed(question.where, "--where") if question.where else None,
        incomplete_periods="include" if question.include_incomplete else "exclude",
        from_day=from_day,
        to_day=to_day,
    )


def as_declared(name: str, meanings: Meanings) -> str:
    """Give a name or an alias of a metric as it is declared: who asks may write NRR for nrr."""
    names = [word.text for metric in meanings.catalog.metrics for word in metric_names(metric)]
    return name if name in names else {each.lower(): each for each in names}.get(name.lower(), name)


def _default_comparisons(question: Question, meanings: Meanings) -> tuple[str, ...]:
    """Give what is compared where nobody says: nothing where metrics do, else the book's first comparison.

    Where the book is not clear either, that is what will be said.
    """
    known = meanings.by_name
    metrics = [known[name] for name in question.metrics if name in known]
    if comparison_named_by(metrics):
        return ()
    settings = meanings.catalog.settings
    books = {book.name.text: book for book in settings.books}
    of_metrics = {book for each in metrics for book in each.books}
    names = {question.book} if question.book else of_metrics or set(books)
    book = books.get(next(iter(names))) if len(names) == 1 else None
    return (settings.comparisons_of(book)[0] if book else settings.comparisons[0].name,)


def rows_of(found: Answer, session: Session) -> Table:
    """Ask the database; raises ProblemsFound."""
    return table_of(found.columns, session.rows(found.sql))


def comparison_in_words(comparison: Comparison, book: Book) -> str:
    """Give what is compared with what, as a sentence's end."""
    grain, back = comparison.grain, comparison.lookback
    summed = comparison.periods_summed if book.measurement == "period_sum" else 1
    before = f"the {grain} before" if back == 1 else f"the {grain} {back} {grain}s before"
    if back * MONTHS[grain] == 12 and grain != "year":
        before = f"the {grain} a year before"
    if summed == 1:
        return f"each {grain} against {before}"
    return f"each {summed} {grain}s against the {summed} that end {back} {grain}s before"


def _order(question: Question, meanings: Meanings) -> list[str]:
    """Give the columns to order by: `period` is its start, and a metric may go by an alias."""
    real = {name: meaning.name for name, meaning in meanings.by_name.items()} | {"period": "period_start"}
    words = []
    for given in question.order_by:
        name, _, way = given.partition(" ")
        descending = given.startswith("-") or way.strip().lower() == "desc"
        bare = as_declared(name.removeprefix("-"), meanings)
        words.append(("-" if descending else "") + real.get(bare, bare))
    return words


def _day(given: str | date | None, option: str, side: int, fiscal: int) -> date | None:
    if given is None or given == "":
        return None
    return given if isinstance(given, date) else span_of(given, option, fiscal)[side]


def _words(texts: Iterable[str], option: str) -> tuple[Scalar, ...]:
    return tuple(typed(text, option) for text in texts)
