"""What the camera's own motion is made out to be, from points of a known world."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from edgeassist.guide.egomotion import ego_motion, expansion, level_heading, rotation
from edgeassist.guide.following import Follower, both
from edgeassist.guide.geometry import View
from edgeassist.profile import CameraProfile

VIEW = View.of(CameraProfile(height_m=1.3, tilt_deg=10, fov_deg=62), 320, 240)
Points = NDArray[np.float64]


def seen(
    turn: tuple[float, ...], walked: tuple[float, float, float], seed: int = 0
) -> tuple[Points, Points, Points]:
    """Pixels before and after, and depths after, of points 2 to 20 m away."""
    rng = np.random.default_rng(seed)
    depth = rng.uniform(2, 20, 200)
    start = np.column_stack([rng.uniform(0, 320, 200), rng.uniform(0, 240, 200)])
    rays = np.column_stack([(start - (160, 120)) / VIEW.focal_px, np.ones(200)])
    # Ray after = turn^T ray before, for the turn brings later rays into the earlier picture.
    after = (rays * depth[:, None] - walked) @ rotation(np.array(turn))
    end = after[:, :2] / after[:, 2:] * VIEW.focal_px + (160, 120)
    inside = (after[:, 2] > 0.5) & (end > 0).all(axis=1) & (end < (320, 240)).all(axis=1)
    earlier = (rays * depth[:, None] - walked)[:, 2]
    return start[inside], end[inside], earlier[inside]


def test_turning_and_walking_are_told_apart() -> None:
    rng = np.random.default_rng(0)
    wrong = 0
    for seed in range(40):
        turn = np.radians(rng.uniform(-3, 3, 3))
        aside = rng.uniform(-0.08, 0.08)
        start, end, depth = seen(tuple(turn), (aside, -0.6 * math.tan(VIEW.tilt_rad), 0.6), seed)
        end = end + rng.normal(0, 0.2, end.shape)
        end[:20] += rng.uniform(-30, 30, (20, 2))  # followed to a wrong place
        ego = ego_motion(start, end, VIEW)
        assert ego is not None
        off = np.abs(ego.heading - level_heading(VIEW) - (aside / 0.6, 0)).max()
        turned = np.degrees(np.abs(ego.turn - rotation(turn))).max()
        grown, unsure = expansion(start, end, ego, VIEW)
        near = (np.abs(grown - 0.6 / depth) < 3 * unsure)[20:].mean()
        wrong += off > 0.06 or turned > 2 or near < 0.9
    assert wrong <= 4


def test_turning_on_the_spot_grows_nothing() -> None:
    start, end, _ = seen((0.02, 0.08, 0.01), (0, 0, 0))
    ego = ego_motion(start, end, VIEW)
    assert ego is not None
    assert np.abs(expansion(start, end, ego, VIEW)[0]).max() < 0.01


def test_few_points_or_points_at_odds_tell_nothing() -> None:
    start, end, _ = seen((0, 0.02, 0), (0, 0, 0.6))
    assert ego_motion(start[:10], end[:10], VIEW) is None
    astray = end + np.random.default_rng(0).uniform(-40, 40, end.shape)
    assert ego_motion(start, astray, VIEW) is None


def test_nobody_walks_backwards() -> None:
    start, end, _ = seen((0, 0, 0), (0, -0.6 * math.tan(VIEW.tilt_rad), 0.6))
    assert ego_motion(start, end, VIEW) is not None
    assert ego_motion(end, start, VIEW) is None


def test_points_are_followed_over_many_pictures() -> None:
    rng = np.random.default_rng(0)
    world = np.repeat(rng.integers(0, 256, (300, 400, 1), dtype=np.uint8), 3, axis=2)
    world = np.kron(world[::4, ::4], np.ones((4, 4, 1), np.uint8))
    follower = Follower(0.5)
    for i in range(8):
        follower.step(i / 10, np.ascontiguousarray(world[20:260, 3 * i : 3 * i + 320]))
    before = follower.before(0.5)
    assert before is not None
    assert before.at_s == pytest.approx(0.2)
    start, end = both(before, follower.looks[-1])
    assert len(start) > 50
    assert np.median(end - start, axis=0) == pytest.approx([-15, 0], abs=0.2)
    follower.step(5.0, np.ascontiguousarray(world[:240, :320]))
    assert len(follower.looks) == 1
