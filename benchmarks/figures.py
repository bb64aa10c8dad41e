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


def cost(
    results: Mapping[str, Any], case: Case, customers: int, contender: str, measure: str
) -> float | None:
    """The median of a measure; time and CPU are those of the build, without dbt's startup."""
    taken = samples(results, case, customers, contender)
    return (
        statistics.median(one.get("build", one).get(measure, one[measure]) for one in taken)
        if taken
        else None
    )


def process_cost(
    results: Mapping[str, Any], case: Case, customers: int, contender: str, measure: str
) -> float | None:
    """The median of a measure of the whole process, dbt's startup included."""
    taken = samples(results, case, customers, contender)
    return statistics.median(one[measure] for one in taken) if taken else None


def ratio(results: Mapping[str, Any], case: Case, customers: int, measure: str) -> float | None:
    """How many times more the naive way costs."""
    naive = cost(results, case, customers, "naive", measure)
    own = cost(results, case, customers, "rollforward", measure)
    return naive / own if naive is not None and own else None


def growth(points: Sequence[tuple[float, float]]) -> float | None:
    """The slope of a line through the points' logarithms: 1 where cost grows as the input does."""
    if len({x for x, _ in points}) < 2 or any(y <= 0 for _, y in points):
        return None
    xs = [math.log(x) for x, _ in points]
    ys = [math.log(y) for _, y in points]
    return statistics.linear_regression(xs, ys).slope


def cost_growth(results: Mapping[str, Any], case: Case, contender: str, measure: str) -> float | None:
    """How a contender's cost grows with the rows of the book."""
    points = [
        (rows(results, case, customers), found)
        for customers in sizes(results, case)
        if (found := cost(results, case, customers, contender, measure)) is not None
    ]
    return growth(points)


def node_seconds(results: Mapping[str, Any], case: Case, customers: int) -> dict[str, float]:
    """Median seconds by model, the longest first."""
    taken = samples(results, case, customers, "rollforward")
    medians = {
        name: statistics.median(one["nodes"][name] for one in taken)
        for name in (taken[0]["nodes"] if taken else {})
    }
    return dict(sorted(medians.items(), key=lambda item: -item[1]))
