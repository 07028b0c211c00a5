"""What a range sensor adds to the camera, and that it takes nothing away."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeassist.guide.geometry import View
from edgeassist.guide.ranging import Ranged, Ranges, beam, fused, interval_m
from edgeassist.guide.threat import level_of
from edgeassist.loop.clock import NS
from edgeassist.loop.events import Box, Obstacle, Priority, RangeReading
from edgeassist.profile import CameraProfile

VIEW = View.of(CameraProfile(height_m=1.3, tilt_deg=10, fov_deg=62), 640, 480)


def reading(distance_m: float | None, at_s: float = 1.0, bearing_deg: float = 0.0) -> RangeReading:
    return RangeReading(
        captured_ns=round(at_s * NS),
        distance_m=distance_m,
        bearing_deg=bearing_deg,
        beam_deg=15.0,
        sensor=f"ultrasound {bearing_deg}",
    )


def person(low_m: float, high_m: float, x: float = 320.0) -> Obstacle:
    return Obstacle(
        captured_ns=NS,
        track=7,
        label="person",
        box=Box(label="person", score=0.9, x1=x - 60, y1=100, x2=x + 60, y2=400),
        bearing_deg=0.0,
        distance_m=(low_m + high_m) / 2,
        distance_low_m=low_m,
        distance_high_m=high_m,
    )


def told(
    obstacles: Sequence[Obstacle], *readings: RangeReading, at_s: float = 1.0
) -> list[Obstacle]:
    ranges = Ranges()
    for one in readings:
        ranges.take(one)
    now = round(at_s * NS)
    return fused(obstacles, ranges.at(now), VIEW, captured_ns=now, at_s=at_s, frame=3)


def test_a_measured_distance_narrows_the_guessed_one() -> None:
    (found,) = told([person(1.8, 3.2)], reading(2.2))
    assert (found.track, found.label) == (7, "person")
    assert found.distance_m == pytest.approx(2.2)
    assert found.distance_low_m == pytest.approx(2.2 - 0.14)
    assert found.distance_high_m == pytest.approx(2.2 + 0.14)


def test_a_glass_door_before_a_person_is_an_obstacle_of_its_own() -> None:
    far, door = told([person(3.5, 5.0)], reading(1.2))
    assert far == person(3.5, 5.0)
    assert (door.label, door.distance_m) == ("obstacle", pytest.approx(1.2))
    assert level_of(door, VIEW) is Priority.DANGER


def test_somebody_beside_the_beam_keeps_the_camera_s_guess() -> None:
    beside = person(1.8, 3.2, x=600.0)
    assert told([beside], reading(2.2))[0] == beside


def test_no_echo_and_an_old_echo_change_nothing() -> None:
    seen = [person(1.8, 3.2)]
    assert told(seen, reading(None)) == seen
    assert told(seen, reading(1.0, at_s=0.5)) == seen
    assert told(seen, reading(1.0, at_s=0.9), reading(None, at_s=1.0)) == seen


@given(st.lists(st.floats(0.05, 6.0), max_size=4), st.floats(0.5, 5.0))
def test_a_reading_never_takes_away_what_the_camera_saw(
    distances: list[float], middle: float
) -> None:
    seen = [person(0.8 * middle, 1.2 * middle), person(6.0, 9.0, x=100.0)]
    found = told(seen, *(reading(d, bearing_deg=20.0 * i) for i, d in enumerate(distances)))
    assert [one.track for one in found[: len(seen)]] == [one.track for one in seen]


@pytest.mark.parametrize("speed", [0.5, 1.2, 2.0])
def test_walking_up_to_a_wall_tells_when_it_is_reached(speed: float) -> None:
    ranges = Ranges()
    for i in range(9):
        off = 0.02 * (-1) ** i
        ranges.take(reading(3.0 - speed * i * 0.1 + off, at_s=1 + i * 0.1))
    (found,) = ranges.at(round(1.8 * NS))
    assert found.ttc_s == pytest.approx((3.0 - speed * 0.8) / speed, rel=0.1)


@pytest.mark.parametrize("metres", [[2.0] * 9, [1.0, 3.0] * 5, [2.0, 1.9]])
def test_what_stands_or_flickers_has_no_time_to_collision(metres: list[float]) -> None:
    ranges = Ranges()
    for i, distance_m in enumerate(metres):
        ranges.take(reading(distance_m, at_s=1 + i * 0.1))
    (found,) = ranges.at(round((1 + (len(metres) - 1) * 0.1) * NS))
    assert found.ttc_s is None


def test_a_level_beam_is_above_the_middle_of_a_camera_that_looks_down() -> None:
    box = beam(reading(1.0), VIEW)
    assert (box.x1 + box.x2) / 2 == pytest.approx(320)
    assert (box.y1 + box.y2) / 2 == pytest.approx(VIEW.project(0, 1.3, 5)[1], abs=2)
    low = beam(
        RangeReading(
            captured_ns=0, distance_m=1.0, bearing_deg=0, beam_deg=15, sensor="x", elevation_deg=-30
        ),
        VIEW,
    )
    assert low.y1 > box.y2


def test_a_slanted_beam_is_shorter_along_the_ground() -> None:
    slanted = RangeReading(
        captured_ns=0, distance_m=2.0, bearing_deg=0, beam_deg=20, sensor="x", elevation_deg=-60
    )
    low, high = interval_m(slanted)
    assert low < 1.0 < high
    assert high < 1.2


def test_sensors_are_told_apart() -> None:
    found = told([], reading(1.0), reading(1.5, bearing_deg=-40.0))
    assert [one.distance_m for one in found] == [pytest.approx(1.0), pytest.approx(1.5)]
    assert len({one.track for one in found}) == 2
    assert isinstance(Ranges().at(0), list)
    assert Ranged(number=0, reading=reading(1.0), ttc_s=None).ttc_s is None
