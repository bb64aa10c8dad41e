"""What may be meant by words of a command line that its command does not take."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from rollforward.errors import did_you_mean
from rollforward.meant import OPTIONS, meant


def hint_for(word: str, command: str, options: Mapping[str, Collection[str]]) -> str:
    """Say what may be meant by a word that a command does not take; `options` are those of each command."""
    option = word.partition("=")[0]
    if option.startswith("--"):
        return _hint_for_option(option, command, options)
    if not word.startswith("-"):
        return _PLAIN_WORDS.get(command, "")
    return ""


_PLAIN_WORDS = {
    "list": "list takes one word",
    "show": "show takes one metric at a time",
    "explain": "explain takes one metric at a time; --period names the period",
    "query": "metrics come first, before the options; --from and --to name the periods",
    "sql": "metrics come first, before the options; --from and --to name the periods",
}
"""What is said of a word too many, by the command."""


def _hint_for_option(option: str, command: str, options: Mapping[str, Collection[str]]) -> str:
    """Say which option of the command is meant, or nearly written so, and which commands have this one."""
    known = [each.removeprefix("--") for each in options[command]]
    word = option.removeprefix("--").replace("_", "-").lower()
    here = " and ".join(f"'--{name}'" for name in meant(word, OPTIONS, known))
    if having := [name for name, each in options.items() if option in each]:
        return f"it is an option of {', '.join(having)}" + (f"; {command} has {here}" if here else "")
    return f"did you mean {here}?" if here else did_you_mean(option, options[command])
