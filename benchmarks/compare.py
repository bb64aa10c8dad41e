"""Are two tables of cohorts the same to the last cell? A benchmark of different answers measures nothing.

python benchmarks/compare.py rollforward.duckdb other.duckdb naive

The last word says who built the other database: `naive`, or `rollforward` in another way.
"""

import sys
from pathlib import Path

import duckdb

COHORTS = "rollforward.rollforward__revenue_cohorts"
OTHERS = {
    "naive": "other.cohorts",
    "rollforward": "(from other.rollforward__revenue_cohorts where book = '{book}')",
}


def differences(rollforward: Path, other: Path, book: str = "book", built_by: str = "naive") -> list[str]:
    """What differs between a book's cohorts and the other ones: nothing, or a few rows of either side."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{rollforward}' as rollforward (read_only)")
        connection.execute(f"attach '{other}' as other (read_only)")
        beside = OTHERS[built_by].format(book=book)
        columns = column_names(beside, connection)
        missing = set(columns) - set(column_names(COHORTS, connection))
        if missing:
            return [f"columns only the other cohorts have: {sorted(missing)}"]
        named = ", ".join(columns)
        sides = {
            "rollforward": f"select {named} from {COHORTS} where book = '{book}'",
            "the other": f"select {named} from {beside}",
        }
        found = unspoken_values(columns, book, connection)
        for side, without in (tuple(sides), tuple(sides)[::-1]):
            only = f"({sides[side]}) except all ({sides[without]})"
            (count,) = connection.execute(f"select count(*) from ({only})").fetchone()
            if count:
                some = connection.execute(f"select * from ({only}) order by all limit 3").fetchall()
                found += [f"{count} rows only in {side}", *map(str, some)]
        (rows,) = connection.execute(f"select count(*) from ({sides['rollforward']})").fetchone()
        return found if rows else [*found, "no rows at all"]


def unspoken_values(columns: list[str], book: str, connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Columns the other cohorts do not have: those of other books' attributes, so null in this one."""
    found = []
    for name in sorted(set(column_names(COHORTS, connection)) - {"book", *columns}):
        (count,) = connection.execute(f"select count({name}) from {COHORTS} where book = '{book}'").fetchone()
        if count:
            found.append(f"column {name} has values, and the other cohorts do not have it")
    return found


def column_names(table: str, connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The columns of a table."""
    return [column[0] for column in connection.execute(f"select * from {table} limit 0").description]


if __name__ == "__main__":
    found = differences(Path(sys.argv[1]), Path(sys.argv[2]), built_by=sys.argv[3])
    if found:
        raise SystemExit("the cohorts differ:\n  " + "\n  ".join(found))
