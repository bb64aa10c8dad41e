"""The command line: the only module that prints.

Nothing but Python's own is imported before Ctrl-C is looked after.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import Namespace
    from pathlib import Path

    from rollforward.said import Said, Setting

INTERRUPTED, PIPE_CLOSED = 130, 141
"""Exit codes as shells give them for what ends by a signal; the others are those of `said`."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; gives the exit code: 0, 1 for problems, 2 for wrong usage."""
    try:
        return _main(sys.argv[1:] if arguments is None else list(arguments))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Who read the pipe has seen enough.
        from rollforward.streams import give_up

        give_up()
        return PIPE_CLOSED


def _main(arguments: list[str]) -> int:
    from rollforward.arguments import parsed
    from rollforward.errors import ProblemsFound
    from rollforward.said import Said, Setting, problems_said
    from rollforward.screen import screen_of
    from rollforward.streams import open_closed, take_every_sign

    open_closed()
    try:
        options = parsed(arguments)
    except SystemExit as stopped:
        # What argparse had to say, help perhaps, is on its way to the screen.
        stopped.code = _say(Said(code=int(stopped.code or 0)))
        raise
    how = getattr(options, "format", "text")
    take_every_sign(for_programs=how not in ("text", "table") or options.command == "sql")
    at_a_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    try:
        root = _root(options.project_dir)
        setting = Setting(root, screen_of(sys.stdout), _ask if at_a_terminal else None)
        return _say(_command(options.command)(options, setting))
    except ProblemsFound as found:
        colour = screen_of(sys.stderr).colour
        return _say(problems_said(found.problems, how, colour=colour, command=options.command))


def _command(name: str) -> Callable[[Namespace, Setting], Said]:
    """Import a command: each loads what it needs and no more."""
    match name:
        case "compile" | "check":
            from rollforward.command_compile import run
        case "list":
            from rollforward.command_list import run
        case "show":
            from rollforward.command_show import run
        case "query" | "sql":
            from rollforward.command_query import run
        case "explain":
            from rollforward.command_explain import run
        case "diff":
            from rollforward.command_diff import run
        case "init":
            from rollforward.command_init import run
        case _:
            raise AssertionError(f"the parser knows a command '{name}' that nobody runs")
    return run


def _root(given: Path | None) -> Path:
    """Give the folder of the project; raises ProblemsFound where there is none."""
    from pathlib import Path

    from rollforward.errors import on_command_line, refused
    from rollforward.folders import PROJECT_FILE, find_root, is_file

    try:
        here = Path.cwd()
    except OSError:
        message, hint = "the current folder is not there any more", "go to another one"
        raise refused("no-project", message, on_command_line(), hint) from None
    if given is None:
        if root := find_root(here):
            return root
        where, place = "this folder or above it", on_command_line()
        hint = "say where it is with --project-dir"
    elif is_file(given / PROJECT_FILE):
        return given.resolve()
    else:
        where, place = str(given), on_command_line("--project-dir")
        hint = "name the folder that has it"
    raise refused("no-project", f"there is no {PROJECT_FILE} in {where}", place, hint)


def _ask(what: str, proposed: str) -> str:
    """Ask on the terminal; an empty line is what is proposed, the end of input stops everything.

    Raises ProblemsFound for an answer that is not UTF-8, which some locales let through.
    """
    try:
        answer = input(f"{what}{f' [{proposed}]' if proposed else ''}: ").strip()
        answer.encode()
    except EOFError:
        raise KeyboardInterrupt from None
    except UnicodeError:
        from rollforward.errors import on_command_line, refused

        hint = "set the terminal to UTF-8"
        raise refused("not-utf-8", "the answer is not UTF-8", on_command_line(), hint) from None
    return answer or proposed


def _say(said: Said) -> int:
    """Print what a command says; gives its exit code, or 1 where it cannot be printed."""
    try:
        for note in said.notes:
            print(note, file=sys.stderr)
        if isinstance(said.out, bytes):
            sys.stdout.buffer.write(said.out)
        else:
            print(said.out, end="")
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        from rollforward.said import PROBLEMS
        from rollforward.streams import give_up

        # A disk is full, say, and stderr may be on it as well.
        with suppress(OSError):
            print(f"rollforward: the answer cannot be written: {error.strerror}", file=sys.stderr)
        give_up()
        return PROBLEMS
    return said.code
