"""Every problem, by its smallest input and the whole message: see problems/<code>.txt.

A case is a line of prose, the files of a project behind `--- <path>`, and what is said behind `--- says`.
"""

import re
from pathlib import Path

import pytest
from rollforward.errors import ProblemsFound
from rollforward.project import compile_project
from small_project import REPO, small_project

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


def test_every_code_has_a_case() -> None:
    said = re.compile(r"(?:Problem|say)\(\s*\"([a-z0-9-]+)\"")
    code = "".join(path.read_text() for path in (REPO / "python_pkg" / "rollforward").glob("*.py"))
    # These need a file that is no text, or a machine that refuses: they are tested where they arise.
    elsewhere = {"not-utf-8", "not-printable", "too-large", "not-readable", "not-writable", "package-missing"}
    assert set(said.findall(code)) - elsewhere == {
        found for case in CASES for found in re.findall(r"error\[(.+?)\]", case.read_text(encoding="utf-8"))
    } & set(said.findall(code))
