"""Where output goes: streams that are there, take every sign, and can be given up."""

from __future__ import annotations

import codecs
import io
import os
import sys
from typing import TextIO, cast

_IN_PLAINER_SIGNS = "rollforward.plainer"
_PLAINER = {"→": "->", "…": "~"}


def open_closed() -> None:
    """Open streams that were closed before Python began, as cron and `<&-` leave them.

    Nothing is read there and nothing kept, and no file or database that is opened later takes their number.
    """
    if sys.stdin is None:
        sys.stdin = _nowhere("r")
    if sys.stdout is None:
        sys.stdout = _nowhere("w")
    if sys.stderr is None:
        sys.stderr = _nowhere("w")


def take_every_sign(*, for_programs: bool) -> None:
    """Let stdout print whatever there is to print: a name, an arrow, also where the locale knows only ASCII.

    People get the nearest sign their screen has, or `?`. Programs get UTF-8, since another sign would be
    another value; a file written with --output is UTF-8, too.
    """
    if not isinstance(sys.stdout, io.TextIOWrapper):
        return
    codecs.register_error(_IN_PLAINER_SIGNS, _plainer)
    sys.stdout.reconfigure(encoding="utf-8" if for_programs else None, errors=_IN_PLAINER_SIGNS)


def give_up() -> None:
    """Send what could not be printed nowhere: Python would try again, and complain, when it ends."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _nowhere(mode: str) -> TextIO:
    return cast(TextIO, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))


def _plainer(error: UnicodeError) -> tuple[str, int]:
    """Stand in for signs that an encoding lacks, as Python asks of a handler of errors."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start : error.end]
    return "".join(_PLAINER.get(sign, "?") for sign in missing), error.end
