"""Tables for programs: csv and json, every value as it is.

An amount is an exact decimal and stays one: in csv as its digits, in json as a text, since a json number
becomes a float in most readers. Rates are floats already, counts whole numbers, days texts: 2026-06-30.
"""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from typing import Any

from rollforward.tables import Table


def as_csv(table: Table) -> str:
    """Give a table as csv with a line of names; a missing value is empty, an empty text is `""`.

    So is a row that is nothing but a missing value: readers pass over empty lines.
    """
    rows = [table.names, *([_in_csv(value) for value in row] for row in table.rows)]
    return "".join((",".join(row) or '""') + "\n" for row in rows)


def as_json(table: Table, through: date | None) -> str:
    """Give a table as json: how far the book is known, the columns with their types, and the rows.

    Each row is an object on a line of its own.
    """
    columns = [
        {"name": column.name, "type": column.type, **({"format": column.format} if column.format else {})}
        for column in table.columns
    ]
    described = ",\n    ".join(map(_dumped, columns))
    rows = ",\n    ".join(
        _dumped({name: json_value(value) for name, value in record.items()}) for record in table.records()
    )
    listed = f"[\n    {rows}\n  ]" if rows else "[]"
    known = _dumped(json_value(through))
    head = f'"observed_through": {known},\n  "columns": [\n    {described}\n  ]'
    return f'{{\n  {head},\n  "rows": {listed}\n}}\n'


def json_value(value: Any) -> Any:
    """Give a value as json has it."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _in_csv(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal():
            return f"{value:f}"
        case float():
            return repr(value)
        case str():
            return _in_quotes(value) if value == "" or _SPECIAL.search(value) else value
        case _:
            return str(value)


_SPECIAL = re.compile(r'[",\r\n]')


def _in_quotes(text: str) -> str:
    # Python's own writer cannot tell a missing value from an empty text, nor can what reads it, then.
    return '"' + text.replace('"', '""') + '"'
