"""On which side of something the way past it is free, told only where it was seen to be free.

Nothing found there is not enough: a lens cut off or an even wall shows nothing either. There has
to be texture there that moves as slowly as only what lies far behind does, again and again.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from edgeassist.guide.geometry import View
from edgeassist.guide.regions import ABOVE_NOISE, CLEARER, Cells, slopes_down
from edgeassist.guide.sweep import CELL_W, GROWTHS, Sweep
from edgeassist.loop.events import Side

WAY_M = 0.75  # beside the thing: shoulders, and a hand's width from it
ROOM_M = 0.1
HIGH_M = 1.9
LOW_M = 0.2
AS_NEAR = 0.7  # of the thing's growth: what grows that fast is beside it, or little behind
BEHIND = 0.55  # of it: what grows no faster lies well behind
LEAST_SHOWN = 0.8  # of the way's width that the picture shows
LEAST_CLEAR = 0.3  # of its cells that are surely far
MOST_BLOCKED = 0.04  # of them that look near
PICTURES, AGREEING = 6, 4


@dataclass(slots=True)
class FreeSides:
    """Remembers, for every thing, on which sides the way was seen free."""

    _seen: dict[tuple[int, Side], deque[bool]] = field(default_factory=dict)

    def step(
        self, number: int, free: dict[Side, bool], left_m: float, right_m: float
    ) -> Side | None:
        """The side to pass on: free in most of the last pictures, and the shorter way there."""
        sure = []
        for side, is_free in free.items():
            seen = self._seen.setdefault((number, side), deque(maxlen=PICTURES))
            seen.append(is_free)
            if sum(seen) >= AGREEING:
                sure.append(side)
        aside_m = {Side.LEFT: -left_m, Side.RIGHT: right_m}
        return min(sure, key=lambda side: aside_m[side], default=None)

    def keep(self, numbers: set[int]) -> None:
        """Forget all other things."""
        self._seen = {key: seen for key, seen in self._seen.items() if key[0] in numbers}


def free_sides(
    seen: Sweep,
    view: View,
    *,
    growth: float,
    distance_m: float,
    left_m: float,
    right_m: float,
    course: float,
    known: Cells | None = None,
) -> dict[Side, bool]:
    """Whether this picture shows a free way left and right of a thing that grew by `growth`.

    `left_m` and `right_m` are its sides from the walker's line; cells of `known` things block.
    """
    down = slopes_down(seen.rows(), seen.heading[1], view)
    above_m = view.above_ground_m - distance_m * down
    rows = (above_m > LOW_M) & (above_m < HIGH_M)
    near, far = AS_NEAR * growth <= GROWTHS, BEHIND * growth >= GROWTHS
    as_near, behind = _best(seen, near), _best(seen, far)
    margin = ABOVE_NOISE * seen.noise
    blocked = (behind - as_near > margin) & (as_near < CLEARER * behind)
    clear = (as_near - behind > margin) & (behind < CLEARER * as_near)
    if known is not None:
        blocked = blocked | known
    metre_px = view.focal_px / distance_m
    line = view.width / 2 + course * view.focal_px
    ways = {
        Side.LEFT: (left_m - ROOM_M - WAY_M, left_m - ROOM_M),
        Side.RIGHT: (right_m + ROOM_M, right_m + ROOM_M + WAY_M),
    }
    return {
        side: _is_free(seen, rows, line + start * metre_px, line + end * metre_px, blocked, clear)
        for side, (start, end) in ways.items()
    }


def _best(seen: Sweep, growths: Any) -> Any:
    if not growths.any():
        return np.full(seen.unlike.shape[1:], np.inf, np.float32)
    return seen.unlike[growths].min(axis=0)


def _is_free(seen: Sweep, rows: Any, start: float, end: float, blocked: Any, clear: Any) -> bool:
    columns = (seen.columns() > start) & (seen.columns() < end)
    if columns.sum() * CELL_W < LEAST_SHOWN * (end - start) or not rows.any():
        return False
    way = np.ix_(rows, columns)
    return bool(clear[way].mean() >= LEAST_CLEAR and blocked[way].mean() <= MOST_BLOCKED)
