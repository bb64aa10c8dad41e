"""The same in Python: `from rollforward import Project`.

    project = Project("path/to/project")
    result = project.query(["net_expansion_rate"], by=["plan"], comparison="trailing_12_months")
    result.rows, result.pandas()

Everything raises `rollforward.ProblemsFound`, whose text says what is wrong and what to do about it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from rollforward.asking import Question, answer_to, rows_of
from rollforward.dialects import Dialect
from rollforward.errors import Place, refused
from rollforward.explain import Asked, Explanation, explain
from rollforward.folders import PROJECT_FILE, find_root
from rollforward.profile import Wanted
from rollforward.relations import Located, locate
from rollforward.session import Session, open_session
from rollforward.tables import Table
from rollforward.workspace import Workspace, dialect_for, open_workspace


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to a query: rows by the names of their columns, amounts as Decimal, rates as float."""

    table: Table
    sql: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return self.table.names

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows, each a dict."""
        return self.table.records()

    def arrow(self) -> Any:
        """Give a pyarrow.Table; amounts are decimal128. Needs pyarrow."""
        from rollforward.parquet import as_arrow

        return as_arrow(self.table)

    def pandas(self) -> Any:
        """Give a pandas.DataFrame; amounts stay Decimal. Needs pandas."""
        import pandas

        return pandas.DataFrame(list(self.table.rows), columns=list(self.columns))

    def __len__(self) -> int:
        """Give the number of rows."""
        return len(self.table.rows)


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric there is to ask for."""

    name: str
    label: str
    description: str
    aliases: tuple[str, ...]


class Project:
    """A dbt project with rollforward, and the database of one of its targets."""

    def __init__(
        self,
        path: str | Path = ".",
        *,
        profiles_dir: str | Path = "",
        profile: str = "",
        target: str = "",
    ) -> None:
        """Read the definitions of the project in a folder or above it."""
        root = find_root(Path(path).resolve())
        if root is None:
            raise refused("no-project", f"no {PROJECT_FILE} in {path} or above it", Place(str(path)))
        self._wanted = Wanted(str(profiles_dir) if profiles_dir else "", profile, target)
        self._workspace: Workspace = open_workspace(root)

    @property
    def root(self) -> Path:
        """The folder of dbt_project.yml."""
        return self._workspace.layout.root

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Every metric, shipped or the project's own, by name."""
        cards = (each.metric.card for each in self._workspace.meanings.metrics)
        found = (
            Metric(card.name.text, card.label, card.description, tuple(alias.text for alias in card.aliases))
            for card in cards
        )
        return tuple(sorted(found, key=lambda metric: metric.name))

    def query(
        self,
        metrics: str | Sequence[str],
        *,
        by: str | Sequence[str] = (),
        comparison: str | Sequence[str] = (),
        book: str = "",
        where: str = "",
        start: str | date | None = None,
        end: str | date | None = None,
        include_incomplete: bool = False,
        order_by: str | Sequence[str] = (),
        limit: int | None = None,
    ) -> Result:
        """Ask for metrics; what is not said is chosen as on the command line."""
        question = _question(
            metrics, by, comparison, book, where, start, end, include_incomplete, order_by, limit
        )
        with self._asked() as (session, dialect, located):
            found = answer_to(question, self._workspace.meanings, dialect, located.relations)
            return Result(rows_of(found, session), found.sql)

    def sql(
        self,
        metrics: str | Sequence[str],
        *,
        by: str | Sequence[str] = (),
        comparison: str | Sequence[str] = (),
        book: str = "",
        where: str = "",
        start: str | date | None = None,
        end: str | date | None = None,
        include_incomplete: bool = False,
        order_by: str | Sequence[str] = (),
        limit: int | None = None,
    ) -> str:
        """Give the SQL of the same query, without asking the database."""
        question = _question(
            metrics, by, comparison, book, where, start, end, include_incomplete, order_by, limit
        )
        target = self._workspace.target(self._wanted)
        located = locate(self._workspace.layout, self._workspace.folder, target)
        return answer_to(question, self._workspace.meanings, dialect_for(target), located.relations).sql

    def explain(
        self,
        metric: str,
        *,
        period: str = "",
        by: str | Sequence[str] = (),
        comparison: str = "",
        book: str = "",
        where: str = "",
        customers: int = 10,
    ) -> Explanation:
        """Take one value apart: by movement, slice and customer, exactly."""
        asked = Asked(metric, book, comparison, period, _several(by), where, customers)
        with self._asked() as (session, dialect, located):
            return explain(asked, self._workspace.meanings, session, dialect, located.models)

    @contextmanager
    def _asked(self) -> Iterator[tuple[Session, Dialect, Located]]:
        target = self._workspace.target(self._wanted)
        with open_session(target, self.root, self._wanted) as session:
            yield (
                session,
                dialect_for(target),
                locate(self._workspace.layout, self._workspace.folder, target, session),
            )


def _question(
    metrics: str | Sequence[str],
    by: str | Sequence[str],
    comparison: str | Sequence[str],
    book: str,
    where: str,
    start: str | date | None,
    end: str | date | None,
    include_incomplete: bool,
    order_by: str | Sequence[str],
    limit: int | None,
) -> Question:
    return Question(
        metrics=_several(metrics),
        book=book,
        comparisons=_several(comparison),
        by=_several(by),
        where=where,
        start=start,
        end=end,
        include_incomplete=include_incomplete,
        order_by=_several(order_by),
        limit=limit,
    )


def _several(words: str | Sequence[str]) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words)
