"""How long an answer takes once all is built: the same questions to rollforward's tables and the naive.

python benchmarks/questions.py '{"shape": "intervals", ...}' rollforward answers.json
"""

import json
import statistics
import sys
import time
from pathlib import Path

import duckdb
from books import ATTRIBUTES, Job, job_from_text
from warehouse import settings

TIMES = 20
LONGEST = 20_000
COMPARISON = "trailing_12_months"

# What a metric view asks: net expansion rate by plan, month by month. Both have added up their cohorts, so
# both are asked for those.
RATE_BY_ATTRIBUTE = {
    "rollforward": """
        select
            period_end,
            {attribute},
            cast(sum(existing_revenue) as double) / nullif(cast(sum(starting_revenue) as double), 0) as rate
        from rollforward__revenue_cohorts
        where book = '{book}' and comparison = '{comparison}' and is_complete
        group by period_end, {attribute}
        order by period_end, {attribute}
    """,
    "naive": """
        select
            period_end,
            {attribute},
            cast(sum(existing_revenue) as double) / nullif(cast(sum(starting_revenue) as double), 0) as rate
        from cohorts
        where comparison = '{comparison}' and is_complete
        group by period_end, {attribute}
        order by period_end, {attribute}
    """,
}

# The drill-down: of all customers of the last period, the 100 that shrank most. It is asked of rollforward's
# view, worked out when it is asked, and of the table the naive build left.
LARGEST_LOSSES = {
    "rollforward": """
        select unit, {attribute}, starting_amount, ending_amount, movement
        from rollforward__customer_movements
        where book = '{book}' and comparison = '{comparison}' and period_end = date '{period_end}'
        order by ending_amount - starting_amount, cast(unit as bigint)
        limit 100
    """,
    "naive": """
        select cast(customer_id as varchar) as unit, {attribute}, starting_amount, ending_amount, movement
        from customers_{comparison}
        where period_end = date '{period_end}'
        order by ending_amount - starting_amount, customer_id
        limit 100
    """,
}
QUESTIONS = {
    "rate by attribute and month, of the cohorts": RATE_BY_ATTRIBUTE,
    "largest losses of one period, of the customers": LARGEST_LOSSES,
}


def asked(job: Job, contender: str, book: str) -> dict[str, str]:
    """The text of every question, as one of the two puts it."""
    given = {
        "book": book,
        "attribute": ATTRIBUTES[job.shape][0],
        "comparison": COMPARISON,
        "period_end": job.book.last_day,
    }
    return {question: text[contender].format(**given) for question, text in QUESTIONS.items()}


def answers(job: Job, contender: str, book: str = "book") -> dict[str, list[tuple[object, ...]]]:
    """The rows that answer every question."""
    with duckdb.connect(str(job.database), read_only=True, config=settings(job)) as connection:
        questions = asked(job, contender, book).items()
        return {question: connection.execute(sql).fetchall() for question, sql in questions}


def milliseconds(job: Job, contender: str, book: str = "book") -> dict[str, float]:
    """The median time of every question, asked again and again."""
    with duckdb.connect(str(job.database), read_only=True, config=settings(job)) as connection:
        questions = asked(job, contender, book).items()
        return {question: median_time(sql, connection) for question, sql in questions}


def median_time(sql: str, connection: duckdb.DuckDBPyConnection) -> float:
    """The median of 20 times in milliseconds, rows fetched, or of as many as begin within 20 seconds.

    A first time, on a cold disk, is left out, unless there is no other.
    """
    taken: list[float] = []
    while not taken or (len(taken) <= TIMES and sum(taken) < LONGEST):
        began = time.perf_counter()
        connection.execute(sql).fetchall()
        taken.append(1000 * (time.perf_counter() - began))
    return statistics.median(taken[1:] or taken)


if __name__ == "__main__":
    figures = milliseconds(job_from_text(sys.argv[1]), sys.argv[2])
    Path(sys.argv[3]).write_text(json.dumps(figures))
