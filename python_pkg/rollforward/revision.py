"""A project as it was at a git revision, in a folder of its own."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from rollforward.catalog import COHORTS_FILE, read_catalog
from rollforward.errors import Problem, ProblemsFound, did_you_mean, on_command_line, refused
from rollforward.folders import DEFINITIONS, PACKAGES_FILE, PROJECT_FILE, VARS_FILE
from rollforward.layout import Layout, read_layout
from rollforward.resolve import Meanings, resolve
from rollforward.source import typed


@dataclasses.dataclass(frozen=True, slots=True)
class Revision:
    """What a project defined at a revision; `texts` are its files about settings and packages."""

    name: str
    commit: str
    layout: Layout
    meanings: Meanings
    texts: dict[str, bytes]


def meanings_at(layout: Layout, ref: str) -> Revision:
    """Read a project as it was; raises ProblemsFound. The installed package stands in for that of then."""
    commit = commit_of(layout.root, ref)
    with _files_at(layout, ref) as folder:
        if not (folder / PROJECT_FILE).is_file():
            message = f"there was no dbt project here at {ref}"
            raise refused("unknown-revision", message, typed(ref, "--base").place)
        try:
            return _read(layout, folder, ref, commit)
        except ProblemsFound as found:
            raise ProblemsFound([_at(problem, ref) for problem in found.problems]) from None


def commit_of(root: Path, ref: str) -> str:
    """Give the short name of a revision's commit; raises ProblemsFound where there is none."""
    place = typed(ref, "--base").place
    if _git(root, "rev-parse", "--git-dir") is None:
        raise refused("no-git", f"{root} is in no git repository", place, "compare inside a checkout")
    found = _git(root, "rev-parse", "--verify", "--short", "--end-of-options", f"{ref}^{{commit}}")
    if found is None:
        listed = _git(root, "for-each-ref", "--format=%(refname:short)") or b""
        hint = did_you_mean(
            ref, listed.decode(errors="replace").split(), otherwise="name a branch, tag or commit"
        )
        raise refused("unknown-revision", f"git knows no revision '{ref}'", place, hint)
    return found.decode().strip()


def _read(layout: Layout, folder: Path, ref: str, commit: str) -> Revision:
    problems: list[Problem] = []
    then = read_layout(folder, problems)
    if not then.is_package:
        then = dataclasses.replace(then, package=layout.package)
    meanings = resolve(read_catalog(then, problems), problems)
    if problems:
        raise ProblemsFound(problems)
    names = (PROJECT_FILE, VARS_FILE, PACKAGES_FILE)
    texts = {name: (folder / name).read_bytes() for name in names if (folder / name).is_file()}
    return Revision(ref, commit, then, meanings, texts)


@contextlib.contextmanager
def _files_at(layout: Layout, ref: str) -> Iterator[Path]:
    """Write the files that definitions are read from into a folder that goes again."""
    wanted = [PROJECT_FILE, VARS_FILE, PACKAGES_FILE, DEFINITIONS]
    if layout.is_package:
        wanted.append(COHORTS_FILE)
    with tempfile.TemporaryDirectory() as name:
        present = [
            path for path in wanted if _git(layout.root, "cat-file", "-e", f"{ref}:./{path}") is not None
        ]
        if present:
            packed = _git(layout.root, "archive", "--format=zip", ref, "--", *present)
            with zipfile.ZipFile(io.BytesIO(packed or b"")) as files:
                files.extractall(name)
        yield Path(name)


def _git(root: Path, *arguments: str) -> bytes | None:
    """Run git in a folder; None where it fails."""
    try:
        done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, check=False)
    except FileNotFoundError:
        raise refused("no-git", "git is not installed", on_command_line()) from None
    return done.stdout if done.returncode == 0 else None


def _at(problem: Problem, ref: str) -> Problem:
    place = dataclasses.replace(problem.place, path=f"{ref}:{problem.place.path}")
    return dataclasses.replace(problem, place=place)
