"""A DuckDB file, read straight from disk and never written to.

`_duckdb` is the engine; the Python package around it takes a quarter of a second to import and adds nothing
that is used here. Versions that have the engine elsewhere are imported whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, wait
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import TYPE_CHECKING, Any

from rollforward.errors import Place, ProblemsFound, refused
from rollforward.folders import at_home, is_file
from rollforward.profile import Target

if TYPE_CHECKING:
    from types import ModuleType

IN_MEMORY = ":memory:"
_FAR = (
    "md:",
    "motherduck:",
    "http://",
    "https://",
    "s3://",
    "gs://",
    "gcs://",
    "az://",
    "abfss://",
    "ducklake:",
)


def is_direct(target: Target) -> bool:
    """Whether the target is a file here; MotherDuck, DuckLake and remote ones are dbt's to connect to."""
    settings = target.settings
    paths = [str(settings.get("path") or IN_MEMORY), *(path for path, _ in _attached(target))]
    far = any(path.startswith(_FAR) for path in paths)
    return not (far or settings.get("remote") or settings.get("is_ducklake"))


def database_of(target: Target) -> str:
    """Give the name a DuckDB target's own database goes by: that of its file."""
    named = target.settings.get("database")
    return str(named) if named else Path(str(target.settings.get("path") or IN_MEMORY)).stem


def open_duckdb(target: Target, root: Path) -> DuckDB:
    """Open the file of a target; raises ProblemsFound where it is not there or somebody else has it."""
    given = str(target.settings.get("path") or IN_MEMORY)
    if given == IN_MEMORY:
        message = f"target '{target.name}' keeps its database in memory, where it ends with the dbt run"
        raise refused("database-in-memory", message, target.place, "give the target a `path` to a file")
    engine = engine_of()
    file = file_of(given, root)
    connection = _connected(engine, file, target)
    for path, alias in _attached(target):
        attached = str(file_of(path, root)).replace("'", "''")
        name = alias.replace('"', '""') or Path(path).stem
        try:
            connection.execute(f"attach if not exists '{attached}' as \"{name}\" (read_only)")
        except engine.Error as error:
            raise refused("database-missing", _first_line(error), target.place, _BUILD) from None
        except RuntimeError as error:
            raise _not_taken(error, target) from None
    return DuckDB(connection, engine, target)


def open_file(path: str, place: Place) -> DuckDB:
    """Open a database file by its path, given at a place; raises ProblemsFound as for a target."""
    file = file_of(path, Path.cwd())
    if not is_file(file):
        hint = "name a DuckDB file that dbt has built from the base"
        raise refused("database-missing", f"there is no database {_shown(file)}", place, hint)
    return open_duckdb(Target("", "", False, "duckdb", {"path": str(file)}, place.path), Path.cwd())


def file_of(path: str, root: Path) -> Path:
    """Give the file a profile's path means: dbt takes it from where it runs, usually the project's folder."""
    given = at_home(path)
    beside = root / given
    return given if not is_file(beside) and is_file(given) else beside


class DuckDB:
    """An open file."""

    def __init__(self, connection: Any, engine: ModuleType, target: Target) -> None:
        """Keep a connection and the module whose errors it raises."""
        self.connection = connection
        self.engine = engine
        self.target = target

    def __enter__(self) -> DuckDB:
        """Give the session itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self.connection.close()

    def rows(self, sql: str) -> list[Sequence[Any]]:
        """Give the rows of a query; raises ProblemsFound.

        While the engine is at work it does not hear Ctrl-C, so it works beside, and is told to stop.
        """
        outcome: Future[list[Sequence[Any]]] = Future()

        def work() -> None:
            try:
                outcome.set_result(self._asked(lambda: list(self.connection.execute(sql).fetchall())))
            except BaseException as error:  # noqa: BLE001 - whatever it is, the thread that waits raises it
                outcome.set_exception(error)

        # A daemon, so that a second Ctrl-C need not wait for the engine.
        Thread(target=work, daemon=True).start()
        try:
            while not wait([outcome], timeout=0.5).done:
                pass
        except KeyboardInterrupt:
            self.connection.interrupt()
            wait([outcome])
            raise
        return outcome.result()

    def exists(self, relation: str) -> bool:
        """Whether a relation can be read."""
        try:
            self.connection.execute(f"select * from {relation} limit 0")
        except (self.engine.Error, RuntimeError):
            return False
        return True

    def columns(self, relation: str) -> list[tuple[str, str]]:
        """Give the names and types of a relation's columns."""
        described = self._asked(
            lambda: self.connection.execute(f"select * from {relation} limit 0").description
        )
        return [(column[0], str(column[1]).lower()) for column in described]

    def _asked(self, ask: Callable[[], Any]) -> Any:
        try:
            return ask()
        except self.engine.CatalogException as error:
            raise refused("relation-missing", _first_line(error), self.target.place, _BUILD) from None
        except self.engine.BinderException as error:
            raise refused(
                "built-from-other-settings", _first_line(error), self.target.place, _REBUILD
            ) from None
        except self.engine.Error as error:
            raise refused("database-error", _first_line(error), self.target.place, "") from None
        except RuntimeError as error:
            raise _not_taken(error, self.target) from None


_BUILD = "run `dbt build` for this target first"
_REBUILD = "the settings have changed since the cohorts were built: run `dbt build`"


def engine_of() -> ModuleType:
    """Give DuckDB itself; raises ProblemsFound where it is not installed."""
    try:
        import _duckdb
    except ImportError:
        try:
            import duckdb
        except ImportError:
            place = Place("Python environment")
            hint = "pip install dbt-duckdb, or duckdb alone"
            raise refused("needs-duckdb", "the Python package duckdb is not installed", place, hint) from None
        return duckdb
    return _duckdb


def _connected(engine: ModuleType, file: Path, target: Target) -> Any:
    if not is_file(file):
        message = f"there is no database {_shown(file)}"
        raise refused(
            "database-missing", message, target.place, f"run `dbt build --target {target.name}` first"
        )
    try:
        return engine.connect(str(file), read_only=True)
    except engine.IOException as error:
        if "lock" in str(error).lower():
            message = f"{_shown(file)} is open for writing elsewhere{_by_whom(str(error))}"
            hint = "wait for the dbt run or close the SQL client that has it, then ask again"
            raise refused("database-locked", message, target.place, hint) from None
        raise refused("database-error", _first_line(error), target.place, "") from None
    except engine.Error as error:
        # A process that has the file open already, dbt's own for example, has it with its own settings.
        raise refused("database-error", _first_line(error), target.place, "") from None
    except RuntimeError as error:
        raise _not_taken(error, target) from None


def _not_taken(error: RuntimeError, target: Target) -> ProblemsFound:
    """Give what is said of a text that is not UTF-8, such as a folder's name: no error of the engine is."""
    hint = "DuckDB takes statements and paths of UTF-8 only"
    return refused("database-error", _first_line(error), target.place, hint)


def _by_whom(said: str) -> str:
    start = said.find("(PID ")
    return f" {said[start : said.find(')', start) + 1]}" if start >= 0 else ""


def _attached(target: Target) -> list[tuple[str, str]]:
    """Give path and alias of each database to attach; raises ProblemsFound where it is no list of those."""
    listed = target.settings.get("attach") or []
    if not isinstance(listed, list) or not all(isinstance(entry, Mapping) for entry in listed):
        message = f"`attach` of target '{target.name}' is not a list of databases"
        raise refused("wrong-shape", message, target.place, "write each as `- path: <file>`")
    return [(str(entry.get("path", "")), str(entry.get("alias") or "")) for entry in listed]


def _shown(file: Path) -> str:
    return file.relative_to(Path.cwd()).as_posix() if file.is_relative_to(Path.cwd()) else str(file)


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
