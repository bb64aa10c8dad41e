"""The forms revenue comes in. dbt has the same table in `macros/settings/shapes.sql`; a test compares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Measurement = Literal["point_in_time", "period_sum"]


@dataclass(frozen=True, slots=True)
class Shape:
    """A form revenue comes in: what is measured, and the keys that name its date columns."""

    measurement: Measurement
    dates: tuple[str, ...]


SHAPES = {
    "intervals": Shape("point_in_time", ("started_on", "ended_on")),
    "snapshots": Shape("point_in_time", ("snapshot_on",)),
    "movements": Shape("point_in_time", ("occurred_on",)),
    "payments": Shape("period_sum", ("occurred_on",)),
}
