"""Parts of one picture that are nearer than the ground there, and in the way of a walker's body.

Nothing is asked about what they are. A wall, a hanging board and a pole differ in how wide they
are and whether they reach the ground.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgeassist.guide.geometry import View
from edgeassist.guide.sweep import CELL_H, CELL_W, GROWTHS, Sweep

LOWEST_M = 0.35  # above the ground: what is lower is not told from an uneven ground
HIGHEST_M = 2.1  # a tall person's head and a hand
SOON_S = 4.0  # to collision; later is left for later
CLEARER = 0.65  # of the best fit of all that is no threat: how well a near thing has to fit
ABOVE_NOISE = 0.5  # of the noise, by which it has to fit better
LEAST_CELLS = 5
LEAST_ROWS = 2
LEAST_M = 0.3  # of a thing's longer side: what is near and seems smaller is a chance likeness
CLEAR_OF_GROUND_M = 0.85  # the lower edge of what hangs
NARROW_M, WIDE_M = 0.4, 1.5  # of a pole at most, of a wall at least
SAME_TIME, SAME_PLACE_M = 0.2, 0.3  # relative, and between two parts of one thing

OBSTACLE, OVERHEAD, POLE, WALL = "obstacle", "overhead obstacle", "pole", "wall"

Cells = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Something near in one picture; pixels of the small picture, metres from the walker's line."""

    label: str
    box: tuple[float, float, float, float]  # x1, y1, x2, y2
    ttc_s: float
    distance_m: float
    left_m: float
    right_m: float
    weight: float  # how much better it fits than anything harmless, summed over its cells


def slopes_down(rows: NDArray[np.float64], heading_y: float, view: View) -> NDArray[np.float64]:
    """Metres down per metre along the heading on the rays through those pixel rows."""
    level = math.atan((heading_y - view.height / 2) / view.focal_px)
    return np.tan(np.clip(np.arctan((rows - view.height / 2) / view.focal_px) - level, -1.4, 1.4))


def near(seen: Sweep, view: View, span_s: float, walked_m: float) -> Any:
    """For every cell how much better something near fits than all that is harmless.

    Harmless is what is farther than `SOON_S`, lower than `LOWEST_M` or higher than `HIGHEST_M`.
    In grey levels, 0 where nothing near fits clearly better. `walked_m` is the way between the
    pictures.
    """
    down = slopes_down(seen.rows(), seen.heading[1], view)
    # Height above ground of a thing at that growth in that row; along the axis or along the
    # ground differ by the tilt.
    forward = walked_m / np.maximum(GROWTHS, 1e-3)
    height = view.above_ground_m - forward[:, None] * down[None, :]
    threat = (height > LOWEST_M) & (height < HIGHEST_M)
    threat &= (span_s / SOON_S < GROWTHS)[:, None]
    worst = np.float32(1e6)
    harmless = np.where(threat[:, :, None], worst, seen.unlike).min(axis=0)
    fit = np.where(threat[:, :, None], seen.unlike, worst).min(axis=0)
    gain = harmless - fit
    sure = (gain > ABOVE_NOISE * seen.noise) & (fit < CLEARER * harmless) & (harmless < worst)
    return np.where(sure, gain, 0)


def regions(
    seen: Sweep,
    view: View,
    span_s: float,
    walked_m: float,
    course: float,
    known: Cells | None = None,
) -> list[Region]:
    """What stands or hangs near, heaviest first; cells of `known` things are left out.

    `course` is where the walker goes, steps evened out, as a slope right of the camera's axis.
    """
    import cv2

    gain = near(seen, view, span_s, walked_m)
    if known is not None:
        gain = np.where(known, 0, gain)
    mask = (gain > 0).astype(np.uint8)
    # Textures have gaps; a thing's cells lie next to each other or one apart.
    joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    count, parts, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    found = []
    for part in range(1, count):
        if stats[part, cv2.CC_STAT_HEIGHT] < LEAST_ROWS:
            continue
        cells = (parts == part) & (gain > 0)
        if cells.sum() < LEAST_CELLS:
            continue
        region = _region(seen, view, span_s, walked_m, course, cells, gain)
        if region is not None:
            found.append(region)
    return sorted(_joined(found, view, seen.heading[1]), key=lambda region: -region.weight)


def _region(
    seen: Sweep,
    view: View,
    span_s: float,
    walked_m: float,
    course: float,
    cells: Cells,
    gain: Any,
) -> Region | None:
    """The thing whose cells these are; None if together they fit nothing near."""
    fits = seen.unlike[:, cells].sum(axis=1)
    growth = _best(fits)
    speed_m_s = walked_m / span_s
    if growth <= span_s / SOON_S:
        return None
    rows, columns = np.nonzero(cells)
    # Growth is along the camera's tilted axis, the way is along the ground.
    level = float(slopes_down(seen.rows()[rows], seen.heading[1], view).mean())
    ttc_s = span_s / growth / (1 + level * math.tan(view.tilt_rad))
    distance_m = ttc_s * speed_m_s
    # A few stray cells do not make it wider or lower.
    top, bottom = np.percentile(rows, [4, 96])
    first, last = np.percentile(columns, [4, 96])
    x1, x2 = seen.left + first * CELL_W, seen.left + (last + 1) * CELL_W
    y1, y2 = top * CELL_H, (bottom + 1) * CELL_H
    ahead = distance_m / view.focal_px
    if max(x2 - x1, y2 - y1) * ahead < LEAST_M:
        return None
    middle = view.width / 2 + course * view.focal_px
    left_m, right_m = (x1 - middle) * ahead, (x2 - middle) * ahead
    low = _above_ground_m(float(y2), distance_m, view, seen.heading[1])
    return Region(
        label=_label(right_m - left_m, low),
        box=(float(x1), float(y1), float(x2), float(y2)),
        ttc_s=ttc_s,
        distance_m=distance_m,
        left_m=float(left_m),
        right_m=float(right_m),
        weight=float(gain[cells].sum() / seen.noise),
    )


def _joined(found: list[Region], view: View, heading_y: float) -> list[Region]:
    """Parts that are as near and side by side, or one above the other, as one thing."""
    rest = sorted(found, key=lambda region: -region.weight)
    joined: list[Region] = []
    while rest:
        one = rest.pop(0)
        while (other := next((part for part in rest if _belongs(one, part)), None)) is not None:
            rest.remove(other)
            one = _union(one, other, view, heading_y)
        joined.append(one)
    return joined


def _belongs(one: Region, other: Region) -> bool:
    if abs(one.ttc_s - other.ttc_s) > SAME_TIME * one.ttc_s:
        return False
    return max(other.left_m - one.right_m, one.left_m - other.right_m) < SAME_PLACE_M


def _union(one: Region, other: Region, view: View, heading_y: float) -> Region:
    x1, y1 = (min(a, b) for a, b in zip(one.box[:2], other.box[:2], strict=True))
    x2, y2 = (max(a, b) for a, b in zip(one.box[2:], other.box[2:], strict=True))
    left_m, right_m = min(one.left_m, other.left_m), max(one.right_m, other.right_m)
    low = _above_ground_m(y2, one.distance_m, view, heading_y)
    return replace(
        one,
        label=_label(right_m - left_m, low),
        box=(x1, y1, x2, y2),
        left_m=left_m,
        right_m=right_m,
        weight=one.weight + other.weight,
    )


def _above_ground_m(row: float, distance_m: float, view: View, heading_y: float) -> float:
    return view.above_ground_m - distance_m * float(
        slopes_down(np.array([row]), heading_y, view)[0]
    )


def _label(width_m: float, low_m: float) -> str:
    if low_m > CLEAR_OF_GROUND_M:
        return OVERHEAD
    if width_m < NARROW_M:
        return POLE
    return WALL if width_m > WIDE_M else OBSTACLE


def _best(fits: NDArray[np.float32]) -> float:
    """The growth of the best fit, between the growths tried (a parabola through three)."""
    i = int(fits.argmin())
    if i == 0 or i == len(fits) - 1:
        return float(GROWTHS[i])
    x, y = GROWTHS[i - 1 : i + 2], fits[i - 1 : i + 2].astype(float)
    a, b, _ = np.polyfit(x - x[1], y, 2)
    if a <= 0:
        return float(x[1])
    return float(np.clip(x[1] - b / (2 * a), x[0], x[2]))
