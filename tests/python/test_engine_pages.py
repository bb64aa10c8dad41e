"""The pages on engines: profiles of the adapter, what every page has to say, SQL that its engine reads."""

from pathlib import Path

import pages
import pytest
import sqlglot
import yaml
from conftest import REPO
from rollforward.dialects import DEFAULT, DIALECTS, Dialect

HOW_TO = REPO / "docs" / "how-to"
# DuckDB is what the pages on a first book and on large books are followed on.
ENGINES = [engine for engine in DIALECTS if engine is not DEFAULT]
PAGES = [HOW_TO / f"{engine.adapter}.md" for engine in ENGINES]
SECTIONS = ["Profile", "Permissions", "Grants", "Partitions", "Builds", "Asking", "Size"]

of_every_engine = pytest.mark.parametrize(
    ("engine", "page"), list(zip(ENGINES, PAGES, strict=True)), ids=[page.stem for page in PAGES]
)


@of_every_engine
def test_profiles_are_of_the_engine_and_files_can_be_read(engine: Dialect, page: Path) -> None:
    blocks = pages.blocks(page)
    files = [(block.title, yaml.safe_load(block.text)) for block in blocks if block.language == "yaml"]
    assert all(isinstance(file, dict) for _, file in files)
    titles = [block.title for block in blocks if block.title]
    assert len(titles) == len(set(titles))
    assert "profiles.yml" in titles
    for title, file in files:
        if Path(title).name == "profiles.yml":
            (profile,) = file.values()
            output = profile["outputs"][profile["target"]]
            assert output["type"] == engine.adapter
            assert output.get("schema") or output.get("dataset")
    for block in blocks:
        if block.language == "sql":
            # A page may leave the name of the database to its reader.
            assert sqlglot.parse(block.text.replace("{database}", "analytics"), read=engine.sqlglot)
    assert "../reference/engines.md" in page.read_text()


@of_every_engine
def test_every_page_has_the_sections_of_all_in_their_order(engine: Dialect, page: Path) -> None:
    first, *parts = page.read_text().split("\n## ")
    assert first.startswith("# On "), engine.adapter
    said = dict(part.split("\n", 1) for part in parts)
    assert [title for title in said if title in SECTIONS] == SECTIONS
    assert all(text.strip() for text in said.values())
    for word, section in (("rollforward query", "Asking"), ("measured", "Size"), ("incremental", "Builds")):
        assert word in said[section], section
