"""What is known of the place output goes to, and the few colours used there."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import TextIO

BOLD, DIM, RED, GREEN, YELLOW, CYAN = "1", "2", "31", "32", "33", "36"
PIPED_WIDTH = 10_000
"""Wide enough for any row: who reads a pipe by the line wants no lines broken."""
NARROWEST = 40
"""Where there is less, lines are broken by the terminal: text in columns needs some room."""


@dataclass(frozen=True, slots=True)
class Screen:
    """How wide lines may be, whether colours are welcome, whether block characters can be shown."""

    width: int = 80
    colour: bool = False
    blocks: bool = True
    terminal: bool = False

    def paint(self, text: str, *codes: str) -> str:
        """Give a text in colours, where they are welcome."""
        return f"\033[{';'.join(codes)}m{text}\033[0m" if self.colour and text else text


def screen_of(stream: TextIO) -> Screen:
    """Look at a stream. NO_COLOR and a dumb terminal mean no colours, and so does anything but a terminal."""
    terminal = stream.isatty()
    width = shutil.get_terminal_size((80, 24)).columns if terminal or "COLUMNS" in os.environ else PIPED_WIDTH
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return Screen(
        width=max(width, NARROWEST),
        colour=terminal and not plain,
        blocks=_shows_blocks(stream.encoding),
        terminal=terminal,
    )


def _shows_blocks(encoding: str | None) -> bool:
    try:
        "█▇•─".encode(encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
