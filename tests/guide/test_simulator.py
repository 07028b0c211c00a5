"""The simulated world keeps to perspective, and its truth is true."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgeassist.guide.geometry import View
from edgeassist.guide.simulator.camera import Eye, Lens, rotation
from edgeassist.guide.simulator.gait import Pose, random_gait
from edgeassist.guide.simulator.kinds import make_scene
from edgeassist.guide.simulator.render import Renderer
from edgeassist.guide.simulator.scene import CONTACT_M
from edgeassist.guide.simulator.truth import box_of, truth
from edgeassist.profile import CameraProfile

LENS = Lens(width=640, height=480, fov_deg=62.0)
CAMERA = CameraProfile(width=160, height=120)

metres = st.floats(0.5, 40)
angles = st.floats(-0.4, 0.4)


def level(**changes: float) -> Pose:
    still = Pose(right_m=0.0, up_m=1.3, forward_m=0.0, yaw=0.0, pitch=0.0, roll=0.0)
    return replace(still, **changes)


@given(distance=metres, height=st.floats(0.1, 5), right=st.floats(-3, 3))
def test_a_thing_twice_as_far_looks_half_as_high(distance: float, height: float, right: float):
    eye = Eye(LENS, level())
    top, foot = eye.pixels(eye.see([[right, height, distance], [right, 0, distance]]))
    assert (foot[1] - top[1]) * distance == pytest.approx(LENS.focal_px * height)


@given(right=st.floats(-3, 3), up=st.floats(0, 3), ahead=st.floats(2, 40), tilt=angles)
def test_the_camera_agrees_with_the_geometry_that_is_judged_by_it(
    right: float, up: float, ahead: float, tilt: float
):
    view = View.of(CameraProfile(tilt_deg=math.degrees(tilt)), LENS.width, LENS.height)
    eye = Eye(LENS, level(pitch=tilt))
    seen = eye.pixels(eye.see([[right, up, ahead]]))[0]
    assert seen == pytest.approx(view.project(right, up, ahead))


@given(yaw=angles, pitch=angles, roll=angles)
def test_turning_the_head_keeps_all_distances(yaw: float, pitch: float, roll: float):
    turned = rotation(level(yaw=yaw, pitch=pitch, roll=roll))
    assert turned @ turned.T == pytest.approx(np.eye(3))


@given(speed=st.floats(0.5, 1.6), t_s=st.floats(0, 20))
def test_a_walker_gets_as_far_as_the_speed_says(speed: float, t_s: float):
    gait = random_gait(
        np.random.default_rng(3), speed_m_s=speed, height_m=1.3, tilt_deg=10, turn_deg=0
    )
    assert gait.at(t_s).forward_m == pytest.approx(speed * t_s, abs=0.05)
    assert 1.6 <= gait.steps_hz <= 2.2


@settings(max_examples=6, deadline=None)
@given(kind=st.sampled_from(["walls", "boards", "poles"]), seed=st.integers(0, 50))
def test_the_time_to_collision_is_the_distance_by_the_speed(kind: str, seed: int):
    scene = make_scene(kind, seed, CAMERA, [])
    t_s = 0.5 * scene.seconds
    real = truth(scene, 0, t_s, Eye(scene.lens, scene.gait.at(t_s)))
    assert real.collides
    assert real.ttc_s == pytest.approx(real.forward_m / scene.speed_m_s)
    assert real.contact_s is not None
    at_contact = truth(scene, 0, real.contact_s, Eye(scene.lens, scene.gait.at(real.contact_s)))
    assert at_contact.forward_m == pytest.approx(CONTACT_M)


@pytest.mark.parametrize("kind", ["branches", "stairs"])
def test_the_same_seed_gives_the_same_pixels_and_another_seed_does_not(kind: str):
    def picture(seed: int) -> np.ndarray:
        return Renderer(make_scene(kind, seed, CAMERA, [])).picture(1.0)

    first = picture(4)
    assert np.array_equal(first, picture(4))
    assert not np.array_equal(first, picture(5))


@pytest.mark.parametrize("seed", range(2))
def test_a_thing_is_drawn_where_the_truth_has_its_box(seed: int):
    scene = make_scene("boards", seed, CameraProfile(), [])
    t_s = 0.4 * scene.seconds
    board = scene.things[0]
    sharp = replace(scene, light=replace(scene.light, exposure_s=0.0), things=(board,))
    with_it = Renderer(sharp).picture(t_s).astype(int)
    without = Renderer(replace(sharp, things=())).picture(t_s).astype(int)
    rows, columns = np.nonzero(np.abs(with_it - without).max(axis=2) > 12)
    box = box_of(board, t_s, Eye(scene.lens, scene.gait.at(t_s)))
    assert box is not None
    drawn = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    assert drawn == pytest.approx(box, abs=4)


def test_night_is_darker_than_day_but_not_black():
    scene = make_scene("walls", 1, CAMERA, [])
    day = replace(scene.light, lamp=False, brightness=1.0, glare=None)
    night = replace(scene.light, lamp=True, brightness=0.5, glare=None)
    bright, dark = (
        Renderer(replace(scene, light=light)).picture(0.5).mean() for light in (day, night)
    )
    assert 8 < dark < 0.7 * bright


def test_beyond_a_kerb_lies_other_ground_and_it_is_lower():
    scene = make_scene("kerbs", 2, CameraProfile(), [])
    assert scene.drop is not None
    flat = replace(scene, drop=None)
    picture, level_ground = (Renderer(one).picture(0.5) for one in (scene, flat))
    assert not np.array_equal(picture, level_ground)
    edge = Eye(scene.lens, scene.gait.at(0.5))
    row = edge.pixels(edge.see([[0.0, 0.0, scene.drop.forward_m]]))[0, 1]
    nearer = slice(min(478, int(row) + 8), None)
    assert np.abs(picture[nearer].astype(int) - level_ground[nearer]).max() == 0
