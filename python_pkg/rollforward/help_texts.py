"""What the help says of the commands: their groups, a line each, what they do at length, and examples."""

from __future__ import annotations

from dataclasses import dataclass

GROUPS = (
    ("Set up a project", ("init", "compile", "check")),
    ("Look at definitions", ("list", "show", "diff")),
    ("Ask for numbers", ("query", "explain", "sql")),
)


@dataclass(frozen=True, slots=True)
class Described:
    """A command: its line in the list, what it does at length, and examples."""

    line: str
    text: str
    examples: tuple[str, ...] = ()


COMMANDS = {
    "init": Described(
        "write the settings of a first book and a first view",
        "Look at the project's models or at a table, propose a book, and write what is missing: the vars in"
        " dbt_project.yml, a view in metrics/, the entry in packages.yml. Asks on a terminal; nothing that is"
        " there is changed, and a second run changes nothing.",
        (
            "rollforward init",
            "rollforward init --relation fct_subscriptions --yes",
        ),
    ),
    "compile": Described(
        "write macros/metrics and models/metrics from metrics/*.yml",
        "Write macros/metrics and models/metrics from metrics/*.yml. Only files whose content changes are"
        " written; one edited by hand stops everything.",
    ),
    "check": Described(
        "say whether the written files are what the definitions say",
        "Say whether the written files are what the definitions say. Writes nothing; exit code 1 where they"
        " are not.",
        ("rollforward check", "rollforward check --format json"),
    ),
    "list": Described(
        "list metrics, attributes, books, comparisons or views",
        "List what there is to ask for.",
        ("rollforward list metrics", "rollforward list attributes --format json"),
    ),
    "show": Described(
        "what a metric means: formula, unit, policies, fingerprint, SQL",
        "Show the definition of a metric: its formula in words and symbols, what it is made of, its range,"
        " its policies, its fingerprint and its SQL; or what one stage of the compiler makes of it.",
        ("rollforward show net_expansion_rate", "rollforward show net_expansion_rate --stage sql"),
    ),
    "diff": Described(
        "which meanings changed since a git revision, and which numbers",
        "Say which metrics, views and books mean something else than at a git revision, and which views that"
        " reaches. With the database of the base, also which published values differ and by how much.",
        (
            "rollforward diff",
            "rollforward diff --base main --format markdown",
            "rollforward diff --base main --base-target prod",
        ),
    ),
    "query": Described(
        "values of metrics, by period and attributes",
        "Ask for metrics, one line a period and slice. Periods that are not over are left out.",
        (
            "rollforward query net_expansion_rate --by plan",
            "rollforward query nrr grr --comparison trailing_12_months --format csv",
            "rollforward query net_expansion_rate --by plan --plot",
        ),
    ),
    "explain": Described(
        "take one value apart: bridge, sides, customers, what is left out",
        "Take one value apart: the bridge from start to end, numerator and denominator, the customers that"
        " moved it most, and what was left out of the input and why. Contributions add up exactly.",
        ("rollforward explain net_expansion_rate --period 2026-06 --by plan",),
    ),
    "sql": Described(
        "the SQL of a query, and nothing else",
        "Print the SQL that `rollforward query` runs for the same words. No database is opened.",
        ("rollforward sql net_expansion_rate --by plan",),
    ),
}


def command_names() -> tuple[str, ...]:
    """Give the commands in the order the help lists them."""
    return tuple(name for _, names in GROUPS for name in names)


def overview(description: str) -> str:
    """Give the help of the whole: commands in groups, a line each."""
    lines = [
        "usage: rollforward <command> [options]",
        "",
        description,
        "",
    ]
    for title, names in GROUPS:
        lines += [title, *(f"  {name:9} {COMMANDS[name].line}" for name in names), ""]
    lines += [
        "`rollforward <command> --help` says more about each of them.",
        "Exit codes: 0 done, 1 a problem in project or database, 2 wrong usage.",
    ]
    return "\n".join(lines) + "\n"
