"""The database a contender works in: its threads and memory, and the generated files read in place.

As a script it moves everything written into the database's one file, whose size is then what the build takes.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
from books import Job


def settings(job: Job) -> dict[str, str | int | bool]:
    """DuckDB's settings, the same for every contender; with little memory, rows need not keep their order."""
    limit = {"memory_limit": job.memory_limit, "preserve_insertion_order": False} if job.memory_limit else {}
    return {"threads": job.threads, **limit}


def read_files(job: Job) -> str:
    """The book's files as a relation."""
    return f"read_parquet('{job.files}/**/*.parquet', hive_partitioning = false)"


@contextmanager
def opened(job: Job) -> Iterator[duckdb.DuckDBPyConnection]:
    """The job's database with the book as view `given`; what was written is in its file afterwards."""
    with duckdb.connect(str(job.database), config=settings(job)) as connection:
        connection.execute(f"create view given as select * from {read_files(job)}")
        yield connection
        connection.execute("checkpoint")


if __name__ == "__main__":
    with duckdb.connect(sys.argv[1]) as checked:
        checked.execute("checkpoint")
