"""The guide in the loop: a walk as pictures in, warnings and pulses out."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgeassist.devices.videofile import open_video
from edgeassist.errors import EdgeAssistError
from edgeassist.guide.alerts import Alert, Verbosity
from edgeassist.guide.heat import HeatWatch, hottest_c
from edgeassist.guide.node import Guide, GuideOptions, make_detector
from edgeassist.guide.pipeline import Pipeline, distinct
from edgeassist.guide.sight import Sight
from edgeassist.guide.telling import Telling
from edgeassist.loop.clock import ManualClock
from edgeassist.loop.events import (
    Box,
    Command,
    Event,
    Obstacle,
    Priority,
    Pulse,
    RangeReading,
    Side,
    State,
    Status,
    Tone,
    Utterance,
    VideoFrame,
)
from edgeassist.loop.node import Context, Pace, Stopping
from edgeassist.loop.supervisor import announcement
from edgeassist.mqtt.messages import Topics, status_messages
from edgeassist.profile import CameraProfile, GuideProfile, Profile
from edgeassist.web.history import History
from edgeassist.web.hub import Hub

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


def frame(number: int, image: Any = None) -> VideoFrame:
    if image is None:
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
    options = GuideOptions(verbosity=Verbosity.FULL, while_standing=True)
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
    events = [frame(i, dark if 5 <= i < 30 else None) for i in range(50)]
    given = run(Guide(GuideOptions(), context(language="zh")), events)
    said = [event for event in given if isinstance(event, Utterance)]
    assert [one.text for one in said] == ["障碍物提醒已停止：太暗了", "障碍物提醒已恢复"]
    assert [one.priority for one in said] == [Priority.DANGER, Priority.MESSAGE]
    assert [pulse.side for pulse in given if isinstance(pulse, Pulse)] == [Side.AHEAD] * 2


def test_a_blind_guide_is_a_problem_for_whoever_watches_the_device_and_is_said_once(
    centernet: object,
) -> None:
    emitted = Emitted()
    node = Guide(GuideOptions(), replace(context(language="zh"), emit=emitted))
    topics, hub = Topics("edgeassist"), Hub(History(None))
    viewer = hub.begin("")
    problems, shown = [], []
    dark = np.zeros((480, 640, 3), np.uint8)
    node.open()
    try:
        for i in range(50):
            list(node.handle(frame(i, dark if 5 <= i < 30 else None)))
            for status in emitted.events:
                assert isinstance(status, Status)
                assert announcement(status, State.RUNNING, "zh") == []
                assert announcement(status, State.DEGRADED, "zh") == []
                *_, last = status_messages(topics, status, {status.module: status.state})
                problems.append(json.loads(last.payload))
                hub.status(status)
            emitted.events.clear()
            shown += [one.data for one in hub.news(viewer) if one.event == "trouble"]
        list(node.handle(Command(captured_ns=0, name="warnings", value="off")))
    finally:
        node.close()
    assert problems == [
        {"problem": "ON", "modules": ["guide"]},
        {"problem": "OFF", "modules": []},
    ]
    assert [[(one["off"], one["why"]) for one in trouble] for trouble in shown] == [
        [],
        [(True, "障碍物提醒已停止：太暗了")],
        [],
    ]
    asked = emitted.events.pop()  # who wants no warnings has no problem
    assert isinstance(asked, Status)
    assert asked.state is State.RUNNING


class Emitted:
    """What a node puts out on a thread of its own, and waiting for it."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._changed = threading.Condition()

    def __call__(self, event: Event) -> None:
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def wait(self, clock: ManualClock, count: int) -> bool:
        """Let time pass until there are so many."""
        for _ in range(100):
            with self._changed:
                if self._changed.wait_for(lambda: len(self.events) >= count, 0.05):
                    return True
            clock.advance(1.0)
        return False


def live(clock: ManualClock, emitted: Emitted, **changes: Any) -> Context:
    return replace(context(language="en", **changes), clock=clock, emit=emitted, pace=Pace.REAL)


def at(clock: ManualClock, number: int, at_s: float) -> VideoFrame:
    return replace(frame(number), captured_ns=clock.now_ns(), at_s=at_s)


def test_a_camera_that_was_unplugged_is_told_though_no_picture_comes(centernet: object) -> None:
    clock, emitted = ManualClock(), Emitted()
    node = Guide(GuideOptions(), live(clock, emitted))
    node.open()
    try:
        for i in range(3):
            list(node.handle(at(clock, i, i / 10)))
            clock.advance(0.1)
        assert not emitted.events
        assert emitted.wait(clock, 3)
        status, pulse, said = emitted.events
        assert isinstance(status, Status)
        assert status.state is State.DEGRADED
        assert isinstance(pulse, Pulse)
        assert isinstance(said, Utterance)
        assert said.text == "Obstacle warnings are off: the camera gives no picture"
        assert said.priority is Priority.DANGER
        answer = list(node.handle(Command(captured_ns=clock.now_ns(), name="describe")))
        assert [one.text for one in answer if isinstance(one, Utterance)] == [said.text]
        texts = []
        for i in range(15):  # plugged in again, its time begins anew
            back = node.handle(at(clock, i, i / 10))
            texts += [one.text for one in back if isinstance(one, Utterance)]
            clock.advance(0.1)
        assert texts == ["Obstacle warnings are on again"]
        assert len(emitted.events) == 4
        status = emitted.events[-1]
        assert isinstance(status, Status)
        assert (status.state, status.why) == (State.RUNNING, "")
    finally:
        node.close()


def nearing(begin_ns: int, steps: int, from_m: float = 3.0) -> list[RangeReading]:
    """What a laser measures ten times a second of a wall that one walks up to."""
    return [
        RangeReading(
            captured_ns=begin_ns + i * 100_000_000,
            distance_m=from_m - 0.12 * i,
            bearing_deg=0.0,
            beam_deg=27.0,
            sensor="head",
        )
        for i in range(steps)
    ]


def test_while_no_picture_comes_range_sensors_warn_by_themselves(centernet: object) -> None:
    clock, emitted = ManualClock(), Emitted()
    node = Guide(GuideOptions(), live(clock, emitted))
    node.open()
    try:
        list(node.handle(at(clock, 0, 0.0)))
        given: list[tuple[int, Event]] = []
        for reading in nearing(0, 24):
            given += [(reading.captured_ns, event) for event in node.handle(reading)]
        assert all(then_ns > 10**9 for then_ns, _ in given)  # a picture may still come
        seen = [event for _, event in given if isinstance(event, Obstacle)]
        assert [round(one.distance_m or 0, 2) for one in seen[:2]] == [1.68, 1.56]
        acts = [event for _, event in given if isinstance(event, (Pulse, Utterance))]
        pulse, said = acts
        assert isinstance(pulse, Pulse)
        assert isinstance(said, Utterance)
        assert (said.text, said.priority) == ("Careful! obstacle ahead", Priority.DANGER)
        clock.advance(2.0)
        assert emitted.wait(clock, 3)
        off = emitted.events[-1]
        assert isinstance(off, Utterance)
        assert off.text == "Only the range sensors warn: the camera gives no picture"
    finally:
        node.close()


def test_range_sensors_keep_to_what_the_user_asked_for(centernet: object) -> None:
    node = Guide(GuideOptions(), replace(context(), pace=Pace.FAST))
    node.open()
    try:
        obeyed(node, "warnings", "off")
        given = [event for one in nearing(0, 24) for event in node.handle(one)]
        assert {type(event) for event in given} == {Obstacle}
    finally:
        node.close()


def test_while_pictures_come_a_reading_waits_for_the_next_one() -> None:
    pipeline = Pipeline(Walk(0.0, right_m=3.0), CAMERA, new_score=0.3)
    pictures = {one.captured_ns: one for one in map(frame, range(20))}
    for reading in nearing(0, 20):
        step = pipeline.step(pictures[reading.captured_ns])
        assert pipeline.feel(reading) is None
    assert any(one.label == "obstacle" for one in step.obstacles)


def test_the_end_of_a_film_is_no_outage(centernet: object) -> None:
    clock, emitted = ManualClock(), Emitted()
    node = Guide(GuideOptions(), live(clock, emitted))
    run(node, [at(clock, 0, 0.0)])
    clock.advance(60)
    assert not emitted.events


def test_old_pictures_are_not_looked_at_and_count_as_none(centernet: object) -> None:
    clock, emitted = ManualClock(10**10), Emitted()
    node = Guide(GuideOptions(), live(clock, emitted))
    node.open()
    try:
        old = replace(frame(0), captured_ns=clock.now_ns() - 2 * 10**9)
        assert list(node.handle(old)) == []
        assert emitted.wait(clock, 3)
        said = emitted.events[-1]
        assert isinstance(said, Utterance)
        assert "no picture" in said.text
    finally:
        node.close()


def obeyed(node: Guide, name: str, value: str = "") -> list[str]:
    given = node.handle(Command(captured_ns=0, name=name, value=value))
    return [event.text for event in given if isinstance(event, Utterance)]


def test_somebody_who_asks_hears_what_is_around(centernet: object, street_video: Path) -> None:
    node = Guide(GuideOptions(verbosity=Verbosity.QUIET), replace(context(), pace=Pace.FAST))
    node.open()
    try:
        assert obeyed(node, "describe") == ["障碍物提醒已停止：摄像头没有画面"]
        for one in frames(street_video, 1.0):
            list(node.handle(one))
        (text,) = obeyed(node, "describe")
        assert "人" in text
        assert "米" in text
    finally:
        node.close()


def test_warnings_can_be_turned_off_and_on_again(centernet: object, street_video: Path) -> None:
    node = Guide(
        GuideOptions(verbosity=Verbosity.FULL, while_standing=True),
        replace(context(), pace=Pace.FAST),
    )
    pictures = frames(street_video, 6.0)
    node.open()
    try:
        assert obeyed(node, "warnings", "off") == ["障碍物提醒已停止"]
        quiet = [event for one in pictures[:20] for event in node.handle(one)]
        assert any(isinstance(event, Obstacle) for event in quiet)
        assert not any(isinstance(event, (Utterance, Pulse)) for event in quiet)
        assert "人" in obeyed(node, "describe")[0]
        assert obeyed(node, "warnings", "on") == ["障碍物提醒已恢复"]
        assert obeyed(node, "warnings", "loud") == []
        assert obeyed(node, "warnings", "quiet") == []
    finally:
        node.close()


def test_a_hot_board_is_told_of_once_until_it_has_cooled(centernet: object, tmp_path: Path) -> None:
    for name, kind in (("thermal_zone0", "cpu-thermal"), ("thermal_zone1", "battery")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "type").write_text(kind + "\n")
        (tmp_path / name / "temp").write_text("99000\n")
    clock = ManualClock()
    board = Profile(guide=GuideProfile(too_hot_c=80))
    node = Guide(
        GuideOptions(thermal_zones=tmp_path), replace(live(clock, Emitted()), profile=board)
    )
    node.open()
    texts = []
    try:
        for i, celsius in enumerate((60, 79, 81, 85, 78, 81, 70, 82)):
            (tmp_path / "thermal_zone0" / "temp").write_text(f"{celsius}000\n")
            clock.advance(10.0)
            given = node.handle(at(clock, i, i / 10))
            texts += [(celsius, e.text) for e in given if isinstance(e, Utterance)]
    finally:
        node.close()
    hot = "The device is too hot: warnings may come late"
    assert [one for one in texts if one[1] == hot] == [(81, hot), (82, hot)]


def test_a_board_that_tells_no_temperature_is_never_too_hot(tmp_path: Path) -> None:
    assert hottest_c(tmp_path) is None
    assert not HeatWatch(80.0).step(None)


def test_a_warning_is_felt_before_it_is_heard_and_says_where_for_the_tone(
    centernet: object, street_video: Path
) -> None:
    given = run(
        Guide(GuideOptions(verbosity=Verbosity.FULL, while_standing=True), context()),
        frames(street_video, 3.0),
    )
    acts = [event for event in given if isinstance(event, (Pulse, Utterance))]
    for pulse, said in pairwise(acts):
        if isinstance(said, Utterance):
            assert isinstance(pulse, Pulse)
            assert pulse.side.value == said.details["side"]
            assert isinstance(said.details["bearing_deg"], float)
    assert any(isinstance(event, Utterance) for event in acts)


def test_of_a_danger_that_has_to_wait_for_its_words_a_tone_is_heard_too() -> None:
    box = Box(label="person", score=0.9, x1=0, y1=0, x2=50, y2=400)
    seen = Obstacle(
        captured_ns=7, track=1, label="person", box=box, bearing_deg=-21.5, distance_m=1.2
    )
    danger = Alert(nearest=seen, count=1, side=Side.LEFT, priority=Priority.DANGER)
    pulse, tone = Telling(context()).tap(danger)
    assert isinstance(pulse, Pulse)
    assert (pulse.side, pulse.strength) == (Side.LEFT, 1.0)
    assert tone == Tone(captured_ns=7, bearing_deg=-21.5, priority=Priority.DANGER)
    (lesser,) = Telling(context()).tap(replace(danger, priority=Priority.MESSAGE))
    assert isinstance(lesser, Pulse)


def test_an_unknown_detector_is_named() -> None:
    with pytest.raises(EdgeAssistError, match="nosuch"):
        Guide(GuideOptions(detector="nosuch"), context()).open()


def test_a_detector_gets_the_options_it_has(centernet: object) -> None:
    detector = make_detector("centernet", size=256, threads=1, min_score=0.5, model=None)
    assert detector.detect(np.zeros((64, 64, 3), np.uint8)) == []
    detector.close()
