"""How a camera on a walker's chest moves: the bob, sway and turn of every step.

Sizes of the oscillations after Hirasaki et al., Exp Brain Res 127 (1999), head and trunk in
walking: vertical once a step, sideways, roll and yaw once in two.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

STILL = 0.06  # of a walker's oscillations, in somebody who stands


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """Where the camera is (metres right, up, forward of the start) and how it looks (radians)."""

    right_m: float
    up_m: float
    forward_m: float
    yaw: float  # positive to the right
    pitch: float  # positive down
    roll: float  # positive clockwise, as the wearer sees it


@dataclass(frozen=True, slots=True, kw_only=True)
class Gait:
    """A walk straight on at `speed_m_s`, with a camera `height_m` up and tilted by `tilt_rad`."""

    speed_m_s: float
    height_m: float
    tilt_rad: float
    turn_rad: float  # how the camera sits askew
    steps_hz: float
    phase: float
    bob_m: float
    sway_m: float
    pitch: float
    roll: float
    yaw: float
    drift: float  # slow wandering of the heading
    drift_hz: float

    def at(self, t_s: float) -> Pose:
        """The camera's pose at that moment."""
        step = 2 * math.pi * self.steps_hz * t_s + self.phase
        stride = step / 2
        slow = 2 * math.pi * self.drift_hz * t_s + 1.7 * self.phase
        return Pose(
            right_m=self.sway_m * math.sin(stride),
            up_m=self.height_m + self.bob_m * math.sin(step),
            # A walker is slower at heel strike, by about a tenth.
            forward_m=self.speed_m_s * (t_s + 0.1 / (2 * math.pi * self.steps_hz) * math.cos(step)),
            yaw=self.turn_rad + self.yaw * math.sin(stride + 0.6) + self.drift * math.sin(slow),
            pitch=self.tilt_rad
            + self.pitch * math.sin(step + 1.9)
            + 0.25 * self.pitch * math.sin(2.1 * step),
            roll=self.roll * math.sin(stride + 1.2),
        )


def random_gait(
    rng: np.random.Generator,
    *,
    speed_m_s: float,
    height_m: float,
    tilt_deg: float,
    turn_deg: float,
) -> Gait:
    """A gait of somebody at that speed; who walks fast steps faster."""
    size = 1.0 if speed_m_s > 0 else STILL

    def degrees(low: float, high: float) -> float:
        return size * math.radians(float(rng.uniform(low, high)))

    return Gait(
        speed_m_s=speed_m_s,
        height_m=height_m,
        tilt_rad=math.radians(tilt_deg),
        turn_rad=math.radians(turn_deg),
        steps_hz=float(np.clip(1.5 + 0.35 * speed_m_s + rng.normal(0, 0.08), 1.6, 2.2)),
        phase=float(rng.uniform(0, 2 * math.pi)),
        bob_m=size * float(rng.uniform(0.015, 0.03)),
        sway_m=size * float(rng.uniform(0.015, 0.03)),
        pitch=degrees(0.6, 1.6),
        roll=degrees(0.6, 1.6),
        yaw=degrees(0.8, 2.0),
        drift=degrees(0.5, 2.0),
        drift_hz=float(rng.uniform(0.15, 0.4)),
    )
