"""What is a danger, what is in the way, what is merely near."""

from __future__ import annotations

import pytest

from edgeassist.guide.geometry import View
from edgeassist.guide.threat import Threat, level, level_of, side_of
from edgeassist.loop.events import Box, Obstacle, Priority, Side
from edgeassist.profile import CameraProfile

VIEW = View.of(CameraProfile(height_m=1.3, tilt_deg=10, fov_deg=62), 640, 480)
DANGER, MESSAGE, NOTICE = Priority.DANGER, Priority.MESSAGE, Priority.NOTIFICATION


@pytest.mark.parametrize(
    ("distance_m", "ttc_s", "off_way_m", "expected"),
    [
        # standing in the way
        (1.2, None, 0.0, DANGER),
        (1.6, None, 0.0, MESSAGE),
        (3.9, None, 0.0, MESSAGE),
        (4.1, None, 0.0, NOTICE),
        (7.9, None, 0.0, NOTICE),
        (8.1, None, 0.0, None),
        # coming at us
        (6.0, 1.9, 0.0, DANGER),
        (12.0, 1.9, 0.0, DANGER),  # a bicycle
        (12.0, 3.5, 0.0, MESSAGE),
        (12.0, 8.0, 0.0, None),
        (None, 1.5, 0.0, DANGER),
        (None, None, 0.0, None),
        # an elbow's width beside our line, and beyond it
        (1.2, None, 0.55, DANGER),
        (1.2, None, 0.65, NOTICE),
        (1.2, 1.0, 0.65, NOTICE),  # it passes by
        (9.0, 1.0, 3.0, None),
    ],
)
def test_the_threat_is_in_when_and_where_not_in_what(
    distance_m: float | None, ttc_s: float | None, off_way_m: float, expected: Priority | None
) -> None:
    threat = Threat(distance_m=distance_m, ttc_s=ttc_s, off_way_m=off_way_m)
    assert level(threat) is expected


@pytest.mark.parametrize(
    ("bearing", "side"),
    [(-25, Side.LEFT), (-10.5, Side.LEFT), (-9, Side.AHEAD), (0, Side.AHEAD), (11, Side.RIGHT)],
)
def test_sides(bearing: float, side: Side) -> None:
    assert side_of(bearing) is side


def obstacle(label: str, x: float, distance_m: float | None, bearing_deg: float = 0) -> Obstacle:
    return Obstacle(
        captured_ns=0,
        track=1,
        label=label,
        box=Box(label=label, score=0.9, x1=x - 40, y1=100, x2=x + 40, y2=400),
        bearing_deg=bearing_deg,
        distance_m=distance_m,
    )


def test_somebody_beside_the_way_does_not_stand_in_it() -> None:
    assert level_of(obstacle("person", 320, 3.0), VIEW) is MESSAGE
    assert level_of(obstacle("person", 600, 3.0), VIEW) is NOTICE


def test_a_wheelchair_needs_a_wider_way() -> None:
    wide = View.of(CameraProfile(height_m=1.3, tilt_deg=10, fov_deg=62, body_m=0.8), 640, 480)
    beside = obstacle("person", 485, 3.0)
    assert level_of(beside, VIEW) is NOTICE
    assert level_of(beside, wide) is MESSAGE


def test_a_cup_is_never_announced() -> None:
    assert level_of(obstacle("cup", 320, 0.8), VIEW) is None


def test_what_can_only_be_nearer_than_a_bound_counts_as_at_the_bound() -> None:
    near = Obstacle(
        captured_ns=0,
        track=1,
        label="person",
        box=Box(label="person", score=0.9, x1=0, y1=0, x2=640, y2=480),
        bearing_deg=0,
        distance_m=None,
        distance_low_m=0.0,
        distance_high_m=1.1,
    )
    assert level_of(near, VIEW) is DANGER


def test_without_any_distance_the_bearing_says_what_is_in_the_way() -> None:
    assert level_of(obstacle("person", 320, None), VIEW) is None
