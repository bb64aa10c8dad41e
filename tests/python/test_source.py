"""Reading YAML: words keep their text and their place, and no bytes whatever make more than problems."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rollforward.errors import ProblemsFound
from rollforward.project import compile_project
from rollforward.source import MOST_BYTES, Mapping, Node, Scalar, Sequence, read_document
from small_project import DEFINITIONS, small_project


def value(text: str, key: str = "a") -> Node | None:
    return read_document("x.yml", text.encode()).root.get(key)


@pytest.mark.parametrize("word", ["no", "on", "1.10", "0123", "12:30", "1e3", "null", "2026-10-31", "~"])
def test_a_word_keeps_its_text(word: str) -> None:
    found = value(f"a: {word}\n")
    assert isinstance(found, Scalar) and found.text == word


def test_a_word_knows_its_place() -> None:
    found = value("a:\n  - b: one\n    c: [two, 'three']\n")
    assert isinstance(found, Sequence)
    inner = found.items[0]
    assert isinstance(inner, Mapping)
    listed = inner.get("c")
    assert isinstance(listed, Sequence)
    assert [(item.place.line, item.place.column, item.place.length) for item in listed.items] == [
        (3, 9, 3),
        (3, 14, 7),
    ]


@pytest.mark.parametrize(
    ("written", "line", "column"),
    [
        ("a: one + two", 1, 10),
        ("a: 'it''s two'", 1, 11),
        ('a: "one two"', 1, 9),
        ("a: >-\n  one\n\n  and two\n", 4, 7),
        ("a: |\n    one\n    two\n", 3, 5),
        ("a: one\n  two\n", 2, 3),
    ],
)
def test_a_part_of_a_text_knows_its_place(written: str, line: int, column: int) -> None:
    found = value(written)
    assert isinstance(found, Scalar)
    place = found.within(found.text.index("two"), 3)
    assert (place.line, place.column, place.length) == (line, column, 3)


def test_dbt_files_may_use_anchors() -> None:
    text = b"base: &base {shape: payments, unit: a}\nbook: {<<: *base, unit: b}\n"
    book = read_document("dbt_project.yml", text, anchors=True).root.get("book")
    assert isinstance(book, Mapping)
    assert {key.text: item.text for key, item in book.entries if isinstance(item, Scalar)} == {
        "unit": "b",
        "shape": "payments",
    }


def test_of_several_merged_mappings_the_first_counts() -> None:
    text = b"a: &a {unit: a}\nb: &b {unit: b, shape: payments}\nbook: {<<: [*a, *b], amount: c}\n"
    book = read_document("dbt_project.yml", text, anchors=True).root.get("book")
    assert isinstance(book, Mapping)
    assert {key.text: item.text for key, item in book.entries if isinstance(item, Scalar)} == {
        "amount": "c",
        "unit": "a",
        "shape": "payments",
    }


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a: 1\nb: \xff\n", "x.yml:2:4: error[not-utf-8]: byte 0xff is not UTF-8"),
        ("a: 1".encode("utf-16"), "x.yml:1:1: error[not-utf-8]: byte 0xff is not UTF-8"),
        (b"a: 1\nb: \x00\n", "x.yml:2:4: error[not-printable]: the character U+0000 cannot be printed"),
        (
            b"#" * (MOST_BYTES + 1),
            "x.yml: error[too-large]: the file has 1,000,001 bytes; at most 1,000,000 are read",
        ),
    ],
)
def test_what_is_no_text_is_said(content: bytes, message: str) -> None:
    with pytest.raises(ProblemsFound) as found:
        read_document("x.yml", content)
    assert str(found.value).splitlines()[0] == message


KEYS = [
    "metrics:",
    "views:",
    "- name:",
    "type:",
    "expr:",
    "ratio",
    "derived",
    "where:",
    "by:",
    "(",
    ")",
    "/",
    "'",
]
PIECES = [
    *KEYS,
    "[",
    "]",
    "{",
    "}",
    "|",
    ">",
    "&a",
    "*a",
    "!!x",
    "---",
    "\t",
    "\n",
    "\n  ",
    "\n    ",
    " ",
    "é",
    "{{",
]
NEARLY = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=40).map("".join)
EDITS = st.tuples(
    st.integers(0, 300), st.integers(0, 9), st.sampled_from([*PIECES, "", "starting_revenue", "a b"])
)


def edited(edits: list[tuple[int, int, str]]) -> str:
    text = "".join(DEFINITIONS.values()) + "    where: lower(plan) in ('a', 'b') and not plan is null\n"
    for start, length, piece in edits:
        text = text[:start] + piece + text[start + length :]
    return text


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.one_of(
        st.binary(max_size=60),
        NEARLY.map(lambda text: text.encode(errors="replace")),
        st.lists(EDITS, min_size=1, max_size=4).map(lambda edits: edited(edits).encode()),
    )
)
def test_any_bytes_give_problems_or_files(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    root: Path = small_project(tmp_path_factory.mktemp("any"), {"metrics/a.yml": content})
    try:
        compile_project(root, root / "target")
    except ProblemsFound as found:
        assert str(found)
