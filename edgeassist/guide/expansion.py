"""What no class covers: walls, poles, boards at head height, told by how the picture grows.

Of the own motion between two pictures what the walker's turning makes up is taken off; what is
left moves away from the heading, the faster the nearer. The ground tells how far was walked.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from edgeassist.guide.detector import Image
from edgeassist.guide.drop import drop
from edgeassist.guide.egomotion import (
    EgoMotion,
    ego_motion,
    expansion,
    level_heading,
    slopes,
    unturned,
)
from edgeassist.guide.following import Follower, Look, Points, both
from edgeassist.guide.geometry import View
from edgeassist.guide.motion import scaled
from edgeassist.guide.regions import Cells, Region, regions
from edgeassist.guide.sweep import CELL_H, CELL_W, Sweep, sweep
from edgeassist.loop.events import Box
from edgeassist.profile import CameraProfile

SPAN_S = 0.45  # between the pictures: about one step, so that its bounce evens out
LONGEST_SPAN_S = 0.9
LEAST_GROUND = 8  # points below the horizon that tell the speed
GROUND_SLOPE = 0.2  # metres down per metre forward: ground up to 6.5 m from a chest
SPEED_MEMORY_S = 1.0
COURSE_MEMORY_S = 1.0  # two steps: a walker's chest swings once to either side
STANDING_M_S = 0.3
FASTEST_M_S = 2.5
USUAL_M_S = 1.1  # of a walker, where the ground does not tell
MOST_ASKEW = 0.25  # slope from straight ahead: who walks sideways sees no way ahead
MOST_STEEP = 0.1  # slope from level ground: 6 degrees
LEAST_AGREEING = 0.65  # of the points: in a crowd, or a blurred picture, nothing is sure


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What one picture told; `speed_m_s` and `walking` are None where the ground is even."""

    regions: tuple[Region, ...] = ()
    drop: Region | None = None
    speed_m_s: float | None = None
    walking: bool | None = None
    course: float = 0.0
    scale: float = 1.0  # of the picture against the small one that `regions` are in
    span_s: float = SPAN_S
    known: Cells | None = None  # of `seen`, those that show known things
    seen: Sweep | None = None
    ego: EgoMotion | None = None
    before_s: float | None = None  # of the earlier picture, which `ego` counts from


@dataclass(slots=True)
class Expansion:
    """Looks at one picture after another; `step` once a picture."""

    camera: CameraProfile
    _follower: Follower = field(default_factory=lambda: Follower(SPAN_S, surely=True))
    _speed_m_s: float | None = None
    _speed_s: float = 0.0
    _course: float = 0.0
    _course_s: float | None = None

    def step(self, at_s: float, image: Image, known: Sequence[Box] = ()) -> Looked:
        """Take the picture of that moment; `known` boxes hold things that move by themselves."""
        now = self._follower.step(at_s, image, self._guess)
        grey = now.grey
        if len(self._follower.looks) == 1:
            self._speed_m_s = None
            self._course, self._course_s = 0.0, None
        before = self._follower.before(SPAN_S)
        if before is None or at_s - before.at_s > LONGEST_SPAN_S:
            return Looked()
        view = View.of(self.camera, grey.shape[1], grey.shape[0])
        scale = image.shape[1] / grey.shape[1]
        boxes = [scaled(box, 1 / scale) for box in known]
        return replace(self._compare(before, now, view, boxes), scale=scale, before_s=before.at_s)

    def _compare(self, before: Look, now: Look, view: View, boxes: Sequence[Box]) -> Looked:
        at_s = now.at_s
        span_s = at_s - before.at_s
        start, end = both(before, now)
        free = ~_inside(end, boxes)
        start, end = start[free], end[free]
        ego = ego_motion(start, end, view)
        if ego is None:
            return Looked()
        askew = np.abs(ego.heading - level_heading(view))
        if askew[0] > MOST_ASKEW or askew[1] > MOST_STEEP or ego.agreeing < LEAST_AGREEING:
            return Looked(ego=ego)
        measured = _walked_m(start, end, ego, view)
        if measured is not None:
            if not -STANDING_M_S <= measured / span_s <= FASTEST_M_S:
                return Looked()  # points were followed to the wrong places
            self._remember(at_s, measured / span_s)
        speed = self._speed(at_s)
        if speed is not None and speed < STANDING_M_S:
            return Looked(speed_m_s=speed, walking=False, ego=ego)
        seen = sweep(before.grey, now.grey, ego, view)
        if seen is None:
            return Looked(speed_m_s=speed, ego=ego)
        walked_m = (USUAL_M_S if speed is None else speed) * span_s
        course, hidden = self._steered(at_s, ego), _cells(seen, boxes)
        return Looked(
            regions=tuple(regions(seen, view, span_s, walked_m, course, hidden)),
            drop=drop(seen, view, span_s, course, hidden),
            speed_m_s=speed,
            walking=None if speed is None else True,
            course=course,
            span_s=span_s,
            known=hidden,
            seen=seen,
            ego=ego,
        )

    def _guess(
        self, points: NDArray[np.float32], shape: tuple[int, ...], seconds: float
    ) -> NDArray[np.float32]:
        """Where points should be soon if they lie on the ground and the walker goes on."""
        view = View.of(self.camera, shape[1], shape[0])
        speed = USUAL_M_S if self._speed_m_s is None else self._speed_m_s
        rows = (points[:, 1] - view.height / 2) / view.focal_px
        down = np.tan(np.clip(np.arctan(rows) + view.tilt_rad, -1.4, 1.4))
        grown = speed * seconds / view.above_ground_m * np.clip(down, 0, 1.5)
        grown /= 1 + np.clip(down, 0, 1.5) * math.tan(view.tilt_rad)
        middle = np.array([view.width / 2, view.height / 2])
        heading = middle + view.focal_px * level_heading(view)
        return np.asarray(points + (points - heading) * grown[:, None], dtype=np.float32)

    def _steered(self, at_s: float, ego: EgoMotion) -> float:
        """The course, with the heading of these two pictures taken in."""
        ray = ego.turn.T @ np.array([ego.heading[0], ego.heading[1], 1.0])
        since_s = COURSE_MEMORY_S if self._course_s is None else at_s - self._course_s
        take = 1 - math.exp(-max(0.0, since_s) / COURSE_MEMORY_S)
        self._course += min(take, 0.5) * (float(ray[0] / ray[2]) - self._course)
        self._course_s = at_s
        return self._course

    def _remember(self, at_s: float, speed_m_s: float) -> None:
        if self._speed_m_s is None or at_s - self._speed_s > 3 * SPEED_MEMORY_S:
            self._speed_m_s = speed_m_s
        else:
            keep = math.exp(-(at_s - self._speed_s) / SPEED_MEMORY_S)
            self._speed_m_s = keep * self._speed_m_s + (1 - keep) * speed_m_s
        self._speed_s = at_s

    def _speed(self, at_s: float) -> float | None:
        if self._speed_m_s is None or at_s - self._speed_s > 3 * SPEED_MEMORY_S:
            return None
        return self._speed_m_s


def _walked_m(start: Points, end: Points, ego: EgoMotion, view: View) -> float | None:
    """Metres walked between the pictures, by the points on the ground; None if it shows too few."""
    grown, _ = expansion(start, end, ego, view)
    rows = unturned(slopes(end, view), ego.turn)[:, 1]
    down = np.tan(np.clip(np.arctan(rows) - math.atan(float(ego.heading[1])), -1.4, 1.4))
    ground = down > GROUND_SLOPE
    if ground.sum() < LEAST_GROUND:
        return None
    # Growth is along the camera's axis, which looks down: the ground there is farther along it.
    along = grown[ground] * (1 + down[ground] * math.tan(view.tilt_rad))
    walked = view.above_ground_m * along / down[ground]
    # What stands on the ground is nearer than it, never farther: the lower half is ground.
    middle = float(np.percentile(walked, 45))
    spread = float(np.median(np.abs(walked - middle)))
    if spread > 0.35 * max(abs(middle), 0.1):
        return None
    return middle


def _inside(points: Points, boxes: Sequence[Box]) -> NDArray[np.bool_]:
    inside = np.zeros(len(points), bool)
    for box in boxes:
        inside |= (
            (points[:, 0] > box.x1)
            & (points[:, 0] < box.x2)
            & (points[:, 1] > box.y1)
            & (points[:, 1] < box.y2)
        )
    return inside


def _cells(seen: Sweep, boxes: Sequence[Box]) -> NDArray[np.bool_]:
    """The cells that show known things."""
    rows, columns = seen.rows()[:, None], seen.columns()[None, :]
    known = np.zeros((len(rows), columns.shape[1]), bool)
    for box in boxes:
        known |= (
            (columns > box.x1 - CELL_W)
            & (columns < box.x2 + CELL_W)
            & (rows > box.y1 - CELL_H)
            & (rows < box.y2 + CELL_H)
        )
    return known
