"""The command line's grammar: commands, options, and their help, of which docs/reference/cli.md is made."""

from __future__ import annotations

import argparse
import functools
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, NoReturn, get_args

from rollforward import __version__
from rollforward.errors import did_you_mean
from rollforward.folders import environment
from rollforward.help_texts import COMMANDS, command_names, overview
from rollforward.option_hints import hint_for
from rollforward.shapes import SHAPES

Listed = Literal["metrics", "attributes", "books", "comparisons", "views"]
LISTS: tuple[Listed, ...] = get_args(Listed)
Stage = Literal["definition", "formula", "meaning", "plan", "sql", "macro"]
STAGES: tuple[Stage, ...] = get_args(Stage)
DATA_FORMATS = ("csv", "json", "parquet")
"""What programs read an answer as; people read it as a table."""
_WIDEST_HELP = 100


class _Default(str):
    """An empty text that nobody typed: argparse has defaults checked like what was."""


_NOT_GIVEN = _Default()


class _Once(argparse.Action):
    """An option of which only one can hold: of two, argparse drops the first without a word."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,  # noqa: ARG002 - argparse gives it
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,  # noqa: ARG002 - argparse gives it
    ) -> None:
        """Keep a value; raises ArgumentError where there is one already."""
        if getattr(namespace, self.dest):
            hint = "join conditions with `and`" if self.dest == "where" else "leave one out"
            raise argparse.ArgumentError(self, f"given twice; {hint}")
        setattr(namespace, self.dest, values)


class Parser(argparse.ArgumentParser):
    """A parser whose help fits the screen; the top one lists its commands in groups."""

    def format_help(self) -> str:
        """Give the help."""
        return overview(str(self.description)) if self.prog == "rollforward" else super().format_help()

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, with the nearest word there is, and leave with exit code 2."""
        wrong = re.search(r"invalid choice: '([^']+)' \(choose from (.+)\)", message)
        if wrong:
            hint = did_you_mean(wrong[1], re.findall(r"[\w-]+", wrong[2]))
            message += f"\n{hint}" if hint else ""
        super().error(message)

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> Any:
        """Refuse `--` as the value of an option, of which some versions of Python make an empty list.

        What is not UTF-8 is refused as well: no database and no file of a project takes it.
        """
        if action.option_strings and arg_strings == ["--"]:
            raise argparse.ArgumentError(action, "expected one argument")
        if not isinstance(action, argparse._SubParsersAction):
            for text in arg_strings:
                if (shown := _shown(text)) != text:
                    raise argparse.ArgumentError(action, f"'{shown}' is not UTF-8")
        return super()._get_values(action, arg_strings)


def _shown(text: str) -> str:
    """Give an argument with escapes for the bytes that are not UTF-8, which Python keeps in its own way."""
    return text.encode(errors="backslashreplace").decode()


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """Give what the words of a command line say; leaves with exit code 2 where it is not clear."""
    top = parser()
    options, rest = top.parse_known_args(joined(arguments))
    if rest:
        known = {name: tuple(each._option_string_actions) for name, each in commands_of(top).items()}
        hint = hint_for(rest[0], options.command, known)
        top.error(f"unrecognized arguments: {' '.join(rest)}" + (f"\n{hint}" if hint else ""))
    return options


def parser(width: int = 0) -> Parser:
    """Give the whole grammar; its help is as wide as the screen, or as a width that is given."""
    formatter = functools.partial(_Formatter, given=width)
    top = Parser(
        prog="rollforward",
        description="How much do the customers we already have grow or shrink?",
        formatter_class=formatter,
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"rollforward {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="<command>")
    for name, described in COMMANDS.items():
        examples = "examples:\n" + "\n".join(f"  {line}" for line in described.examples)
        command = commands.add_parser(
            name,
            help=described.line,
            description=described.text,
            epilog=examples if described.examples else None,
            formatter_class=formatter,
            allow_abbrev=False,
        )
        _OPTIONS[name](command)
        _project_options(command)
    return top


def commands_of(top: Parser) -> dict[str, argparse.ArgumentParser]:
    """Give the parser of each command, in the order of the help."""
    [found] = (action for action in top._actions if isinstance(action, argparse._SubParsersAction))
    return {name: found.choices[name] for name in command_names()}


def joined(arguments: Sequence[str]) -> list[str]:
    """Put `--order-by -period` together: a value may begin with a dash there, and nowhere else."""
    written: list[str] = []
    for word in arguments:
        if written and written[-1] == "--order-by" and word.startswith("-"):
            written[-1] += f"={word}"
        else:
            written.append(word)
    return written


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Help that wraps descriptions, and leaves examples as they are."""

    def __init__(self, prog: str, given: int = 0) -> None:
        width = given or min(_WIDEST_HELP, shutil.get_terminal_size((80, 24)).columns)
        super().__init__(prog, max_help_position=28, width=width - 2)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        if "\n" in text:
            return super()._fill_text(text, width, indent)
        return argparse.HelpFormatter._fill_text(self, text, width, indent)


def _project_options(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("project")
    given = environment("PROJECT_DIR")
    group.add_argument(
        "--project-dir",
        type=Path,
        metavar="DIR",
        default=Path(given) if given else None,
        help="the folder of dbt_project.yml (default: here or above)",
    )
    if command.prog.split()[-1] in ("compile", "check", "list", "show"):
        return
    group.add_argument("--profiles-dir", metavar="DIR", default="", help="the folder of profiles.yml")
    group.add_argument(
        "--profile", metavar="NAME", default="", help="the profile, if not that of the project"
    )
    group.add_argument(
        "-t", "--target", metavar="NAME", default="", help="the target, if not the profile's own"
    )


def _answer_as(command: argparse.ArgumentParser, choices: Sequence[str], said: str = "how to answer") -> None:
    command.add_argument(
        "--format",
        choices=choices,
        default=choices[0],
        metavar="FORMAT",
        help=f"{said}: {', '.join(choices)}",
    )


def _compile(command: argparse.ArgumentParser) -> None:
    _answer_as(command, ("text", "json"))


def _check(command: argparse.ArgumentParser) -> None:
    _answer_as(command, ("text", "json", "sarif"))


def _list(command: argparse.ArgumentParser) -> None:
    command.add_argument("what", choices=LISTS, metavar="what", help=", ".join(LISTS))
    _answer_as(command, ("text", "json"))


def _show(command: argparse.ArgumentParser) -> None:
    command.add_argument("metric", help="a metric, by its name or an alias")
    command.add_argument(
        "--stage", choices=STAGES, metavar="STAGE", help=f"what a stage makes of it: {', '.join(STAGES)}"
    )
    _answer_as(command, ("text", "json"))


def _word(
    group: argparse._ActionsContainer, flag: str, metavar: str, said: str, dest: str | None = None
) -> None:
    """Add an option for one word, empty where it is left out."""
    group.add_argument(
        flag, dest=dest, action=_Once, type=_given, default=_NOT_GIVEN, metavar=metavar, help=said
    )


def _words(group: argparse._ActionsContainer, flag: str, metavar: str, said: str) -> None:
    """Add an option for words, given one by one or with commas."""
    group.add_argument(flag, action="append", type=_given, default=[], metavar=metavar, help=said)


def _question(command: argparse.ArgumentParser) -> None:
    command.add_argument("metrics", nargs="+", metavar="METRIC", help="metrics, by their names or aliases")
    group = command.add_argument_group("which numbers")
    _words(group, "--by", "ATTRIBUTE", "slice by an attribute; several with commas")
    _word(group, "--book", "BOOK", "the book (default: the only one)")
    _words(group, "--comparison", "NAME", "what periods are compared with; several with commas")
    _word(group, "--where", "SQL", "a condition over attributes: \"plan = 'pro'\"")
    _word(group, "--from", "PERIOD", "first period: 2026-01, 2026-Q1, 2026", dest="start")
    _word(group, "--to", "PERIOD", "last period, the same way", dest="end")
    group.add_argument("--include-incomplete", action="store_true", help="also periods that are not over yet")
    _words(group, "--order-by", "COLUMN", "order of the lines: columns of the answer, -column for descending")
    group.add_argument("--limit", type=_whole, metavar="N", help="at most that many lines")


def _query(command: argparse.ArgumentParser) -> None:
    _question(command)
    group = command.add_argument_group("how to answer")
    _answer_as(group, ("table", *DATA_FORMATS), "write it as")  # type: ignore[arg-type]
    group.add_argument("--plot", action="store_true", help="draw lines over the periods instead")
    group.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help="write to a file instead, by its ending as csv, json, parquet or, as .txt or .md, the table",
    )


def _explain(command: argparse.ArgumentParser) -> None:
    command.add_argument("metric", metavar="METRIC", help="a metric, by its name or an alias")
    _word(command, "--period", "PERIOD", "2026-06, 2026-Q2, 2026 (default: the last)")
    _words(command, "--by", "ATTRIBUTE", "also which slices moved it")
    _word(command, "--book", "BOOK", "the book (default: the only one)")
    _word(command, "--comparison", "NAME", "what the period is compared with")
    _word(command, "--where", "SQL", "a condition over attributes")
    command.add_argument(
        "--customers", type=_whole, default=10, metavar="N", help="how many to name (default: 10)"
    )
    _answer_as(command, ("text", "json"))


def _diff(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--base",
        type=_given,
        default="HEAD",
        metavar="REF",
        help="the git revision to compare with (default: HEAD)",
    )
    database = command.add_mutually_exclusive_group()
    _word(database, "--base-target", "NAME", "the target built from the base: compare values")
    _word(database, "--base-database", "FILE", "the same, as a DuckDB file")
    command.add_argument(
        "--limit", type=_whole, default=20, metavar="N", help="values to show per view (default: 20)"
    )
    command.add_argument(
        "--exit-code", action="store_true", help="exit with 1 where anything differs or could not be compared"
    )
    _answer_as(command, ("text", "json", "markdown"))


def _init(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("the book")
    group.add_argument(
        "--relation",
        default="",
        metavar="NAME",
        help="the model, seed or source with the revenue",
    )
    group.add_argument(
        "--book",
        default="",
        metavar="NAME",
        help="what to call it (default: recurring_revenue or payments)",
    )
    group.add_argument(
        "--shape",
        choices=tuple(SHAPES),
        metavar="SHAPE",
        help=f"{', '.join(tuple(SHAPES)[:-1])} or {tuple(SHAPES)[-1]}",
    )
    group.add_argument(
        "--unit", action="append", default=[], metavar="COLUMN", help="who counts as a customer"
    )
    group.add_argument("--amount", default="", metavar="COLUMN", help="the column with the money")
    group.add_argument(
        "--date",
        action="append",
        default=[],
        metavar="COLUMN",
        help="when: for intervals the start and, given again, the end",
    )
    group.add_argument(
        "--attribute", action="append", default=[], metavar="COLUMN", help="a column to slice by"
    )
    group.add_argument("--key", action="append", default=[], metavar="COLUMN", help="what identifies a row")
    group.add_argument(
        "--package",
        default="",
        metavar="PATH",
        help="where packages.yml finds rollforward: a path or git address",
    )
    command.add_argument("-y", "--yes", action="store_true", help="take what is proposed, ask nothing")
    command.add_argument("--dry-run", action="store_true", help="say what would be written")


def _given(text: str) -> str:
    """Refuse what a shell leaves of a variable that is not set: it would be taken for no option at all."""
    if text is _NOT_GIVEN:
        return ""
    if not text.strip(" ,"):
        raise argparse.ArgumentTypeError("nothing is given for it; leave the option out, or say what")
    return text


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 10**9:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number above 0")
    return int(text)


_OPTIONS = {
    "init": _init,
    "compile": _compile,
    "check": _check,
    "list": _list,
    "show": _show,
    "diff": _diff,
    "query": _query,
    "explain": _explain,
    "sql": _question,
}
