"""Write what is made from code and definitions: pages of docs/reference, the list of decisions, and the JSON
Schema of editors.

`make compile` runs this.
"""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from rollforward.arguments import commands_of, parser
from rollforward.catalog import read_catalog
from rollforward.codes import GROUPS
from rollforward.definition_card import range_in_words
from rollforward.definitions import MOVEMENTS, ROW_COLUMNS
from rollforward.dialects import DIALECTS
from rollforward.errors import Problem, ProblemsFound
from rollforward.keys import CARD_KEYS, DIMENSION_KEYS, FILE_KEYS, TYPE_KEYS, VIEW_KEYS, Key
from rollforward.layout import read_layout
from rollforward.outputs import SAID
from rollforward.plan import MetricPlan, plan
from rollforward.resolve import resolve
from rollforward.schema import SCHEMA_FILE, schema

from tests.engines.records import models_fingerprint, records

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference"
DECISIONS = ROOT / "docs" / "decisions"
CASES = ROOT / "tests" / "python" / "problems"
HEAD = """\
# Metrics

Every shipped metric is a file in `metrics/`; this page is made from those files. Formulas are over the
measures below; the range of a metric follows from what its measures are made of, and metric views test it.
A denominator of 0 gives null.

| metric | formula | range | other names |
|---|---|---|---|
"""
MEASURES = """
## Measures

What adds up: the columns of `rollforward__revenue_cohorts`. A measure with parts is exactly their sum, in
every row.

| measure | | made of |
|---|---|---|
"""


def metrics_page() -> str:
    """Give the text of the metrics page."""
    problems: list[Problem] = []
    catalog = read_catalog(read_layout(ROOT, problems), problems)
    metrics = plan(resolve(catalog, problems)).metrics
    if problems:
        raise ProblemsFound(problems)
    aliases = {
        metric.card.name.text: [alias.text for alias in metric.card.aliases] for metric in catalog.metrics
    }
    rows = [
        metric_row(metric, aliases[metric.name]) for metric in sorted(metrics, key=lambda each: each.name)
    ]
    said = [
        f"## {metric.label}\n\n`{metric.name}`: {' '.join(metric.description.split())}\n"
        for metric in metrics
    ]
    parts = [
        f"| `{measure.name}` | {measure.description} | {' + '.join(in_code(measure.parts))} |\n"
        for measure in catalog.measures
    ]
    return HEAD + "".join(rows) + MEASURES + "".join(parts) + "\n" + "\n".join(said)


def metric_row(metric: MetricPlan, aliases: list[str]) -> str:
    """Give one line of the table of metrics."""
    link = f"[`{metric.name}`](../../{metric.path})"
    cells = (link, f"`{metric.words}`", range_in_words(metric.bounds), ", ".join(in_code(aliases)))
    return f"| {' | '.join(cells)} |\n"


def in_code(names: Iterable[str]) -> list[str]:
    """Give names as code."""
    return [f"`{name}`" for name in names]


PROBLEMS_HEAD = """\
# Problems

What `rollforward compile`, `rollforward check` and `dbt build` say when something is wrong: all of it in one
run, each with a code, the place, the word, and a way out. Codes do not change. This page is made from the
code, and every example on it is a test.

`rollforward check --format json` and `--format sarif` say the same to a program; code hosts show SARIF beside
the lines of a change.
"""


def problems_page() -> str:
    """Give the text of the page of problems: what each code is about, and the smallest example."""
    examples = {code: case for case in sorted(CASES.glob("*.txt"), reverse=True) for code in codes_of(case)}
    examples |= {case.stem: case for case in CASES.glob("*.txt") if case.stem in codes_of(case)}
    sections = [PROBLEMS_HEAD]
    for title, codes in GROUPS.items():
        sections.append(f"\n## {title}\n")
        for code, said in codes.items():
            sections.append(f"\n### `{code}`\n\n{said}\n")
            if code in examples:
                sections.append(example(examples[code]))
            elif code in SAID:
                sections.append(f"\n> {SAID[code].format(source='metrics/my_metric.yml')}\n")
    return "".join(sections)


def codes_of(case: Path) -> list[str]:
    """Give the codes that a case is said to have."""
    return list(dict.fromkeys(re.findall(r"error\[(.+?)\]", case.read_text(encoding="utf-8"))))


def example(case: Path) -> str:
    """Give a case as blocks: its files, then what is said of them."""
    _, *parts = re.split(r"^--- (.+)\n", case.read_text(encoding="utf-8"), flags=re.MULTILINE)
    blocks = []
    for name, text in zip(parts[::2], parts[1::2], strict=True):
        opening = "```text" if name == "says" else f'```yaml title="{name}"'
        blocks.append(f"\n{opening}\n{text.rstrip()}\n```\n")
    return "".join(blocks)


YAML_HEAD = """\
# YAML of definitions

The files of `metrics/`, any depth. Each holds one or more of the lists below. This page and the JSON Schema
that editors complete and check by are made from the tables the compiler itself reads by. For what is said of
mistakes see [Problems](problems.md), for how to go about it [Declare a
metric](../how-to/declare-a-metric.md), and for the vars that say where the revenue is [Books and
settings](books.md).

With this line at the top of a file, an editor with a YAML language server completes keys and marks wrong
ones:

```yaml
# yaml-language-server: $schema=../dbt_packages/rollforward/python_pkg/rollforward/metrics.schema.json
```

| list | |
|---|---|
"""
HOLDS = {
    "name": "a name",
    "text": "text",
    "sql": "SQL",
    "number": "a whole number",
    "numbers": "a list of numbers",
    "words": "a list of names",
}


def yaml_page() -> str:
    """Give the text of the YAML reference."""
    lists = "".join(f"| `{key}` | {said} |\n" for key, said in FILE_KEYS.items())
    sections = [YAML_HEAD, lists, "\n## A metric\n", key_table(CARD_KEYS, {"type": tuple(TYPE_KEYS)})]
    for kind, keys in TYPE_KEYS.items():
        sections += [f"\n### type: {kind}\n", key_table(keys)]
    sections += ["\n## A dimension\n", key_table(DIMENSION_KEYS), "\n## A view\n", key_table(VIEW_KEYS)]
    columns = ", ".join(f"`{name}`" for name in ROW_COLUMNS)
    movements = ", ".join(f"`{name}`" for name in MOVEMENTS)
    sections.append(
        "\n## Columns of the ledger\n\n"
        f"`expr` and `filter` are over these columns, and the attributes of the book: {columns}.\n"
        f"`movement` is one of {movements}.\n"
    )
    return "".join(sections)


def key_table(keys: tuple[Key, ...], words: Mapping[str, tuple[str, ...]] = MappingProxyType({})) -> str:
    """Give a table of keys; those that must be there say so."""
    lines = ["\n| key | | |\n|---|---|---|\n"]
    for key in keys:
        allowed = key.allowed or words.get(key.name, ())
        value = ", ".join(in_code(allowed)) if allowed else HOLDS[key.holds]
        if key.most:
            value += f", {key.least} to {key.most}"
        lines.append(f"| `{key.name}`{', required' if key.required else ''} | {value} | {key.said} |\n")
    return "".join(lines)


CLI_HEAD = """\
# Command line

Made from the parser itself. For how to go about it see [Ask from the
terminal](../how-to/ask-from-the-terminal.md), [Explain a number](../how-to/explain-a-number.md) and [Review
a change](../how-to/review-a-change.md).
"""


def cli_page() -> str:
    """Give the text of the page of commands: the help of each, as a terminal of 80 columns shows it."""
    top = parser(width=80)
    sections = [CLI_HEAD, f"\n```text\n{top.format_help().rstrip()}\n```\n"]
    for name, command in commands_of(top).items():
        sections.append(f"\n## rollforward {name}\n\n```text\n{command.format_help().rstrip()}\n```\n")
    return "".join(sections)


BENCHMARKS_HEAD = """\
# How fast the command line answers

Measured side by side with MetricFlow in one run by `make bench-cli`, on one DuckDB file, with the same
numbers in both answers. Every command is a process of its own; seconds are medians of {repeats} runs that
take turns, after one that does not count. Python {python}, {cores} cores; rollforward {ours},
dbt-metricflow {beside}, metricflow {engine}.

| | rollforward | MetricFlow | times faster |
|---|---:|---:|---:|
"""
MEASURED = {
    "query": "net expansion rate by plan by month: `rollforward query`, `mf query`",
    "check": "{metrics} metrics: `rollforward check`, without its stamp of what is unchanged; "
    "`mf validate-configs --skip-dw`",
    "import": "importing the command line in Python",
    "start": "`--version`",
}


def benchmarks_page() -> str:
    """Give the text of the page of benchmarks of the command line, from the results of the last run."""
    found = json.loads((ROOT / "benchmarks" / "results" / "cli.json").read_text(encoding="utf-8"))
    versions, seconds = found["versions"], found["seconds"]
    head = BENCHMARKS_HEAD.format(
        repeats=found["repeats"],
        python=found["machine"]["python"],
        cores=found["machine"]["cores"],
        ours=versions["rollforward"],
        beside=versions["dbt-metricflow"],
        engine=versions["metricflow"],
    )
    rows = [
        f"| {said.format(metrics=found['metrics_checked'])} | {seconds[name]['rollforward']:.3f} s"
        f" | {seconds[name]['metricflow']:.3f} s | {seconds[name]['times_faster']} |\n"
        for name, said in MEASURED.items()
    ]
    # What else the machine did: both ways share it, and take longer for it.
    load, simple = found["machine"].get("load"), found["simple_metrics"]
    rest = (
        f"\nCompiling 20 metrics and a view, after imports: {found['compile_20_metrics_after_import_ms']} ms."
        f" Most memory that a query takes: {found['query_peak_memory_mb']} MB."
        f"{f' Load of the machine when it began: {load}.' if load else ''}\n\n"
        "Where every metric is `simple`, with a filter of its own, SQL has to be read and checked. Compiling"
        f" 20 of them takes {simple['compile_20_after_import_cpu_ms']} ms of the processor's time after"
        f" imports, `rollforward check` of 200 takes {simple['check_200_cpu_seconds']} s of it, at a load of"
        f" {simple['load']}.\n\n"
        "MetricFlow reads the cohorts that rollforward built, from a table, since it does not compute them:"
        " its semantic models are in `benchmarks/metricflow`.\n"
    )
    return head + "".join(rows) + rest


ENGINES_HEAD = """\
# Engines

One table in the compiler says what engines there are and what is written differently for them; all macros,
views and checks follow it.

| adapter | level | SQL | float | number with decimals | day | order of texts | type contracts |
|---|---|---|---|---|---|---|---|
"""
ENGINES_FOUND = """
## What was found

What `make test-engines` found, and wrote here: every case builds the same input through dbt on an engine and
on DuckDB, and compares each cell of the ledger, the cohorts, the problems and the metric views: amounts and
counts exactly, rates to 12 decimals. Drawn books are built, edited and built again; what goes on from the
build before must be what a build from nothing gives, and what a loop over customers in plain Python gives.
The cases are in `tests/engines`.

*Executed*: the engine itself ran it. *Evaluated*: the reference implementation of the engine's SQL did.
*Emulated*: an emulator of the engine did. *Compiled*: dbt compiled the SQL, and it was read and checked, not
run. *Models*: whether it was the models and macros as they are now, to the letter, or earlier ones.

| engine | level | versions | on | models | cases passed | failed | skipped |
|---|---|---|---|---|---:|---:|---:|
"""


def engines_page() -> str:
    """Give the text of the support matrix, from what the last run on each engine left behind."""
    table = [
        f"| {each.adapter} | {each.level} | {each.sqlglot} | `{each.float_type}`"
        f" | {each.decimal or 'as it comes'} | `{each.day_type}` | {each.collation or 'as it comes'}"
        f" | {'kept' if each.keeps_contracts else 'none'} |\n"
        for each in DIALECTS
    ]
    now, found_before = models_fingerprint(), records()
    rows = [
        f"| {found['engine']} | {found['level']} | {', '.join(map(' '.join, found['versions'].items()))}"
        f" | {found['date']} | {'as they are' if found['models'] == now else 'earlier'}"
        f" | {len(found['passed'])} | {len(found['failed'])} | {len(found['skipped'])} |\n"
        for found in found_before
    ]
    sections = [f"\n### {found['engine']}\n\n{cases_of(found)}" for found in found_before]
    return ENGINES_HEAD + "".join(table) + ENGINES_FOUND + "".join(rows) + "".join(sections)


def cases_of(found: Mapping[str, Any]) -> str:
    """Give what passed on an engine, and what did not."""
    lines = [f"Passed: {', '.join(in_code(found['passed']))}.\n"] if found["passed"] else []
    lines += [f"Failed: {', '.join(in_code(found['failed']))}.\n"] if found["failed"] else []
    lines += [f"Skipped: `{name}`, {reason}.\n" for name, reason in found["skipped"].items()]
    return "\n".join(lines)


DECISIONS_HEAD = """\
# Decisions

What was decided where priorities pull in different directions, and why. This list is made from the headings.

"""


def decisions_page() -> str:
    """Give the list of decisions, each by its heading."""
    lines = []
    for page in sorted(DECISIONS.glob("[0-9]*.md")):
        heading = page.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")
        lines.append(f"* {int(page.name.partition('-')[0])}: [{heading}]({page.name})\n")
    return DECISIONS_HEAD + "".join(lines)


def made() -> dict[Path, str]:
    """Give every file that is made here, with its text."""
    return {
        REFERENCE / "metrics.md": metrics_page(),
        REFERENCE / "problems.md": problems_page(),
        REFERENCE / "yaml.md": yaml_page(),
        REFERENCE / "cli.md": cli_page(),
        REFERENCE / "benchmarks-cli.md": benchmarks_page(),
        REFERENCE / "engines.md": engines_page(),
        DECISIONS / "README.md": decisions_page(),
        ROOT / "python_pkg" / "rollforward" / SCHEMA_FILE: json.dumps(schema(), indent=2) + "\n",
    }


if __name__ == "__main__":
    for path, text in made().items():
        path.write_text(text, encoding="utf-8")
