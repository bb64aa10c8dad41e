"""What tests of the whole path share: a project of a user's with the package, built by dbt in process."""

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from hypothesis import settings

REPO = Path(__file__).parents[2]
SHARED = REPO.parent / "shared"
SOURCES = tuple(f"src_{number}" for number in range(1, 9))  # relations in schema raw a project can read

os.environ.setdefault("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
os.environ.pop("COLUMNS", None)  # the width of whoever runs the tests is not that of their answers

# How long an example takes is the machine's affair.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

IS_SHARED = all((SHARED / name).is_dir() for name in ("cases", "data", "oracle"))
needs_shared = pytest.mark.skipif(not IS_SHARED, reason="the shared reference data is not here")


def forget_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a command be asked by nobody with settings of their own."""
    for name in ("PROFILES_DIR", "PROFILE", "TARGET", "TARGET_PATH", "PROJECT_DIR"):
        monkeypatch.delenv(f"DBT_{name}", raising=False)
        monkeypatch.delenv(f"DBT_ENGINE_{name}", raising=False)


@dataclass(frozen=True)
class Built:
    """What a build left behind: its nodes by name with their status, its log's problems and the database."""

    success: bool
    statuses: Mapping[str, str]
    messages: str
    database: Path

    def rows(self, sql: str, parameters: Iterable[Any] = ()) -> list[dict[str, Any]]:
        """The rows a query gives, each a dict."""
        with duckdb.connect(str(self.database)) as connection:
            found = connection.execute(sql, list(parameters))
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def run_dbt(folder: Path, database: Path, arguments: Iterable[str]) -> Built:
    """Run dbt in this process on the project in a folder, and let go of the database afterwards."""
    from dbt.cli.main import dbtRunner

    problems: list[str] = []

    def listen(event: Any) -> None:
        if event.info.level in ("error", "warn"):
            problems.append(event.info.msg)

    folders = ["--project-dir", str(folder), "--profiles-dir", str(folder)]
    quiet = ["--log-level", "none", "--log-level-file", "none"]
    result = dbtRunner(callbacks=[listen]).invoke([*quiet, *arguments, *folders])
    close_databases()
    nodes = getattr(result.result, "results", None) or []
    statuses = {node.node.name: str(node.status) for node in nodes}
    messages = "\n".join([*problems, str(result.exception or ""), *(node.message or "" for node in nodes)])
    return Built(bool(result.success), statuses, messages, database)


def close_databases() -> None:
    """Let go of the database files that dbt keeps open as long as the process lives."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    DuckDBConnectionManager.close_all_connections()


class Project:
    """A dbt project in a folder of its own, with the package installed the way `dbt deps` leaves it."""

    def __init__(
        self,
        folder: Path,
        name: str = "consumer",
        tables: Iterable[str] = SOURCES,
        models: Mapping[str, Any] | None = None,
    ):
        self.folder = folder
        self.name = name
        self.database = folder / "warehouse.duckdb"
        (folder / "models").mkdir(parents=True)
        (folder / "dbt_packages").mkdir()
        (folder / "dbt_packages" / "rollforward").symlink_to(REPO, target_is_directory=True)
        config = {"name": name, "version": "1.0.0", "profile": name, "models": models or {}}
        self.write("dbt_project.yml", yaml.safe_dump(config))
        self.write("packages.yml", f"packages:\n  - local: {REPO}\n")
        # Small tables: one thread is quicker than two that wait for each other.
        output = {"type": "duckdb", "path": str(self.database), "threads": 1, "settings": {"threads": 1}}
        self.write("profiles.yml", yaml.safe_dump({name: {"target": "dev", "outputs": {"dev": output}}}))
        sources = [{"name": "raw", "schema": "raw", "tables": [{"name": table} for table in tables]}]
        self.write("models/sources.yml", yaml.safe_dump({"sources": sources}))

    def write(self, path: str, text: str) -> Path:
        """Write one of the project's files."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def load(self, table: str, types: Mapping[str, str], rows: Iterable[Mapping[str, Any]]) -> None:
        """Put rows into table `raw.<table>`, replacing it."""
        self.load_all({table: (types, rows)})

    def load_all(self, tables: Mapping[str, tuple[Mapping[str, str], Iterable[Mapping[str, Any]]]]) -> None:
        """Put rows into several tables, each by its name with the types of its columns."""
        with duckdb.connect(str(self.database)) as connection:
            connection.execute("create schema if not exists raw")
            for table, (types, rows) in tables.items():
                columns = ", ".join(f'"{name}" {kind}' for name, kind in types.items())
                connection.execute(f"create or replace table raw.{table} ({columns})")
                # Column by column, as text the database casts: row by row takes seconds for a thousand rows.
                given = list(rows)
                values = [[None if row.get(n) is None else str(row[n]) for row in given] for n in types]
                connection.execute(
                    f"insert into raw.{table} select {', '.join(['unnest(?::varchar[])'] * len(types))}",
                    values,
                )

    def ask(self, model: str, **query: Any) -> None:
        """Write a model that is one `rollforward.query`."""
        arguments = ", ".join(f"{name}={value!r}" for name, value in query.items())
        self.write(f"models/{model}.sql", f"{{{{ rollforward.query({arguments}) }}}}\n")

    def build(self, books: Mapping[str, Mapping[str, Any]], **settings: Any) -> Built:
        """A `dbt build` that has to succeed; a book without a relation reads the raw table of its name."""
        given = {name: {"relation": f"source('raw', '{name}')", **book} for name, book in books.items()}
        built = self.dbt("build", "--no-write-json", settings={"books": given, **settings})
        if not built.success:
            raise AssertionError(built.messages)
        return built

    def execute(self, sql: str) -> None:
        """Run a statement in the database."""
        with duckdb.connect(str(self.database)) as connection:
            connection.execute(sql)

    def dbt(self, *arguments: str, settings: Mapping[str, Any] | None = None) -> Built:
        """Run dbt in this process; `settings` are the package's vars."""
        given = ["--vars", json.dumps({"rollforward": settings}, default=str)] if settings is not None else []
        return run_dbt(self.folder, self.database, [*arguments, *given])

    def remove(self) -> None:
        """Delete the project's folder."""
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A consumer project that tests of one process share; each test brings its own books."""
    made = Project(tmp_path_factory.mktemp("consumer") / "project")
    yield made
    made.remove()
