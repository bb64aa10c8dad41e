"""YAML text -> a Document in which every word knows its line and column.

The only module that knows the yaml library, and it uses the events only: `safe_load` drops keys that are
given twice and rewrites words such as `no`, `on`, `1.10`, while here every scalar keeps its written text.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml

from rollforward.errors import Place, Problem, ProblemsFound, refused

MOST_BYTES = 1_000_000
DEEPEST = 40
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_OTHER_TYPES = yaml.SafeLoader.yaml_implicit_resolvers
"""By their first characters, the patterns of plain words that YAML takes for a number, a truth, a date."""
_Loader = getattr(yaml, "CLoader", yaml.Loader)


@dataclass(frozen=True, slots=True)
class Scalar:
    """One word or sentence, as written. `quote` is how: '' for plain, or one of ' \" | >."""

    text: str
    place: Place = field(compare=False)
    quote: str = field(default="", compare=False)
    lines: tuple[str, ...] = field(default=(), compare=False, repr=False)

    @property
    def is_null(self) -> bool:
        """Whether nothing was written, or YAML's null."""
        return not self.quote and self.text in _NULLS

    @property
    def is_text(self) -> bool:
        """Whether dbt reads it as a text, too: `5`, `yes` and `2026-01-31` are no texts without quotes."""
        known = _OTHER_TYPES.get(self.text[:1], ())
        return bool(self.quote) or not any(pattern.match(self.text) for _, pattern in known)

    def within(self, offset: int, length: int) -> Place:
        """Give the place of a part of the text, however the text is quoted or folded in the file.

        YAML changes nothing but the space between words, so a part is found by counting the other characters.
        """
        if self.quote == '"' and "\\" in self.place.source:
            return self.place
        ahead = sum(not char.isspace() for char in self.text[:offset])
        found = next(itertools.islice(_characters(self), ahead, None), None)
        if found is None:
            return self.place
        line, index = found
        return replace(self.place, line=line + 1, column=index + 1, length=length, source=self.lines[line])


def typed(text: str, where: str) -> Scalar:
    """Give a word that stands in no file: typed behind an option such as `--by`, which problems then name."""
    return Scalar(text, Place(where, 1, 1, max(1, len(text)), text, is_typed=True), lines=(text,))


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values in the order written; no key occurs twice."""

    entries: tuple[tuple[Scalar, Node], ...]
    place: Place = field(compare=False)

    def get(self, key: str) -> Node | None:
        """Give the value of a key, or None."""
        return next((value for name, value in self.entries if name.text == key), None)


Node = Scalar | Sequence | Mapping


@dataclass(frozen=True, slots=True)
class Document:
    """One file: its path as the user knows it, and the mapping it holds."""

    path: str
    root: Mapping


def content_of(path: Path, shown: str) -> bytes:
    """Give what a file holds; raises ProblemsFound with the name the user knows it by."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise not_readable(error, shown) from None


def not_readable(error: OSError, shown: str) -> ProblemsFound:
    """Give what is said of a file or folder that is there and cannot be read, to be raised."""
    return refused("not-readable", f"cannot be read: {error.strerror}", Place(shown))


def read_document(path: str, content: bytes, *, anchors: bool = False, empty: bool = False) -> Document:
    """Read a file that has to be one mapping; raises ProblemsFound.

    `anchors` allows `&name`, `*name` and `<<`, which dbt's own files may use; `empty` allows an empty file.
    """
    text = _decode(path, content)
    lines = tuple(text.splitlines())
    whole = Place(path, 1, 1, max(1, len(lines[0]) if lines else 1), lines[0] if lines else "")
    reader = _Reader(path, lines, anchors)
    try:
        root = reader.document(yaml.parse(text, Loader=_Loader))
    except yaml.YAMLError as error:
        raise ProblemsFound([*reader.problems, _syntax_problem(path, lines, error)]) from None
    if root is None or (isinstance(root, Scalar) and root.is_null):
        root = Mapping((), whole)
        if not empty:
            reader.say("empty-file", "the file is empty", whole, "write a list under `metrics:` or `views:`")
    elif not isinstance(root, Mapping):
        reader.say("not-a-mapping", f"the file is {_shape(root)}, not a mapping", root.place, _MAPPING_HINT)
    if reader.problems or not isinstance(root, Mapping):
        raise ProblemsFound(reader.problems)
    return Document(path, root)


_MAPPING_HINT = "start with a key such as `metrics:` and indent what belongs to it"


def _shape(node: Node) -> str:
    match node:
        case Scalar():
            return "a text"
        case Sequence():
            return "a list"
        case Mapping():
            return "a mapping"


def _decode(path: str, content: bytes) -> str:
    if len(content) > MOST_BYTES:
        message = f"the file has {len(content):,} bytes; at most {MOST_BYTES:,} are read"
        raise ProblemsFound([Problem("too-large", message, Place(path), "split it into several files")])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - (content.rfind(b"\n", 0, error.start) + 1) + 1
        message = f"byte 0x{content[error.start]:02x} is not UTF-8"
        raise ProblemsFound(
            [Problem("not-utf-8", message, Place(path, line, column), "save the file as UTF-8")]
        ) from None
    if found := yaml.reader.Reader.NON_PRINTABLE.search(text):
        line = text.count("\n", 0, found.start()) + 1
        column = found.start() - text.rfind("\n", 0, found.start())
        message = f"the character U+{ord(found[0]):04X} cannot be printed"
        raise ProblemsFound([Problem("not-printable", message, Place(path, line, column), "remove it")])
    return text


_COLUMNS_HINT = "the lines of a list or a mapping begin in one column"
_SYNTAX_HINTS = {
    "mapping values": f"put a text with a colon in quotes; {_COLUMNS_HINT}",
    "expected": _COLUMNS_HINT,
}
"""What to do about what the YAML reader says, by words in it."""
_BRACKETS = {"flow sequence": "]", "flow mapping": "}"}
"""What closes what the reader was in, by its words for it."""


def _syntax_problem(path: str, lines: tuple[str, ...], error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    said = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"
    if mark is None:
        return Problem("yaml-syntax", f"this is not YAML: {said}", Place(path))
    context, opened = getattr(error, "context", None) or "", getattr(error, "context_mark", None)
    closed_by, hint = next((sign for words, sign in _BRACKETS.items() if words in context), ""), ""
    if closed_by and opened is not None and opened.line < mark.line:
        # The reader notices where something else begins.
        mark, said = opened, f"{closed_by} is missing, which closes this"
    elif opened is not None and "quoted scalar" in context and "end of stream" in said:
        mark, said = opened, "the quote that opens here is not closed"
    elif "flow node" in context and mark.line >= len(lines) - 1:
        said, hint = (
            "the file ends before a [ or { is closed",
            "close it, or write the entries on lines with `- `",
        )
    else:
        hint = next((what for words, what in _SYNTAX_HINTS.items() if words in said), "")
    line = min(mark.line, max(0, len(lines) - 1))
    source = lines[line] if lines else ""
    column = min(mark.column, len(source)) + 1
    indent = source[: len(source) - len(source.lstrip())]
    if "\t" in indent:
        place = Place(path, line + 1, indent.index("\t") + 1, 1, source)
        return Problem("yaml-tab", "the line is indented with a tab", place, "indent with spaces")
    return Problem("yaml-syntax", f"this is not YAML: {said}", Place(path, line + 1, column, 1, source), hint)


class _Reader:
    """The state of reading one file: what has been seen of it, and what was wrong."""

    def __init__(self, path: str, lines: tuple[str, ...], anchors: bool) -> None:
        self.path = path
        self.lines = lines
        self.anchors_allowed = anchors
        self.anchored: dict[str, Node] = {}
        self.problems: list[Problem] = []

    def say(self, code: str, message: str, place: Place, hint: str = "") -> None:
        self.problems.append(Problem(code, message, place, hint))

    def document(self, events: Iterator[yaml.Event]) -> Node | None:
        root: Node | None = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    place = self.place(event)
                    self.say("several-documents", "a second document starts here", place, "remove the `---`")
                    return root
                root = self.node(next(events), events, 0)
        return root

    def node(self, event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Node:
        if depth > DEEPEST:
            place = self.place(event)
            self.say("too-deep", f"lists and mappings are nested more than {DEEPEST} deep here", place)
            raise ProblemsFound(self.problems)
        if isinstance(event, yaml.AliasEvent):
            return self.alias(str(event.anchor), event)
        tag = getattr(event, "tag", None)
        if tag is not None:
            self.say("yaml-tag", "YAML tags are not used here", self.place(event), "remove it")
        if isinstance(event, yaml.ScalarEvent):
            node: Node = self.scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = self.sequence(event, events, depth)
        else:
            node = self.mapping(event, events, depth)
        anchor = getattr(event, "anchor", None)
        if anchor is not None:
            self.anchored[anchor] = node
            self.refuse_anchor("&" + anchor, event)
        return node

    def alias(self, anchor: str, event: yaml.Event) -> Node:
        self.refuse_anchor("*" + anchor, event)
        node = self.anchored.get(anchor)
        if node is None:
            self.say("yaml-anchor", f"there is no anchor '&{anchor}' above", self.place(event))
            return Scalar("", self.place(event))
        return node

    def refuse_anchor(self, written: str, event: yaml.Event) -> None:
        if not self.anchors_allowed:
            place = self.place(event)
            self.say("yaml-anchor", f"the YAML anchor '{written}' is not used here", place, "write it out")

    def scalar(self, event: yaml.ScalarEvent) -> Scalar:
        quote = event.style if event.style in ("'", '"', "|", ">") else ""
        return Scalar(event.value, self.place(event), quote, self.lines)

    def sequence(self, event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Sequence:
        items = []
        while not isinstance(following := next(events), yaml.SequenceEndEvent):
            items.append(self.node(following, events, depth + 1))
        return Sequence(tuple(items), self.place(event))

    def mapping(self, event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Mapping:
        entries: dict[str, tuple[Scalar, Node]] = {}
        merged: list[tuple[Scalar, Node]] = []
        while not isinstance(following := next(events), yaml.MappingEndEvent):
            key = self.node(following, events, depth + 1)
            value = self.node(next(events), events, depth + 1)
            if not isinstance(key, Scalar):
                self.say("key-not-text", f"a key has to be a word, not {_shape(key)}", key.place)
            elif key.text == "<<" and self.anchors_allowed:
                merged += [entry for each in _listed(value) for entry in each.entries]
            elif key.text in entries:
                first = entries[key.text][0].place.line
                message = f"the key '{key.text}' is given twice"
                self.say("duplicate-key", message, key.place, f"the first one is on line {first}")
            else:
                entries[key.text] = (key, value)
        for key, value in merged:
            entries.setdefault(key.text, (key, value))
        return Mapping(tuple(entries.values()), self.place(event))

    def place(self, event: yaml.Event) -> Place:
        start, end = event.start_mark, event.end_mark
        assert start is not None and end is not None, "events of a text have marks"
        source = self.lines[start.line] if start.line < len(self.lines) else ""
        last = end.column if end.line == start.line else len(source.rstrip())
        return Place(self.path, start.line + 1, start.column + 1, max(1, last - start.column), source)


def _listed(merged: Node) -> tuple[Mapping, ...]:
    """Give the mappings behind `<<`, one or a list; of keys that several have, the first one's counts."""
    listed = merged.items if isinstance(merged, Sequence) else (merged,)
    return tuple(each for each in listed if isinstance(each, Mapping))


def _characters(scalar: Scalar) -> Iterator[tuple[int, int]]:
    """Give the line and index, from 0, of every character of a scalar that is not space, in order."""
    number, column = scalar.place.line - 1, scalar.place.column - 1
    if scalar.quote in ("|", ">"):
        number, column = number + 1, 0
    elif scalar.quote:
        column += 1
    skip = False
    for line in range(number, len(scalar.lines)):
        source = scalar.lines[line]
        for index in range(column, len(source)):
            if skip or source[index].isspace():
                skip = False
                continue
            skip = scalar.quote == "'" and source[index : index + 2] == "''"
            yield line, index
        column = 0
