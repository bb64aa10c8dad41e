"""Where the models of the package are in the database: from dbt's manifest, else from the profile.

The manifest knows custom schemas, aliases and quoting, but was written for one target, and does not say for
which. So it is believed where it fits the target, and where nothing else can be told.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rollforward.definitions import COHORTS, INPUT_PROBLEMS, LEDGER, OBSERVED_BOOKS, PACKAGE
from rollforward.folders import PROJECT_FILE, VARS_FILE
from rollforward.layout import Layout
from rollforward.manifest import Manifest, Node, read_manifest
from rollforward.profile import Target
from rollforward.session import Session
from rollforward.session_duckdb import database_of
from rollforward.statement import Relations

MODELS = (COHORTS, LEDGER, INPUT_PROBLEMS, OBSERVED_BOOKS)
_COHORTS_FILE = f"models/marts/{COHORTS}.sql"


@dataclass(frozen=True, slots=True)
class Located:
    """Names to read from: of the package's models, and of views; and what is doubtful about them.

    `in_file` are the same in another DuckDB file that was built with the same schemas.
    """

    models: dict[str, str]
    in_file: dict[str, str]
    notes: tuple[str, ...] = ()
    adapters: tuple[str, ...] = ()

    @property
    def relations(self) -> Relations:
        """The two tables statements are written over."""
        return Relations.of(self.models)


def locate(
    layout: Layout,
    folder: Path,
    target: Target | None,
    session: Session | None = None,
    views: tuple[str, ...] = (),
) -> Located:
    """Give where models and views are; `folder` is dbt's own, `session` decides where two may be right."""
    ids = {name: f"model.{PACKAGE}.{name}" for name in MODELS} | {
        name: f"model.{layout.name}.{name}" for name in views
    }
    manifest = read_manifest(folder, tuple(ids.values()))
    nodes = {} if manifest is None else manifest.nodes
    known = {name: node for name, key in ids.items() if (node := nodes.get(key))}
    usual = {name: _usual(name, known.get(name), target) for name in ids}
    plain = {name: _by_profile(*usual[name], target) for name in ids}
    plain_in_file = {name: _in_file(*usual[name]) for name in ids}
    if manifest is None:
        return Located(plain, plain_in_file)
    notes = tuple(_stale(layout, folder, manifest, known))
    written = plain | {name: node.relation for name, node in known.items()}
    in_file = plain_in_file | {name: _in_file(node.schema, node.identifier) for name, node in known.items()}
    cohorts = known.get(COHORTS)
    if target is None or cohorts is None or _fits(cohorts, manifest, target):
        return Located(written, in_file, notes, (manifest.adapter,))
    if session is not None and session.exists(written[COHORTS]) and target.is_default:
        return Located(written, in_file, notes)
    return Located(plain, plain_in_file, notes)


def _usual(name: str, node: Node | None, target: Target | None) -> tuple[str, str]:
    """Give schema and name of a model in a target that the manifest was not written for.

    What its config asks for is the same in every target, and dbt puts it behind the target's own schema.
    """
    schema = target.schema if target else ""
    if node is None:
        return schema, name
    return _with_configured(schema, node), node.identifier


def _with_configured(schema: str, node: Node) -> str:
    return f"{schema}_{node.configured_schema}" if node.configured_schema else schema


def _in_file(schema: str, name: str) -> str:
    return ".".join(_quoted(part) for part in (schema, name))


def _by_profile(schema: str, name: str, target: Target | None) -> str:
    """Give the name of a model as the profile says where it goes."""
    if target is None:
        return name
    if target.type == "duckdb":
        return ".".join(_quoted(part) for part in (database_of(target), schema, name))
    database = (
        target.settings.get("database") or target.settings.get("dbname") or target.settings.get("project")
    )
    # Engines whose schema is the database itself, or that call it a catalog, say so in their own words.
    database = database or target.settings.get("catalog") or ""
    return ".".join(str(part) for part in (database, schema, name) if part)


def _quoted(part: str) -> str:
    return '"' + part.replace('"', '""') + '"'


def _fits(node: Node, manifest: Manifest, target: Target) -> bool:
    """Whether the manifest can have been written for a target, as dbt names schemas unless told otherwise."""
    if manifest.adapter and manifest.adapter != target.type:
        return False
    if target.type == "duckdb" and node.database.lower() != database_of(target).lower():
        return False
    usual = _with_configured(target.schema, node)
    return node.schema.lower() in (usual.lower(), node.configured_schema.lower())


def _stale(layout: Layout, folder: Path, manifest: Manifest, known: dict[str, Node]) -> list[str]:
    """Give what has changed since dbt built the cohorts: code of the package, settings."""
    if (node := known.get(COHORTS)) and _read(layout.package / _COHORTS_FILE) != node.code:
        return ["dbt last ran with another version of the package: run `dbt build`"]
    # The statement a model was built with is written when it is run; the manifest by any dbt command.
    built = _changed(folder / "run" / PACKAGE / _COHORTS_FILE) or manifest.written
    for name in (VARS_FILE, PROJECT_FILE):
        if _changed(layout.root / name) > built:
            return [f"{name} has changed since dbt last ran: run `dbt build`"]
    return []


def _changed(file: Path) -> float:
    """Give when a file was last written, in seconds since 1970; 0 where there is none."""
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return ""
