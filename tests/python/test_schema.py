"""The JSON Schema of editors: it takes what is shipped and shown, and refuses what the compiler refuses."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pages
import pytest
import yaml
from rollforward.keys import CARD_KEYS, DIMENSION_KEYS, TYPE_KEYS, VIEW_KEYS, names
from rollforward.schema import SCHEMA_FILE, schema
from small_project import REPO

CASES = REPO / "tests" / "python" / "problems"
SHIPPED = sorted([*(REPO / "metrics").glob("*.yml"), *(REPO / "tests/integration/metrics").glob("*.yml")])
VALIDATOR = jsonschema.Draft7Validator(schema())
# What is wrong with keys and the shape of their values; names and formulas are beyond a schema.
BY_SHAPE = (
    *(
        "unknown-key",
        "unknown-key-of-another-type",
        "unknown-type",
        "unknown-word",
        "missing-key",
    ),
    *(
        "missing-key-of-simple",
        "rate-regrained",
        "mixed-books-in-view",
        "wrong-shape",
        "wrong-shape-of-entries",
    ),
    *("invalid-name", "compounded-rate", "trailing-of-unknown", "dimension-band-text"),
)


def valid(text: str) -> bool:
    return bool(VALIDATOR.is_valid(yaml.safe_load(text)))


def test_the_schema_is_a_schema_and_the_committed_one() -> None:
    jsonschema.Draft7Validator.check_schema(schema())
    assert json.loads((REPO / "python_pkg" / "rollforward" / SCHEMA_FILE).read_text()) == schema()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_it_takes_what_is_shipped(path: Path) -> None:
    VALIDATOR.validate(yaml.safe_load(path.read_text()))


def test_it_takes_what_the_pages_show() -> None:
    shown = [
        block.text
        for page in (REPO / "docs" / "how-to").glob("*.md")
        for block in pages.blocks(page)
        if (block.title or "").startswith("metrics/")
    ]
    assert len(shown) >= 3
    for text in shown:
        VALIDATOR.validate(yaml.safe_load(text))


@pytest.mark.parametrize("name", BY_SHAPE)
def test_it_refuses_what_the_compiler_refuses(name: str) -> None:
    _, *parts = re.split(r"^--- (.+)\n", (CASES / f"{name}.txt").read_text(), flags=re.MULTILINE)
    files = dict(zip(parts[::2], parts[1::2], strict=True))
    definitions = [text for path, text in files.items() if path.startswith("metrics/")]
    assert definitions and not all(map(valid, definitions))


METRICS: dict[str, dict[str, Any]] = {
    "simple": {"agg": "sum", "expr": "ending_amount"},
    "ratio": {"numerator": "churned_revenue", "denominator": "starting_revenue"},
    "derived": {"expr": "churned_revenue / starting_revenue"},
    "trailing": {"input": "net_expansion_rate", "periods": 3},
}


@pytest.mark.parametrize("kind", TYPE_KEYS)
def test_every_misspelt_key_is_refused(kind: str) -> None:
    metric = {"name": "my_metric", "type": kind, **METRICS[kind]}
    assert VALIDATOR.is_valid({"metrics": [metric]})
    for key in names((*CARD_KEYS, *TYPE_KEYS[kind])):
        assert not VALIDATOR.is_valid({"metrics": [{**metric, f"{key}_": "x"}]}), key
    for key in metric:
        missing = {name: value for name, value in metric.items() if name != key}
        assert not VALIDATOR.is_valid({"metrics": [missing]}), key


def test_every_misspelt_key_of_views_and_dimensions_is_refused() -> None:
    view = {"name": "board", "metrics": ["net_expansion_rate"], "comparisons": ["month_over_month"], "by": []}
    dimension = {"name": "size", "expr": "starting_amount", "bands": [1000, 5000.5]}
    assert VALIDATOR.is_valid({"views": [view], "dimensions": [dimension], "metrics": None})
    for key in names(VIEW_KEYS):
        assert not VALIDATOR.is_valid({"views": [{**view, f"{key}s_": "x"}]}), key
    for key in names(DIMENSION_KEYS):
        assert not VALIDATOR.is_valid({"dimensions": [{**dimension, f"{key}s_": "x"}]}), key
    assert not VALIDATOR.is_valid({"metric": []})
