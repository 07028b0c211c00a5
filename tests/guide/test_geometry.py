"""Where a box says a thing is: the way from the ground to the picture and back."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeassist.guide.classes import class_of, classes, labels
from edgeassist.guide.geometry import (
    View,
    bearing_deg,
    distance,
    from_ground,
    from_height,
    from_width,
    span_m,
)
from edgeassist.loop.events import Box
from edgeassist.profile import CameraProfile

CHEST = View.of(CameraProfile(height_m=1.3, tilt_deg=10, fov_deg=62), 640, 480)
cameras = st.builds(
    CameraProfile,
    height_m=st.floats(0.8, 1.8),
    tilt_deg=st.floats(-5, 30),
    fov_deg=st.floats(45, 100),
)


def seen(
    view: View, forward_m: float, right_m: float = 0.0, high_m: float = 1.65, wide_m: float = 0.5
) -> Box:
    """The box of an upright thing standing on the ground there."""
    x_foot, y_foot = view.project(right_m, 0, forward_m)
    x_head, y_head = view.project(right_m, high_m, forward_m)
    middle = (x_foot + x_head) / 2
    half_w = (
        view.project(right_m + wide_m / 2, high_m / 2, forward_m)[0]
        - view.project(right_m - wide_m / 2, high_m / 2, forward_m)[0]
    ) / 2
    return Box(
        label="person", score=0.9, x1=middle - half_w, y1=y_head, x2=middle + half_w, y2=y_foot
    )


@given(camera=cameras, forward_m=st.floats(1.5, 30), right_m=st.floats(-3, 3))
def test_a_point_on_the_ground_is_found_where_it_is(
    camera: CameraProfile, forward_m: float, right_m: float
) -> None:
    view = View.of(camera, 640, 480)
    x, y = view.project(right_m, 0, forward_m)
    assert view.above_ground_m / view.slope_down(y) == pytest.approx(forward_m, rel=1e-6)
    assert view.slope_right(x, y) * forward_m == pytest.approx(right_m, abs=1e-6)
    assert view.bearing_deg(x, y) == pytest.approx(
        math.degrees(math.atan2(right_m, forward_m)), abs=1e-6
    )


@given(camera=cameras, forward_m=st.floats(2.5, 25), high_m=st.floats(1.0, 1.9))
def test_a_standing_person_is_as_far_as_height_and_ground_say(
    camera: CameraProfile, forward_m: float, high_m: float
) -> None:
    view = View.of(camera, 640, 480)
    box = seen(view, forward_m, high_m=high_m)
    by_height = from_height(box, class_of("person").height, view)
    assert by_height is not None
    assert by_height.low_m * 0.999 <= forward_m <= by_height.high_m * 1.001
    exact = from_height(box, (high_m, high_m, high_m), view)
    assert exact is not None
    assert exact.m == pytest.approx(forward_m, rel=1e-6)
    by_ground = from_ground(box, view)
    assert by_ground is not None
    assert by_ground.m == pytest.approx(forward_m, rel=1e-6)
    assert by_ground.low_m <= forward_m <= by_ground.high_m


@given(forward_m=st.floats(2.5, 20), right_m=st.floats(-1, 1), high_m=st.floats(1.0, 1.9))
def test_the_interval_holds_the_true_distance(
    forward_m: float, right_m: float, high_m: float
) -> None:
    found = distance(seen(CHEST, forward_m, right_m, high_m), class_of("person"), CHEST)
    assert found is not None
    assert found.low_m * 0.97 <= math.hypot(forward_m, right_m) <= found.high_m * 1.03
    assert found.m is not None
    assert found.low_m <= found.m <= found.high_m


def test_a_seated_person_is_not_taken_for_a_far_one() -> None:
    found = distance(seen(CHEST, 3.0, high_m=1.25), class_of("person"), CHEST)
    assert found is not None
    assert found.m == pytest.approx(3.0, rel=0.35)  # 1.65 m tall it would be at 4 m


def test_a_person_cut_by_the_lower_edge_is_measured_by_width() -> None:
    whole = seen(CHEST, 1.6)
    assert whole.y2 > CHEST.height
    cut = Box(label="person", score=0.9, x1=whole.x1, y1=whole.y1, x2=whole.x2, y2=480)
    found = distance(cut, class_of("person"), CHEST)
    assert found is not None
    assert found.m == pytest.approx(1.6, rel=0.25)
    assert found.high_m < 3.3


def test_somebody_who_fills_the_picture_is_near_although_nothing_can_be_measured() -> None:
    box = Box(label="person", score=0.9, x1=0, y1=0, x2=640, y2=480)
    found = distance(box, class_of("person"), CHEST)
    assert found is not None
    assert found.m is None
    assert found.low_m == 0
    assert found.high_m < 1.5


def test_a_hanging_thing_at_the_horizon_has_no_ground_distance() -> None:
    box = Box(label="stop sign", score=0.9, x1=280, y1=20, x2=360, y2=100)
    assert from_ground(box, CHEST) is None
    found = distance(box, class_of("stop sign"), CHEST)
    assert found is not None
    assert found.m == pytest.approx(0.7 / 80 * CHEST.focal_px, rel=0.2)


def test_an_empty_box_tells_nothing() -> None:
    box = Box(label="person", score=0.9, x1=100, y1=100, x2=100, y2=100)
    assert from_height(box, (1, 1, 1), CHEST) is None
    assert from_width(box, (1, 1, 1), CHEST) is None


@pytest.mark.parametrize(("right_m", "sign"), [(-2.0, -1), (0.0, 0), (2.0, 1)])
def test_left_is_negative(right_m: float, sign: int) -> None:
    bearing = bearing_deg(seen(CHEST, 4.0, right_m), CHEST)
    assert bearing == pytest.approx(sign * math.degrees(math.atan2(2.0, 4.0)), abs=0.5)


@given(forward_m=st.floats(2.5, 15), right_m=st.floats(-2, 2))
def test_a_thing_is_as_wide_as_it_is(forward_m: float, right_m: float) -> None:
    box = seen(CHEST, forward_m, right_m, wide_m=0.6)
    left, right = span_m(box, math.hypot(forward_m, right_m), CHEST)
    assert left == pytest.approx(right_m - 0.3, abs=0.05)
    assert right == pytest.approx(right_m + 0.3, abs=0.05)


def test_every_class_has_a_name_and_a_size_in_order() -> None:
    assert len(labels()) == 80
    assert (labels()[0], labels()[56], labels()[79]) == ("person", "chair", "toothbrush")
    for kind in classes().values():
        assert 0 < kind.height[0] <= kind.height[1] <= kind.height[2]
        assert 0 < kind.width[0] <= kind.width[1] <= kind.width[2]
        assert kind.zh
        assert kind.count_zh.endswith((kind.zh, "人"))


def test_a_class_of_a_detector_of_ones_own_is_announced_by_its_name() -> None:
    assert class_of("stairs").zh == "stairs"
    assert class_of("stairs").blocks
