"""First line of a generated file: where it comes from, and a hash of the rest, which shows edits by hand."""

from __future__ import annotations

import hashlib
import re

_SAID = "Generated from {source} by `rollforward compile`: change it there. {digest}"
_HEADER = re.compile(
    r"(?:\{#- |# )Generated from .+ by `rollforward compile`: .* (?P<digest>[0-9a-f]{12})(?: -#\})?"
)


def with_header(body: str, source: str, *, jinja: bool) -> str:
    """Put the header before a body, as a Jinja or a YAML comment."""
    said = _SAID.format(source=source, digest=_digest(body))
    return f"{{#- {said} -#}}\n{body}" if jinja else f"# {said}\n{body}"


def is_generated(text: str) -> bool:
    """Whether a file starts with the header."""
    return _HEADER.fullmatch(text.partition("\n")[0]) is not None


def is_untouched(text: str) -> bool:
    """Whether a file is as it was generated, from whatever YAML."""
    first, _, body = text.partition("\n")
    found = _HEADER.fullmatch(first)
    return found is not None and found["digest"] == _digest(body)


def _digest(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()[:12]
