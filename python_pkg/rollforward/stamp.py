"""Remembers that everything was fresh, so that a run in which nothing changed reads no YAML and no SQL.

The stamp lists what was read and written and holds one hash of all names and contents, this package's own
code included, and of the names of models and seeds. Contents, not times: a checkout or a copy changes
times and nothing else.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path

from rollforward.folders import is_file, is_folder, seen_from

STAMP = "rollforward_stamp.json"
_CODE = Path(__file__).parent
_SUFFIXES = (".yml", ".yaml", ".sql", ".py")
_NAMED = (".sql", ".py", ".csv")
"""What dbt makes a model or a seed of that is called like the file."""


def is_fresh(root: Path, stamp: Path) -> bool:
    """Whether nothing has changed since the stamp was written."""
    try:
        kept = json.loads(stamp.read_bytes())
        paths, named = ([root / path for path in kept[key]] for key in ("paths", "named"))
        return bool(kept["hash"] == state_of(root, paths, named))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def write_stamp(root: Path, stamp: Path, paths: Iterable[Path], named: Iterable[Path]) -> None:
    """Remember the state of files and folders; where that cannot be written, the next run looks again."""
    paths, named = list(paths), list(named)
    kept = {
        "hash": state_of(root, paths, named),
        "paths": [seen_from(path, root) for path in paths],
        "named": [seen_from(path, root) for path in named],
    }
    try:
        text = json.dumps(kept, indent=1)
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.write_text(text, encoding="utf-8")
    except OSError:
        return


def state_of(root: Path, paths: Iterable[Path], named: Iterable[Path] = ()) -> str:
    """Give a hash of the names and contents of files and of what is in folders, our own code included.

    Of the files in `named` folders only the names count.
    """
    state = hashlib.sha256()
    for start in (_CODE, *paths):
        for file in _files(start, _SUFFIXES):
            content = _content(file)
            state.update(b"%s\0%d\0%s" % (_name(file, root), len(content), content))
    for start in named:
        for file in _files(start, _NAMED):
            state.update(b"%s\0" % _name(file, root))
    return state.hexdigest()


def _name(file: Path, root: Path) -> bytes:
    return seen_from(file, root).encode(errors="surrogateescape")


def _content(file: Path) -> bytes:
    """Give what a file holds; whoever reads it for what it says will say that it cannot be read."""
    try:
        return file.read_bytes()
    except OSError:
        return b""


def _files(start: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """Give a file itself, or the files below a folder that can matter."""
    if not is_folder(start):
        return [start] if is_file(start) else []
    return sorted(
        Path(folder, name) for folder, _, names in os.walk(start) for name in names if name.endswith(suffixes)
    )
