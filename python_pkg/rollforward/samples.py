"""Columns and some rows of a project's relations: from the database once it is built, else from seeds."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from rollforward.errors import Place, Problem, ProblemsFound
from rollforward.layout import Layout, model_names, shown_path
from rollforward.manifest import read_manifest
from rollforward.profile import Target, Wanted, read_target
from rollforward.proposals import Sample
from rollforward.session import Session, open_session
from rollforward.session_duckdb import database_of
from rollforward.source import Scalar

_MOST_ROWS, _MOST_RELATIONS = 1000, 40
_LIKELY = (
    "subscription",
    "mrr",
    "revenue",
    "order",
    "payment",
    "invoice",
    "billing",
    "charge",
    "contract",
    "sales",
)
_OTHERWISE = "or name another relation with --relation"
_SOURCE = re.compile(r"source\(\s*['\"](?P<source>[^'\"]+)['\"]\s*,\s*['\"](?P<table>[^'\"]+)['\"]\s*\)")


def samples(layout: Layout, folder: Path, wanted: Wanted, relation: str) -> list[Sample]:
    """Give samples of one relation, or without a name of those most likely to hold revenue.

    Raises ProblemsFound for a seed that can be read neither as a file nor from the database (not-readable,
    not-utf-8).
    """
    names = [relation] if relation else _likely(layout)
    unread: dict[str, Problem] = {}
    found = {sample.relation: sample for sample in _of_seeds(layout, names, unread)}
    try:
        profile = layout.project_file.root.get("profile")
        target = read_target(layout.root, profile if isinstance(profile, Scalar) else None, wanted)
        with open_session(target, layout.root, wanted) as session:
            found |= {
                sample.relation: sample for sample in _of_tables(layout, folder, names, target, session)
            }
    except ProblemsFound:
        # Before the first `dbt build` there is no database to look at, and it is not needed either.
        pass
    if problems := [problem for name, problem in unread.items() if name not in found]:
        raise ProblemsFound(problems)
    return [found[name] for name in names if name in found]


def _likely(layout: Layout) -> list[str]:
    """Give the project's relations, those that sound like revenue first; what the package makes is none."""
    names = [name for name in model_names(layout) if "rollforward__" not in name]
    names.sort(key=lambda name: not any(word in name.lower() for word in _LIKELY))
    return names[:_MOST_RELATIONS]


def _of_seeds(layout: Layout, names: list[str], unread: dict[str, Problem]) -> Iterator[Sample]:
    """Give samples of the seeds that can be read; of the others what is wrong, by their names."""
    for folder in layout.seed_paths:
        for file in sorted(folder.rglob("*.csv")):
            if file.stem in names and not file.is_dir():
                place = Place(shown_path(file, layout.root))
                try:
                    yield Sample(file.stem, _columns(file))
                except UnicodeDecodeError as error:
                    message = f"byte 0x{error.object[error.start]:02x} is not UTF-8"
                    unread[file.stem] = Problem(
                        "not-utf-8", message, place, f"save the file as UTF-8, {_OTHERWISE}"
                    )
                except (OSError, csv.Error) as error:
                    said = error.strerror if isinstance(error, OSError) else error
                    hint = f"see to the file, {_OTHERWISE}"
                    unread[file.stem] = Problem("not-readable", f"cannot be read: {said}", place, hint)


def _columns(file: Path) -> dict[str, list[str]]:
    """Read the first rows of a seed by its columns."""
    with file.open(newline="", encoding="utf-8-sig") as opened:
        reader = csv.reader(opened)
        header = next(reader, [])
        rows = [row for _, row in zip(range(_MOST_ROWS), reader, strict=False)]
    return {
        name: [row[index] if index < len(row) else "" for row in rows] for index, name in enumerate(header)
    }


def _of_tables(
    layout: Layout, folder: Path, names: list[str], target: Target, session: Session
) -> Iterator[Sample]:
    for name in names:
        relation = next(
            (each for each in _relations(layout, folder, name, target) if session.exists(each)), None
        )
        if relation is not None:
            columns = [column for column, _ in session.columns(relation)]
            rows = session.rows(f"select * from {relation} limit {_MOST_ROWS}")
            yield Sample(
                name,
                {
                    column: ["" if row[index] is None else str(row[index]) for row in rows]
                    for index, column in enumerate(columns)
                },
            )


def _relations(layout: Layout, folder: Path, name: str, target: Target) -> Iterator[str]:
    """Give where a relation may be: as the manifest says, else in the target's own schema."""
    source = _SOURCE.fullmatch(name.strip())
    bare = re.sub(r"^ref\(\s*['\"]|['\"]\s*\)$", "", name.strip())
    ids = tuple(f"{kind}.{layout.name}.{bare}" for kind in ("model", "seed", "snapshot"))
    if source:
        ids = (f"source.{layout.name}.{source['source']}.{source['table']}",)
    manifest = read_manifest(folder, ids)
    if manifest is not None:
        yield from (node.relation for node in manifest.nodes.values())
    schema, table = (source["source"], source["table"]) if source else (target.schema, bare)
    if target.type == "duckdb":
        yield f'"{database_of(target)}"."{schema}"."{table}"'
    else:
        yield f"{schema}.{table}"
