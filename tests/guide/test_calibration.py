"""A camera's height, tilt and field of view, from a person in view or from a walk."""

from __future__ import annotations

import numpy as np
import pytest
from simulated_walks import CAMERA, frames, scene_of

from edgeassist.errors import InputError
from edgeassist.guide.calibration import from_person, from_walking
from edgeassist.guide.geometry import View
from edgeassist.loop.events import Box, VideoFrame
from edgeassist.profile import CameraProfile

SIZE = 640, 480
BELIEVED = CameraProfile(height_m=1.3, tilt_deg=10, fov_deg=62)


def boxes(true: CameraProfile, distances: list[float], seed: int = 0) -> list[Box]:
    """Boxes of somebody 1.7 m tall, as rough as a detector's."""
    view, rng = View.of(true, *SIZE), np.random.default_rng(seed)
    found = []
    for metres in distances:
        x1, top = view.project(-0.25, 1.7, metres)
        x2, foot = view.project(0.25, 0, metres)
        off = rng.normal(0, 0.01 * (foot - top), 2)
        found.append(
            Box(label="person", score=0.9, x1=x1, y1=top + off[0], x2=x2, y2=foot + off[1])
        )
    return found


@pytest.mark.parametrize("height_m", [1.0, 1.45])
@pytest.mark.parametrize("tilt_deg", [0.0, 16.0])
def test_somebody_walking_about_tells_height_and_tilt(height_m: float, tilt_deg: float) -> None:
    true = CameraProfile(height_m=height_m, tilt_deg=tilt_deg, fov_deg=62)
    seen = boxes(true, [4.5 + i / 4 for i in range(16)])
    found = from_person(seen, SIZE, person_m=1.7, camera=BELIEVED)
    assert set(found.learnt) >= {"height_m", "tilt_deg"}
    assert found.used >= 8  # tilted down, the camera sees no head nearer than 6 m
    assert found.camera.height_m == pytest.approx(height_m, abs=0.1)
    assert found.camera.tilt_deg == pytest.approx(tilt_deg, abs=1.5)
    assert found.camera.fov_deg == 62


def test_a_measured_distance_tells_the_field_of_view() -> None:
    true = CameraProfile(height_m=1.3, tilt_deg=8, fov_deg=72)
    seen = boxes(true, [5.0] * 8)
    found = from_person(seen, SIZE, person_m=1.7, distance_m=5.0, camera=BELIEVED)
    assert "fov_deg" in found.learnt
    assert found.camera.fov_deg == pytest.approx(72, abs=2.5)


def test_what_the_pictures_leave_open_stays_as_it_was_believed() -> None:
    found = from_person(boxes(BELIEVED, [5.0]), SIZE, person_m=1.7, camera=BELIEVED)
    assert "fov_deg" not in found.learnt
    assert found.camera.fov_deg == BELIEVED.fov_deg


def test_cut_off_or_contradicting_persons_are_refused() -> None:
    cut = Box(label="person", score=0.9, x1=100, y1=-5, x2=300, y2=490)
    with pytest.raises(InputError, match="head to feet"):
        from_person([cut], SIZE, person_m=1.7, camera=BELIEVED)
    absurd = [Box(label="person", score=1, x1=9, y1=y, x2=60, y2=y + 110) for y in (9, 340)]
    with pytest.raises(InputError, match="contradict"):
        from_person(absurd, SIZE, person_m=1.7, camera=BELIEVED)
    with pytest.raises(InputError, match="height"):
        from_person(boxes(BELIEVED, [5.0]), SIZE, person_m=17, camera=BELIEVED)


@pytest.mark.parametrize("seed", [0, 1])
def test_walking_tells_the_tilt(seed: int) -> None:
    scene = scene_of("kerbs", seed, empty=True)
    true_deg = float(np.degrees(scene.gait.tilt_rad))
    believed = CameraProfile(
        height_m=CAMERA.height_m,
        tilt_deg=true_deg + 6,
        fov_deg=CAMERA.fov_deg,
    )
    found = from_walking(frames(scene, 0, 5), camera=believed)
    assert found.learnt == ("tilt_deg",)
    assert found.camera.tilt_deg == pytest.approx(true_deg, abs=1.5)
    assert found.camera.height_m == believed.height_m


def test_standing_or_an_even_wall_tells_no_tilt() -> None:
    with pytest.raises(InputError, match="where the walk goes"):
        from_walking(frames(scene_of("walls", 4, speed=0.0), 0, 3), camera=CAMERA)
    even = np.full((240, 320, 3), 128, np.uint8)
    with pytest.raises(InputError, match="where the walk goes"):
        from_walking(
            (VideoFrame(captured_ns=0, image=even, number=i, at_s=i / 10) for i in range(40)),
            camera=CAMERA,
        )
