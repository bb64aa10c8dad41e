"""`rollforward init`: a project's first book and view, proposed from what is there."""

from __future__ import annotations

import dataclasses
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rollforward.definitions import PACKAGE
from rollforward.errors import Place, Problem, ProblemsFound, did_you_mean, on_command_line, refused
from rollforward.first_files import (
    VIEW_FILE,
    book_name,
    has_vars,
    names_package,
    packages_entry,
    vars_text,
    view_text,
    with_package,
    with_vars,
)
from rollforward.folders import (
    DEFINITIONS,
    DEPENDENCIES_FILE,
    PACKAGES_FILE,
    PROJECT_FILE,
    seen_from,
    target_folder,
)
from rollforward.layout import (
    Layout,
    definition_files,
    is_installed,
    model_names,
    read_file,
    read_layout,
    shown_path,
    snapshot_names,
    vars_document,
)
from rollforward.options import listed, wanted_of
from rollforward.outputs import write_whole
from rollforward.proposals import (
    Proposal,
    Sample,
    amount_in_texts,
    best,
    key_of,
    months_of,
    notes_on,
    propose,
)
from rollforward.said import Said, Setting
from rollforward.samples import samples
from rollforward.schema import SCHEMA_FILE
from rollforward.settings import PLAIN, PLAIN_HINT, is_no_relation, read_settings
from rollforward.shapes import SHAPES
from rollforward.source import Document, read_document

BOOK_FLAGS = ("relation", "book", "shape", "unit", "amount", "date", "attribute", "key")


@dataclass(frozen=True, slots=True)
class _Step:
    """A file to write, or what to do by hand where it cannot be written."""

    path: str
    text: str | None
    by_hand: str = ""


def run(options: Namespace, setting: Setting) -> Said:
    """Propose, ask, and write what is missing; raises ProblemsFound."""
    problems: list[Problem] = []
    layout = read_layout(setting.root, problems)
    if layout.is_package:
        raise refused("own-package", "this is rollforward itself, which has its demo", Place(PROJECT_FILE))
    document = vars_document(layout)
    _check_book_name(options.book, document)
    steps, known = [], []
    notes: tuple[str, ...] = ()
    if has_vars(document):
        known.append(f"{document.path} has vars of {PACKAGE}")
        book = _first_book(document)
        if any(vars(options)[flag] for flag in BOOK_FLAGS):
            proposal, notes = _completed(options, setting, layout)
            block = vars_text(options.book or book_name(proposal), proposal)
            steps.append(_Step(document.path, None, f"add to the books of {document.path}:\n\n{block}"))
    else:
        proposal, notes = _completed(options, setting, layout)
        name = options.book or book_name(proposal)
        steps.append(_vars_step(layout, document, name, proposal))
        book = (name, proposal)
    if definition_files(setting.root):
        known.append(f"{DEFINITIONS}/ has definitions")
    elif book is not None:
        steps.append(_Step(VIEW_FILE, view_text(*book, _schema(layout))))
    step = _package_step(options, layout)
    if isinstance(step, str):
        known.append(step)
    else:
        steps.append(step)
    return Said(_done(steps, known, layout, dry=options.dry_run), notes)


def _completed(options: Namespace, setting: Setting, layout: Layout) -> tuple[Proposal, tuple[str, ...]]:
    """Give the book: what flags say, then what the data says, then what the user answers.

    Beside it what is doubtful about it.
    """
    found = samples(layout, target_folder(layout.root), wanted_of(options), options.relation)
    _check_relation(options.relation, layout)
    guessed = propose(found[0]) if options.relation and found else best(found)
    if guessed is None and not options.relation and setting.ask is None:
        message = "no relation of the project looks like revenue by customer and date"
        hint = "say --relation, --shape, --unit, --amount and --date"
        raise refused("no-proposal", message, on_command_line(), hint)
    proposal = _with_flags(guessed or Proposal(options.relation), options, found)
    if setting.ask is not None and not options.yes:
        relation = setting.ask("model, seed or source with the revenue", proposal.relation)
        if relation != proposal.relation:
            found = samples(layout, target_folder(layout.root), wanted_of(options), relation)
            _check_relation(relation, layout)
            proposal = propose(found[0]) if found else Proposal(relation)
        proposal = _asked(proposal, setting.ask)
    _check_columns(proposal, found)
    sample = _sample_of(proposal, found)
    if proposal.missing:
        raise _untold(proposal, sample)
    if len(proposal.dates) > len(SHAPES[proposal.shape].dates):
        message = f"shape {proposal.shape} has {len(SHAPES[proposal.shape].dates)} date column"
        hint = f"columns: {', '.join(SHAPES[proposal.shape].dates)}"
        raise refused("no-proposal", message, on_command_line("--date"), hint)
    if sample is None:
        return proposal, ()
    notes = tuple(f"rollforward: {note}" for note in notes_on(proposal, sample))
    return dataclasses.replace(proposal, months=months_of(proposal, sample)), notes


def _untold(proposal: Proposal, sample: Sample | None) -> ProblemsFound:
    """Say what has to be said of a relation, and where its amount is, if that is written in texts."""
    message = f"it cannot be told how to read '{proposal.relation}'"
    hint = f"say {', '.join(proposal.missing)}"
    if sample is None:
        hint += "; or build it with dbt first, so that its columns can be looked at"
    elif not proposal.amount and (found := amount_in_texts(sample)):
        message += f": '{found[0]}' holds texts such as '{found[1]}', which are no numbers"
        hint = f"turn '{found[0]}' into a number in the model, or {hint}"
    return refused("no-proposal", message, on_command_line(), hint)


def _check_book_name(name: str, document: Document) -> None:
    """Refuse a name that no book can have, or that one has already."""
    place = on_command_line("--book")
    if name and not PLAIN.fullmatch(name):
        raise refused("invalid-name", f"'{name}' cannot be the name of a book", place, PLAIN_HINT)
    taken = {book.name.text.lower(): book.name for book in read_settings(document, []).books}
    if name.lower() in taken:
        there = taken[name.lower()].place
        message = f"there is a book '{name}' already, in {there.path}:{there.line}"
        raise refused("duplicate-name", message, place, "choose another name")


def _check_relation(relation: str, layout: Layout) -> None:
    """Refuse a plain name that the project has no model, seed or snapshot of."""
    known = model_names(layout)
    if is_no_relation(relation, (*known, *snapshot_names(layout))):
        message = f"the project has no model, seed or snapshot '{relation}'"
        hint = did_you_mean(
            relation, known, otherwise="a table that dbt does not make is a source('...', '...')"
        )
        raise refused("no-proposal", message, on_command_line(), hint)


def _check_columns(proposal: Proposal, found: Sequence[Sample]) -> None:
    """Refuse names that the relation has no column of, all of them at once, where its columns are known."""
    sample = _sample_of(proposal, found)
    columns = {name.lower(): name for name in sample.columns} if sample else {}
    words = (*proposal.unit, proposal.amount, *proposal.dates, *proposal.attributes, *proposal.key)
    unknown = [word for word in dict.fromkeys(words) if columns and word and word.lower() not in columns]
    if unknown:
        raise ProblemsFound(
            Problem(
                "no-proposal",
                f"'{proposal.relation}' has no column '{word}'",
                on_command_line(),
                did_you_mean(word, columns.values(), otherwise=f"columns: {', '.join(columns.values())}"),
            )
            for word in unknown
        )


def _sample_of(proposal: Proposal, found: Sequence[Sample]) -> Sample | None:
    return next((each for each in found if each.relation == proposal.relation), None)


def _with_flags(proposal: Proposal, options: Namespace, found: Sequence[Sample]) -> Proposal:
    """Give a proposal with what flags say; what they do not say goes by that: attributes are what is left."""
    given = {
        "relation": options.relation,
        "shape": options.shape,
        "unit": listed(options.unit),
        "amount": options.amount,
        "dates": listed(options.date),
        "attributes": listed(options.attribute),
        "key": listed(options.key),
    }
    said = dataclasses.replace(proposal, **{key: value for key, value in given.items() if value})
    if not options.attribute:
        taken = {*said.unit, said.amount, *said.dates}
        left = tuple(name for name in said.attributes if name not in taken)
        said = dataclasses.replace(said, attributes=left)
    sample = _sample_of(said, found)
    return said if options.key or sample is None else dataclasses.replace(said, key=key_of(said, sample))


def _asked(proposal: Proposal, ask: Callable[[str, str], str]) -> Proposal:
    """Ask how the relation is read, with what is proposed as the answer of an empty line."""
    shape = ""
    while shape not in SHAPES:
        shape = ask(f"its shape: {', '.join(SHAPES)}", proposal.shape or "intervals")
    unit = _several(ask("column, or columns, of the customer", ", ".join(proposal.unit)))
    amount = ask("column with the amount", proposal.amount)
    offered = proposal.dates if shape == proposal.shape else ()
    dates = tuple(
        ask(f"column for {key}", offered[index] if index < len(offered) else "")
        for index, key in enumerate(SHAPES[shape].dates)
    )
    attributes = _several(ask("columns to slice by (- for none)", ", ".join(proposal.attributes)))
    key = _several(ask("column, or columns, that identify a row (- for none)", ", ".join(proposal.key)))
    return Proposal(proposal.relation, shape, unit, amount, tuple(filter(None, dates)), attributes, key)


def _several(answer: str) -> tuple[str, ...]:
    return () if answer.strip() == "-" else tuple(word for word in answer.replace(",", " ").split())


def _vars_step(layout: Layout, document: Document, name: str, proposal: Proposal) -> _Step:
    """Write the vars where they can be added as text, and are read back as what was meant."""
    text = _as_it_is(layout.root / document.path)
    added = with_vars(text, document, name, proposal)
    by_hand = f"add to {document.path}:\n\n{vars_text(name, proposal)}"
    if added is None:
        return _Step(document.path, None, by_hand)
    problems: list[Problem] = []
    settings = read_settings(read_document(document.path, added.encode(), anchors=True), problems)
    if problems:
        raise ProblemsFound(problems)
    if [book.name.text for book in settings.books] != [name]:
        return _Step(document.path, None, by_hand)
    return _Step(document.path, added)


def _first_book(document: Document) -> tuple[str, Proposal] | None:
    """Give the first book of vars that are there, as far as a view has to know it."""
    settings = read_settings(document, [])
    if not settings.books:
        return None
    book = settings.books[0]
    attributes = tuple(attribute.text for attribute in book.attributes)
    return book.name.text, Proposal("", book.shape, attributes=attributes)


def _package_step(options: Namespace, layout: Layout) -> _Step | str:
    """Give the entry for dbt's packages, or the sentence that there is one."""
    source = options.package or _own_checkout(layout.root)
    for name in (PACKAGES_FILE, DEPENDENCIES_FILE):
        if (layout.root / name).is_file():
            document = read_file(layout.root, layout.root / name, anchors=True, empty=True)
            if names_package(document, source):
                return f"{name} has {PACKAGE}"
            if name == DEPENDENCIES_FILE and document.root.get("packages") is None:
                continue
            break
    else:
        name, document = PACKAGES_FILE, None
    if not source:
        return _Step(
            name, None, f"add {PACKAGE} to {name}: `rollforward init --package <path or git address>`"
        )
    file = layout.root / name
    text = _as_it_is(file) if file.is_file() else ""
    written = with_package(text, document, source)
    return _Step(name, written, f"add to {name} under `packages:`\n\n{packages_entry(source)}")


def _as_it_is(file: Path) -> str:
    """Read a file that was read as YAML already, with its line ends."""
    return file.read_bytes().decode("utf-8")


def _own_checkout(root: Path) -> str:
    """Give the folder of the package this program runs from, where it is a checkout."""
    folder = Path(__file__).resolve().parents[2]
    return seen_from(folder, root) if (folder / PROJECT_FILE).is_file() else ""


def _schema(layout: Layout) -> str:
    """Give the way from metrics/ to the schema in the installed package."""
    file = layout.package / "python_pkg" / PACKAGE / SCHEMA_FILE
    return shown_path(file, layout.root / DEFINITIONS)


def _done(steps: list[_Step], known: list[str], layout: Layout, *, dry: bool) -> str:
    """Write the files; gives what is said of that."""
    lines = []
    for step in steps:
        file = layout.root / step.path
        if step.text is None:
            lines.append(step.by_hand.rstrip() + "\n")
            continue
        verb = "changed" if file.exists() else "wrote"
        if dry:
            lines += [f"would write {step.path}:", "", step.text]
            continue
        try:
            write_whole(file, step.text)
        except OSError as error:
            raise refused("not-writable", f"cannot be written: {error.strerror}", Place(step.path)) from None
        lines.append(f"{verb} {step.path}")
    if not steps:
        lines.append(f"nothing to do: {'; '.join(known)}")
    if not dry:
        lines += list(_next(steps, layout))
    return "\n".join(lines) + "\n"


def _next(steps: list[_Step], layout: Layout) -> Iterator[str]:
    if steps or not is_installed(layout):
        deps = "" if is_installed(layout) else "`dbt deps`, then "
        yield f"next: {deps}`dbt build`, then `rollforward query net_expansion_rate`"
