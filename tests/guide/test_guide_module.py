"""The guide in the loop: a walk as pictures in, warnings and pulses out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgeassist.devices.videofile import open_video
from edgeassist.errors import EdgeAssistError
from edgeassist.guide.alerts import Verbosity
from edgeassist.guide.node import Guide, GuideOptions, make_detector
from edgeassist.guide.pipeline import Pipeline, distinct
from edgeassist.guide.sight import Sight
from edgeassist.loop.clock import ManualClock
from edgeassist.loop.events import (
    Box,
    Event,
    Obstacle,
    Priority,
    Pulse,
    Side,
    Utterance,
    VideoFrame,
)
from edgeassist.loop.node import Context, Stopping
from edgeassist.profile import CameraProfile, Profile

CAMERA = CameraProfile(height_m=1.3, tilt_deg=10, fov_deg=62)
RNG = np.random.default_rng(3)


@dataclass(frozen=True)
class NoOptions:
    """A scripted walk has none."""


class Walk:
    """A detector of one's own, as a plug-in may be: it knows where the person stands."""

    Options = NoOptions

    def __init__(self, speed_m_s: float, right_m: float = 0.0, begin_m: float = 9.0) -> None:
        self._speed_m_s = speed_m_s
        self._right_m = right_m
        self.distance_m = begin_m

    def detect(self, image: Any) -> list[Box]:
        from edgeassist.guide.geometry import View

        view = View.of(CAMERA, image.shape[1], image.shape[0])
        self.distance_m -= self._speed_m_s / 10
        if self.distance_m < 0.5:
            return []
        x, foot = view.project(self._right_m, 0, self.distance_m)
        _, head = view.project(self._right_m, 1.65, self.distance_m)
        half_w = (foot - head) * 0.15
        return [
            Box(
                label="person",
                score=0.8,
                x1=x - half_w,
                y1=max(0.0, head),
                x2=x + half_w,
                y2=min(480.0, foot),
            )
        ]

    def close(self) -> None:
        pass


def frame(number: int) -> VideoFrame:
    image = RNG.integers(0, 255, (480, 640, 3), dtype=np.uint8)
    return VideoFrame(
        captured_ns=number * 100_000_000, image=image, number=number, at_s=number / 10
    )


def test_walking_up_to_somebody_is_told_first_and_warned_of_in_time() -> None:
    walk = Walk(speed_m_s=1.2)
    pipeline = Pipeline(walk, CAMERA, new_score=0.3)
    given = []
    for number in range(70):
        step = pipeline.step(frame(number))
        if step.alert is not None:
            given.append((step.alert.priority, walk.distance_m))
    assert [priority for priority, _ in given] == [Priority.MESSAGE, Priority.DANGER]
    assert 3.0 < given[0][1] < 4.5
    assert 1.0 < given[1][1] < 2.2


def test_somebody_passed_at_two_metres_is_no_danger() -> None:
    pipeline = Pipeline(Walk(1.2, right_m=2.0), CAMERA, new_score=0.3)
    assert all(pipeline.step(frame(number)).alert is None for number in range(70))


def test_obstacles_carry_their_frame_and_a_distance_in_its_interval() -> None:
    walk = Walk(0.5)
    pipeline = Pipeline(walk, CAMERA, new_score=0.3)
    for number in range(20):
        step = pipeline.step(frame(number))
    (obstacle,) = step.obstacles
    assert (obstacle.frame, obstacle.at_s, obstacle.captured_ns) == (19, 1.9, 1_900_000_000)
    assert obstacle.distance_m == pytest.approx(walk.distance_m, rel=0.1)
    assert obstacle.distance_low_m is not None
    assert obstacle.distance_high_m is not None
    assert obstacle.distance_low_m < walk.distance_m < obstacle.distance_high_m
    assert obstacle.bearing_deg == pytest.approx(0, abs=0.5)


def test_a_covered_camera_gives_no_obstacles_and_no_warning() -> None:
    pipeline = Pipeline(Walk(1.2, begin_m=4.5), CAMERA, new_score=0.3)
    dark = np.zeros((480, 640, 3), np.uint8)
    sights = []
    for number in range(30):
        seen = frame(number)
        if number >= 3:
            seen = VideoFrame(
                captured_ns=seen.captured_ns, image=dark, number=number, at_s=seen.at_s
            )
        step = pipeline.step(seen)
        sights.append(step.sight)
        assert not (step.sight is Sight.DARK and (step.obstacles or step.alert))
    assert sights[-1] is Sight.DARK


def test_a_backpack_on_a_back_and_a_second_opinion_are_no_things_of_their_own() -> None:
    person = Box(label="person", score=0.8, x1=100, y1=100, x2=200, y2=400)
    dog = Box(label="dog", score=0.5, x1=102, y1=105, x2=200, y2=395)
    worn = Box(label="backpack", score=0.6, x1=120, y1=130, x2=180, y2=220)
    left = Box(label="backpack", score=0.6, x1=300, y1=330, x2=360, y2=400)
    assert distinct([dog, worn, person, left]) == [person, left]


def context(**changes: Any) -> Context:
    clock = ManualClock()
    return Context(
        name="guide", clock=clock, stopping=Stopping(clock), profile=Profile(), **changes
    )


def run(node: Guide, events: Iterable[Event]) -> list[Event]:
    node.open()
    try:
        given = [result for event in events for result in node.handle(event)]
        return given + list(node.finish())
    finally:
        node.close()


def frames(path: Path, seconds: float) -> list[VideoFrame]:
    with open_video(path) as video:
        return [
            VideoFrame(captured_ns=0, image=one.image(), number=number, at_s=one.at_s)
            for number, one in enumerate(video.frames())
            if one.at_s < seconds
        ]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_people_in_a_real_street_are_spoken_of(
    centernet: object, street_video: Path, language: str
) -> None:
    options = GuideOptions(verbosity=Verbosity.FULL)
    given = run(Guide(options, context(language=language)), frames(street_video, 3.0))
    obstacles = [event for event in given if isinstance(event, Obstacle)]
    said = [event for event in given if isinstance(event, Utterance)]
    assert len({obstacle.track for obstacle in obstacles}) >= 3
    assert said
    alert = said[0]
    assert alert.details["label"] == "person"
    assert alert.details["side"] in [side.value for side in Side]
    assert alert.details["text"] == alert.text
    assert alert.expires_ns == alert.captured_ns + 2_000_000_000
    assert ("行人" if language == "zh" else "person") in alert.text
    assert alert.language == language


def test_a_camera_that_goes_dark_is_told_once_and_so_is_its_return(centernet: object) -> None:
    dark = np.zeros((480, 640, 3), np.uint8)
    events = [
        VideoFrame(
            captured_ns=0,
            image=dark if 5 <= i < 30 else RNG.integers(0, 255, (480, 640, 3), dtype=np.uint8),
            number=i,
            at_s=i / 10,
        )
        for i in range(40)
    ]
    given = run(Guide(GuideOptions(), context(language="zh")), events)
    texts = [event.text for event in given if isinstance(event, Utterance)]
    assert texts == ["摄像头看不见：被遮住了，或者太暗", "摄像头恢复了"]
    assert not [event for event in given if isinstance(event, Pulse)]


def test_an_unknown_detector_is_named() -> None:
    with pytest.raises(EdgeAssistError, match="nosuch"):
        Guide(GuideOptions(detector="nosuch"), context()).open()


def test_a_detector_gets_the_options_it_has(centernet: object) -> None:
    detector = make_detector("centernet", size=256, threads=1, min_score=0.5, model=None)
    assert detector.detect(np.zeros((64, 64, 3), np.uint8)) == []
    detector.close()
