"""What tests of the whole path share: a project of a user's that installs the package, built by dbt in process."""

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

REPO = Path(__file__).parents[2]
SHARED = REPO.parent / "shared"
SOURCES = 8  # relations a project can read: src_1 ... in schema raw

os.environ.setdefault("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")

needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="the shared reference data is not here")


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


class Project:
    """A dbt project in a folder of its own, with the package installed the way `dbt deps` leaves it."""

    def __init__(self, folder: Path, name: str = "consumer"):
        self.folder = folder
        self.name = name
        self.database = folder / "warehouse.duckdb"
        (folder / "models").mkdir(parents=True)
        (folder / "dbt_packages").mkdir()
        (folder / "dbt_packages" / "rollforward").symlink_to(REPO, target_is_directory=True)
        self.write(
            "dbt_project.yml",
            f"name: {name}\nversion: '1.0.0'\nprofile: {name}\nmodel-paths: [models]\nmacro-paths: [macros]\n",
        )
        self.write("packages.yml", f"packages:\n  - local: {REPO}\n")
        output = {"type": "duckdb", "path": str(self.database), "threads": 2}
        self.write("profiles.yml", yaml.safe_dump({name: {"target": "dev", "outputs": {"dev": output}}}))
        tables = [{"name": f"src_{number}"} for number in range(1, SOURCES + 1)]
        sources = [{"name": "raw", "schema": "raw", "tables": tables}]
        self.write("models/sources.yml", yaml.safe_dump({"sources": sources}))

    def write(self, path: str, text: str) -> Path:
        """Write one of the project's files."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def load(self, table: str, types: Mapping[str, str], rows: Iterable[Mapping[str, Any]]) -> None:
        """Put rows into table `raw.<table>`, replacing it."""
        columns = ", ".join(f'"{name}" {kind}' for name, kind in types.items())
        with duckdb.connect(str(self.database)) as connection:
            connection.execute("create schema if not exists raw")
            connection.execute(f"create or replace table raw.{table} ({columns})")
            values = [[row.get(name) for name in types] for row in rows]
            if values:
                connection.executemany(
                    f"insert into raw.{table} values ({', '.join('?' * len(types))})", values
                )

    def dbt(self, *arguments: str, settings: Mapping[str, Any] | None = None) -> Built:
        """Run dbt in this process; `settings` are the package's vars."""
        from dbt.cli.main import dbtRunner

        given = ["--vars", json.dumps({"rollforward": settings}, default=str)] if settings is not None else []
        folders = ["--project-dir", str(self.folder), "--profiles-dir", str(self.folder)]
        events: list[str] = []

        def listen(event: Any) -> None:
            if event.info.level in ("error", "warn"):
                events.append(event.info.msg)

        quiet = ["--log-level", "none", "--log-level-file", "none"]
        result = dbtRunner(callbacks=[listen]).invoke([*quiet, *arguments, *folders, *given])
        nodes = getattr(result.result, "results", None) or []
        statuses = {node.node.name: str(node.status) for node in nodes}
        messages = "\n".join([*events, str(result.exception or ""), *(node.message or "" for node in nodes)])
        return Built(bool(result.success), statuses, messages, self.database)

    def remove(self) -> None:
        """Delete the project's folder."""
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A consumer project that tests of one process share; each test brings its own books."""
    made = Project(tmp_path_factory.mktemp("consumer") / "project")
    yield made
    made.remove()
