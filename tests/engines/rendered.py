"""What dbt would send to every engine, without one: the SQL of models, tests and macros, for all of DIALECTS.

dbt's own Jinja renders them, over the macros of this package and those of the real adapters, of which only
their macros are installed (requirements/install_macros.sh). What takes a database to know is answered twice:
as if nothing had been built, and as if there were a build to go on from. The statements asked on the way are
among those given.
"""

from __future__ import annotations

import copy
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml
from dbt_common.clients.jinja import CallableMacroGenerator, MacroReturn, template_cache
from rollforward.dialects import DIALECTS, Dialect

from tests.engines.questions import of_users

REPO = Path(__file__).parents[2]
MACROS = REPO / ".engines" / "macros" / "dbt" / "include"
STARTS = re.compile(r"\{%-?\s*(macro|test)\s+(\w+)\s*\(")

# What the adapter's Python knows: its words for text and moment, and how it quotes a name.
TEXT = {"bigquery": "STRING", "spark": "string", "databricks": "string", "clickhouse": "String"}
MOMENT = {"clickhouse": "DateTime", "spark": "timestamp", "databricks": "timestamp"}
QUOTE = {"bigquery": "`", "spark": "`", "databricks": "`", "clickhouse": "`"}

# What depends on the settings alone, and is asked again and again.
SETTLED = (
    "attributes",
    "books",
    "check_settings",
    "comparisons",
    "is_configured",
    "setting",
    "text_type",
    "windows",
)


@dataclass(frozen=True, slots=True)
class Project:
    """A dbt project to render: its name, settings, and the folders of its models and macros.

    `goes_on` says for which builds: the first, and the one that goes on from it.
    """

    label: str
    name: str
    folder: Path
    settings: Mapping[str, Any]
    models: tuple[Path, ...]
    macros: tuple[Path, ...] = ()
    goes_on: tuple[bool, ...] = (False,)


@dataclass(frozen=True, slots=True)
class Statement:
    """A text for an engine, and where it comes from."""

    engine: str
    source: str
    sql: str


@dataclass(frozen=True, slots=True)
class Relation:
    """A table or view; dbt's own knows more."""

    identifier: str
    database: str = "warehouse"
    schema: str = "analytics"
    is_delta: bool = False
    is_iceberg: bool = False

    def incorporate(self, path: Mapping[str, str]) -> Relation:
        return replace(self, identifier=path["identifier"])

    def __str__(self) -> str:
        return f"{self.schema}.{self.identifier}"


@dataclass(slots=True)
class Config:
    """What a model says about itself."""

    given: dict[str, Any] = field(default_factory=dict)

    def __call__(self, **given: Any) -> str:
        self.given.update(given)
        return ""

    def get(self, name: str, default: Any = None) -> Any:
        return self.given.get(name, default)


@dataclass(slots=True)
class Rendering:
    """The names a template sees, for one engine and project; `asked` are the queries it ran on the way."""

    engine: Dialect
    project: Project
    goes_on: bool
    asked: list[str] = field(default_factory=list)
    config: Config = field(default_factory=Config)
    names: dict[str, Any] = field(default_factory=dict)

    def render(self, text: str, this: str = "", arguments: Mapping[str, Any] | None = None) -> str | None:
        """The text of a template; None when its model is off."""
        self.config.given = {}
        names = {**self.names, **(arguments or {}), "this": Relation(this)}
        template = template_cache.get_node_template(SimpleNamespace(name=this, macro_sql=text))
        rendered: str = template.render(names)
        return rendered if self.config.get("enabled", True) else None


def _returned(value: Any) -> None:
    raise MacroReturn(value)


@cache
def macros_in(folder: Path) -> dict[str, SimpleNamespace]:
    """Every macro below a folder by its name; generic tests are called test_<name>."""
    found = {}
    for path in sorted(folder.rglob("*.sql")):
        text = path.read_text()
        for kind, name in STARTS.findall(text):
            known_as = f"test_{name}" if kind == "test" else name
            found[known_as] = SimpleNamespace(name=known_as, macro_sql=text)
    return found


def _remembering(call: Any) -> Any:
    """The same macro, asked once: what the settings say does not change while they are rendered."""
    answers: dict[str, Any] = {}

    def ask(*given: Any) -> Any:
        key = repr(given)
        if key not in answers:
            answers[key] = call(*given)
        return copy.copy(answers[key])

    return ask


def rendering(engine: Dialect, project: Project, *, goes_on: bool) -> Rendering:
    """What dbt puts before a template."""
    made = Rendering(engine, project, goes_on)
    adapters = [engine.adapter, *filter(None, [engine.parent])]
    spaces = {
        "dbt": {
            name: macro
            for folder in reversed([*(_macros_of(each) for each in adapters), _macros_of("global_project")])
            for name, macro in macros_in(folder).items()
        },
        "rollforward": macros_in(REPO / "macros"),
        project.name: {name: macro for folder in project.macros for name, macro in macros_in(folder).items()}
        or macros_in(REPO / "macros"),
    }
    names = made.names
    callables = {
        space: {name: CallableMacroGenerator(macro, names) for name, macro in macros.items()}
        for space, macros in spaces.items()
    }
    for name in SETTLED:
        callables["rollforward"][name] = _remembering(callables["rollforward"][name])
    names.update(callables["dbt"])
    names.update(callables)
    names.update(_builtins(made))

    def dispatch(name: str, space: str = "dbt") -> Any:
        for prefix in [*adapters, "default"]:
            if found := callables[space].get(f"{prefix}__{name}"):
                return found
        raise LookupError(f"no variant of {space}.{name} for {engine.adapter}")

    names["adapter"] = _adapter(made, dispatch)
    names["context"] = names
    return made


def _macros_of(adapter: str) -> Path:
    """Where an adapter keeps its macros; those of DuckDB and dbt itself are in the project's environment."""
    import dbt.include

    own = next((path for each in dbt.include.__path__ if (path := Path(each) / adapter).exists()), None)
    found = own or MACROS / adapter
    if not found.exists():
        sys.exit(f"the macros of dbt-{adapter} are not here: `make .engines/macros/.ready` brings them")
    return found / "macros"


def _builtins(made: Rendering) -> dict[str, Any]:
    """What dbt itself defines."""
    import hashlib
    import json

    settings = {"rollforward": made.project.settings}
    column = SimpleNamespace(translate_type=lambda name: _type_of(name, made.engine))

    def stop(message: str) -> None:
        raise ValueError(message)

    return {
        "return": _returned,
        "var": lambda name, default=None: settings.get(name, default),
        "ref": lambda *names: Relation(names[-1]),
        "source": lambda *names: Relation(names[-1]),
        "api": SimpleNamespace(Column=column, Relation=SimpleNamespace(create=_relation)),
        "config": made.config,
        "execute": True,
        "exceptions": SimpleNamespace(raise_compiler_error=stop),
        "flags": SimpleNamespace(FULL_REFRESH=False, WHICH="compile"),
        "local_md5": lambda text: hashlib.md5(text.encode(), usedforsecurity=False).hexdigest(),
        "modules": SimpleNamespace(re=re),
        "project_name": made.project.name,
        "run_query": lambda sql: _answered(sql, made),
        "run_started_at": datetime(2026, 1, 1, tzinfo=UTC),
        "target": SimpleNamespace(type=made.engine.adapter, profile_name=made.project.name),
        "tojson": lambda value: json.dumps(value, sort_keys=True, default=str),
    }


def _relation(*, identifier: str, **_: Any) -> Relation:
    return Relation(identifier)


def _type_of(name: str, engine: Dialect) -> str:
    match name:
        case "string":
            return TEXT.get(engine.adapter, "TEXT")
        case "timestamp":
            return MOMENT.get(engine.adapter, "TIMESTAMP")
    return name


def _adapter(made: Rendering, dispatch: Any) -> SimpleNamespace:
    quote = QUOTE.get(made.engine.adapter, '"')
    return SimpleNamespace(
        dispatch=dispatch,
        quote=lambda name: f"{quote}{name}{quote}",
        get_relation=lambda *names: Relation(names[-1]) if made.goes_on else None,
        get_columns_in_relation=lambda _: [{"name": "build"}],
        has_dbr_capability=lambda _: True,
        type=lambda: made.engine.adapter,
    )


def _answered(sql: str, made: Rendering) -> SimpleNamespace:
    made.asked.append(sql)
    return SimpleNamespace(rows=[[answer_of(sql, goes_on=made.goes_on)]], columns=[])


def answer_of(sql: str, *, goes_on: bool) -> int | None:
    """What a database answers that holds a build to go on from, or nothing.

    None of its tables is of this build already, and not much has changed.
    """
    return (0 if " as kept " in sql else 7) if goes_on else None


def projects() -> Iterator[Project]:
    """The demo, the consumer project of the tests, one with a book of every shape, and such as have less."""
    demo = yaml.safe_load((REPO / "vars.yml").read_text())["vars"]["rollforward"]
    consumer = REPO / "tests" / "integration"
    settings = yaml.safe_load((consumer / "dbt_project.yml").read_text())["vars"]["rollforward"]
    yield Project("demo", "rollforward", REPO, demo, (REPO / "models" / "metrics",))
    package = tuple(REPO / "models" / name for name in ("staging", "intermediate", "marts"))
    folders = (*package, REPO / "tests" / "dbt")
    models = (consumer / "models", *folders)
    yield Project("consumer", "consumer", consumer, settings, models, (consumer / "macros",))
    movements = {
        "shape": "movements",
        "unit": "Customer Number",
        "amount": "change",
        "occurred_on": "booked_on",
        "attributes": ["plan"],
    }
    books = {**demo["books"], **settings["books"], "standing_orders": movements}
    books = {name: {**book, "relation": "demo_subscriptions"} for name, book in books.items()}
    every_shape = {"books": books, "fiscal_year_start_month": 4}
    yield Project("every_shape", "rollforward", REPO, every_shape, folders, (), (False, True))
    plain = {**books["standing_orders"], "attributes": []}
    single = {"books": {"standing_orders": plain}, "as_of_date": "2026-06-30"}
    yield Project("single_book", "rollforward", REPO, single, folders)
    payments = {name: book for name, book in books.items() if book["shape"] == "payments"}
    yield Project("payments_alone", "rollforward", REPO, {"books": payments}, folders, (), (False, True))
    alike = {name: {**book, "attributes": []} for name, book in payments.items()} | single["books"]
    yield Project("no_attributes", "rollforward", REPO, {"books": alike}, folders, (), (False, True))


GENERIC_TESTS = {
    "adds_up": {
        "model": "cohorts",
        "column_name": "ending_customers",
        "parts": ["new_customers", "starting_customers"],
    },
    "unique_together": {"model": "cohorts", "columns": ["book", "plan"]},
    "within": {"model": "cohorts", "column_name": "net_expansion_rate", "minimum": 0, "maximum": 1.5},
}
QUERY = """{{ rollforward.query(metrics=['net_expansion_rate', 'quick_ratio'], book='recurring_revenue',
    comparison='trailing_12_months', by=['plan'], where="plan <> 'internal' or region is null") }}"""


def statements() -> Iterator[Statement]:
    """Everything, for every engine, each text once."""
    for engine in DIALECTS:
        seen: set[str] = set()
        for source, sql in _of_engine(engine):
            if sql not in seen:
                seen.add(sql)
                yield Statement(engine.adapter, source, sql)


def _of_engine(engine: Dialect) -> Iterator[tuple[str, str]]:
    for project in projects():
        for goes_on in project.goes_on:
            for source, sql in of_project(engine, project, goes_on=goes_on):
                yield f"{project.label}: {source or 'asked on the way'}", sql
    yield from of_users(engine)
    made = rendering(engine, next(projects()), goes_on=False)
    yield "macros/query.sql", made.render(QUERY) or ""
    for name, arguments in GENERIC_TESTS.items():
        call = f"{{{{ rollforward.test_{name}({', '.join(arguments)}) }}}}"
        yield f"macros/tests/{name}.sql", made.render(call, arguments=arguments) or ""


def of_project(engine: Dialect, project: Project, *, goes_on: bool) -> Iterator[tuple[str, str]]:
    """Every statement of a project with its file; queries asked on the way have none."""
    made = rendering(engine, project, goes_on=goes_on)
    for folder in project.models:
        for path in sorted(folder.rglob("*.sql")):
            sql = made.render(path.read_text(encoding="utf-8"), this=path.stem)
            if sql is not None:
                yield str(path.relative_to(REPO)), sql
    yield from (("", sql) for sql in made.asked)
