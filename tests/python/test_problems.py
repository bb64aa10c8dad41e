"""Every problem, by its smallest input and the whole message: see problems/<code>.txt.

A case is a line of prose, the files of a project behind `--- <path>`, and what is said behind `--- says`.
"""

import re
from pathlib import Path

import pytest
from rollforward.errors import ProblemsFound
from rollforward.project import compile_project
from small_project import small_project

CASES = sorted((Path(__file__).parent / "problems").glob("*.txt"))


def sections(case: Path) -> dict[str, str]:
    _, *parts = re.split(r"^--- (.+)\n", case.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_problem_is_said_in_full(case: Path, tmp_path: Path) -> None:
    files = sections(case)
    expected = files.pop("says")
    root = small_project(tmp_path, files)
    with pytest.raises(ProblemsFound) as found:
        compile_project(root, root / "target")
    assert str(found.value) + "\n" == expected
    assert not (root / "macros").exists(), "a problem leaves every file as it was"
