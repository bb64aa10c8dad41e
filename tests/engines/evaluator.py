"""ZetaSQL, Google's analyser and evaluator of BigQuery's SQL: a query over tables kept here, and its rows."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, timedelta
from decimal import Context, Decimal
from functools import cache
from pathlib import Path
from typing import Any

import wasmtime
from google.protobuf.timestamp_pb2 import Timestamp
from sqlglot.dialects.bigquery import BigQuery
from sqlglot.tokens import Token, TokenType
from zetasql import types
from zetasql.api import CatalogBuilder
from zetasql.core import ZetaSqlLocalService, wasm_client
from zetasql.wasi._pb2.zetasql.local_service import local_service_pb2 as messages
from zetasql.wasi._pb2.zetasql.proto import simple_catalog_pb2
from zetasql.wasi._pb2.zetasql.public import type_pb2, value_pb2

EPOCH = date(1970, 1, 1)
EXACT = Context(prec=80)
KINDS = {"INT64": "INT64", "STRING": "STRING", "DATE": "DATE", "BOOL": "BOOL", "FLOAT64": "DOUBLE"}
KINDS |= {"NUMERIC": "NUMERIC", "BIGNUMERIC": "BIGNUMERIC", "TIMESTAMP": "TIMESTAMP"}
NAMES = {kind: name for name, kind in KINDS.items()}


@dataclass
class Relation:
    """A table with its rows, or a view with its query; columns are names and types."""

    columns: list[tuple[str, str]]
    rows: list[list[Any]] = field(default_factory=list)
    query: str = ""


Held = dict[str, Relation]


def evaluated(sql: str, tables: Held) -> Relation:
    """Evaluate a query over tables, each step of a `with` once.

    The evaluator writes a step out wherever it is read, and again where that is read: a second becomes an
    hour. The query is analysed as it stands, though, and only evaluated step by step.
    """
    columns = columns_of(sql, tables)
    found = _step_by_step(sql, tables)
    if found.columns != columns:
        raise TypeError(f"step by step, the columns are {found.columns} instead of {columns}")
    return found


def _step_by_step(sql: str, tables: Held) -> Relation:
    tokens = BigQuery().tokenize(sql)
    closing = dict(_brackets(tokens))
    if closing.get(0) == len(tokens) - 1:
        return _step_by_step(sql[tokens[0].end + 1 : tokens[-1].start], tables)
    at = 0
    if tokens[0].token_type is TokenType.WITH:
        # name as ( ... ), again and again
        while at == 0 or tokens[at].token_type is TokenType.COMMA:
            end = closing[at + 3]
            step = sql[tokens[at + 3].end + 1 : tokens[end].start]
            tables = {**tables, tokens[at + 1].text: _step_by_step(step, tables)}
            at = end + 1
    parts, place = [], tokens[at].start
    while at < len(tokens) - 1:
        if closing.get(at) and tokens[at + 1].token_type is TokenType.WITH:
            end, name = closing[at], f"step_{len(tables)}"
            within = sql[tokens[at].end + 1 : tokens[end].start]
            tables = {**tables, name: _step_by_step(within, tables)}
            parts.append(f"{sql[place : tokens[at].start]}(select * from {name})")
            at, place = end, tokens[end].end + 1
        at += 1
    text = "".join([*parts, sql[place:]])
    named = set(re.findall(r"\w+", text))
    return _evaluate(text, {name: table for name, table in tables.items() if name in named})


def _brackets(tokens: list[Token]) -> Iterator[tuple[int, int]]:
    """Give where each bracket is opened, and where it is closed."""
    opened = []
    for at, token in enumerate(tokens):
        if token.token_type is TokenType.L_PAREN:
            opened.append(at)
        elif token.token_type is TokenType.R_PAREN:
            yield opened.pop(), at


def columns_of(sql: str, tables: Held) -> list[tuple[str, str]]:
    """Analyse a query over tables and give its columns."""
    client, options, _ = _service()
    request = messages.AnalyzeRequest(sql_statement=sql, options=options, simple_catalog=_catalog(tables))
    found = client.call_grpc_func("ZetaSqlLocalService_Analyze", request, messages.AnalyzeResponse)
    query = found.resolved_statement.resolved_query_stmt_node
    return _columns((each.name, each.column.type) for each in query.output_column_list)


def _evaluate(sql: str, tables: Held) -> Relation:
    # The messages themselves: the package's own wrapping of them takes long, and fails on moments.
    client, options, _ = _service()
    request = messages.PrepareQueryRequest(sql=sql, options=options, simple_catalog=_catalog(tables))
    for name, table in tables.items():
        request.table_content[name].table_data.CopyFrom(_content(table))
    service = "ZetaSqlLocalService_"
    prepared = client.call_grpc_func(
        f"{service}PrepareQuery", request, messages.PrepareQueryResponse
    ).prepared
    number = prepared.prepared_query_id
    try:
        asked = messages.EvaluateQueryRequest(prepared_query_id=number)
        given = client.call_grpc_func(f"{service}EvaluateQuery", asked, messages.EvaluateQueryResponse)
    finally:
        done = messages.UnprepareQueryRequest(prepared_query_id=number)
        client.call_grpc_func(f"{service}UnprepareQuery", done)
    columns = _columns((each.name, each.type) for each in prepared.columns)
    found = [
        [_value(cell, kind) for cell, (_, kind) in zip(row.cell, columns, strict=True)]
        for row in given.content.table_data.row
    ]
    return Relation(columns, found)


def _columns(given: Iterable[tuple[str, Any]]) -> list[tuple[str, str]]:
    """Give names and types of columns; BigQuery calls the first that has no name f0_."""
    named = [(name or "$", type_pb2.TypeKind.Name(kind.type_kind)) for name, kind in given]
    return [
        (f"f{at}_" if name.startswith("$") else name, NAMES[kind.removeprefix("TYPE_")])
        for at, (name, kind) in enumerate(named)
    ]


def _catalog(tables: Held) -> Any:
    """Describe tables, beside the functions there are."""
    catalog = simple_catalog_pb2.SimpleCatalogProto()
    catalog.CopyFrom(_service()[2])
    for name, table in tables.items():
        described = catalog.table.add(name=name)
        for column, kind in table.columns:
            described.column.add(name=column).type.type_kind = type_pb2.TypeKind.Value(f"TYPE_{KINDS[kind]}")
    return catalog


@cache
def _service() -> tuple[Any, Any, Any]:
    """Give the evaluator, the language it is to understand, and a catalog of that language's functions."""
    language = types.LanguageOptions.maximum_features()
    options = types.AnalyzerOptions(language_options=language, default_timezone="UTC")
    functions = types.ZetaSQLBuiltinFunctionOptions(language_options=language)
    catalog = CatalogBuilder("warehouse").with_builtin_functions(functions).build()
    return ZetaSqlLocalService.get_instance().wasm_client, options.to_proto(), catalog.to_proto()


def _content(table: Relation) -> Any:
    kinds = [kind for _, kind in table.columns]
    content = messages.TableData()
    for row in table.rows:
        content.row.add(cell=[_cell(value, kind) for value, kind in zip(row, kinds, strict=True)])
    return content


def _cell(value: Any, kind: str) -> Any:
    """Give a value as the evaluator takes it."""
    if value is None:
        return value_pb2.ValueProto()
    match kind:
        case "INT64":
            return value_pb2.ValueProto(int64_value=value)
        case "STRING":
            return value_pb2.ValueProto(string_value=value)
        case "BOOL":
            return value_pb2.ValueProto(bool_value=value)
        case "FLOAT64":
            return value_pb2.ValueProto(double_value=value)
        case "DATE":
            return value_pb2.ValueProto(date_value=(value - EPOCH).days)
        case "TIMESTAMP":
            moment = Timestamp()
            moment.FromDatetime(value)
            return value_pb2.ValueProto(timestamp_value=moment)
        case "NUMERIC":
            return value_pb2.ValueProto(numeric_value=_bytes(value, 9))
        case "BIGNUMERIC":
            return value_pb2.ValueProto(bignumeric_value=_bytes(value, 38))
    raise TypeError(kind)


def _bytes(value: Decimal, scale: int) -> bytes:
    sign, digits, exponent = value.as_tuple()
    whole = int("".join(map(str, digits))) * 10 ** (scale + int(exponent)) * (-1 if sign else 1)
    return whole.to_bytes((whole.bit_length() + 8) // 8, "little", signed=True)


def _value(cell: Any, kind: str) -> Any:
    """Give a value of the evaluator's in Python."""
    held = cell.WhichOneof("value")
    if held is None:
        return None
    given = getattr(cell, held)
    match kind:
        case "DATE":
            return EPOCH + timedelta(days=given)
        case "TIMESTAMP":
            return given.ToDatetime(UTC)
        case "NUMERIC" | "BIGNUMERIC":
            whole = int.from_bytes(given, "little", signed=True)
            number = Decimal(whole).scaleb(-9 if kind == "NUMERIC" else -38, EXACT).normalize(EXACT)
            # As BigQuery gives it, without zeros at the end.
            return Decimal(format(number, "f"))
    return given


def prepare_evaluator(folder: Path) -> None:
    """Keep the evaluator as it was compiled, which takes a minute, and hand it bytes whole."""
    kept = folder / "zetasql.compiled"
    load = wasmtime.Module.from_file.__func__  # type: ignore[attr-defined]

    def from_file(cls: Any, engine: Any, path: str) -> Any:
        if kept.exists():
            return wasmtime.Module.deserialize_file(engine, str(kept))
        module = load(cls, engine, path)
        kept.write_bytes(module.serialize())
        return module

    def place(client: Any) -> int:
        return ctypes.addressof(client.memory.data_ptr().contents)

    def write(client: Any, pointer: int, data: bytes) -> None:
        ctypes.memmove(place(client) + pointer, data, len(data))

    wasmtime.Module.from_file = classmethod(from_file)  # type: ignore[assignment]
    wasm_client.WasmClient.write_bytes = write
    wasm_client.WasmClient.read_bytes = lambda client, pointer, size: ctypes.string_at(
        place(client) + pointer, size
    )
