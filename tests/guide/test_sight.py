"""A camera that sees nothing, or not well, is said to; and not for every shadow or step."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edgeassist.guide.sight import Sight, SightWatch

RNG = np.random.default_rng(0)
Picture = NDArray[np.uint8]


def scene() -> Picture:
    return RNG.integers(0, 255, (120, 160, 3), dtype=np.uint8)


def covered() -> Picture:
    return RNG.integers(18, 24, (120, 160, 3), dtype=np.uint8)


def run(pictures: Iterator[Picture] | list[Picture], per_s: float = 10) -> list[Sight]:
    watch = SightWatch()
    return [watch.step(i / per_s, picture) for i, picture in enumerate(pictures)]


def walk(street: Picture, count: int) -> Iterator[Picture]:
    """A window that wanders over a real street: what a moving camera sees."""
    for i in range(count):
        x, y = 5 * i % 120, round(20 + 15 * np.sin(i / 3))
        yield np.ascontiguousarray(street[y : y + 480, x : x + 640])


def test_a_hand_before_the_lens_is_noticed_within_a_second_and_so_is_its_going() -> None:
    seen = run([scene() for _ in range(10)] + [covered() for _ in range(10)])
    assert set(seen[:15]) == {Sight.CLEAR}
    assert seen[19] is Sight.COVERED
    watch = SightWatch()
    for i in range(10):
        watch.step(i / 10, covered())
    assert watch.step(1.0, scene()) is Sight.CLEAR


def test_a_finger_that_glows_unevenly_in_the_sun_still_covers() -> None:
    glow = np.zeros((480, 640, 3), np.float64)
    glow[:, :, 2] = np.linspace(60, 200, 640)[None, :] * np.linspace(0.5, 1, 480)[:, None]
    pictures = [(glow + RNG.normal(0, 2, glow.shape)).clip(0, 255).astype(np.uint8)] * 2
    assert run([p + RNG.integers(0, 2, p.shape, dtype=np.uint8) for p in pictures * 5])[-1] is (
        Sight.COVERED
    )


def test_a_night_without_lamps_is_dark_and_one_with_lamps_is_not(street: Picture) -> None:
    noise = [RNG.normal(0, 2, (480, 640, 3)) for _ in range(3)]

    def night(light: float) -> list[Picture]:
        pictures = list(walk(street, 12))
        return [
            (picture * light + noise[i % 3]).clip(0, 255).astype(np.uint8)
            for i, picture in enumerate(pictures)
        ]

    assert run(night(0.02))[-1] is Sight.DARK
    assert set(run(night(0.3))) == {Sight.CLEAR}


def test_a_passing_shadow_is_not_blindness() -> None:
    assert set(run([covered() if i % 10 in (3, 4, 5) else scene() for i in range(60)])) == {
        Sight.CLEAR
    }


def test_a_picture_that_stands_still_is_noticed() -> None:
    watch, still = SightWatch(), scene()
    seen = [watch.step(i / 10, still) for i in range(40)]
    assert seen[20] is Sight.CLEAR
    assert seen[-1] is Sight.FROZEN
    assert watch.step(4.1, scene()) is Sight.CLEAR


def smeared(picture: Picture, share: float) -> Picture:
    """As through a greasy thumb on the left of the lens."""
    made = picture.copy()
    width = round(share * picture.shape[1])
    smear = cv2.blur(cv2.blur(picture, (41, 41)), (41, 41))
    made[:, :width] = smear[:, :width]
    return made


@pytest.mark.parametrize(
    ("share", "expected"),
    [(0.0, Sight.CLEAR), (0.4, Sight.DIRTY), (1.0, Sight.BLURRED)],
)
def test_a_smear_that_stays_while_the_street_goes_by_is_told_from_a_clean_lens(
    street: Picture, share: float, expected: Sight
) -> None:
    seen = run((smeared(picture, share) for picture in walk(street, 32)), per_s=2)
    assert set(seen[:10]) == {Sight.CLEAR}
    assert seen[-1] is expected


def test_pictures_blurred_by_every_other_step_are_no_dirty_lens(street: Picture) -> None:
    pictures = [
        cv2.blur(picture, (1, 25)) if i % 4 else picture
        for i, picture in enumerate(walk(street, 40))
    ]
    assert set(run(pictures, per_s=2)) == {Sight.CLEAR}


def test_the_smallest_picture_does_no_harm() -> None:
    watch = SightWatch()
    for i in range(10):
        assert watch.step(i / 10, np.zeros((1, 1, 3), np.uint8)) in (Sight.CLEAR, Sight.DARK)
    for i in range(40):
        watch.step(1 + i / 2, RNG.integers(0, 255, (2, 3, 3), dtype=np.uint8))
