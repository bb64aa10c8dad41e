"""Reading the entries of a YAML mapping one key at a time, noting every problem on the way.

What cannot be read is None; whoever asked decides whether the rest is still of use.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from collections.abc import Mapping as Map
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from rollforward.digits import MOST_DECIMALS, MOST_DIGITS
from rollforward.errors import Place, Problem, did_you_mean
from rollforward.keys import ELSEWHERE
from rollforward.meant import KEYS, meant
from rollforward.source import Mapping, Node, Scalar, Sequence

# PostgreSQL cuts names off at 63 characters, and views append _denominator.
NAME = re.compile(r"[a-z][a-z0-9_]{0,49}")
Word = TypeVar("Word", bound=str)
_PLAIN_NUMBER = re.compile(rf"-?\d{{1,{MOST_DIGITS}}}(\.\d{{1,{MOST_DECIMALS}}})?", re.ASCII)
_PLAIN_NUMBER_HINT = (
    f"write digits, at most {MOST_DIGITS} before the point and {MOST_DECIMALS} behind it, without quotes: 0.5"
)
_JINJA = re.compile(r"\{\{|\{%|\{#|#\}")
_NO_HINTS: Map[str, str] = {}


@dataclass(frozen=True, slots=True)
class Entries:
    """A mapping being read: what it is called in messages, where it is, and where problems go."""

    mapping: Mapping
    what: str
    place: Place
    problems: list[Problem]

    def say(self, code: str, message: str, place: Place, hint: str = "") -> None:
        """Note a problem."""
        self.problems.append(Problem(code, message, place, hint))

    def check_keys(
        self, allowed: Iterable[str], required: Iterable[str] = (), hints: Map[str, str] = _NO_HINTS
    ) -> None:
        """Note keys that are not known, and those that are missing or empty and must not be.

        `hints` say what to do about some keys that are unknown here, or missing.
        """
        known = list(allowed)
        for key, _ in self.mapping.entries:
            if key.text not in known:
                code, hint = self._unknown(key.text, known)
                hint = hints.get(key.text, hint)
                self.say(code, f"unknown key '{key.text}' in {self.what}", key.place, hint)
        for name in required:
            value = self.mapping.get(name)
            if value is None:
                message = f"the key '{name}' is missing in {self.what}"
                self.say("missing-key", message, self.place, hints.get(name, ""))
            elif is_nothing(value) or (isinstance(value, Sequence) and not value.items):
                self.say("empty-value", f"'{name}' is empty", value.place)

    def _unknown(self, word: str, known: list[str]) -> tuple[str, str]:
        """Give the code and the hint for a key that is not one of those known here."""
        if found := meant(word, KEYS, known):
            return "unknown-key", f"did you mean '{found[0]}'?"
        if word in ELSEWHERE:
            return ELSEWHERE[word]
        return "unknown-key", did_you_mean(word, known, otherwise=f"allowed here: {', '.join(known)}")

    def text(self, key: str) -> Scalar | None:
        """Give the value of a key that holds a word or a sentence."""
        value = self.mapping.get(key)
        return None if value is None else self._text_of(value, f"'{key}'")

    def prose(self, key: str) -> str:
        """Give the value of a key as one line of text, empty where it is not given."""
        scalar = self.text(key)
        return "" if scalar is None else " ".join(scalar.text.split())

    def word(self, key: str, allowed: Iterable[Word], default: Word) -> Word:
        """Give the value of a key that has to be one of a few words."""
        scalar = self.text(key)
        known = list(allowed)
        if scalar is None:
            return default
        found = next((word for word in known if word == scalar.text), None)
        if found is None:
            hint = did_you_mean(scalar.text, known, otherwise=f"allowed: {', '.join(known)}")
            code = "unknown-type" if key == "type" else "unknown-word"
            self.say(code, f"'{scalar.text}' is not allowed for '{key}'", scalar.place, hint)
            return default
        return found

    def number(self, key: str, least: int, most: int, default: int) -> int:
        """Give the value of a key that has to be a whole number."""
        scalar = self.text(key)
        if scalar is None:
            return default
        if scalar.quote:
            self.say("not-a-number", f"'{scalar.text}' is a text", scalar.place, "write it without quotes")
        elif re.fullmatch(r"0|[1-9]\d{0,8}", scalar.text, re.ASCII) and least <= int(scalar.text) <= most:
            return int(scalar.text)
        else:
            message = f"'{scalar.text}' is not a whole number from {least} to {most}"
            # YAML counts in eights where a number begins with 0.
            hint = "write it without the leading 0" if re.fullmatch(r"0\d+", scalar.text) else ""
            if not re.search(r"\d", scalar.text):
                hint = f"write it in digits, such as {min(most, 12)}"
            self.say("not-a-number", message, scalar.place, hint)
        return default

    def texts(self, key: str, *, single: bool = False, example: str = "") -> tuple[Scalar, ...]:
        """Give the values of a key that holds a list of words, or one word where `single`.

        Something else is answered by what is in the list of an example, or by its own words as a list.
        """
        value = self.mapping.get(key)
        if value is None or is_nothing(value):
            return ()
        if isinstance(value, Sequence):
            read = [self._text_of(item, f"an entry of '{key}'") for item in value.items]
            return self._once(key, [scalar for scalar in read if scalar is not None])
        several = isinstance(value, Scalar) and not value.quote and "," in value.text
        if isinstance(value, Scalar) and single and not several:
            word = self._text_of(value, f"'{key}'")
            return () if word is None else (word,)
        wrong = "a mapping" if isinstance(value, Mapping) else "a text with a comma" if several else "a text"
        hint = f"write [{example or _listed(value)}]"
        self.say("wrong-shape", f"'{key}' has to be a list, not {wrong}", value.place, hint)
        return ()

    def numbers(self, key: str) -> tuple[Scalar, ...]:
        """Give the values of a key that holds a list of numbers, each larger than the one before."""
        read = self.texts(key, example="1000, 5000")
        for scalar in read:
            if scalar.quote or not _PLAIN_NUMBER.fullmatch(scalar.text):
                self.say("not-a-number", f"'{scalar.text}' is not a number", scalar.place, _PLAIN_NUMBER_HINT)
                return ()
        for lower, upper in itertools.pairwise(read):
            if Fraction(lower.text) >= Fraction(upper.text):
                message = f"{upper.text} comes after {lower.text}, and is not larger"
                self.say("not-ascending", message, upper.place, "write them from the smallest to the largest")
        return read

    def mapping_text(self, key: str) -> str:
        """Give the text of a key for a message, empty where it is none."""
        value = self.mapping.get(key)
        return f"'{value.text}'" if isinstance(value, Scalar) else "it"

    def mappings(self, key: str) -> Iterable[tuple[Scalar, Mapping]]:
        """Give the entries of a key that holds named mappings; those that are no mapping are noted."""
        value = self.mapping.get(key)
        if value is None or is_nothing(value):
            return
        if not isinstance(value, Mapping):
            self.say("wrong-shape", f"'{key}' has to be a mapping of names", value.place)
            return
        for name, inner in value.entries:
            if isinstance(inner, Mapping):
                yield name, inner
            else:
                self.say("wrong-shape", f"'{name.text}' has to be a mapping", inner.place)

    def _once(self, key: str, scalars: list[Scalar]) -> tuple[Scalar, ...]:
        seen: dict[str, Scalar] = {}
        for scalar in scalars:
            if scalar.text in seen:
                self.say("listed-twice", f"'{scalar.text}' is listed twice under '{key}'", scalar.place)
            seen.setdefault(scalar.text, scalar)
        return tuple(seen.values())

    def _text_of(self, node: Node, what: str) -> Scalar | None:
        if not isinstance(node, Scalar):
            wrong = "a mapping" if isinstance(node, Mapping) else "a list"
            self.say("wrong-shape", f"{what} has to be a text, not {wrong}", node.place)
            return None
        if is_nothing(node):
            self.say("empty-value", f"{what} is empty", node.place)
            return None
        if found := _JINJA.search(node.text):
            message = f"'{found[0]}' is Jinja, which is not run here"
            self.say("jinja", message, node.within(found.start(), 2), "say it in plain words")
            return None
        return node


def _listed(node: Node) -> str:
    """Give the words of a text as they stand in a list; of anything else an example."""
    words = [word.strip() for word in node.text.split(",")] if isinstance(node, Scalar) else [""]
    return ", ".join(words) if all(re.fullmatch(r"\w+", word) for word in words) else "a, b"


def is_nothing(node: Node) -> bool:
    """Whether nothing was written behind a key."""
    return isinstance(node, Scalar) and (node.is_null or not node.text.strip())


def check_name(name: Scalar, what: str, problems: list[Problem]) -> bool:
    """Whether a word can name a column, a macro and a model on every engine; notes why not.

    Two _ together divide a macro's name into adapter and name, so a metric has none.
    """
    if NAME.fullmatch(name.text) and not (what == "a metric" and "__" in name.text):
        return True
    hint = "use lower-case letters, digits and single _, start with a letter, at most 50 characters"
    problems.append(Problem("invalid-name", f"'{name.text}' cannot be the name of {what}", name.place, hint))
    return False
