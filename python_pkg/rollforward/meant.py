"""Words that people bring along for what is called otherwise here, from SQL and from other tools."""

from __future__ import annotations

from collections.abc import Collection

OPTIONS = """
from to: month months quarter quarters year period periods date dates day days range
from: since start start-date from-date begin begins after starting
to: until till end end-date to-date ends before through
period: month quarter year date day from to since until start end at
by: group-by groupby group slice slices slice-by split-by dimension dimensions attribute attributes segment
attribute: by slice slices slice-by dimension dimensions segment columns
where: filter filters condition having
output: out outfile output-file file save save-to write to-file
order-by: sort sort-by sort-on order orderby
limit: top head first rows max-rows n
customers: limit top head n rows
comparison: compare compare-to compare-with compared-with versus vs against grain
base: compare compare-to since against from branch revision rev ref
plot: chart graph draw
include-incomplete: incomplete partial include-partial all
relation: table model source seed from
unit: customer customer-id account account-id user
amount: value money revenue mrr price
date: day start start-date end end-date started-on ended-on occurred-on snapshot-on
key: id row-id primary-key unique-key
dry-run: dry preview
project-dir: project dir directory
"""
"""Options, behind each what it is called elsewhere; which of them is meant depends on those a command has."""

KEYS = """
expr: formula sql expression calculation calc
agg: aggregate function
filter: where condition
where: filter filters condition
by: group_by slice_by dimensions slices attributes
metrics: measures metric
comparisons: comparison
input: measure metric
materialized: materialization
relation: model table source ref
shape: type kind
unit: customer customer_id account account_id client client_id user user_id entity
amount: value mrr arr revenue price total
started_on: start start_date start_on starts_on started_at starts_at valid_from begin
ended_on: end end_date end_on ends_on ended_at ends_at valid_to valid_until
occurred_on: date day occurred_at paid_on paid_at payment_date
snapshot_on: date day snapshot_date snapshot_at month date_month
attributes: dimensions slices segments columns by group_by
key: id row_id primary_key unique_key
"""
"""Keys of the YAML, in the same way; which of them is meant depends on those that may stand there."""


def meant(word: str, table: str, known: Collection[str]) -> tuple[str, ...]:
    """Give what a word of a table means where some names are known; nothing where it means none of them.

    >>> meant("month", OPTIONS, ["from", "to", "by"]), meant("month", OPTIONS, ["period", "by"])
    (('from', 'to'), ('period',))
    """
    for line in table.split("\n"):
        names, _, words = line.partition(": ")
        if word in words.split() and all(name in known for name in names.split()):
            return tuple(names.split())
    return ()
