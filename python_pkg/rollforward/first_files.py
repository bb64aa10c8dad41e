"""What `init` writes: the vars of a book, a first view, the entry for dbt's packages. Texts from texts."""

from __future__ import annotations

import re

from rollforward.definitions import PACKAGE
from rollforward.proposals import Proposal
from rollforward.settings import own_vars
from rollforward.shapes import SHAPES
from rollforward.source import Document, Mapping, Scalar, Sequence, typed

VIEW_FILE = "metrics/retention.yml"
METRICS = ("net_expansion_rate", "gross_revenue_retention", "customer_retention_rate", "revenue_growth_rate")
_TWICE_TWELVE = 24
_PLAIN = re.compile(r"[A-Za-z_][\w.]*", re.ASCII)


def book_name(proposal: Proposal) -> str:
    """Give a name for a book that has none."""
    return "payments" if proposal.shape == "payments" else "recurring_revenue"


def vars_text(name: str, proposal: Proposal, *, under: str = "") -> str:
    """Give the vars of a book as YAML; `under` is the indent of what stands under `vars:` already."""
    lines = [] if under else ["vars:"]
    indent = under or "  "
    step = indent if under else "  "
    lines.append(f"{indent}{PACKAGE}:")
    lines.append(f"{indent}{step}books:")
    lines.append(f"{indent}{step * 2}{name}:")
    entries = [
        ("relation", _word(proposal.relation)),
        ("shape", proposal.shape),
        ("unit", _words(proposal.unit)),
        ("amount", _word(proposal.amount)),
        *(
            (key, _word(column))
            for key, column in zip(SHAPES[proposal.shape].dates, proposal.dates, strict=False)
        ),
        *([("attributes", f"[{', '.join(map(_word, proposal.attributes))}]")] if proposal.attributes else []),
        *([("key", _words(proposal.key))] if proposal.key else []),
    ]
    lines += [f"{indent}{step * 3}{key}: {value}" for key, value in entries]
    return "\n".join(lines) + "\n"


def with_vars(text: str, document: Document, name: str, proposal: Proposal) -> str | None:
    """Give dbt_project.yml (or vars.yml) with the vars added; None where they have to be added by hand."""
    given = document.root.get("vars")
    if given is None or (isinstance(given, Scalar) and given.is_null):
        if given is not None:
            return None
        return _below(text, vars_text(name, proposal), blank=True)
    if not isinstance(given, Mapping) or not given.entries:
        return None
    first = given.entries[0][0].place
    lines = text.splitlines(keepends=True)
    before = lines[first.line - 1][: first.column - 1]
    if before.strip() or not before or first.line < 2:
        # {flow: style}, which has no line of its own to write before.
        return None
    lines.insert(first.line - 1, _ended_as(text, vars_text(name, proposal, under=before)))
    return "".join(lines)


def has_vars(document: Document) -> bool:
    """Whether there are vars of rollforward already."""
    return own_vars(document) is not None


def view_text(name: str, proposal: Proposal, schema: str) -> str:
    """Give the file of a first view, with the line by which editors know what may stand in it."""
    by = f"[{proposal.attributes[0]}]" if proposal.attributes else "[]"
    compared, comparisons, why = _compared(proposal)
    line = f"# yaml-language-server: $schema={schema}\n" if schema else ""
    return f"""\
{line}views:
  - name: retention
    description: How the customers of {name} develop, {compared}.
    book: {name}
    metrics: [{", ".join(METRICS)}]
{why}    comparisons: [{comparisons}]
    by: {by}
"""


def _compared(proposal: Proposal) -> tuple[str, str, str]:
    """Give what is compared with what in words, the comparisons, and a line that says why where it must."""
    if SHAPES[proposal.shape].measurement != "period_sum":
        compared = "each month against the one before, and against a year before"
        return compared, "month_over_month, trailing_12_months", ""
    # Who buys now and then comes and goes from month to month: that says little, but while a book is young
    # there is nothing else to see.
    compared = "twelve months against the twelve before"
    if not 0 < proposal.months < _TWICE_TWELVE:
        return compared, "trailing_12_months", ""
    seen = "1 month" if proposal.months == 1 else f"{proposal.months} months"
    why = f"trailing_12_months begins with month {_TWICE_TWELVE}; the rows looked at reach over {seen}."
    compared = f"each month against the one before, and {compared}"
    return compared, "month_over_month, trailing_12_months", f"    # {why}\n"


def with_package(text: str, document: Document | None, source: str) -> str | None:
    """Give packages.yml with an entry for the package; None where it has one, or has to be added by hand."""
    if names_package(document, source):
        return None
    entry = packages_entry(source)
    if document is None or not document.root.entries:
        return _below(text, f"packages:\n{entry}")
    listed = document.root.get("packages")
    if not isinstance(listed, Sequence) or not listed.items:
        return None
    place = listed.items[0].place
    lines = text.splitlines(keepends=True)
    line = lines[place.line - 1]
    dash = line.find("-")
    if dash < 0 or line[:dash].strip():
        return None
    added = "".join(f"{line[:dash]}{row[2:]}\n" for row in entry.splitlines())
    lines.insert(place.line - 1, _ended_as(text, added))
    return "".join(lines)


def names_package(document: Document | None, source: str) -> bool:
    """Whether a list of packages has rollforward already."""
    listed = None if document is None else document.root.get("packages")
    for item in listed.items if isinstance(listed, Sequence) else ():
        for _, value in item.entries if isinstance(item, Mapping) else ():
            if isinstance(value, Scalar) and (value.text == source or _ends_in_package(value.text)):
                return True
    return False


def packages_entry(source: str) -> str:
    """Give the entry of packages.yml: a folder, or a git address."""
    kind = "git" if "://" in source or source.startswith("git@") else "local"
    return f"  - {kind}: {_word(source)}\n"


def _below(text: str, added: str, *, blank: bool = False) -> str:
    """Put lines below a text, of which nothing is changed."""
    ended = text if not text or text.endswith("\n") else text + "\n"
    apart = "\n" if blank and ended.strip() and ended.splitlines()[-1].strip() else ""
    return text + _ended_as(text, ended[len(text) :] + apart + added)


def _ended_as(text: str, added: str) -> str:
    """Give lines ended as those of a text are: on Windows, editors and git may end them by CR and LF."""
    return added.replace("\n", "\r\n") if "\r\n" in text else added


def _ends_in_package(text: str) -> bool:
    return (
        text.rstrip("/").removesuffix(".git").rpartition("/")[2].replace("dbt-", "").replace("dbt_", "")
        == PACKAGE
    )


def _words(words: tuple[str, ...]) -> str:
    return _word(words[0]) if len(words) == 1 else f"[{', '.join(map(_word, words))}]"


def _word(text: str) -> str:
    """Give a word as YAML reads it back: quoted where it is more than letters."""
    if _PLAIN.fullmatch(text) and text.lower() not in _READ_OTHERWISE:
        return text
    if (
        re.fullmatch(r"[\w./~@:+-]+", text, re.ASCII)
        and text[0] not in "-:@"
        and typed(text, "").is_text
        and ": " not in text
        and not text.endswith(":")
    ):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_READ_OTHERWISE = ("yes", "no", "on", "off", "true", "false", "null", "y", "n")
