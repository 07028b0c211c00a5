"""Obstacles that no detector knows, told by the growth of the picture: the second pair of eyes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from edgeassist.guide.drop import DROP
from edgeassist.guide.egomotion import EgoMotion
from edgeassist.guide.expansion import Expansion, Looked
from edgeassist.guide.freepath import FreeSides, free_sides
from edgeassist.guide.geometry import FARTHEST_M, View
from edgeassist.guide.obstructions import Obstruction, Obstructions
from edgeassist.guide.threat import Threat, level
from edgeassist.loop.events import Box, Obstacle, Priority, Side, VideoFrame
from edgeassist.profile import CameraProfile

FIRST_NUMBER = 1_000_000  # of its tracks; the detector's things count from one
DROPS_FROM = 500_000
TOLD_S = 3.5  # before the collision at most: what is farther is not sure enough
BESIDE_M = 0.1  # of a shoulder, for sway; growth tells the side better than a box


@dataclass(frozen=True, slots=True, kw_only=True)
class Classless:
    """What one picture told: obstacles, how urgent each is, whether its wearer walks."""

    obstacles: tuple[tuple[Obstacle, Priority], ...]
    walking: bool | None  # None where it cannot be told
    speed_m_s: float | None
    ego: EgoMotion | None = None  # the camera's own motion, since the picture of `before_s`
    before_s: float | None = None


UNSEEN = Classless(obstacles=(), walking=None, speed_m_s=None)


class Watch:
    """Looks for what no class covers; `step` once a picture."""

    def __init__(self, camera: CameraProfile) -> None:
        self._expansion = Expansion(camera)
        self._obstructions = Obstructions()
        self._camera = camera
        self._free = FreeSides()
        self._drops = Obstructions(first_number=DROPS_FROM)

    def step(self, frame: VideoFrame, known: Sequence[Box]) -> Classless:
        """Take a picture; `known` are the boxes of the detector's things in it."""
        looked = self._expansion.step(frame.at_s, frame.image, known)
        found = self._obstructions.step(frame.at_s, looked.regions)
        found += self._drops.step(frame.at_s, [looked.drop] if looked.drop else [])
        told = []
        for obstruction in found:
            priority = priority_of(obstruction, self._camera.body_m)
            if priority is not None:
                free = self._free_side(obstruction, looked, frame)
                told.append((obstacle_of(obstruction, frame, looked.scale, free), priority))
        self._free.keep({obstruction.number for obstruction in found})
        return Classless(
            obstacles=tuple(told),
            walking=looked.walking,
            speed_m_s=looked.speed_m_s,
            ego=looked.ego,
            before_s=looked.before_s,
        )

    def _free_side(
        self, obstruction: Obstruction, looked: Looked, frame: VideoFrame
    ) -> Side | None:
        """Where the way past it is surely free; past an edge there is none."""
        if looked.seen is None or obstruction.label == DROP:
            return None
        width, height = (
            round(side / looked.scale) for side in (frame.image.shape[1], frame.image.shape[0])
        )
        free = free_sides(
            looked.seen,
            View.of(self._camera, width, height),
            growth=looked.span_s / obstruction.ttc_s,
            distance_m=obstruction.distance_m,
            left_m=obstruction.left_m,
            right_m=obstruction.right_m,
            course=looked.course,
            known=looked.known,
        )
        return self._free.step(obstruction.number, free, obstruction.left_m, obstruction.right_m)


def priority_of(obstruction: Obstruction, body_m: float = 0.5) -> Priority | None:
    """How urgently to tell of it; None for what is beside the way of a wearer that wide, or far."""
    if obstruction.ttc_s > TOLD_S:
        return None
    off_way_m = max(0.0, obstruction.left_m, -obstruction.right_m)
    if off_way_m > body_m / 2 + BESIDE_M:
        return None
    threat = Threat(distance_m=obstruction.distance_m, ttc_s=obstruction.ttc_s, off_way_m=off_way_m)
    return level(threat)


def obstacle_of(
    obstruction: Obstruction, frame: VideoFrame, scale: float, free: Side | None = None
) -> Obstacle:
    """The obstacle as of that picture, which is `scale` times as wide as the small one."""
    x1, y1, x2, y2 = (scale * corner for corner in obstruction.box)
    middle_m = (obstruction.left_m + obstruction.right_m) / 2
    speed = obstruction.distance_m / obstruction.ttc_s
    return Obstacle(
        captured_ns=frame.captured_ns,
        track=FIRST_NUMBER + obstruction.number,
        label=obstruction.label,
        box=Box(label=obstruction.label, score=1.0, x1=x1, y1=y1, x2=x2, y2=y2),
        bearing_deg=math.degrees(math.atan2(middle_m, obstruction.distance_m)),
        distance_m=obstruction.distance_m,
        distance_low_m=obstruction.ttc_low_s * speed,
        distance_high_m=min(FARTHEST_M, obstruction.ttc_high_s * speed),
        ttc_s=obstruction.ttc_s,
        at_s=frame.at_s,
        frame=frame.number,
        free=free,
    )
