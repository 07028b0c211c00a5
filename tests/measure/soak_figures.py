"""What hours of running came to: is memory flat, are warnings as quick as in the beginning?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

MOST_GROWTH_PERCENT = 2.0
MOST_DRIFT_PERCENT = 10.0
FEW = 1000  # from fewer values in a tenth, p99 is mostly chance


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the run was at one moment, children and all."""

    at_s: float
    rss_mb: float
    threads: int
    descriptors: int
    children: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Slope:
    """A straight line through values over time."""

    per_hour: float
    error_per_hour: float  # the slope's standard error
    begins: float
    ends: float

    @property
    def growth_percent(self) -> float:
        """How much higher the line ends than it began."""
        return 100 * (self.ends / self.begins - 1) if self.begins else 0.0


def slope(at_s: Sequence[float], values: Sequence[float]) -> Slope | None:
    """The line of least squares; None from fewer than three values."""
    if len(values) < 3:
        return None
    hours = np.asarray(at_s, np.float64) / 3600
    heights = np.asarray(values, np.float64)
    away = hours - hours.mean()
    per_hour = float(away @ heights / (away @ away))
    line = heights.mean() + per_hour * away
    left = heights - line
    error = float(np.sqrt(left @ left / (len(values) - 2) / (away @ away)))
    return Slope(
        per_hour=per_hour, error_per_hour=error, begins=float(line[0]), ends=float(line[-1])
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """The slowest of a hundred in the first and in the last tenth of the time."""

    first_ms: float
    last_ms: float
    few: int  # how many values the smaller tenth has

    @property
    def percent(self) -> float:
        """How much slower the last tenth was."""
        return 100 * (self.last_ms / self.first_ms - 1) if self.first_ms else 0.0


def drift(values: Sequence[tuple[float, float]], begin_s: float, end_s: float) -> Drift | None:
    """Of (seconds, milliseconds); None where a tenth is empty."""
    tenth_s = (end_s - begin_s) / 10
    first = [ms for at_s, ms in values if begin_s <= at_s < begin_s + tenth_s]
    last = [ms for at_s, ms in values if end_s - tenth_s <= at_s <= end_s]
    if not first or not last:
        return None
    return Drift(
        first_ms=float(np.percentile(first, 99)),
        last_ms=float(np.percentile(last, 99)),
        few=min(len(first), len(last)),
    )


def more_than_before(looks: Sequence[Look], name: str) -> int:
    """How many more of something there are at the end than after the warm-up, by the lowest.

    What is needed for a moment (a viewer's socket) is no leak: the lowest count of the last
    quarter is compared with the lowest of the first.
    """
    quarter = max(1, len(looks) // 4)
    first = min(getattr(look, name) for look in looks[:quarter])
    return int(min(getattr(look, name) for look in looks[-quarter:]) - first)
