"""From a box in the picture to where the thing is: bearing, distance, way past or into it.

One camera tells no distance by itself. Three things stand in for the second eye: how high things
of a class are, where they touch a flat ground, how wide they are. Each gives an interval.

Directions: x right, y down in the picture; slopes are metres down (or right) per metre forward.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from edgeassist.guide.classes import Class, Range
from edgeassist.loop.events import Box
from edgeassist.profile import CameraProfile

TILT_ERROR_DEG = 3.0  # gait pitches a chest camera by 1.5 to 2 degrees, mounting adds to it
EDGE = 0.01  # of the picture's side: a box that comes closer to the edge is taken as cut by it
SUREST = 0.1  # of a distance: no interval is narrower to either side
SWAY_M = 0.35  # a swinging arm, and the sway of a step
FARTHEST_M = 50.0  # beyond this nothing is told apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Distance:
    """How far something is along the ground, as an interval; `m` None where only a bound is known.

    The interval holds for the class's sizes and the tilt error assumed, not for odd postures.
    """

    m: float | None
    low_m: float
    high_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A camera's geometry in one picture size; pixels are square, the lens does not distort."""

    width: int
    height: int
    focal_px: float
    tilt_rad: float
    above_ground_m: float
    body_m: float = 0.5  # how wide the camera's wearer is

    @property
    def half_corridor_m(self) -> float:
        """How far to either side of the middle the way has to be free."""
        return self.body_m / 2 + SWAY_M

    @classmethod
    def of(cls, camera: CameraProfile, width: int, height: int) -> View:
        """The view of the profile's camera in pictures of that size."""
        return cls(
            width=width,
            height=height,
            focal_px=width / 2 / math.tan(math.radians(camera.fov_deg) / 2),
            tilt_rad=math.radians(camera.tilt_deg),
            above_ground_m=camera.height_m,
            body_m=camera.body_m,
        )

    def slope_down(self, y: float, tilt_error_deg: float = 0.0) -> float:
        """Metres down per metre forward on the ray through row `y`; negative above the horizon."""
        angle = math.atan((y - self.height / 2) / self.focal_px)
        angle += self.tilt_rad + math.radians(tilt_error_deg)
        return math.tan(max(-1.55, min(1.55, angle)))

    def slope_right(self, x: float, y: float) -> float:
        """Metres right per metre forward along the ground on the ray through (x, y)."""
        forward = self.focal_px * math.cos(self.tilt_rad)
        forward -= (y - self.height / 2) * math.sin(self.tilt_rad)
        return (x - self.width / 2) / max(forward, 1e-6 * self.focal_px)

    def forward(self, y: float) -> float:
        """Metres forward along the ground per metre forward along the axis of a tilted camera.

        On the ray through row `y`. Growth tells the time until the camera's own plane is reached,
        which for the feet of somebody is later than the time until he is: it looks down.
        """
        return 1 / max(0.2, math.cos(self.tilt_rad) + self.slope_down(y) * math.sin(self.tilt_rad))

    def bearing_deg(self, x: float, y: float) -> float:
        """Degrees right of straight ahead, seen from above."""
        return math.degrees(math.atan(self.slope_right(x, y)))

    def project(self, right_m: float, up_m: float, forward_m: float) -> tuple[float, float]:
        """Where a point is seen: metres right of, above the ground under, and ahead of the camera.

        Raises `ValueError` for a point behind the camera.
        """
        down = self.above_ground_m - up_m
        depth = forward_m * math.cos(self.tilt_rad) + down * math.sin(self.tilt_rad)
        if depth <= 0:
            raise ValueError("behind the camera")
        across = down * math.cos(self.tilt_rad) - forward_m * math.sin(self.tilt_rad)
        x = self.width / 2 + self.focal_px * right_m / depth
        return x, self.height / 2 + self.focal_px * across / depth


def bearing_deg(box: Box, view: View) -> float:
    """The bearing of the box's centre; negative is left."""
    return view.bearing_deg((box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2)


def distance(box: Box, kind: Class, view: View) -> Distance | None:
    """How far a thing of `kind` in `box` is along the ground; None where nothing tells.

    From its height if all of it is visible, else from the ground under its foot, else from
    its width; the others narrow the interval where they agree with it. What the edge of the
    picture cuts off can only be nearer than it looks: that gives an upper bound.
    """
    top, bottom = box.y1 > EDGE * view.height, box.y2 < (1 - EDGE) * view.height
    sides = box.x1 > EDGE * view.width and box.x2 < (1 - EDGE) * view.width
    by_height = from_height(box, kind.height, view)
    by_ground = from_ground(box, view) if kind.stands else None
    by_width = from_width(box, kind.width, view)
    bounds = [FARTHEST_M]
    estimates: list[Distance | None] = []
    if top and bottom:
        estimates.append(by_height)
    elif by_height:
        bounds.append(by_height.high_m)
    if bottom:
        estimates.append(by_ground)
    elif by_ground:
        bounds.append(by_ground.high_m)
    if sides:
        estimates.append(by_width)
    elif by_width:
        bounds.append(by_width.high_m)
    best = _narrowed([estimate for estimate in estimates if estimate], min(bounds))
    if best is None:
        return None
    # So far straight forward; the thing may be off to the side.
    stretch = math.hypot(1, view.slope_right((box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2))
    return Distance(
        m=None if best.m is None else best.m * stretch,
        low_m=best.low_m * stretch,
        high_m=best.high_m * stretch,
    )


def from_height(box: Box, height: Range, view: View) -> Distance | None:
    """Metres forward of a thing that is `height` high and seen whole."""
    spread = view.slope_down(box.y2) - view.slope_down(box.y1)
    return _from_size(spread, height)


def from_width(box: Box, width: Range, view: View) -> Distance | None:
    """Metres forward of a thing that is `width` wide and seen whole."""
    middle = (box.y1 + box.y2) / 2
    return _from_size(view.slope_right(box.x2, middle) - view.slope_right(box.x1, middle), width)


def from_ground(box: Box, view: View) -> Distance | None:
    """Metres forward of a thing whose lower edge stands on a flat ground; None at the horizon."""
    near = view.slope_down(box.y2, TILT_ERROR_DEG)
    here = view.slope_down(box.y2)
    far = view.slope_down(box.y2, -TILT_ERROR_DEG)
    if here <= 0 or view.above_ground_m / here > FARTHEST_M:
        return None
    return Distance(
        m=view.above_ground_m / here,
        low_m=view.above_ground_m / near,
        high_m=min(FARTHEST_M, view.above_ground_m / far) if far > 0 else FARTHEST_M,
    )


def _from_size(spread: float, size: Range) -> Distance | None:
    if spread <= 0:
        return None
    least, usual, most = (metres / spread for metres in size)
    return Distance(m=usual, low_m=least, high_m=most)


def _narrowed(estimates: list[Distance], bound: float) -> Distance | None:
    """The first estimate, narrowed by each later one that agrees with it, and by the bound.

    What contradicts the first is left aside: the ground may slope, the profile may be wrong.
    """
    if not estimates:
        return None if bound >= FARTHEST_M else Distance(m=None, low_m=0.0, high_m=bound)
    low, high = estimates[0].low_m, estimates[0].high_m
    for other in estimates[1:]:
        if other.low_m <= high and other.high_m >= low:
            low, high = max(low, other.low_m), min(high, other.high_m)
    if bound >= low:
        high = min(high, bound)
    usual = estimates[0].m
    assert usual is not None
    usual = max(low, min(high, usual))
    # Two rough guesses that barely meet do not make a sure one.
    return Distance(
        m=usual,
        low_m=min(low, (1 - SUREST) * usual),
        high_m=min(max(high, (1 + SUREST) * usual), FARTHEST_M),
    )


def span_m(box: Box, distance_m: float, view: View) -> tuple[float, float]:
    """How far left (negative) and right of our way the thing's two sides are, in metres."""
    middle = (box.y1 + box.y2) / 2
    left, right = view.slope_right(box.x1, middle), view.slope_right(box.x2, middle)
    forward = distance_m / math.hypot(1, (left + right) / 2)
    return forward * left, forward * right
