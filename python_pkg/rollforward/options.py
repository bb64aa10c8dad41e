"""Parsed options -> values that do not know of a command line."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable

from rollforward.profile import Wanted


def wanted_of(options: Namespace) -> Wanted:
    """Give the profile and target that options name."""
    return Wanted(options.profiles_dir, options.profile, options.target)


def listed(given: Iterable[str]) -> tuple[str, ...]:
    """Give words that may be given one by one or with commas.

    >>> listed(["plan,region", "tier"])
    ('plan', 'region', 'tier')
    """
    return tuple(word.strip() for text in given for word in text.split(",") if word.strip())
