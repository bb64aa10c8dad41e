"""The pages on engines: a profile of the adapter, files that can be read, and SQL that its engine reads."""

from pathlib import Path

import pages
import pytest
import sqlglot
import yaml
from conftest import REPO
from rollforward.dialects import dialect_of

HOW_TO = REPO / "docs" / "how-to"
ENGINES = ("clickhouse", "bigquery", "snowflake", "redshift", "trino", "athena")
PAGES = [HOW_TO / f"{engine}.md" for engine in ENGINES]


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_profiles_are_of_the_engine_and_files_can_be_read(page: Path) -> None:
    engine = dialect_of(page.stem)
    assert engine is not None
    files = {block.title: block.text for block in pages.blocks(page) if block.language == "yaml"}
    profile = yaml.safe_load(files.pop("profiles.yml"))["analytics"]
    output = profile["outputs"][profile["target"]]
    assert output["type"] == engine.adapter
    assert output.get("schema") or output.get("dataset")
    assert all(isinstance(yaml.safe_load(text), dict) for text in files.values())
    for block in pages.blocks(page):
        if block.language == "sql":
            assert sqlglot.parse(block.text, read=engine.sqlglot)
    assert "../reference/engines.md" in page.read_text()
