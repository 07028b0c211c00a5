"""Where the ground goes down: what lies beyond the edge moves slower than ground would there.

Stairs down, a platform's end, a loading bay: from half a metre on, where the ground below has
some texture. A kerb changes the flow by a tenth, which is within what slopes and steps do: it is
not told. Water and polished stone mirror what is above as if it were below.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from edgeassist.guide.geometry import View
from edgeassist.guide.regions import Cells, Region, slopes_down
from edgeassist.guide.sweep import CELL_H, GROWTHS, Sweep

DROP = "drop"
HALF_WAY_M = 0.7  # of the ground looked at, to either side
NEAREST_SLOPE = 1.2  # metres down per metre forward, of the nearest ground looked at
FARTHEST_SLOPE = 0.17
LEAST_COLUMNS = 6
DISTINCT = 0.8  # how badly a row's best growth may fit, against the median of all
NEAR_ROWS, FAR_ROWS = 4, 6  # compared across an edge
LEAST_NEAR, LEAST_FAR = 2, 3  # of them telling
LEAST_DEEPER = 1.3  # times deeper below the camera than the ground before the edge
ROUGH = 0.07  # relative, of the rows on either side (median)
CLEARLY = 3.0  # times rougher than both sides is the step between them
SOONEST_SLOPE = 1.0  # an edge nearer than that is below the picture with the next step


def drop(
    seen: Sweep, view: View, span_s: float, course: float, known: Cells | None = None
) -> Region | None:
    """The first edge ahead where the ground falls away; None for none that is sure.

    `course` is as in `regions`; cells of `known` things are left out.
    """
    depth, down = _depths(seen, view, course, known)
    best, where = 0.0, -1
    for edge in range(LEAST_NEAR, len(depth) - LEAST_FAR + 1):
        clear = _step(depth, edge)
        # An edge is where the step is greatest, not where the windows first touch it.
        if down[edge] < SOONEST_SLOPE and clear > best:
            best, where = clear, edge
    if where < 0:
        return None
    near = _window(depth, where - NEAR_ROWS, where)
    walked = float(np.median(near))  # by the camera's height above the near ground
    slope = float(down[where - 1] + down[where]) / 2
    distance_m = view.above_ground_m / slope
    ttc_s = span_s / (walked * slope)
    row = seen.rows()[len(seen.rows()) - 1 - _first(seen, view) - where] + CELL_H / 2
    half_px = HALF_WAY_M / distance_m * view.focal_px
    middle = view.width / 2 + course * view.focal_px
    return Region(
        label=DROP,
        box=(
            max(0.0, middle - half_px),
            max(0.0, float(row) - 2 * CELL_H),
            min(float(view.width), middle + half_px),
            float(row),
        ),
        ttc_s=ttc_s,
        distance_m=distance_m,
        left_m=-HALF_WAY_M,
        right_m=HALF_WAY_M,
        weight=20 * best,
    )


def _first(seen: Sweep, view: View) -> int:
    """How many rows from the lowest on show ground too near to be looked at."""
    down = slopes_down(seen.rows(), seen.heading[1], view)[::-1]
    return int(np.argmax(down <= NEAREST_SLOPE))


def _depths(
    seen: Sweep, view: View, course: float, known: Cells | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Way walked by the ground's depth below the camera, a row of cells, nearest row first.

    On level ground it is the same in all rows; nan where a row does not tell. The second is the
    rows' slopes down.
    """
    down = slopes_down(seen.rows(), seen.heading[1], view)
    columns = seen.columns() - view.width / 2 - course * view.focal_px
    depths, slopes = [], []
    for row in range(len(down) - 1 - _first(seen, view), -1, -1):
        slope = float(down[row])
        if slope < FARTHEST_SLOPE:
            break
        half_px = HALF_WAY_M * slope / view.above_ground_m * view.focal_px
        inside = np.abs(columns) < half_px
        if known is not None:
            inside &= ~known[row]
        slopes.append(slope)
        depths.append(np.nan)
        if inside.sum() < LEAST_COLUMNS:
            continue
        fits = seen.unlike[:, row, inside].sum(axis=1).astype(np.float64)
        growth = _sharp(fits)
        if growth is not None:
            depths[-1] = growth * (1 + slope * math.tan(view.tilt_rad)) / slope
    return np.array(depths), np.array(slopes)


def _sharp(fits: NDArray[np.float64]) -> float | None:
    """The growth that fits best if it does so clearly; between those tried by a parabola."""
    i = int(fits.argmin())
    if not 0 < i < len(fits) - 1 or fits[i] > DISTINCT * float(np.median(fits)):
        return None
    x, y = GROWTHS[i - 1 : i + 2], fits[i - 1 : i + 2]
    bend, tilt, _ = np.polyfit(x - x[1], y, 2)
    if bend <= 0:
        return None
    return float(np.clip(x[1] - tilt / (2 * bend), x[0], x[2]))


def _window(values: NDArray[np.float64], start: int, end: int) -> NDArray[np.float64]:
    part = values[max(0, start) : end]
    return part[np.isfinite(part)]


def _step(depth: NDArray[np.float64], edge: int) -> float:
    """How clear the step down at that row is, in times its roughness; 0 for none."""
    near = _window(depth, edge - NEAR_ROWS, edge)
    far = _window(depth, edge, edge + FAR_ROWS)
    if len(near) < LEAST_NEAR or len(far) < LEAST_FAR:
        return 0.0
    before, beyond = float(np.median(near)), float(np.median(far))
    if beyond <= 0 or before < LEAST_DEEPER * beyond:
        return 0.0
    rough = max(_rough(near), _rough(far))
    if rough > ROUGH:
        return 0.0
    # Every row beyond lies deeper than every row before: a slope has no such gap.
    if float(near.min()) < 1.1 * float(far.max()):
        return 0.0
    clear = math.log(before / beyond) / max(rough, 0.02)
    return clear if clear > CLEARLY else 0.0


def _rough(part: NDArray[np.float64]) -> float:
    middle = float(np.median(part))
    return float(np.median(np.abs(part - middle))) / max(abs(middle), 1e-6)
