"""What changed in meaning since a git revision: metrics, views, books; and published values, by how much."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest
from rollforward import cli
from small_project import DEFINITIONS, METRIC, PROJECT, VIEW, small_project


def committed(folder: Path, files: Mapping[str, str] = DEFINITIONS, inside: str = "") -> Path:
    """A project whose files are committed, perhaps in a folder of a larger repository."""
    root = small_project(folder / inside if inside else folder, files)
    subprocess.run(["git", "-C", str(folder), "init", "-q", "-b", "main"], check=True, capture_output=True)
    commit(folder)
    return root


def commit(folder: Path) -> None:
    identity = ["-c", "user.name=someone", "-c", "user.email=someone@example.org"]
    for command in (["add", "."], [*identity, "commit", "-q", "-m", "Begin"]):
        subprocess.run(["git", "-C", str(folder), *command], check=True, capture_output=True)


def write(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)


def diff(root: Path, capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    assert cli.main(["diff", "--project-dir", str(root), *arguments]) == code
    said = capsys.readouterr()
    return said.out if code < 1 or "--exit-code" in arguments else said.err


def test_nothing_changed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = committed(tmp_path)
    assert "every metric, view and book means what it meant" in diff(root, capsys, "--exit-code")


def test_a_changed_meaning_reaches_its_views(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = committed(tmp_path / "repository", inside="analytics/dbt")
    write(root, "metrics/lost_share.yml", METRIC.replace("contraction_revenue + churned", "churned"))
    [line, formula, seen] = diff(root, capsys, "--exit-code", code=1).splitlines()[2:]
    before, after = line.removeprefix("changed metric lost_share  ").split(" → ")
    assert before != after
    assert formula == (
        "  formula: (contraction_revenue + churned_revenue) / starting_revenue"
        " → churned_revenue / starting_revenue"
    )
    assert seen == "  seen in retention"


def test_other_words_are_no_other_meaning(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A label, the order of a sum, a detour over another metric: the fingerprint stays."""
    root = committed(tmp_path)
    text = METRIC.replace("label: Lost Share", "label: Share Lost").replace(
        "contraction_revenue + churned_revenue", "churned_revenue + contraction_revenue"
    )
    write(root, "metrics/lost_share.yml", text)
    said = diff(root, capsys, "--exit-code")
    assert "reworded metric lost_share" in said and "label: Lost Share → Share Lost" in said
    assert "changed" not in said


def test_added_removed_and_renamed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = committed(tmp_path)
    write(root, "metrics/lost_share.yml", METRIC.replace("name: lost_share", "name: loss_share"))
    write(root, "metrics/views.yml", VIEW.replace("lost_share", "loss_share").replace("by: [plan]", "by: []"))
    write(root, "metrics/more.yml", METRIC.replace("lost_share", "twice").replace("expr: (", "expr: 2 * ("))
    found = json.loads(diff(root, capsys, "--format", "json"))
    changes = {(change["what"], change["name"]): change for change in found["changes"]}
    assert {key: change["how"] for key, change in changes.items()} == {
        ("metric", "loss_share"): "renamed",
        ("metric", "twice"): "added",
        ("view", "retention"): "changed",
    }
    assert changes["metric", "loss_share"]["views"] == ["retention"]
    assert {part["name"] for part in changes["view", "retention"]["parts"]} == {"metrics", "by"}
    before, after = changes["view", "retention"]["fingerprint"].values()
    assert len(before) == len(after) == 12 and before != after


DETAILS = """\
metrics:
  - {name: with_a_plan, type: simple, agg: count, expr: plan}
  - {name: grown, type: simple, agg: sum, expr: ending_amount, filter: plan = 'pro'}
  - {name: alike, type: simple, agg: sum, expr: ending_amount, filter: plan = 'pro'}
  - {name: twice, type: derived, expr: grown + alike}
dimensions:
  - {name: size, expr: ending_amount, bands: [1000, 5000]}
views:
  - name: sizes
    book: subscriptions
    metrics: [net_expansion_rate]
    comparisons: [month_over_month]
    by: [size]
"""


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ("bands: [1000, 5000]", "bands: [100, 500]", "changed view sizes"),
        ("expr: ending_amount, bands", "expr: starting_amount, bands", "changed view sizes"),
        ("expr: plan}", "expr: region}", "changed metric with_a_plan"),
        ("grown + alike", "alike", "changed metric twice"),
    ],
)
def test_what_customers_are_counted_and_grouped_by_is_part_of_what_numbers_mean(
    written: str, instead: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = committed(tmp_path, {"metrics/a.yml": DETAILS})
    write(root, "metrics/a.yml", DETAILS.replace(written, instead))
    lines = diff(root, capsys, "--exit-code", code=1).splitlines()
    [line] = [line for line in lines if line.startswith("changed ")]
    assert line.startswith(said)


def test_names_on_the_way_are_no_part_of_what_a_metric_means(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = [f"agg: sum, expr: ending_amount, filter: plan = '{plan}'" for plan in ("a", "b")]
    text = """\
metrics:
  - {{name: {0}, type: simple, {2}}}
  - {{name: {1}, type: simple, {3}}}
  - {{name: weighed, type: derived, expr: "{0} / (2 * {0} + 3 * {1})"}}
"""
    root = committed(tmp_path, {"metrics/a.yml": text.format("first", "second", *kept)})
    write(root, "metrics/a.yml", text.format("zone", "second", *kept))
    assert "weighed" not in diff(root, capsys)


def test_a_metric_that_changed_through_another_says_what_did(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    details = DETAILS.replace(
        "  - {name: twice,",
        "  - {name: grown_share, type: ratio, numerator: grown, denominator: starting_revenue}\n"
        "  - {name: again, type: ratio, numerator: lost_share, denominator: grown_share}\n"
        "  - {name: twice,",
    )
    root = committed(tmp_path, DEFINITIONS | {"metrics/details.yml": details})
    write(
        root, "metrics/details.yml", details.replace("'pro'}\n  - {name: alike", "'team'}\n  - {name: alike")
    )
    write(root, "metrics/lost_share.yml", METRIC.replace("contraction_revenue + churned", "churned"))
    found = json.loads(diff(root, capsys, "--format", "json"))
    parts = {change["name"]: change["parts"] for change in found["changes"]}
    for name in ("grown", "grown_share", "again"):
        assert parts[name], name
        assert all(part["before"] != part["after"] for part in parts[name]), name
    [part] = parts["grown_share"]
    assert part["name"] == "grown" and "'pro'" in part["before"] and "'team'" in part["after"]


def test_where_the_revenue_is_read_is_part_of_what_numbers_mean(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = committed(tmp_path)
    project = PROJECT.replace("amount: mrr", "amount: net_mrr") + "    reactivation: new\n"
    write(root, "dbt_project.yml", project)
    said = diff(root, capsys)
    assert "changed book subscriptions\n  amount: mrr → net_mrr\n  seen in retention" in said
    assert "added setting reactivation\n  new\n  seen in retention" in said
    assert "changed view retention" in said and "reactivation: own → new" in said
    markdown = diff(root, capsys, "--format", "markdown")
    assert "| changed book | `subscriptions` | amount: `mrr` | amount: `net_mrr` | `retention` |" in markdown


def test_a_base_that_is_not_there_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = committed(tmp_path / "repository")
    said = diff(root, capsys, "--base", "mian", code=2)
    assert "error[unknown-revision]: git knows no revision 'mian'" in said and "did you mean 'main'?" in said
    assert "error[unknown-revision]" in diff(root, capsys, "--base=--output=x", code=2)
    write(root, "metrics/lost_share.yml", METRIC.replace("churned_revenue", "churnd_revenue"))
    assert "error[unknown-metric]" in diff(root, capsys, code=1)
    outside = small_project(tmp_path / "outside")
    assert "error[no-git]" in diff(outside, capsys, code=2)


def test_a_broken_base_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = DEFINITIONS | {"metrics/lost_share.yml": METRIC.replace("churned_revenue", "churnd_revenue")}
    root = committed(tmp_path, broken)
    write(root, "metrics/lost_share.yml", METRIC)
    assert "HEAD:metrics/lost_share.yml:6:34: error[unknown-metric]" in diff(root, capsys, code=1)


COLUMNS = (
    "comparison text, period_start date, period_end date, plan text,"
    " net_expansion_rate double, lost_share double"
)


def database(file: Path, rows: str) -> Path:
    with duckdb.connect(str(file)) as connection:
        connection.execute(f"create table retention ({COLUMNS})")
        connection.execute(f"insert into retention values {rows}")
    return file


def two_targets(root: Path, before: Path, after: Path, schemas: str = "schema: main") -> list[str]:
    """Give a project two targets; what a diff has to be told of them."""
    outputs = f"dev: {{type: duckdb, path: '{after}', {schemas}}}, prod: {{type: duckdb, path: '{before}'}}"
    write(root, "profiles.yml", f"shop: {{target: dev, outputs: {{{outputs}}}}}\n")
    write(root, "dbt_project.yml", PROJECT.replace("name: shop\n", "name: shop\nprofile: shop\n"))
    return ["--profiles-dir", str(root)]


MONTH = "'month_over_month', '2026-06-01', '2026-06-30'"


def test_published_values_are_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = committed(tmp_path / "repository")
    before = database(
        tmp_path / "before.duckdb", f"({MONTH}, 'pro', 1.0308, 0.1), ({MONTH}, null, 0.5, null)"
    )
    after = database(tmp_path / "after.duckdb", f"({MONTH}, 'pro', 1.0182, 0.1), ({MONTH}, 'new', 0.5, null)")
    options = [*two_targets(root, before, after), "--limit", "2"]
    by_file = diff(root, capsys, *options, "--base-database", str(before))
    by_target = diff(root, capsys, *options, "--base-target", "prod")
    assert by_file == by_target
    assert by_file.splitlines()[-4:] == [
        "retention: 3 of 6 values differ, 2 of them in rows that only one side has",
        "  net_expansion_rate, month_over_month 2026-06, pro  103.1 % → 101.8 %  (-1.3 pt)",
        "  net_expansion_rate, month_over_month 2026-06, new  - → 50.0 %",
        "  and 1 more: --limit shows them",
    ]
    found = json.loads(diff(root, capsys, *options, "--base-target", "prod", "--format", "json"))["values"]
    assert found[0]["changes"][0] == {
        "column": "net_expansion_rate",
        "comparison": "month_over_month",
        "period": "2026-06",
        "period_end": "2026-06-30",
        "slice": ["pro"],
        "before": 1.0308,
        "after": 1.0182,
    }
    options[-1] = "9"
    markdown = diff(root, capsys, *options, "--base-target", "prod", "--format", "markdown")
    assert (
        "| `net_expansion_rate` | month_over_month 2026-06, pro | 103.1 % | 101.8 % | -1.3 pt |" in markdown
    )


def test_a_change_of_scale_is_seen_in_what_rates_are_made_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Dollars that became cents leave every rate as it was."""
    root = committed(tmp_path / "repository")
    for name, revenue in (("before", "100, 80"), ("after", "10000, 8000")):
        with duckdb.connect(str(tmp_path / f"{name}.duckdb")) as connection:
            parts = "starting_revenue decimal(18, 4), existing_revenue decimal(18, 4)"
            connection.execute(f"create table retention ({COLUMNS}, {parts}, is_mine boolean)")
            connection.execute(f"insert into retention values ({MONTH}, 'pro', 0.8, 0.1, {revenue}, true)")
    options = two_targets(root, tmp_path / "before.duckdb", tmp_path / "after.duckdb")
    text = diff(root, capsys, *options, "--base-target", "prod", "--exit-code", code=1)
    assert text.splitlines()[-3:] == [
        "retention: 2 of 4 values differ",
        "  existing_revenue, month_over_month 2026-06, pro  80.00 → 8,000.00  (+7,920.00)",
        "  starting_revenue, month_over_month 2026-06, pro  100.00 → 10,000.00  (+9,900.00)",
    ]


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ("", 'not compared: the base has no "main"."retention"'),
        (
            "create table retention (comparison text, plan text)",
            "not compared: no value is in both databases",
        ),
        (
            f"create table retention ({COLUMNS.replace('plan text,', '')})",
            "not compared: the base has no column plan",
        ),
    ],
)
def test_a_view_that_cannot_be_compared_is_said_and_counts(
    made: str, expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = committed(tmp_path / "repository")
    with duckdb.connect(str(tmp_path / "before.duckdb")) as connection:
        connection.execute(made or "select 1")
    after = database(tmp_path / "after.duckdb", f"({MONTH}, 'pro', 1, 0)")
    options = [*two_targets(root, tmp_path / "before.duckdb", after), "--base-database"]
    options.append(str(tmp_path / "before.duckdb"))
    assert f"retention: {expected}" in diff(root, capsys, *options)
    assert f"**`retention`**: {expected}" in diff(root, capsys, *options, "--format", "markdown")
    found = json.loads(diff(root, capsys, *options, "--exit-code", "--format", "json", code=1))["values"]
    assert found == [
        {
            "view": "retention",
            "not_compared": expected.removeprefix("not compared: "),
            "values": 0,
            "changed": 0,
            "changes": [],
        }
    ]


def test_a_view_that_is_sliced_otherwise_is_not_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The base has a row for each plan, all of which would be taken for the same one."""
    root = committed(tmp_path / "repository")
    before = database(tmp_path / "before.duckdb", f"({MONTH}, 'pro', 1, 0), ({MONTH}, 'basic', 2, 0)")
    after = database(tmp_path / "after.duckdb", f"({MONTH}, null, 2, 0)")
    options = [*two_targets(root, before, after), "--base-target", "prod"]
    write(root, "metrics/views.yml", VIEW.replace("by: [plan]", "by: []"))
    assert "retention: not compared: it is by nothing now, and by plan in the base" in diff(
        root, capsys, *options
    )
    for file in (before, after):
        with duckdb.connect(str(file)) as connection:
            connection.execute("alter table retention add column region text default 'north'")
    write(root, "metrics/views.yml", VIEW.replace("by: [plan]", "by: [region, plan]"))
    commit(root)
    write(root, "metrics/views.yml", VIEW.replace("by: [plan]", "by: [plan, region]"))
    said = diff(root, capsys, *options)
    assert "month_over_month 2026-06, (none), north  - → 200.0 %" in said
    assert "month_over_month 2026-06, pro, north  100.0 % → -" in said
    write(root, "metrics/views.yml", "metrics: []\n")
    assert diff(root, capsys, *options).endswith("\nno view is in both: no value was compared\n")


def manifest(root: Path, database: str, schema: str) -> None:
    """What dbt writes of the cohorts and of a view with a schema and a name of its own."""
    nodes = {
        "model.rollforward.rollforward__revenue_cohorts": {
            "database": database, "schema": schema, "name": "rollforward__revenue_cohorts", "config": {},
        },
        "model.shop.retention": {
            "database": database, "schema": f"{schema}_board", "name": "retention", "alias": "kept",
            "relation_name": f'"{database}"."{schema}_board"."kept"', "config": {"schema": "board"},
        },
    }  # fmt: skip
    text = json.dumps({"metadata": {"adapter_type": "duckdb", "project_name": "shop"}, "nodes": nodes})
    write(root, "target/manifest.json", text)


def test_a_view_is_looked_for_where_dbt_puts_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In a schema and under a name of its own, in another target and in another file alike."""
    root = committed(tmp_path / "repository")
    for name, schema, rate in (("before", "main", 1), ("then", "dev", 1), ("after", "dev", 2)):
        with duckdb.connect(str(tmp_path / f"{name}.duckdb")) as connection:
            connection.execute(f"create schema {schema}_board")
            connection.execute(f"create table {schema}_board.kept ({COLUMNS})")
            connection.execute(f"insert into {schema}_board.kept values ({MONTH}, 'pro', {rate}, 0)")
    options = two_targets(root, tmp_path / "before.duckdb", tmp_path / "after.duckdb", "schema: dev")
    manifest(root, "after", "dev")
    other = ["--base-target", "prod"]
    assert "retention: 1 of 2 values differ" in diff(root, capsys, *options, *other)
    other = ["--base-database", str(tmp_path / "then.duckdb")]
    assert "retention: 1 of 2 values differ" in diff(root, capsys, *options, *other)


def test_the_base_is_one_database_that_is_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = committed(tmp_path / "repository")
    after = database(tmp_path / "after.duckdb", f"({MONTH}, 'pro', 1, 0)")
    options = two_targets(root, after, after)
    text = diff(root, capsys, *options, "--base-database", str(tmp_path / "main.duckdb"), code=2)
    assert "error[database-missing]: there is no database" in text
    assert "hint: name a DuckDB file that dbt has built from the base" in text
    assert "--base-target: error[target-missing]" in diff(
        root, capsys, *options, "--base-target", "nope", code=2
    )
    with pytest.raises(SystemExit) as stopped:
        diff(root, capsys, *options, "--base-database", str(after), "--base-target", "nope")
    assert stopped.value.code == 2 and "not allowed with" in capsys.readouterr().err
