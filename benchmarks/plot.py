"""The picture of a run: seconds of CPU and peak memory against customers, on logarithmic axes, as SVG."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from figures import Case, cost, sizes

COLOURS = {"naive": "#c2410c", "rollforward": "#1d4ed8", "floor": "#6b7280"}
PANELS = {"cpu": "CPU of the build, seconds", "peak_mb": "peak memory, MB"}
WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 360, 300, 56, 44, 44


def decades(values: Sequence[float]) -> tuple[int, int]:
    """The powers of ten around the values."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def place(value: float, around: tuple[int, int], start: float, end: float) -> float:
    """Where a value is on a logarithmic axis drawn from start to end."""
    low, high = around
    return start + (math.log10(value) - low) / (high - low) * (end - start)


def short(power: int) -> str:
    """A power of ten as people write it on an axis."""
    if power < 0:
        return f"{10.0**power:.{-power}f}"
    return f"{10 ** (power % 3)}{'kMGT'[power // 3 - 1] if power >= 3 else ''}"


def line(x1: float, y1: float, x2: float, y2: float) -> str:
    """A thin line of the grid."""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#d1d5db"/>'


def text(x: float, y: float, words: str, anchor: str = "middle", colour: str = "#374151") -> str:
    """A few words."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{words}</text>'


def panel(results: Mapping[str, Any], case: Case, measure: str, offset: float) -> list[str]:
    """One measure against customers, a line a contender."""
    curves = {
        contender: [
            (customers, found)
            for customers in sizes(results, case)
            if (found := cost(results, case, customers, contender, measure)) is not None
        ]
        for contender in COLOURS
    }
    curves = {contender: points for contender, points in curves.items() if points}
    xs = decades([x for points in curves.values() for x, _ in points])
    ys = decades([y for points in curves.values() for _, y in points])
    left, right, top, bottom = offset + LEFT, offset + WIDTH - 90, TOP, HEIGHT - BOTTOM
    drawn = [text((left + right) / 2, TOP - 16, PANELS[measure])]
    for power in range(xs[0], xs[1] + 1):
        x = place(10.0**power, xs, left, right)
        drawn += [line(x, top, x, bottom), text(x, bottom + 16, short(power))]
    for power in range(ys[0], ys[1] + 1):
        y = place(10.0**power, ys, bottom, top)
        drawn += [line(left, y, right, y), text(left - 6, y + 4, short(power), "end")]
    drawn.append(text((left + right) / 2, bottom + 34, "customers"))
    for contender, points in curves.items():
        drawn += curve(contender, [(place(x, xs, left, right), place(y, ys, bottom, top)) for x, y in points])
    return drawn


def curve(contender: str, points: Sequence[tuple[float, float]]) -> list[str]:
    """A contender's line, its points and its name at the end."""
    colour = COLOURS[contender]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points]
    x, y = points[-1]
    return [
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>',
        *dots,
        text(x + 8, y + 4, contender, "start", colour),
    ]


def svg(results: Mapping[str, Any], case: Case) -> str:
    """The picture of one case."""
    width = WIDTH * len(PANELS)
    parts = [
        part for number, name in enumerate(PANELS) for part in panel(results, case, name, number * WIDTH)
    ]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" '
        'font-family="sans-serif" font-size="12">'
    )
    return "\n".join([head, '<rect width="100%" height="100%" fill="white"/>', *parts, "</svg>"]) + "\n"
