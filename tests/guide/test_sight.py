"""A camera that sees nothing is said to, and not for every shadow."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgeassist.guide.sight import Sight, SightWatch

RNG = np.random.default_rng(0)


def scene() -> NDArray[np.uint8]:
    return RNG.integers(0, 255, (120, 160, 3), dtype=np.uint8)


def covered() -> NDArray[np.uint8]:
    return RNG.integers(18, 24, (120, 160, 3), dtype=np.uint8)


def test_a_hand_before_the_lens_is_noticed_within_a_second_and_so_is_its_going() -> None:
    watch = SightWatch()
    seen = [watch.step(i / 10, scene()) for i in range(10)]
    seen += [watch.step(1 + i / 10, covered()) for i in range(10)]
    seen += [watch.step(2 + i / 10, scene()) for i in range(5)]
    assert set(seen[:15]) == {Sight.CLEAR}
    assert seen[19] is Sight.NOTHING
    assert set(seen[20:]) == {Sight.CLEAR}


def test_a_finger_lets_red_light_through_and_still_covers() -> None:
    watch = SightWatch()
    red = np.zeros((120, 160, 3), np.uint8)
    red[:, :, 2] = 140
    for i in range(10):
        sight = watch.step(i / 10, red + RNG.integers(0, 4, red.shape, dtype=np.uint8))
    assert sight is Sight.NOTHING


def test_a_passing_shadow_is_not_blindness() -> None:
    watch = SightWatch()
    for i in range(60):
        dark = i % 10 in (3, 4, 5)
        assert watch.step(i / 10, covered() if dark else scene()) is Sight.CLEAR


def test_a_picture_that_stands_still_is_noticed() -> None:
    watch, still = SightWatch(), scene()
    seen = [watch.step(i / 10, still) for i in range(40)]
    assert seen[20] is Sight.CLEAR
    assert seen[-1] is Sight.FROZEN
    assert watch.step(4.1, scene()) is Sight.CLEAR


def test_the_smallest_picture_does_no_harm() -> None:
    watch = SightWatch()
    for i in range(10):
        assert watch.step(i / 10, np.zeros((1, 1, 3), np.uint8)) in (Sight.CLEAR, Sight.NOTHING)
