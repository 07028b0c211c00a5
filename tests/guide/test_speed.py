"""A machine that is too slow for two looks at a picture gives it one, by itself."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from edgeassist.guide.engines.centernet import CenterNet, CenterNetOptions
from edgeassist.guide.node import Guide, GuideOptions
from edgeassist.guide.speed import AGAIN_S, Speed
from edgeassist.loop.clock import ManualClock
from edgeassist.loop.events import VideoFrame
from edgeassist.loop.node import Pace
from edgeassist.testing import context

COSTS: dict[int | None, float] = {None: 36.0, 384: 15.0, 320: 10.0, 256: 6.5}


def ladder() -> Speed:
    return Speed(tuple(COSTS), tuple(COSTS.values()))


def sizes_over(seconds: float, ms_a_cost: float, speed: Speed, at_s: float = 0.0) -> list[object]:
    """The sizes looked at on a machine that takes so long for one unit of cost."""
    seen: list[object] = [speed.size]
    end_s = at_s + seconds
    while at_s < end_s:
        took_s = ms_a_cost * COSTS[speed.size] / 1000
        at_s += max(took_s, 1 / 15)
        if speed.step(at_s, took_s):
            seen.append(speed.size)
    return seen


@pytest.mark.parametrize(
    ("ms_a_cost", "sizes"),
    [
        (1.0, [None]),
        (4.0, [None]),  # 144 ms: in time
        (5.0, [None, 384]),
        (12.0, [None, 384, 320]),
        (100.0, [None, 384, 320, 256]),  # too slow even so: there is nothing smaller
    ],
)
def test_a_machine_looks_as_closely_as_it_is_quick(ms_a_cost: float, sizes: list[object]) -> None:
    assert sizes_over(600, ms_a_cost, ladder()) == sizes


def test_what_is_soon_over_costs_a_minute_of_smaller_looks() -> None:
    speed = ladder()
    assert sizes_over(3, 12.0, speed) == [None, 384]  # something else loads its model
    assert sizes_over(AGAIN_S - 5, 1.0, speed, 3.0) == [384]
    assert sizes_over(60, 1.0, speed, AGAIN_S - 2) == [384, None]


def test_one_slow_picture_changes_nothing() -> None:
    speed = ladder()
    assert not any(speed.step(i / 15, 3.0 if i % 10 == 0 else 0.05) for i in range(900))


class Slow(ManualClock):
    """A clock by which looking takes long: it goes on at every look at it."""

    def now_ns(self) -> int:
        self.advance(0.2)
        return super().now_ns()


@pytest.mark.parametrize(
    ("options", "falls"),
    [({}, True), ({"size": 320}, False), ({"look_smaller": False}, False)],
)
def test_a_live_guide_falls_back_to_one_look_and_says_so_unless_the_size_was_chosen(
    centernet: CenterNet, caplog: pytest.LogCaptureFixture, options: dict[str, Any], falls: bool
) -> None:
    clock = Slow()
    noise = np.random.default_rng(3)
    node = Guide(
        GuideOptions(**options),
        replace(context(), clock=clock, pace=Pace.REAL, emit=lambda event: None),
    )
    node.open()
    try:
        with caplog.at_level(logging.WARNING, "edgeassist.guide"):
            for number in range(20):
                image = noise.integers(0, 255, (120, 160, 3), dtype=np.uint8)
                picture = VideoFrame(
                    captured_ns=clock.now_ns(), image=image, number=number, at_s=number / 2
                )
                list(node.handle(picture))
    finally:
        node.close()
    told = [record.getMessage() for record in caplog.records]
    assert ("200" in told[0] and "384" in told[0]) if falls else told == []


def test_a_detector_looks_smaller_and_as_usual_again(
    centernet: CenterNet, street: np.ndarray
) -> None:
    detector = CenterNet(CenterNetOptions())
    try:
        assert list(detector.sizes()) == [None, 384, 320, 256]
        usual = detector.detect(street)
        detector.resize(320)
        smaller = detector.detect(street)
        alone = CenterNet(CenterNetOptions(size=320))
        assert list(alone.sizes()) == [320, 256]
        assert smaller == alone.detect(street) != usual
        alone.close()
        detector.resize(None)
        assert detector.detect(street) == usual
    finally:
        detector.close()
