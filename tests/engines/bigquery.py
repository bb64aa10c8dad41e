"""BigQuery: dbt's adapter with a client of this module's, which has its SQL evaluated by ZetaSQL.

ZetaSQL is the analyser and evaluator of BigQuery's SQL, Google's own. Tables and views are kept here; what is
not shown is how BigQuery's jobs, quotas and permissions behave.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from dbt.adapters.bigquery import connections
from google.api_core.exceptions import BadRequest, NotFound
from google.cloud.bigquery import SchemaField

from tests.engines.evaluator import Held, Relation, columns_of, evaluated, prepare_evaluator

PROJECT = "warehouse"
CREATE = re.compile(r"create or replace (table|view) `?[\w-]+`?\.`?(\w+)`?\.`?(\w+)`?(.*)", re.I | re.S)
COMMENTS = re.compile(r"^\s*/\*.*?\*/", re.S)
WHOLE = re.compile(r"\bas (?:bigint|integer)\s*\)", re.I)
NAMED = re.compile(rf"`?{PROJECT}`?\.`?(\w+)`?\.`?(\w+)`?")


@dataclass
class Job:
    """A query that is done."""

    found: Relation
    statement_type: str
    destination: Any = None
    total_bytes_processed: int = 0
    total_bytes_billed: int = 0
    slot_millis: int = 0
    num_dml_affected_rows: int = 0
    location: str = "EU"
    project: str = PROJECT
    job_id: str = "job"

    def result(self, **_: Any) -> Rows:
        return Rows(self.found)


class Rows:
    """What the adapter reads: rows by the names of their columns, and these."""

    def __init__(self, found: Relation) -> None:
        self.schema = [SchemaField(name, kind) for name, kind in found.columns]
        self.found = found

    def __iter__(self) -> Any:
        names = [name for name, _ in self.found.columns]
        return iter([dict(zip(names, row, strict=True)) for row in self.found.rows])


class Client:
    """The calls that dbt-bigquery makes."""

    def __init__(self) -> None:
        self.datasets: dict[str, dict[str, Relation]] = {}
        self.evaluated_views: dict[str, tuple[Relation, Held]] = {}

    # Datasets and tables, as the adapter asks for them.

    def create_dataset(self, dataset: Any, **_: Any) -> Any:
        self.datasets.setdefault(dataset.dataset_id, {})
        return dataset

    def list_datasets(self, **_: Any) -> list[Any]:
        return [SimpleNamespace(dataset_id=name) for name in self.datasets]

    def list_tables(self, dataset: Any, **_: Any) -> list[Any]:
        if dataset.dataset_id not in self.datasets:
            raise NotFound("dataset")
        return [self._described(dataset.dataset_id, name) for name in self.datasets[dataset.dataset_id]]

    def list_routines(self, _dataset: Any, **_: Any) -> list[Any]:
        return []

    def get_routine(self, *_: Any, **__: Any) -> Any:
        raise NotFound("routine")

    def get_table(self, reference: Any, **_: Any) -> Any:
        if reference is None:
            return SimpleNamespace(num_rows=0)
        if reference.table_id not in self.datasets.get(reference.dataset_id, {}):
            raise NotFound(reference.table_id)
        return self._described(reference.dataset_id, reference.table_id)

    def delete_table(self, reference: Any, **_: Any) -> None:
        self.datasets.get(reference.dataset_id, {}).pop(reference.table_id, None)

    def load_table_from_file(self, file: Any, reference: Any, *, job_config: Any, **_: Any) -> Any:
        given = csv.reader(line.decode() for line in file)
        next(given)
        columns = [(each.name, _kind(each.field_type)) for each in job_config.schema]
        rows = [
            [_read(text or None, kind) for text, (_, kind) in zip(line, columns, strict=True)]
            for line in given
        ]
        self.datasets[reference.dataset_id][reference.table_id] = Relation(columns, rows)
        return SimpleNamespace(result=lambda **_: SimpleNamespace(state="DONE", error_result=None))

    def cancel_job(self, *_: Any, **__: Any) -> None:
        """Everything is done at once."""

    def close(self) -> None:
        """Nothing is open."""

    def _described(self, dataset: str, name: str) -> Any:
        relation = self.datasets[dataset][name]
        return SimpleNamespace(
            project=PROJECT,
            dataset_id=dataset,
            table_id=name,
            table_type="VIEW" if relation.query else "TABLE",
            num_rows=len(relation.rows),
            schema=[SchemaField(*column) for column in relation.columns],
            range_partitioning=None,
            time_partitioning=None,
            clustering_fields=None,
        )

    # Statements.

    def query(self, query: str, **_: Any) -> Job:
        text = COMMENTS.sub("", query).strip().rstrip(";")
        try:
            if found := CREATE.match(text):
                return self._create(*found.groups())
            if re.match(r"alter (table|view)", text, re.I):
                return Job(Relation([]), "ALTER_TABLE")
            if found := re.match(r"create schema if not exists `?\w+`?\.`?(\w+)`?", text, re.I):
                self.datasets.setdefault(found.group(1), {})
                return Job(Relation([]), "CREATE_SCHEMA")
            return Job(self.evaluated(text), "SELECT")
        except Exception as error:
            raise BadRequest(
                str(error), errors=[{"message": str(error), "reason": "invalidQuery"}]
            ) from error

    def _create(self, kind: str, dataset: str, name: str, rest: str) -> Job:
        body = rest[re.search(r"\bas\b", rest, re.I).end() :].strip()  # type: ignore[union-attr]
        if kind.lower() == "view":
            held = Relation(columns_of(*self._named(body, rows=False)), query=body)
        else:
            held = self.evaluated(body)
        self.datasets[dataset][name] = held
        return Job(Relation([]), f"CREATE_{kind.upper()}")

    def evaluated(self, sql: str) -> Relation:
        """Evaluate a query."""
        return evaluated(*self._named(sql))

    def _named(self, sql: str, *, rows: bool = True) -> tuple[str, Held]:
        """Give a query over plain names, and what they stand for."""
        needed: Held = {}

        def named(found: re.Match[str]) -> str:
            dataset, name = found.groups()
            held = self.datasets[dataset][name]
            needed[f"{dataset}__in__{name}"] = self._seen(held) if rows and held.query else held
            return f"{dataset}__in__{name}"

        # The evaluator leaves it to BigQuery to know its other names for int64.
        return WHOLE.sub("as int64)", NAMED.sub(named, sql)), needed

    def _seen(self, view: Relation) -> Relation:
        """Give the rows of a view: as they were, where what it reads is what it was."""
        text, needed = self._named(view.query)
        found, before = self.evaluated_views.get(text, (None, {}))
        if found is None or any(needed[name] is not before.get(name) for name in needed):
            found = evaluated(text, needed)
            self.evaluated_views[text] = (found, needed)
        return found


def _kind(name: str) -> str:
    """Give a type without its digits, by the name it goes by here."""
    plain = re.sub(r"\(.*", "", name).upper()
    others = {"VARCHAR": "STRING", "DECIMAL": "NUMERIC", "INTEGER": "INT64", "BOOLEAN": "BOOL"}
    return {**others, "FLOAT": "FLOAT64", "BIGINT": "INT64"}.get(plain, plain)


def _read(text: str | None, kind: str) -> Any:
    """Read a value of a file."""
    if text is None:
        return None
    readers: dict[str, Any] = {"DATE": date.fromisoformat, "INT64": int, "FLOAT64": float}
    readers |= {"TIMESTAMP": datetime.fromisoformat, "NUMERIC": Decimal, "BIGNUMERIC": Decimal}
    return readers.get(kind, str)(text)


# --- the engine ---------------------------------------------------------------------------------------


class BigQuery:
    """One client, and all that is built in it."""

    name = "bigquery"
    adapter = "bigquery"
    skips: Mapping[str, str] = {
        "reference": "the evaluator (zetasql 0.1.5) has room for 128 MiB of rows on the way, not for more",
    }

    def start(self, folder: Path) -> None:
        prepare_evaluator(folder.parent)
        self.client = Client()
        connections.create_bigquery_client = lambda _: self.client

    def stop(self) -> None:
        """Nothing is left behind."""

    def output(self, schema: str) -> dict[str, Any]:
        return {"type": "bigquery", "method": "oauth", "project": PROJECT, "dataset": schema, "threads": 1}

    def load(
        self, schema: str, table: str, types: Mapping[str, str], rows: Iterable[Mapping[str, str | None]]
    ) -> None:
        columns = [(name, _kind(kind)) for name, kind in types.items()]
        held = [[_read(row[name], kind) for name, kind in columns] for row in rows]
        self.client.datasets.setdefault(schema, {})[table] = Relation(columns, held)

    def rows(self, sql: str) -> list[dict[str, Any]]:
        text = re.sub(r"\b(from|join) (\w+\.\w+)", rf"\1 {PROJECT}.\2", sql)
        found = self.client.evaluated(text)
        names = [name for name, _ in found.columns]
        return [dict(zip(names, row, strict=True)) for row in found.rows]

    def versions(self) -> dict[str, str]:
        return {"ZetaSQL (zetasql)": version("zetasql"), "dbt-bigquery": version("dbt-bigquery")}


def warehouse() -> BigQuery:
    """Give the engine."""
    return BigQuery()
