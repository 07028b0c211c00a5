"""Time to collision from growth: measured on textures that come closer by a known law."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edgeassist.guide.motion import Growth, scale_change, ttc_s
from edgeassist.guide.tracker import Tracker
from edgeassist.loop.events import Box

SIZE = 480, 640


def texture(seed: int) -> NDArray[np.uint8]:
    coarse = np.random.default_rng(seed).integers(40, 220, (30, 20), dtype=np.uint8)
    return cv2.resize(coarse, (400, 600), interpolation=cv2.INTER_CUBIC)


def picture(
    seed: int, distance_m: float, sway: float, rng: np.random.Generator
) -> tuple[NDArray[np.uint8], Box]:
    """A board 1 m high at that distance before a still background, `sway` pixels off its place."""
    height, width = SIZE
    high, wide = 500 / distance_m, 333 / distance_m
    background = cv2.resize(
        np.random.default_rng(99).integers(60, 180, (40, 50), dtype=np.uint8),
        (width, height),
        interpolation=cv2.INTER_CUBIC,
    )
    x, y = width / 2 + sway - wide / 2, height / 2 + sway / 2 - high / 2
    board = texture(seed)
    move = np.array([[wide / 400, 0, x], [0, high / 600, y]], np.float32)
    mask = cv2.warpAffine(np.full(board.shape, 255, np.uint8), move, (width, height))
    grey = np.where(mask > 127, cv2.warpAffine(board, move, (width, height)), background)
    noisy = np.clip(grey + rng.normal(0, 3, grey.shape), 0, 255).astype(np.uint8)
    jitter = rng.normal(0, 0.02, 4) * high
    corners = np.array([x, y, x + wide, y + high]) + jitter
    box = Box(label="person", score=0.9, x1=corners[0], y1=corners[1], x2=corners[2], y2=corners[3])
    return cv2.cvtColor(noisy, cv2.COLOR_GRAY2BGR), box


def watch(seed: int, speed_m_s: float, fps: int = 10) -> list[tuple[float, float | None]]:
    """True and measured times to collision, walking towards the board from 5 m on."""
    rng = np.random.default_rng(seed)
    tracker, growth, found = Tracker(0.3), Growth(), []
    for i in range(3 * fps):
        at_s = i / fps
        distance_m = 5 - speed_m_s * at_s
        if distance_m < 1.3:
            break
        sway = 12 * np.sin(2 * np.pi * 1.9 * at_s)  # a walker's gait
        image, box = picture(seed, distance_m, float(sway), rng)
        tracks = tracker.step(at_s, [box])
        true_s = distance_m / speed_m_s if speed_m_s else np.inf
        found += [(true_s, ttc) for ttc in growth.step(at_s, image, tracks).values()]
    return found


@pytest.mark.parametrize("fps", [5, 10, 25])
@pytest.mark.parametrize("speed", [0.8, 2.0])
def test_time_to_collision_is_right_within_a_few_percent(fps: int, speed: float) -> None:
    errors = []
    for seed in range(2):
        for true_s, ttc in watch(seed, speed, fps):
            if ttc is not None:
                errors.append(abs(ttc - true_s) / true_s)
    assert len(errors) >= 8
    assert np.median(errors) < 0.05
    assert np.mean(np.array(errors) < 0.3) > 0.9


@pytest.mark.parametrize("speed", [0.0, -1.0])
def test_what_stands_or_goes_away_has_no_time_to_collision(speed: float) -> None:
    measured = [ttc for seed in range(3) for _, ttc in watch(seed, speed)]
    assert measured
    assert sum(ttc is not None and ttc < 10 for ttc in measured) == 0


def test_too_few_or_scattered_measurements_say_nothing() -> None:
    assert ttc_s([0.5, 0.5]) is None
    assert ttc_s([0.5, -0.4, 0.1, 0.9, -0.7]) is None
    assert ttc_s([0.48, 0.5, 0.52]) == pytest.approx(2.0)


def test_scale_change_is_blind_to_shift_and_outliers() -> None:
    points = np.random.default_rng(0).uniform(0, 200, (40, 2)).astype(np.float32)
    moved = points * 1.1 + np.array([30, -20], np.float32)
    moved[:6] += 50
    assert scale_change(points, moved) == pytest.approx(1.1, rel=0.01)
    assert scale_change(points[:3], moved[:3]) is None


def test_an_even_surface_is_not_measured() -> None:
    growth, tracker = Growth(), Tracker(0.3)
    image = np.full((*SIZE, 3), 128, np.uint8)
    box = Box(label="person", score=0.9, x1=200, y1=100, x2=400, y2=400)
    for i in range(20):
        ttcs = growth.step(i / 10, image, tracker.step(i / 10, [box]))
    assert set(ttcs.values()) == {None}
