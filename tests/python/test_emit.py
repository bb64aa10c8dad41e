"""Generated files: a macro and a view in full, what differs per engine, and what dbt is to make of them."""

import re
from collections import Counter
from pathlib import Path

import duckdb
import pytest
import yaml
from rollforward.dialects import DIALECTS
from rollforward.emit_macro import macro
from rollforward.header import is_generated, is_untouched, with_header
from rollforward.project import compile_project
from small_project import DEFINITIONS, PROJECT, REPO, VIEW, small_project

MACRO = """\
{#- Lost Share: (contraction_revenue + churned_revenue) / starting_revenue -#}
{% macro lost_share() -%}
    (
        cast(sum(contraction_revenue) + sum(churned_revenue) as {{ rollforward.float_type() }})
        / nullif(cast(sum(starting_revenue) as {{ rollforward.float_type() }}), 0)
    )
{%- endmacro %}
"""

MODEL = """\
/* The complete periods of subscriptions, by plan: each metric, and what it is made of. */
with cohorts as (
    select *
    from {{ ref('rollforward', 'rollforward__revenue_cohorts') }}
    where book = 'subscriptions'
        and comparison in ('month_over_month')
        and is_complete
        and (plan <> 'internal' or plan is null)
)

select
    book,
    comparison,
    period_start,
    period_end,
    is_complete,
    plan,

    {{ rollforward.net_expansion_rate() }} as net_expansion_rate,
    {{ shop.lost_share() }} as lost_share,
    cast({{ rollforward.net_new_revenue() }} as decimal(18, 4)) as net_new_revenue,

    cast(sum(existing_revenue) as decimal(18, 4)) as existing_revenue,
    cast(sum(starting_revenue) as decimal(18, 4)) as starting_revenue,
    cast(sum(contraction_revenue) + sum(churned_revenue) as decimal(18, 4)) as lost_share_numerator
from cohorts
group by book, comparison, period_start, period_end, is_complete, plan
{{ rollforward.select_ending() }}
"""

PROPERTIES = """\
models:
  - name: retention
    description: Metrics of subscriptions.
    config:
      materialized: view
      contract:
        enforced: "{{ target.type != 'clickhouse' }}"
      meta:
        rollforward:
          fingerprint: 000000000000
          book: subscriptions
          unit: [customer_id]
          measurement: point_in_time
          comparisons:
            month_over_month:
              grain: month
              lookback: 1
          by: [plan]
          attribution: as of the start of the period for existing customers, as of its end for those who join
          where: "(plan <> 'internal' or plan is null)"
          policies:
            reactivation: own
            incomplete_periods: exclude
            fiscal_year_start_month: 1
"""


def compiled(root: Path, files: dict[str, str]) -> dict[str, str]:
    """The bodies of the files a project gets, by their paths."""
    compile_project(small_project(root, files), root / "target")
    return {
        path.relative_to(root).as_posix(): path.read_text().partition("\n")[2]
        for folder in ("macros", "models")
        for path in (root / folder / "metrics").glob("*")
    }


def test_a_macro_and_a_view_in_full(tmp_path: Path) -> None:
    view = VIEW.replace("lost_share]", "lost_share, net_new_revenue]") + "    where: plan != 'internal'\n"
    files = compiled(tmp_path, DEFINITIONS | {"metrics/views.yml": view})
    assert files["macros/metrics/lost_share.sql"] == MACRO
    assert files["models/metrics/retention.sql"] == MODEL
    properties = re.sub(r'"?\b[0-9a-f]{12}\b"?', "0" * 12, files["models/metrics/retention.yml"])
    assert properties.startswith(PROPERTIES)
    assert set(files) == {
        "macros/metrics/lost_share.sql",
        "models/metrics/retention.sql",
        "models/metrics/retention.yml",
    }


def test_properties_are_what_dbt_asks_for(tmp_path: Path) -> None:
    files = compiled(tmp_path, DEFINITIONS)
    (model,) = yaml.safe_load(files["models/metrics/retention.yml"])["models"]
    columns = {column["name"]: column for column in model["columns"]}
    assert model["data_tests"] == [
        {
            "rollforward.unique_together": {
                "arguments": {"columns": ["book", "comparison", "period_start", "plan"]}
            }
        }
    ]
    assert [name for name, column in columns.items() if column.get("data_tests") == ["not_null"]] == [
        "book", "comparison", "period_start", "period_end", "is_complete",
    ]  # fmt: skip
    assert columns["lost_share"]["data_tests"] == [
        {"rollforward.within": {"arguments": {"minimum": 0, "maximum": 1}}}
    ]
    assert columns["lost_share"]["description"] == "Lost Share. Revenue lost, over the revenue at the start."
    assert columns["starting_revenue"]["data_type"] == "decimal(18, 4)"
    meta = model["config"]["meta"]["rollforward"]["metrics"]["lost_share"]
    assert meta["formula"] == "(contraction_revenue + churned_revenue) / starting_revenue"
    assert len(meta["fingerprint"]) == 12


def test_a_rate_that_is_no_quotient_shows_the_measures_it_uses(tmp_path: Path) -> None:
    text = "metrics:\n  - name: mean\n    type: derived\n    expr: (nrr + crr) / 2\n"
    view = VIEW.replace("lost_share", "mean").replace("    by: [plan]\n", "")
    files = compiled(tmp_path, {"metrics/mean.yml": text, "metrics/views.yml": view})
    (model,) = yaml.safe_load(files["models/metrics/retention.yml"])["models"]
    names = [column["name"] for column in model["columns"]]
    assert names[5:] == [
        "net_expansion_rate", "mean",
        "existing_revenue", "starting_revenue", "retained_customers", "starting_customers",
    ]  # fmt: skip
    assert (
        "cast(sum(starting_customers) as bigint) as starting_customers"
        in files["models/metrics/retention.sql"]
    )


def test_a_condition_that_engines_write_differently_becomes_a_macro(tmp_path: Path) -> None:
    view = VIEW + "    where: plan <> 'O''Brien' and region in ('eu', 'us')\n"
    files = compiled(tmp_path, DEFINITIONS | {"metrics/views.yml": view})
    assert "and {{ shop.retention__where() }}" in files["models/metrics/retention.sql"]
    written = files["macros/metrics/retention__where.sql"]
    assert "(plan <> 'O''Brien' or plan is null) and region in ('eu', 'us')" in written
    assert "(plan <> 'O\\'Brien' or plan is null) and region in ('eu', 'us')" in written


def test_letters_are_turned_in_one_text_for_all(tmp_path: Path) -> None:
    view = VIEW + "    where: plan ilike 'Pro%'\n"
    project = PROJECT.replace("  rollforward:\n", "  rollforward:\n    dialect: postgres\n")
    files = compiled(tmp_path, DEFINITIONS | {"dbt_project.yml": project, "metrics/views.yml": view})
    turned = "translate(plan, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')"
    assert f"and {turned} like 'pro%'" in files["models/metrics/retention.sql"]


def test_a_condition_with_or_keeps_to_itself(tmp_path: Path) -> None:
    view = VIEW + "    where: plan = 'a' or region is null\n"
    files = compiled(tmp_path, DEFINITIONS | {"metrics/views.yml": view})
    assert "and (plan = 'a' or region is null)\n" in files["models/metrics/retention.sql"]


def test_no_variant_that_dispatch_finds_by_itself() -> None:
    texts = {
        dialect: "b" if dialect.adapter in ("postgres", "redshift", "spark") else "a" for dialect in DIALECTS
    }
    defined = re.findall(r"macro (\w+)\(", macro("m", "shop", texts))
    assert defined == ["m", "default__m", "postgres__m", "spark__m", "databricks__m"]


def test_one_text_for_all_needs_no_dispatch() -> None:
    assert (
        macro("m", "shop", dict.fromkeys(DIALECTS, "sum(a)"))
        == "{% macro m() -%}\n    sum(a)\n{%- endmacro %}\n"
    )


@pytest.mark.parametrize("jinja", [True, False])
def test_the_header_shows_edits(jinja: bool) -> None:
    text = with_header("select 1\n", "metrics/a.yml", jinja=jinja)
    assert is_generated(text) and is_untouched(text)
    assert is_generated(text + "-- mine") and not is_untouched(text + "-- mine")
    assert not is_generated("select 1\n")


def test_texts_survive_yaml(tmp_path: Path) -> None:
    prose = "Ünder 100 %: 'quoted', \\\"double\\\", back\\\\slash, # no comment, 🙂 - [list]"
    view = VIEW + f'    description: "{prose}"\n'
    files = compiled(tmp_path, DEFINITIONS | {"metrics/views.yml": view})
    (model,) = yaml.safe_load(files["models/metrics/retention.yml"])["models"]
    assert model["description"] == yaml.safe_load(f'"{prose}"')


def test_names_survive_yaml(tmp_path: Path) -> None:
    """YAML takes `on` for true, as a key as well."""
    project = PROJECT + "    comparisons:\n      'on': {grain: month, lookback: 2}\n"
    view = VIEW.replace("month_over_month", "'on'")
    files = compiled(tmp_path, DEFINITIONS | {"dbt_project.yml": project, "metrics/views.yml": view})
    (model,) = yaml.safe_load(files["models/metrics/retention.yml"])["models"]
    assert list(model["config"]["meta"]["rollforward"]["comparisons"]) == ["on"]


def test_the_shipped_metrics_have_a_file_each() -> None:
    for path in (REPO / "metrics").glob("*.yml"):
        for metric in yaml.safe_load(path.read_text()).get("metrics", []):
            assert metric["name"] == path.stem
            assert metric["label"] and metric["description"] and metric["format"]


@pytest.mark.parametrize(
    "condition",
    [
        "plan <> 'a'",
        "plan not in ('a', 'b') and region = 'eu'",
        "not (plan = 'a' or region = 'b')",
        "not (plan <> 'a')",
        "not plan like 'x%'",
        "plan not like 'i%' and region not in ('eu')",
        "plan = 'a' or plan <> region",
        "not (not plan = 'a')",
        "lower(plan) <> 'a' and not region between 'a' and 'c'",
    ],
)
def test_a_missing_value_is_other_than_every_text(tmp_path: Path, condition: str) -> None:
    """What a condition keeps is what it would keep if the missing value were a text of its own."""
    view = VIEW + f"    where: {condition}\n"
    files = compiled(tmp_path, DEFINITIONS | {"metrics/views.yml": view})
    written = (
        files["models/metrics/retention.sql"].split("and is_complete\n        and ", 1)[1].split("\n)")[0]
    )
    if "{{" in written:
        macro_file = files["macros/metrics/retention__where.sql"]
        written = macro_file.split("default__retention__where() -%}", 1)[1].split("{%-", 1)[0]
    values = "(values ('a'), ('b'), ('internal'), (null))"
    table = f"{values} as plans(plan) cross join {values.replace('internal', 'eu')} as regions(region)"
    kept = duckdb.sql(f"select plan, region from {table} where {written}").fetchall()
    named = f"select coalesce(plan, '~none') as plan, coalesce(region, '~nowhere') as region from {table}"
    values_again = "nullif(plan, '~none'), nullif(region, '~nowhere')"
    wanted = duckdb.sql(f"select {values_again} from ({named}) where {condition}").fetchall()
    assert Counter(kept) == Counter(wanted)
