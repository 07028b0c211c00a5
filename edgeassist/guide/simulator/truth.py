"""What is really there in every picture: how far, how soon, whether it will be run into."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from edgeassist.guide.simulator.camera import Eye, before_lens
from edgeassist.guide.simulator.scene import BODY_M, CONTACT_M, HEAD_M, Drop, Scene, Thing

SLOWEST_M_S = 0.05  # below that nothing comes closer


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """One thing in one picture.

    Distances are from the camera; the closing speed is that of walking, without the sway of the
    single step, for that is what a time to collision is for.
    """

    thing: int  # its place in the scene
    kind: str
    label: str | None
    distance_m: float  # along the ground
    forward_m: float
    right_m: float
    closing_m_s: float
    ttc_s: float | None  # until it is beside the camera; None if it does not come closer
    contact_s: float | None  # when, in the walk's time, it is at arm's length
    gap_m: float  # from the way's middle to its nearer side then
    collides: bool
    box: tuple[float, float, float, float] | None  # x1, y1, x2, y2 in pixels, within the picture


def contact_s(scene: Scene, forward_m: float, forward_m_s: float) -> float | None:
    """When what starts `forward_m` ahead and moves at `forward_m_s` is at arm's length."""
    closing = scene.speed_m_s - forward_m_s
    return (forward_m - CONTACT_M) / closing if closing > SLOWEST_M_S else None


def gap_m(thing: Thing, at_s: float) -> float:
    """From the way's middle to the thing's nearer side at that moment."""
    half = thing.width_m / 2 * math.cos(thing.turn_rad)
    return max(0.0, abs(thing.at(at_s)[0]) - half)


def collides(scene: Scene, thing: Thing) -> bool:
    """Whether the walker runs into it, or it into the walker."""
    when = contact_s(scene, thing.forward_m, thing.forward_m_s)
    if when is None or when < 0 or thing.base_m >= HEAD_M:
        return False
    return gap_m(thing, when) < BODY_M


def truth(scene: Scene, number: int, t_s: float, eye: Eye) -> Truth:
    """The truth of the scene's thing `number` as `eye` sees it at `t_s`."""
    thing = scene.things[number]
    right, _, forward = thing.at(t_s)
    walked = scene.speed_m_s * t_s
    closing = scene.speed_m_s - thing.forward_m_s
    ahead = forward - walked
    when = contact_s(scene, thing.forward_m, thing.forward_m_s)
    return Truth(
        thing=number,
        kind=thing.kind,
        label=thing.label,
        distance_m=float(math.hypot(right - eye.place[0], forward - eye.place[2])),
        forward_m=ahead,
        right_m=right,
        closing_m_s=closing,
        ttc_s=ahead / closing if closing > SLOWEST_M_S and ahead > 0 else None,
        contact_s=when,
        gap_m=gap_m(thing, when if when is not None else t_s),
        collides=collides(scene, thing),
        box=box_of(thing, t_s, eye),
    )


def corners(thing: Thing, t_s: float) -> np.ndarray:
    """4 x 3: upper left, upper right, lower right, lower left in the world."""
    right, base, forward = thing.at(t_s)
    half = np.array([math.cos(thing.turn_rad), 0, math.sin(thing.turn_rad)]) * thing.width_m / 2
    foot = np.array([right, base, forward])
    top = foot + np.array([0, thing.height_m, 0])
    return np.array([top - half, top + half, foot + half, foot - half])


def box_of(thing: Thing, t_s: float, eye: Eye) -> tuple[float, float, float, float] | None:
    """Where it is in the picture; None if it is not in it."""
    seen = before_lens(eye.see(corners(thing, t_s)))
    if len(seen) < 3:
        return None
    pixels = eye.pixels(seen)
    x1, y1 = np.maximum(pixels.min(axis=0), 0)
    x2, y2 = np.minimum(pixels.max(axis=0), (eye.lens.width, eye.lens.height))
    return (float(x1), float(y1), float(x2), float(y2)) if x1 < x2 and y1 < y2 else None


def drop_contact_s(scene: Scene, drop: Drop) -> float | None:
    """When the walker's toes are at the edge."""
    return contact_s(scene, drop.forward_m, 0.0)
