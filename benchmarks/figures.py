"""What the samples of a run amount to: medians, ratios and how cost grows with the input."""

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MEASURES = ("cpu", "wall", "peak_mb", "disk_mb")


@dataclass(frozen=True, slots=True)
class Case:
    """One shape of book with one set of comparisons, built at several sizes."""

    shape: str
    comparisons: str
    memory_limit: str | None


def cases(results: Mapping[str, Any]) -> list[Case]:
    """The cases of a run, in the order they were measured."""
    found = [Case(one["shape"], one["comparisons"], one["memory_limit"]) for one in results["samples"]]
    return list(dict.fromkeys(found))


def of_case(figures: Iterable[Mapping[str, Any]], case: Case) -> list[Mapping[str, Any]]:
    """The figures that belong to a case."""
    return [one for one in figures if Case(one["shape"], one["comparisons"], one["memory_limit"]) == case]


def sizes(results: Mapping[str, Any], case: Case) -> list[int]:
    """Numbers of customers, smallest first."""
    return sorted({one["customers"] for one in of_case(results["samples"], case)})


def rows(results: Mapping[str, Any], case: Case, customers: int) -> int:
    """Rows of the book."""
    return next(one["rows"] for one in of_case(results["inputs"], case) if one["customers"] == customers)


def samples(
    results: Mapping[str, Any], case: Case, customers: int, contender: str
) -> list[Mapping[str, Any]]:
    """Every repetition of one contender at one size."""
    found = of_case(results["samples"], case)
    return [one for one in found if (one["customers"], one["contender"]) == (customers, contender)]


def values(
    results: Mapping[str, Any], case: Case, customers: int, contender: str, measure: str
) -> list[float]:
    """A measure of every repetition; time and CPU are those of the build, without what dbt does around it."""
    taken = samples(results, case, customers, contender)
    return [one.get("build", one).get(measure, one[measure]) for one in taken]


def cost(
    results: Mapping[str, Any], case: Case, customers: int, contender: str, measure: str
) -> float | None:
    """The median of a measure of the build."""
    taken = values(results, case, customers, contender, measure)
    return statistics.median(taken) if taken else None


def process_cost(
    results: Mapping[str, Any], case: Case, customers: int, contender: str, measure: str
) -> float | None:
    """The median of a measure of the whole process."""
    taken = samples(results, case, customers, contender)
    return statistics.median(one[measure] for one in taken) if taken else None


def times(one: float | None, other: float | None) -> float | None:
    """How many times the other goes into the one, where both are known."""
    return one / other if one is not None and other else None


def ratio(results: Mapping[str, Any], case: Case, customers: int, measure: str) -> float | None:
    """How many times more the naive way costs."""
    both = (cost(results, case, customers, name, measure) for name in ("naive", "rollforward"))
    return times(*both)


def process_ratio(results: Mapping[str, Any], case: Case, customers: int, measure: str) -> float | None:
    """How many times more the naive way costs, the whole process of either counted."""
    both = (process_cost(results, case, customers, name, measure) for name in ("naive", "rollforward"))
    return times(*both)


def share_of_full_build(results: Mapping[str, Any], case: Case, customers: int) -> float | None:
    """The CPU of a next month's build, of that of a build from nothing."""
    names = ("rollforward_next_month", "rollforward")
    return times(*(cost(results, case, customers, name, "cpu") for name in names))


def growth(points: Sequence[tuple[float, float]]) -> float | None:
    """The slope of a line through the points' logarithms: 1 where cost grows as the input does."""
    if len({x for x, _ in points}) < 2 or any(y <= 0 for _, y in points):
        return None
    xs = [math.log(x) for x, _ in points]
    ys = [math.log(y) for _, y in points]
    return statistics.linear_regression(xs, ys).slope


def measured_sizes(results: Mapping[str, Any], case: Case, contender: str) -> list[int]:
    """The sizes a contender was measured at, smallest first."""
    return [size for size in sizes(results, case) if samples(results, case, size, contender)]


def cost_growth(
    results: Mapping[str, Any], case: Case, contender: str, measure: str, over: Sequence[int]
) -> float | None:
    """How a contender's cost grows with the rows of the book, over some of the sizes."""
    points = [
        (rows(results, case, customers), found)
        for customers in over
        if (found := cost(results, case, customers, contender, measure)) is not None
    ]
    return growth(points)


def growth_sizes(
    results: Mapping[str, Any], case: Case, contenders: Iterable[str]
) -> list[tuple[str, list[int]]]:
    """The sizes a slope is taken over: those that all who have several have in common, then the own last two.

    Slopes over different sizes do not compare, and those over small ones count the fixed cost of a build in.
    """
    measured = {name: measured_sizes(results, case, name) for name in contenders}
    measured = {name: found for name, found in measured.items() if len(found) > 1}
    common = [size for size in sizes(results, case) if all(size in found for found in measured.values())]
    return [
        (name, over)
        for name, found in measured.items()
        for over in ([common, found[-2:]] if common != found[-2:] else [common])
        if len(over) > 1
    ]


def node_seconds(results: Mapping[str, Any], case: Case, customers: int) -> dict[str, float]:
    """Median seconds by model, the longest first."""
    taken = samples(results, case, customers, "rollforward")
    medians = {
        name: statistics.median(one["nodes"][name] for one in taken)
        for name in (taken[0]["nodes"] if taken else {})
    }
    return dict(sorted(medians.items(), key=lambda item: -item[1]))
