"""Names that ClickHouse takes for others: an alias for the column it hides, a column for `table.column`.

An alias stands for its expression wherever its name appears in the same select, columns of that name
notwithstanding: `select -amount as amount, amount + 1 as more` adds 1 to what is negative. And a column that
several joined tables have keeps the table in its name, so that the next step does not find it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import sqlglot
from sqlglot import exp

from tests.engines.rendered import Statement

Columns = Mapping[str, list[str]]


def misnamed(statements: Iterable[Statement]) -> Iterator[str]:
    """Give every such name in what is written for ClickHouse."""
    tables: dict[str, list[str]] = {}
    for statement in statements:
        if statement.engine != "clickhouse":
            continue
        tree = _tree(statement.sql)
        # What is asked from the command line is ended by the session, as views end themselves.
        settled = statement.source.startswith("rollforward ") or tree.args.get("settings")
        for name in () if settled else hidden(tree):
            yield f"{statement.source}: {name} is an alias, and a column beside it"
        found: list[str] = []
        name = statement.source.rsplit("/", 1)[-1].removesuffix(".sql")
        tables[name] = _outputs(tree, {}, tables, found)
        for column in dict.fromkeys(found):
            yield f"{statement.source}: {column} is in several of the tables joined: say as what"


@cache
def _tree(sql: str) -> Any:
    return sqlglot.parse_one(sql, read="clickhouse")


def hidden(tree: exp.Expr) -> Iterator[str]:
    """Give the aliases that hide a column which is read in the same select."""
    for select in tree.find_all(exp.Select):
        made = {
            each.alias: each
            for each in select.expressions
            if isinstance(each, exp.Alias)
            and not (isinstance(each.this, exp.Column) and each.this.name == each.alias)
        }
        parts = [select.args.get(name) for name in ("where", "group", "having", "qualify")]
        for part in [*select.expressions, *(select.args.get("joins") or []), *filter(None, parts)]:
            for column in part.find_all(exp.Column):
                here = column.find_ancestor(exp.Select) is select and not column.table
                if here and made.get(column.name) not in (None, part):
                    yield column.name


def _outputs(query: Any, steps: Columns, tables: Columns, found: list[str]) -> list[str]:
    """Give the columns of a query; what is ambiguous on the way is noted."""
    if isinstance(query, exp.Subquery):
        return _outputs(query.this, steps, tables, found)
    if given := query.args.get("with_") or query.args.get("with"):
        for step in given.expressions:
            steps = {**steps, step.alias: _outputs(step.this, steps, tables, found)}
    if isinstance(query, exp.SetOperation):
        _outputs(query.right, steps, tables, found)
        return _outputs(query.left, steps, tables, found)
    return _selected(query, steps, tables, found)


def _selected(select: Any, steps: Columns, tables: Columns, found: list[str]) -> list[str]:
    start = select.args.get("from_") or select.args.get("from")
    joined = [start.this] if start else []
    joined += [join.this for join in select.args.get("joins") or []]
    sources: dict[str, list[str]] = {}
    for source in joined:
        if isinstance(source, exp.Subquery):
            sources[source.alias] = _outputs(source.this, steps, tables, found)
        else:
            sources[source.alias_or_name] = steps.get(source.name, tables.get(source.name, []))
    columns: list[str] = []
    for each in select.expressions:
        if isinstance(each, exp.Star):
            columns += [name for names in sources.values() for name in names]
        elif isinstance(each, exp.Column):
            names = sources.get(each.table, []) if isinstance(each.this, exp.Star) else [each.name]
            columns += names
            for name in names:
                places = [source for source, known in sources.items() if name in known]
                if each.table and len(places) > 1 and (len(sources) > 2 or each.table != next(iter(sources))):
                    found.append(f"{each.table}.{name}")
        else:
            columns.append(each.alias_or_name)
    return columns
