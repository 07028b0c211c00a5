"""Pictures of a known camera: a person of known height on level ground, a walk over pavement."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from edgeassist.guide.geometry import View
from edgeassist.loop.events import Box

Picture = NDArray[np.uint8]
MARGIN = 0.2  # of a cut-out person's height, kept around and faded out
SEED = 5


def stand(person: Picture, box: Box, view: View, *, person_m: float, distance_m: float) -> Picture:
    """The person in `box` of a photograph, put `distance_m` before the camera of `view`."""
    x, foot = view.project(0.0, 0.0, distance_m)
    head = view.project(0.0, person_m, distance_m)[1]
    scale = (foot - head) / (box.y2 - box.y1)
    move = np.array(
        [
            [scale, 0, x - scale * (box.x1 + box.x2) / 2],
            [0, scale, head - scale * box.y1],
        ]
    )
    margin = MARGIN * (box.y2 - box.y1)
    soft = np.zeros(person.shape[:2], np.float32)
    soft[
        round(box.y1 - margin / 2) : round(box.y2 + margin / 2),
        round(box.x1 - margin / 2) : round(box.x2 + margin / 2),
    ] = 1
    soft = cv2.GaussianBlur(soft, (0, 0), margin / 4)
    size = (view.width, view.height)
    seen = cv2.warpAffine(person, move, size, flags=cv2.INTER_CUBIC)
    share = cv2.warpAffine(soft, move, size)[:, :, None]
    grass = person.mean(axis=(0, 1))
    behind = np.broadcast_to(grass, (view.height, view.width, 3))
    return np.asarray(seen * share + behind * (1 - share), np.uint8)


def walk(view: View, *, speed_m_s: float, seconds: float, fps: float) -> Iterator[Picture]:
    """Pictures of walking straight ahead on a level pavement, nothing on it."""
    noise = np.random.default_rng(SEED)
    cell_m, side_m, length_m = 0.05, 8.0, 60.0
    shape = (round(length_m / cell_m), round(side_m / cell_m))
    ground = cv2.resize(
        noise.integers(30, 226, (shape[0] // 4, shape[1] // 4), dtype=np.uint8),
        (shape[1], shape[0]),
        interpolation=cv2.INTER_CUBIC,
    )
    near_m, far_m = 0.9, 25.0  # of the ground seen
    size = (view.width, view.height)
    horizon = max(0, round(view.project(0.0, 0.0, 1e6)[1]) + 2)
    for number in range(round(seconds * fps)):
        gone_m = number / fps * speed_m_s
        rows = np.array([gone_m + near_m, gone_m + far_m]) / cell_m
        part = np.array(
            [[0, rows[0]], [shape[1], rows[0]], [shape[1], rows[1]], [0, rows[1]]], np.float32
        )
        there = np.array(
            [
                view.project(right_m, 0.0, forward_m)
                for right_m, forward_m in (
                    (-side_m / 2, near_m),
                    (side_m / 2, near_m),
                    (side_m / 2, far_m),
                    (-side_m / 2, far_m),
                )
            ],
            np.float32,
        )
        flat = cv2.getPerspectiveTransform(part, there)
        seen = cv2.warpPerspective(ground, flat, size, flags=cv2.INTER_AREA)
        mask = cv2.warpPerspective(np.full_like(ground, 255), flat, size, flags=cv2.INTER_NEAREST)
        mask[:horizon] = 0
        seen[mask == 0] = 128
        yield np.asarray(cv2.cvtColor(seen, cv2.COLOR_GRAY2BGR), np.uint8)
