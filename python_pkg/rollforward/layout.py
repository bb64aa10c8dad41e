"""Where things are in a dbt project: what dbt_project.yml says about folders, and the installed package."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from rollforward.definitions import PACKAGE
from rollforward.errors import Place, Problem, ProblemsFound, refused
from rollforward.folders import DEFINITIONS, PROJECT_FILE, VARS_FILE, is_folder, seen_from
from rollforward.header import is_generated
from rollforward.reader import Entries
from rollforward.rendered import has_jinja, rendered
from rollforward.source import (
    Document,
    Mapping,
    Node,
    Scalar,
    Sequence,
    content_of,
    not_readable,
    read_document,
)

_PLACES = (
    *("name", "packages-install-path"),
    *("model-paths", "macro-paths", "seed-paths", "snapshot-paths"),
)
_MACRO = re.compile(r"\{%-?\s*macro\s+(\w+)")
_SNAPSHOT = re.compile(r"\{%-?\s*snapshot\s+(\w+)|^\s*-?\s*name:\s*[\"']?(\w+)", flags=re.M)
"""Where a file may name a snapshot: a block of Jinja, or an entry of YAML, perhaps of a column."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The folders of a project; `package` is where rollforward's own files are."""

    root: Path
    name: str
    package: Path
    model_paths: tuple[Path, ...]
    macro_paths: tuple[Path, ...]
    seed_paths: tuple[Path, ...]
    snapshot_paths: tuple[Path, ...]
    project_file: Document

    @property
    def is_package(self) -> bool:
        """Whether the project is rollforward itself."""
        return self.name == PACKAGE

    @property
    def macros(self) -> Path:
        """Where generated macros go."""
        return self.macro_paths[0] / DEFINITIONS

    @property
    def models(self) -> Path:
        """Where generated models go."""
        return self.model_paths[0] / DEFINITIONS


def read_layout(root: Path, problems: list[Problem]) -> Layout:
    """Read dbt_project.yml; raises ProblemsFound where it cannot be read."""
    document = read_file(root, root / PROJECT_FILE, anchors=True)
    entries = Entries(_as_dbt_reads(document.root), PROJECT_FILE, document.root.place, problems)
    name = entries.text("name")
    if name is None:
        entries.say("missing-key", "the key 'name' is missing in dbt_project.yml", document.root.place)
        raise ProblemsFound(problems)
    return Layout(
        root=root,
        name=name.text,
        package=_package(root, name.text, entries),
        model_paths=_folders(root, entries, "model-paths", "models"),
        macro_paths=_folders(root, entries, "macro-paths", "macros"),
        seed_paths=_folders(root, entries, "seed-paths", "seeds"),
        snapshot_paths=_folders(root, entries, "snapshot-paths", "snapshots"),
        project_file=document,
    )


def _as_dbt_reads(node: Mapping) -> Mapping:
    """Give the words that say where things are with their Jinja rendered, as dbt does it."""
    places = ((key, _rendered(value)) for key, value in node.entries if key.text in _PLACES)
    return Mapping(tuple(places), node.place)


def depends_on_environment(layout: Layout) -> bool:
    """Whether it takes more than dbt_project.yml to say where things are."""
    nodes = (value for key, value in layout.project_file.root.entries if key.text in _PLACES)
    scalars = (item for node in nodes for item in (node.items if isinstance(node, Sequence) else (node,)))
    return any(isinstance(each, Scalar) and has_jinja(each) for each in scalars)


def _rendered(node: Node) -> Node:
    match node:
        case Scalar() if has_jinja(node):
            return replace(node, text=rendered(node))
        case Sequence(items, place):
            return Sequence(tuple(_rendered(item) for item in items), place)
        case _:
            return node


def check_layout(layout: Layout) -> Iterator[Problem]:
    """Note a package that is not installed, and definitions that dbt would read as its own."""
    definitions = layout.root / DEFINITIONS
    for folder in layout.model_paths:
        if definitions.is_relative_to(folder):
            shown = shown_path(folder, layout.root)
            message = f"{DEFINITIONS}/ lies inside the model path '{shown}', where dbt reads it as its own"
            hint = f"keep models in models/ and definitions in {DEFINITIONS}/ beside it"
            yield Problem("metrics-in-models", message, Place(PROJECT_FILE), hint)
    if not is_installed(layout):
        message = f"the package {PACKAGE} is not in {shown_path(layout.package, layout.root)}"
        yield Problem(
            "package-missing", message, Place(PROJECT_FILE), "name it in packages.yml and run `dbt deps`"
        )


def defines_nothing(layout: Layout) -> bool:
    """Whether a project has neither definitions nor anything made from them, only what comes along."""
    return not any(is_folder(folder) for folder in (layout.root / DEFINITIONS, layout.macros, layout.models))


def is_installed(layout: Layout) -> bool:
    """Whether the package is where dbt puts packages."""
    return is_folder(layout.package / DEFINITIONS)


def definition_files(root: Path) -> tuple[Path, ...]:
    """Give the files below a project's metrics/ folder, in order of their names; raises ProblemsFound."""
    return tuple(sorted(_files_below(root / DEFINITIONS, root, ".yml", ".yaml")))


def model_names(layout: Layout) -> tuple[str, ...]:
    """Give the names of models and seeds that are there whatever the definitions say.

    Raises ProblemsFound.
    """
    root = layout.root
    models = [path for folder in layout.model_paths for path in _files_below(folder, root, ".sql", ".py")]
    seeds = [path for folder in layout.seed_paths for path in _files_below(folder, root, ".csv")]
    if not layout.is_package:
        shipped = layout.package / "models"
        models += [
            path
            for path in _files_below(shipped, root, ".sql")
            if not path.is_relative_to(shipped / DEFINITIONS)
        ]
    written = [path for path in models if path.parent != layout.models or not is_generated(_first_line(path))]
    return tuple(dict.fromkeys(path.stem for path in (*written, *seeds)))


def snapshot_names(layout: Layout) -> tuple[str, ...]:
    """Give every word that can be the name of a snapshot, a few others of the same files among them.

    Raises ProblemsFound.
    """
    root = layout.root
    suffixes = (".sql", ".yml", ".yaml")
    files = [path for folder in layout.snapshot_paths for path in _files_below(folder, root, *suffixes)]
    texts = (content_of(path, shown_path(path, root)).decode(errors="replace") for path in files)
    found = (word for text in texts for words in _SNAPSHOT.findall(text) for word in words if word)
    return tuple(dict.fromkeys(found))


def macro_names(layout: Layout) -> tuple[str, ...]:
    """Give the names of macros that somebody wrote by hand: dbt has one of a name. Raises ProblemsFound."""
    root = layout.root
    folders = () if layout.is_package else filter(Path.is_dir, layout.macro_paths)
    files = [path for folder in folders for path in _files_below(folder, root, ".sql")]
    by_hand = [path for path in files if path.parent != layout.macros]
    texts = (content_of(path, shown_path(path, root)).decode(errors="replace") for path in by_hand)
    return tuple(dict.fromkeys(name for text in texts for name in _MACRO.findall(text)))


def read_file(root: Path, path: Path, *, anchors: bool = False, empty: bool = False) -> Document:
    """Read a YAML file, named in problems as it is seen from the project."""
    shown = shown_path(path, root)
    return read_document(shown, content_of(path, shown), anchors=anchors, empty=empty)


def vars_document(layout: Layout) -> Document:
    """Give the file that holds the vars: vars.yml where there is one. Raises ProblemsFound."""
    if (layout.root / VARS_FILE).is_file():
        return read_file(layout.root, layout.root / VARS_FILE, anchors=True, empty=True)
    return layout.project_file


def _files_below(folder: Path, root: Path, *suffixes: str) -> Iterator[Path]:
    """Give the files below a folder, which need not be there.

    A folder that cannot be looked into is a problem: taken for an empty one, it would have what was
    generated from its files removed.
    """

    def closed(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):
            raise not_readable(error, shown_path(Path(error.filename), root))

    for parent, _, names in os.walk(folder, onerror=closed):
        yield from (Path(parent, name) for name in names if Path(name).suffix.lower() in suffixes)


def shown_path(path: Path, root: Path) -> str:
    """Give a path as seen from the project, with / between folders."""
    return Path(seen_from(path, root)).as_posix()


def _package(root: Path, name: str, entries: Entries) -> Path:
    if name == PACKAGE:
        return root
    given = entries.text("packages-install-path")
    return (_folder(root, given) if given else root / "dbt_packages") / PACKAGE


def _folders(root: Path, entries: Entries, key: str, default: str) -> tuple[Path, ...]:
    return tuple(_folder(root, word) for word in entries.texts(key)) or (root / default,)


def _folder(root: Path, word: Scalar) -> Path:
    """Give a folder that is named, there or not; raises ProblemsFound where no folder can have the name."""
    folder = Path(os.path.normpath(root / word.text))
    try:
        folder.lstat()
    except ValueError as error:
        raise refused("not-readable", f"the folder cannot be read: {error}", word.place) from None
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            message = f"the folder cannot be read: {error.strerror}"
            raise refused("not-readable", message, word.place) from None
    return folder


def _first_line(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", errors="replace") as opened:
            return opened.readline().rstrip("\n")
    except OSError:
        return ""
