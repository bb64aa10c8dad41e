"""What a metric can reach, told from its formula and from what the measures are sums of.

Every measure is a sum of atoms that are never negative. So n/d, both linear in atoms and d without a negative
factor, lies between the smallest and the largest ratio of factors over the atoms that d has; atoms only n
has can push it further without limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from rollforward.definitions import Measure
from rollforward.rational import Form, Rate, Single, Terms, Total, measures_in


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least and the most a value can be; None where there is no such number."""

    minimum: Fraction | None = None
    maximum: Fraction | None = None


def bounds_of(form: Form, measures: Mapping[str, Measure]) -> Bounds:
    """Give the bounds of a form; none where a measure of it can be negative."""
    if any(measures[name].signed for name in measures_in(form)):
        return Bounds()
    match form:
        case Single():
            return Bounds(minimum=Fraction(0))
        case Total(terms):
            factors = _over_atoms(terms, measures).values()
            return Bounds(
                minimum=Fraction(0) if all(factor >= 0 for factor in factors) else None,
                maximum=Fraction(0) if all(factor <= 0 for factor in factors) else None,
            )
        case Rate(numerator, denominator):
            return _bounds_of_rate(_over_atoms(numerator, measures), _over_atoms(denominator, measures))
        case _:
            return Bounds()


def _bounds_of_rate(upper: Mapping[str, Fraction], lower: Mapping[str, Fraction]) -> Bounds:
    if any(factor < 0 for factor in lower.values()):
        return Bounds()
    inside = [upper.get(atom, Fraction(0)) / factor for atom, factor in lower.items() if factor > 0]
    outside = [factor for atom, factor in upper.items() if not lower.get(atom)]
    if not inside:
        return Bounds()
    return Bounds(
        minimum=min(inside) if all(factor >= 0 for factor in outside) else None,
        maximum=max(inside) if all(factor <= 0 for factor in outside) else None,
    )


def _over_atoms(terms: Terms, measures: Mapping[str, Measure]) -> dict[str, Fraction]:
    """Write a sum of measures as a sum of atoms; factors that cancel are 0."""
    factors: dict[str, Fraction] = {}
    for name, factor in terms:
        for atom, times in _atoms(name, measures).items():
            factors[atom] = factors.get(atom, Fraction(0)) + factor * times
    return factors


def _atoms(name: str, measures: Mapping[str, Measure]) -> dict[str, int]:
    parts = measures[name].parts
    if not parts:
        return {name: 1}
    atoms: dict[str, int] = {}
    for part in parts:
        for atom, times in _atoms(part, measures).items():
            atoms[atom] = atoms.get(atom, 0) + times
    return atoms
