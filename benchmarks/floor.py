"""The floor: read the book once and add it up by customer. No answer can be had for less.

python benchmarks/floor.py '{"shape": "intervals", ...}'
"""

import sys

from books import DATED, Job, job_from_text
from warehouse import opened


def build(job: Job) -> None:
    """One table: what each customer's rows amount to."""
    with opened(job) as connection:
        connection.execute(f"""
            create table customers as
            select customer_id, sum(amount) as amount, min({DATED[job.shape]}) as first_day
            from given
            group by customer_id
        """)


if __name__ == "__main__":
    build(job_from_text(sys.argv[1]))
