"""Invented books of any size, the same rows on every machine.

Nothing is random and nothing has state: every choice is a hash of what it is about, in integer arithmetic.
A customer signs up on some day of the book's months and stays for up to four years, two on average. Of 100
customers, 72 take one subscription, 22 two and 6 three over their life, few of them at once: of those active
at the end of 2023, 88 % hold one, 11 % two and 1 % three. 5 of the 72 come back with another after theirs has
ended, about half of them early enough to be seen. About every 8 months a subscription changes its amount or
plan. Buyers order nine times in ten months, 20 lines a year, and send some of them back.

    python benchmarks/generate.py intervals 10000 benchmarks/work place.txt
"""

import hashlib
import shutil
import sys
from pathlib import Path

import duckdb
from books import FIRST_DAY, THREADS, Book

# Two rounds of shifting and multiplying within 32 bits: even enough, in a tenth of a cryptographic hash's
# time, and unlike DuckDB's own hash() sure never to change.
DRAWS = (
    """
    create macro mixed_once(x, factor) as (xor(x, x >> 16) * factor) % 4294967296
    """,
    """
    create macro mixed(x) as mixed_once(mixed_once(x, 2146121005::ubigint), 2221713035::ubigint)
    """,
    """
    create macro draw(about, id, below) as cast(
        (mixed(xor(
            mixed(cast(id % 4294967296 as ubigint)),
            xor(cast(id // 4294967296 as ubigint), md5_number_lower(about) % 4294967296)
        )) >> 3) % below as integer)
    """,
)

CUSTOMERS = """
    create table customers as
    select
        id as customer_id,
        cast($first_day as date) + draw('signed up', id, $days) as signed_up_on,
        1 + draw('stays', id, 1460) as days_of_life,
        draw('subscriptions', id, 100) as kind,
        case
            when draw('region', id, 100) = 0 then null
            else ['africa', 'americas', 'asia', 'europe', 'middle east', 'oceania'][1 + draw('region', id, 6)]
        end as region,
        ['EUR', 'GBP', 'JPY', 'USD'][1 + draw('currency', id, 4)] as currency,
        [1, 1, 1, 3, 10, 40][1 + draw('size', id, 6)] as size,
        draw('channel', id, 3) as usual_channel
    from range($customers) as numbers(id)
"""

# Number 0 is everyone's subscription, 1 and 2 are held beside it, 3 comes after it.
SUBSCRIPTIONS = """
    create table subscriptions as
    select
        16 * customer_id + number as subscription_id,
        customer_id,
        case number
            when 0 then signed_up_on
            when 3 then signed_up_on + days_of_life + 30 + draw('comes back', customer_id, 300)
            else signed_up_on + draw('adds', 16 * customer_id + number, days_of_life)
        end as started_on,
        case number
            when 0 then days_of_life
            else 1 + draw('lasts', 16 * customer_id + number, 1460)
        end as days_of_life,
        draw('first plan', 16 * customer_id + number, 5) as first_plan,
        region,
        currency,
        size
    from customers
    inner join range(4) as numbers(number)
        on number = 0
        or (number = 1 and kind >= 72)
        or (number = 2 and kind >= 94)
        or (number = 3 and kind between 67 and 71)
"""

# Change number n comes 230 n days after the start, give or take 95: always after the change before it.
PIECES = """
    create table pieces as
    with changes as (
        select
            subscriptions.*,
            number,
            8 * subscription_id + number as piece_id,
            cast(230 * number as integer) as nominal_day
        from subscriptions cross join range(8) as numbers(number)
    ),

    followed as (
        select
            changes.*,
            case number when 0 then 0 else nominal_day - 95 + draw('changes', piece_id, 190) end as from_day,
            nominal_day + 135 + draw('changes', piece_id + 1, 190) as until_day
        from changes
    )

    select
        subscription_id,
        customer_id,
        started_on + from_day as started_on,
        case
            when started_on + least(until_day, days_of_life) <= cast($last_day as date)
                then started_on + least(until_day, days_of_life)
        end as ended_on,
        cast(size * (999 + 100 * draw('price', piece_id, 40)) / 100 as decimal(10, 2)) as amount,
        ['basic', 'business', 'enterprise', 'pro', 'team'][1 + (first_plan + (number + 1) // 3) % 5] as plan,
        region,
        currency
    from followed
    where from_day < days_of_life and started_on + from_day <= cast($last_day as date)
"""

INTERVALS = "select * from pieces order by started_on, subscription_id"

# A month's snapshot is of its last day.
SNAPSHOTS = """
    with months as (
        select
            number,
            cast(cast($first_day as date) + to_months(cast(number + 1 as integer)) as date) - 1 as month_end
        from range($months) as numbers(number)
    )

    select month_end as snapshot_on, subscription_id, customer_id, amount, plan, region, currency
    from pieces
    inner join months on started_on <= month_end and coalesce(ended_on, date '9999-12-31') > month_end
"""

# 20 lines a year: in 10 months 9 orders, of 1.85 lines. One line in 20 is returned within 40 days.
PAYMENTS = """
    with customer_months as (
        select
            customers.*,
            number as month_number,
            64 * customer_id + number as id,
            cast(cast($first_day as date) + to_months(cast(number as integer)) as date) as month_start
        from customers cross join range($months) as numbers(number)
    ),

    numbered_orders as (
        select
            *,
            4 * id + unnest(range([0, 0, 0, 1, 1, 1, 1, 1, 2, 2][1 + draw('orders', id, 10)])) as order_id
        from customer_months
        where
            signed_up_on < month_start + 31
            and signed_up_on + days_of_life > month_start
    ),

    orders as (
        select *, month_start + draw('ordered', order_id, 28) as ordered_on
        from numbered_orders
        where ordered_on >= signed_up_on and ordered_on < signed_up_on + days_of_life
    ),

    order_lines as (
        select
            *,
            4 * order_id + unnest(range([1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3][
                1 + draw('lines', order_id, 20)
            ])) as line_id
        from orders
    ),

    lines as (
        select *, unnest(case when draw('is returned', line_id, 20) = 0 then [1, -1] else [1] end) as sign
        from order_lines
    )

    select
        order_id,
        line_id,
        customer_id,
        ordered_on + case sign when 1 then 0 else 1 + draw('returned', line_id, 40) end as occurred_on,
        cast(sign * size * (500 + draw('line', line_id, 9500)) / 100 as decimal(10, 2)) as amount,
        ['partner', 'shop', 'web'][
            1 + case draw('changes channel', order_id, 4)
                when 0 then draw('channel', order_id, 3)
                else usual_channel
            end
        ] as channel,
        region,
        currency
    from lines
    where occurred_on <= cast($last_day as date)
"""


def written(book: Book, work: Path) -> Path:
    """The folder with the book's parquet files; they are written unless they are already there."""
    version = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:8]
    folder = work / f"{book.name}_{version}"
    if not folder.exists():
        unfinished = folder.with_name(f"{folder.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        with duckdb.connect(config={"threads": THREADS, "temp_directory": str(work / "temp")}) as connection:
            write(book, unfinished, connection)
            files = f"read_parquet('{unfinished}/**/*.parquet')"
            (rows,) = connection.execute(f"select count(*) from {files}").fetchone()
        (unfinished / "rows.txt").write_text(str(rows))
        unfinished.rename(folder)
    return folder


def write(book: Book, folder: Path, connection: duckdb.DuckDBPyConnection) -> None:
    """Write the book: intervals as one file in the order they began, the others as a folder a month."""
    for macro in DRAWS:
        connection.execute(macro)
    days = (book.last_day - FIRST_DAY).days + 1
    connection.execute(CUSTOMERS, {"customers": book.customers, "first_day": FIRST_DAY, "days": days})
    if book.shape != "payments":
        connection.execute(SUBSCRIPTIONS)
        connection.execute(PIECES, {"last_day": book.last_day})
    months = {"first_day": FIRST_DAY, "months": book.months}
    match book.shape:
        case "intervals":
            connection.execute(f"copy ({INTERVALS}) to '{folder / 'all.parquet'}' (format parquet)")
        case "snapshots":
            connection.execute(copy_months(SNAPSHOTS, "snapshot_on", folder), months)
        case "payments":
            connection.execute(
                copy_months(PAYMENTS, "occurred_on", folder), {**months, "last_day": book.last_day}
            )


def copy_months(query: str, dated: str, folder: Path) -> str:
    """Write what a query gives as parquet, a folder a month, as an export that runs every month leaves it."""
    by_month = f"select *, strftime({dated}, '%Y-%m') as month from ({query})"
    return f"copy ({by_month}) to '{folder}' (format parquet, partition_by (month), overwrite_or_ignore)"


if __name__ == "__main__":
    shape, customers, into, told = sys.argv[1:5]
    Path(told).write_text(str(written(Book(shape, int(customers)), Path(into))))
