"""Whatever bytes stand in a file of definitions, there are problems or files to write, never a traceback."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rollforward.catalog import read_catalog
from rollforward.compiler import compile_catalog
from rollforward.definitions import Catalog
from rollforward.errors import Problem, ProblemsFound
from rollforward.layout import read_layout
from rollforward.parse import parse_definitions
from rollforward.settings import read_settings
from rollforward.source import read_document
from small_project import PROJECT, REPO, small_project

CASES = [case.read_text(encoding="utf-8") for case in (REPO / "tests/python/problems").glob("*.txt")]
DEFINITIONS = [
    text for case in CASES for text in re.findall(r"^--- metrics/.+\n((?:.*\n)*?)---", case, re.MULTILINE)
]
SHIPPED = [path.read_text() for path in (REPO / "metrics").glob("*.yml")]
WRITTEN = [text.encode() for text in (*SHIPPED, *DEFINITIONS)]
PIECES = [
    *(
        "metrics:",
        "views:",
        "- name: a",
        "type: simple",
        "agg: sum",
        "expr: ",
        "by: [plan]",
        "periods: 3",
        "bands: [",
    ),
    *(
        "starting_amount",
        "case when",
        "then",
        "else 0 end",
        "movement = 'churn'",
        "not ",
        "(",
        ")",
        "''",
        '"',
        "'",
        "- ",
    ),
    *(
        "{{",
        "&a",
        "*a",
        "<<:",
        "!!set",
        "|",
        ">",
        "#",
        ":",
        ",",
        "\t",
        "\n",
        "\n    ",
        "[",
        "]",
        "{",
        "}",
        "\\",
        "--",
    ),
    *("1.10", "no", "~", "é", "🙂", "\u2028", "\x00", "\ufeff", "9" * 30, "a" * 70, "nrr / 0", "in (", "/*"),
]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return read_catalog(read_layout(small_project(tmp_path_factory.mktemp("fuzzed"), {}), []), [])


def compiled(catalog: Catalog, content: bytes) -> list[Problem]:
    """What is said of a file of definitions beside the shipped ones."""
    problems: list[Problem] = []
    try:
        parsed = parse_definitions(read_document("metrics/a.yml", content), "shop", problems)
    except ProblemsFound as found:
        return list(found.problems)
    whole = Catalog(
        project=catalog.project,
        measures=catalog.measures,
        metrics=catalog.metrics + parsed.metrics,
        views=parsed.views,
        settings=catalog.settings,
        dimensions=parsed.dimensions,
        broken=parsed.broken,
    )
    compile_catalog(whole, problems)
    return problems


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A valid or nearly valid file in which a few pieces are taken out, put in, or changed places."""
    content = draw(st.sampled_from(WRITTEN))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.sampled_from([0, 0, 1, 3, 10, 40])))
        piece = draw(st.sampled_from(PIECES).map(str.encode) | st.binary(max_size=4))
        content = content[:start] + piece + content[end:]
    return content


contents = st.one_of(
    st.binary(max_size=200),
    st.lists(st.sampled_from(PIECES), max_size=12).map(lambda pieces: "".join(pieces).encode()),
    mutated(),
    mutated(),
)


@settings(max_examples=250, suppress_health_check=list(HealthCheck))
@given(content=contents)
def test_any_bytes_give_problems_or_files(shop: Catalog, content: bytes) -> None:
    for problem in compiled(shop, content):
        assert problem.message and str(ProblemsFound([problem]))
        assert problem.place.line <= content.count(b"\n") + content.count(b"\r") + 40


sql = st.lists(
    st.sampled_from(
        [
            "starting_amount",
            "movement",
            "plan",
            "'churn'",
            "1",
            "0.5",
            "+",
            "-",
            "*",
            "/",
            "=",
            "<>",
            "<",
            "and",
            "or",
        ]
        + [
            "not",
            "(",
            ")",
            "case",
            "when",
            "then",
            "else",
            "end",
            "in",
            "between",
            "is null",
            "like",
            "coalesce(",
            ",",
        ]
        + [
            "sum(",
            "select",
            "over ()",
            "::int",
            "[1]",
            "$$",
            "@x",
            "?",
            "x'ff'",
            "interval '1' day",
            "{a}",
            ";",
            "::",
        ]
    ),
    max_size=12,
).map(" ".join)


@settings(max_examples=250, suppress_health_check=list(HealthCheck))
@given(expr=sql, condition=sql)
def test_any_sql_gives_problems_or_files(shop: Catalog, expr: str, condition: str) -> None:
    content = (
        f'metrics:\n  - {{name: m, type: simple, agg: sum, expr: "{expr}", filter: "{condition}"}}\n'
        f'dimensions:\n  - {{name: d, expr: "{expr}"}}\n'
        "views:\n  - {name: v, metrics: [m], comparisons: [month_over_month], by: [d],"
        f' where: "{condition}"}}\n'
    )
    compiled(shop, content.encode())


@settings(max_examples=100)
@given(data=st.data())
def test_any_settings_give_problems_or_settings(data: st.DataObject) -> None:
    content = PROJECT.encode()
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(content)))
        piece = data.draw(st.sampled_from(PIECES))
        content = content[:start] + piece.encode() + content[start + data.draw(st.integers(0, 8)) :]
    problems: list[Problem] = []
    try:
        read_settings(read_document("dbt_project.yml", content, anchors=True, empty=True), problems)
    except ProblemsFound as found:
        assert found.problems
