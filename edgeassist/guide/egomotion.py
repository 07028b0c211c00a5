"""How the camera itself moved between two pictures: turned how far, and walked towards where.

Followed points fix both: turning moves all of them alike, whatever their distance; walking moves
them straight away from one place in the picture, the focus of expansion, the nearer the faster.
The camera of a walker turns by some degrees and bounces by some centimetres with every step.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgeassist.guide.following import Points
from edgeassist.guide.geometry import View

LEAST_POINTS = 16
ROUNDS = 10
ROUGH_PX = 0.5  # of a point's place: beyond this it counts less and less
LEAST_AGREEING = 0.5  # of the points, within `AGREES_PX`
AGREES_PX = 1.5
STAYED_PX = 1.0  # half of the points of who stands are that near to where they were
MOST_SHRINKING = 0.25  # of the points that moved for sure

# What is known before looking, as standard deviations in radians: a walker turns slowly, and goes
# where the chest points but for the sway of a step (6 cm to the side while going 50 forward), and
# on the level, as far as the tilt is known.
TURN = np.array([0.15, 0.25, 0.08])
HEADING = np.array([0.12, 0.025])


@dataclass(frozen=True, slots=True, kw_only=True)
class EgoMotion:
    """The camera's own motion between an earlier picture and a later one.

    `turn` is the rotation matrix that brings rays of the later picture into the earlier one's
    directions; `heading` is the focus of expansion in the earlier picture, as slopes right and
    down of its axis. `agreeing` is the share of the points that it explains.
    """

    turn: NDArray[np.float64]
    heading: NDArray[np.float64]
    agreeing: float
    heading_sd: NDArray[np.float64]


def slopes(points: Points, view: View) -> Points:
    """Pixels as slopes right of and below the camera's axis."""
    middle = np.array([view.width / 2, view.height / 2])
    return np.asarray((points - middle) / view.focal_px, dtype=np.float64)


def level_heading(view: View) -> NDArray[np.float64]:
    """The focus of expansion of who walks straight ahead on level ground: it is on the horizon."""
    return np.array([0.0, -math.tan(view.tilt_rad)])


def ego_motion(start: Points, end: Points, view: View) -> EgoMotion | None:
    """The motion that explains most points best; None where too few points agree on one.

    `start` and `end` are pixels of the same points in the earlier and in the later picture.
    """
    if len(start) < LEAST_POINTS:
        return None
    first, last = slopes(start, view), slopes(end, view)
    level = level_heading(view)
    rough = ROUGH_PX / view.focal_px
    turn: NDArray[np.float64] = np.zeros(3)
    heading: NDArray[np.float64] = level.copy()
    precision = np.diag(np.concatenate([TURN**-2.0, HEADING**-2.0])) * rough**2
    inverse = precision
    for _ in range(ROUNDS):
        off, slope = _misfit(first, last, turn, heading)
        weights = 1 / (1 + (off / rough) ** 2)
        prior = np.concatenate([turn, heading - level])
        hessian = slope.T @ (slope * weights[:, None]) + precision
        step = np.linalg.solve(hessian, slope.T @ (weights * off) + precision @ prior)
        turn = np.asarray(turn - step[:3])
        heading = np.asarray(heading - step[3:])
        inverse = np.asarray(np.linalg.inv(hessian) * rough**2)
        if np.abs(step).max() < 1e-5:
            break
    off, _ = _misfit(first, last, turn, heading)
    agreeing = float(np.mean(np.abs(off) < AGREES_PX / view.focal_px))
    if agreeing < LEAST_AGREEING or np.abs(turn).max() > 0.5:
        return None
    found = EgoMotion(
        turn=rotation(turn),
        heading=np.asarray(heading, dtype=np.float64),
        agreeing=agreeing,
        heading_sd=np.sqrt(np.diag(inverse)[3:]),
    )
    grown, unsure = expansion(start, end, found, view)
    moved = np.abs(grown) > 3 * unsure
    stayed = np.abs(unturned(last, found.turn) - first).max(axis=1) * view.focal_px < STAYED_PX
    # Nobody walks backwards for long: what shrinks was followed to the wrong place.
    if stayed.mean() < 0.5 and float(np.mean(grown[moved] < 0)) > MOST_SHRINKING:
        return None
    return found


def unturned(points: Points, turn: NDArray[np.float64]) -> Points:
    """Slopes in the later picture as the earlier picture's camera would see them."""
    rays = np.column_stack([points, np.ones(len(points))]) @ turn.T
    depth = np.maximum(rays[:, 2:], 1e-6)
    return np.asarray(rays[:, :2] / depth)


def expansion(start: Points, end: Points, ego: EgoMotion, view: View) -> tuple[Points, Points]:
    """How much each point moved away from the heading, by its distance from it; and how unsure.

    The first is the seconds between the pictures by the point's seconds to collision, at the
    later picture. The second is a standard deviation, for points followed to `ROUGH_PX`.
    """
    first = slopes(start, view)
    last = unturned(slopes(end, view), ego.turn)
    away = first - ego.heading
    apart = np.maximum(np.einsum("ij,ij->i", away, away), 1e-9)
    grown = np.einsum("ij,ij->i", away, last - first) / apart
    return grown, ROUGH_PX / view.focal_px / np.sqrt(apart)


def rotation(turn: NDArray[np.float64]) -> NDArray[np.float64]:
    """The rotation matrix of a rotation vector (Rodrigues)."""
    angle = float(np.linalg.norm(turn))
    x, y, z = turn / max(angle, 1e-12)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    eye: NDArray[np.float64] = np.eye(3)
    return np.asarray(eye + math.sin(angle) * cross + (1 - math.cos(angle)) * cross @ cross)


def _misfit(
    first: Points, last: Points, turn: NDArray[np.float64], heading: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How far each point left the line from the heading through it, and the slopes of that."""
    turned = unturned(last, rotation(turn))
    x, y = turned.T
    moved = turned - first
    away = (first + turned) / 2 - heading
    apart = np.maximum(np.hypot(away[:, 0], away[:, 1]), 5e-3)
    across = np.column_stack([-away[:, 1], away[:, 0]]) / apart[:, None]
    off = np.einsum("ij,ij->i", across, moved)
    # A rotation vector turns the ray (x, y, 1): its slopes change by these.
    by_x = np.column_stack([-x * y, -(1 + y * y)])
    by_y = np.column_stack([1 + x * x, x * y])
    by_z = np.column_stack([-y, x])
    by_heading = np.column_stack([-moved[:, 1], moved[:, 0]]) / apart[:, None]
    by_turn = [np.einsum("ij,ij->i", across, column) for column in (by_x, by_y, by_z)]
    return off, np.column_stack([*by_turn, by_heading])
