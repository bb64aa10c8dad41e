"""ClickHouse: the engine in this process (chDB), reached by dbt-clickhouse where it would call a server."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import clickhouse_connect
from dbt.adapters.clickhouse.httpclient import ChHttpClient

# The settings of a server's defaults that change what SQL means; models have to give the same under each.
STRICT = {"join_use_nulls": "0", "prefer_column_name_to_alias": "0", "cast_keep_nullable": "0"}


class ClickHouse:
    """One folder of data. dbt, loading and reading have a connection each."""

    name = "clickhouse"
    adapter = "clickhouse"
    skips: Mapping[str, str] = {}

    def start(self, folder: Path) -> None:
        self.data = folder / "clickhouse"
        shutil.rmtree(self.data, ignore_errors=True)
        engine = self

        def create(client: ChHttpClient, _: Any) -> Any:
            # There are no sessions to name here.
            settings = {name: each for name, each in client._conn_settings.items() if name != "session_id"}
            return engine.client(settings)

        ChHttpClient._create_client = create

    def stop(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)

    def output(self, schema: str) -> dict[str, Any]:
        place = {"driver": "http", "host": "localhost", "schema": schema}
        return {"type": "clickhouse", **place, "threads": 1, "custom_settings": STRICT}

    def load(
        self, schema: str, table: str, types: Mapping[str, str], rows: Iterable[Mapping[str, str | None]]
    ) -> None:
        given = [[row[name] for name in types] for row in rows]
        client = self.client({})
        client.command(f"create database if not exists {schema}")
        for name, kinds in ((f"{table}_texts", dict.fromkeys(types, "varchar")), (table, types)):
            columns = ", ".join(f"{column} {type_of(kind)}" for column, kind in kinds.items())
            client.command(f"drop table if exists {schema}.{name}")
            client.command(f"create table {schema}.{name} ({columns}) engine = MergeTree order by tuple()")
        if given:
            client.insert(f"{table}_texts", given, column_names=list(types), database=schema)
        casts = ", ".join(f"cast({name} as {type_of(kind)})" for name, kind in types.items())
        client.command(f"insert into {schema}.{table} select {casts} from {schema}.{table}_texts")
        client.close()

    def rows(self, sql: str) -> list[dict[str, Any]]:
        client = self.client({})
        found = client.query(sql)
        client.close()
        return [dict(zip(found.column_names, row, strict=True)) for row in found.result_rows]

    def versions(self) -> dict[str, str]:
        client = self.client({})
        server = str(client.server_version)
        client.close()
        return {"ClickHouse": server, "chDB": version("chdb"), "dbt-clickhouse": version("dbt-clickhouse")}

    def client(self, settings: Mapping[str, Any]) -> Any:
        """Connect."""
        return clickhouse_connect.get_client(
            interface="chdb", path=str(self.data), query_limit=0, settings=dict(settings)
        )


def type_of(kind: str) -> str:
    """Give a type as the engine calls it, of a column in which values can be missing."""
    known = {"varchar": "String", "date": "Date32", "timestamp": "DateTime64(6)"}
    return f"Nullable({known.get(kind, kind)})"


def warehouse() -> ClickHouse:
    """Give the engine."""
    return ClickHouse()
