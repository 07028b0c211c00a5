"""Who crosses our way: told by a constant bearing, whatever the chest turns."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from edgeassist.guide.course import Courses, Drift, collides
from edgeassist.guide.egomotion import EgoMotion, level_heading, rotation
from edgeassist.guide.geometry import View
from edgeassist.loop.events import Box, Obstacle
from edgeassist.profile import CameraProfile

VIEW = View.of(CameraProfile(tilt_deg=0.0), 640, 480)
FPS, SPAN_S, WALK_M_S = 15, 0.4, 1.2


def person(right_m: float, forward_m: float, yaw: float, ttc_s: float, at_s: float) -> Obstacle:
    """Half a metre wide and 1.7 high, seen by a chest turned right by `yaw`."""
    middle = VIEW.width / 2 + VIEW.focal_px * math.tan(math.atan2(right_m, forward_m) - yaw)
    half = VIEW.focal_px * 0.25 / forward_m
    top, foot = (VIEW.height / 2 + VIEW.focal_px * down / forward_m for down in (-0.4, 1.3))
    box = Box(label="person", score=0.9, x1=middle - half, y1=top, x2=middle + half, y2=foot)
    return Obstacle(
        captured_ns=round(at_s * 1e9),
        track=1,
        label="person",
        box=box,
        bearing_deg=math.degrees(math.atan2(right_m, forward_m) - yaw),
        distance_m=forward_m,
        ttc_s=ttc_s,
        at_s=at_s,
    )


def warned(start_m: float, across_m_s: float, forward_m: float, sway: float = 0.0) -> bool:
    """Whether a walk towards somebody at `start_m` right says that our ways cross, before 2 s."""
    courses = Courses()

    def yaw(at_s: float) -> float:
        return sway * math.sin(2 * math.pi * 0.95 * at_s)

    for number in range(round(FPS * (forward_m / WALK_M_S - 2))):
        at_s, before_s = number / FPS, (number - round(SPAN_S * FPS)) / FPS
        ahead = forward_m - WALK_M_S * at_s
        seen = person(start_m + across_m_s * at_s, ahead, yaw(at_s), ahead / WALK_M_S, at_s)
        turned = yaw(at_s) - yaw(before_s)
        ego = EgoMotion(
            turn=rotation(np.array([0.0, turned, 0.0])),
            heading=level_heading(VIEW),
            agreeing=1.0,
            heading_sd=np.zeros(2),
        )
        if courses.step(at_s, [seen], ego if before_s >= 0 else None, before_s, VIEW):
            return True
    return False


@given(across=st.floats(-0.5, 0.5), sway=st.floats(0, 0.04))
def test_who_arrives_when_we_do_is_told_while_still_beside_our_way(across: float, sway: float):
    assert warned(-across * 6 / WALK_M_S, across, 6.0, sway)


@given(side=st.sampled_from([-1, 1]), room=st.floats(1.2, 2.0), sway=st.floats(0, 0.04))
def test_who_stands_beside_our_way_is_passed_in_silence(side: int, room: float, sway: float):
    assert not warned(side * room, 0.0, 6.0, sway)


@given(across=st.floats(0.45, 0.7))
def test_who_will_have_crossed_before_we_come_is_passed_in_silence(across: float):
    assert not warned(-1.2, across, 6.0)


def test_a_single_look_is_not_enough():
    seen = person(1.0, 3.0, 0.0, 2.5, 0.0)
    steady = [Drift(-number / FPS, SPAN_S, 0.0) for number in range(6)]
    assert not collides(seen, steady[:1], VIEW)
    assert collides(seen, steady, VIEW)


def test_what_may_reach_out_of_the_picture_has_no_known_middle():
    courses = Courses()
    at_edge = person(3.0 * VIEW.width / 2 / VIEW.focal_px, 3.0, 0.0, 2.5, 0.0)
    assert not courses.step(0.0, [at_edge], None, None, VIEW)
