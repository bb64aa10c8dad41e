"""Generated files on disk: which differ from what the YAML says, and bringing them in line."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rollforward.errors import Place, Problem, ProblemsFound
from rollforward.header import is_generated, is_untouched
from rollforward.layout import shown_path
from rollforward.source import not_readable

State = Literal["missing", "stale", "edited-by-hand", "in-the-way", "orphan", "edited-orphan"]
SAID: Mapping[State, str] = {
    "missing": "the file is missing",
    "stale": "the file is not what {source} says now",
    "edited-by-hand": "the generated file was edited by hand",
    "in-the-way": "the file was written by hand and stands where a generated one goes",
    "orphan": "the file is generated, and its definition is gone",
    "edited-orphan": "the generated file was edited by hand, and its definition is gone",
}
"""What is said of a file in each state."""
_HINTS: Mapping[State, str] = {
    "missing": "run `rollforward compile`",
    "stale": "run `rollforward compile`",
    "edited-by-hand": "make the change in {source}, delete this file, and run `rollforward compile`",
    "in-the-way": "rename it, or what {source} defines",
    "orphan": "run `rollforward compile`",
    "edited-orphan": "delete it, or keep it as your own by removing its first line",
}
BY_HAND: tuple[State, ...] = ("edited-by-hand", "in-the-way", "edited-orphan")
"""What is never overwritten."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A file that is not what it should be; `text` is what it should hold, None for nothing at all."""

    path: Path
    state: State
    text: str | None
    source: str


@dataclass(frozen=True, slots=True)
class Expected:
    """What a generated file should hold, and the YAML file that says so."""

    text: str
    source: str


def differences(
    expected: Mapping[Path, Expected], folders: Iterable[Path], root: Path
) -> tuple[Difference, ...]:
    """Give every difference between the files that should be in some folders and those that are.

    Raises ProblemsFound for a file that cannot be read.
    """
    found = []
    for path, wanted in expected.items():
        present = _read(path, root)
        if present != wanted.text:
            found.append(Difference(path, _state(present), wanted.text, wanted.source))
    for folder in folders:
        for path in sorted(folder.glob("*")) if folder.is_dir() else ():
            if path not in expected and path.suffix in (".sql", ".yml"):
                present = _read(path, root)
                if present is not None and is_generated(present):
                    state: State = "orphan" if is_untouched(present) else "edited-orphan"
                    found.append(Difference(path, state, None, ""))
    return tuple(found)


def problem_of(difference: Difference, root: Path) -> Problem:
    """Give what to tell the user about a difference."""
    message = SAID[difference.state].format(source=difference.source)
    hint = _HINTS[difference.state].format(source=difference.source)
    return Problem(difference.state, message, Place(shown_path(difference.path, root)), hint)


def apply(found: Iterable[Difference], root: Path) -> None:
    """Write and delete files until nothing differs; one edited by hand stops everything before it starts."""
    found = tuple(found)
    refused = [problem_of(difference, root) for difference in found if difference.state in BY_HAND]
    if refused:
        raise ProblemsFound(refused)
    for difference in found:
        try:
            if difference.text is None:
                difference.path.unlink(missing_ok=True)
            else:
                write_whole(difference.path, difference.text)
        except OSError as error:
            said = problem_of(difference, root)
            message = f"{said.message}, and cannot be written: {error.strerror}"
            hint = "compile where the files can be written, and commit them"
            raise ProblemsFound([Problem("not-writable", message, said.place, hint)]) from None


def write_whole(path: Path, text: str) -> None:
    """Put a file in place whole: whoever reads at the same time sees the old text or the new one.

    A link stays a link, and a file that is there keeps who may read it. Raises OSError.
    """
    path = Path(os.path.realpath(path))
    if path.is_symlink():
        # What is a link still leads back to itself.
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        draft.write_text(text, encoding="utf-8", newline="\n")
        if path.exists():
            shutil.copymode(path, draft)
        draft.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise


def _state(present: str | None) -> State:
    if present is None:
        return "missing"
    if not is_generated(present):
        return "in-the-way"
    return "stale" if is_untouched(present) else "edited-by-hand"


def _read(path: Path, root: Path) -> str | None:
    """Read a file, its line ends made plain; None where there is none."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None
    except OSError as error:
        raise not_readable(error, shown_path(path, root)) from None
