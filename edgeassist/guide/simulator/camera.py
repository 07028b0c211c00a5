"""The pinhole camera of the simulator: from points of the world to pixels.

World: metres right, up, forward. Camera: x right, y down, z ahead. It agrees with
`edgeassist.guide.geometry.View`, which knows no yaw and no roll.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from edgeassist.guide.simulator.gait import Pose

Floats = NDArray[np.float64]
NEAR_M = 0.15  # nothing nearer to the lens is drawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Lens:
    """Picture size and horizontal field of view; pixels are square, nothing is distorted."""

    width: int
    height: int
    fov_deg: float

    @property
    def focal_px(self) -> float:
        """Pixels that a thing as wide as it is far takes up."""
        return self.width / 2 / math.tan(math.radians(self.fov_deg) / 2)


def rotation(pose: Pose) -> Floats:
    """3 x 3, from world directions to the camera's."""
    yaw = np.array(
        [
            [math.cos(pose.yaw), 0, -math.sin(pose.yaw)],
            [0, -1, 0],
            [math.sin(pose.yaw), 0, math.cos(pose.yaw)],
        ]
    )
    pitch = np.array(
        [
            [1, 0, 0],
            [0, math.cos(pose.pitch), -math.sin(pose.pitch)],
            [0, math.sin(pose.pitch), math.cos(pose.pitch)],
        ]
    )
    roll = np.array(
        [
            [math.cos(pose.roll), math.sin(pose.roll), 0],
            [-math.sin(pose.roll), math.cos(pose.roll), 0],
            [0, 0, 1],
        ]
    )
    turned: Floats = roll @ pitch @ yaw
    return turned


class Eye:
    """A lens in a pose."""

    def __init__(self, lens: Lens, pose: Pose) -> None:
        self.lens = lens
        self.place = np.array([pose.right_m, pose.up_m, pose.forward_m])
        self._turn = rotation(pose)
        focal = lens.focal_px
        self._to_pixels = np.array(
            [[focal, 0, lens.width / 2], [0, focal, lens.height / 2], [0, 0, 1]]
        )

    def see(self, points: ArrayLike) -> Floats:
        """n x 3 points of the world in the camera's axes, metres."""
        seen: Floats = (np.asarray(points, np.float64) - self.place) @ self._turn.T
        return seen

    def pixels(self, seen: Floats) -> Floats:
        """n x 2 pixels (x right, y down) of points in the camera's axes, before the lens."""
        flat: Floats = seen[:, :2] / seen[:, 2:] * self.lens.focal_px
        flat += (self.lens.width / 2, self.lens.height / 2)
        return flat

    def plane(self, corner: ArrayLike, across: ArrayLike, down: ArrayLike) -> Floats:
        """3 x 3 homography from (i, j) to pixels, for the points corner + i across + j down."""
        axes = np.stack(
            [np.asarray(across, float), np.asarray(down, float), np.asarray(corner, float)], axis=1
        )
        axes[:, 2] -= self.place
        matrix: Floats = self._to_pixels @ self._turn @ axes
        return matrix


def before_lens(polygon: Floats) -> Floats:
    """What of a convex polygon (n x 3, camera's axes) lies farther than `NEAR_M`; may be empty."""
    kept: list[Floats] = []
    for here, after in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        if here[2] >= NEAR_M:
            kept.append(here)
        if (here[2] >= NEAR_M) != (after[2] >= NEAR_M):
            share = (NEAR_M - here[2]) / (after[2] - here[2])
            kept.append(here + share * (after - here))
    return np.array(kept).reshape(-1, 3)
