"""Time to collision from how a thing grows in the picture.

A thing at distance Z closing at V grows by V/Z a second, whatever its size: the growth rate is
one over the time to collision. Boxes jitter by more than that (61 % median error in our trial), so
points inside the box are followed instead (KLT) and the change of all their mutual distances is
taken (10 to 15 %).
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgeassist.guide.detector import Image
from edgeassist.guide.geometry import View
from edgeassist.guide.tracker import Track
from edgeassist.loop.events import Box

SPAN_S = 0.35  # between the two pictures compared: long enough to grow, short enough to follow
LONGEST_SPAN_S = 0.8
WINDOW_S = 1.0  # the rate is the median of those measured in it
LEAST_RATES = 3
LEAST_RATE = 0.04  # 1/s; slower closing (more than 25 s off) drowns in noise
WIDTH = 480  # pictures are shrunk to this for following points
MOST_POINTS, LEAST_POINTS = 60, 10
LEAST_SIDE = 32.0  # pixels of the shrunk picture
MOST_TRACKS = 4  # measured in one picture, largest first
MOST_UNLIKE = 16.0  # grey levels on average between the two looks of a point
MARGIN = 0.1  # of the box's sides, at each: it shows what is behind

Points = NDArray[np.float32]  # n x 2


@dataclass(slots=True)
class _Look:
    """One picture, small and grey, and where things were in it."""

    at_s: float
    grey: Any
    boxes: dict[int, Box]


@dataclass(slots=True)
class Growth:
    """Measures the growth rate of every thing; `step` once a picture."""

    _looks: deque[_Look] = field(default_factory=deque)
    _rates: dict[int, deque[tuple[float, float]]] = field(default_factory=dict)

    def step(
        self, at_s: float, image: Image, tracks: Iterable[Track], view: View | None = None
    ) -> dict[int, float | None]:
        """Seconds to collision by track number; None for what is not surely coming closer.

        With a `view` the tilt of the camera is allowed for, else it is taken as level.
        """
        tracks = list(tracks)
        import cv2

        if self._looks and at_s <= self._looks[-1].at_s:
            self._looks.clear()
            self._rates.clear()
        scale = min(1.0, WIDTH / max(image.shape[:2]))
        grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        if scale < 1:
            grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        boxes = {track.number: scaled(track.box, scale) for track in tracks}
        before = self._before(at_s)
        if before is not None:
            both = [number for number in boxes if number in before.boxes]
            both.sort(key=lambda number: boxes[number].y1 - boxes[number].y2)
            for number in both[:MOST_TRACKS]:
                scaling = growth(before.grey, grey, before.boxes[number], boxes[number])
                if scaling is not None:
                    rate = (scaling - 1) / (at_s - before.at_s)  # of the later picture
                    self._rates.setdefault(number, deque()).append((at_s, rate))
        self._looks.append(_Look(at_s, grey, boxes))
        while self._looks and self._looks[0].at_s < at_s - LONGEST_SPAN_S:
            self._looks.popleft()
        self._forget(at_s)
        return {
            track.number: _level(self._ttc_s(track.number, at_s), track.box, view)
            for track in tracks
        }

    def _before(self, at_s: float) -> _Look | None:
        """The picture to compare with: the newest that is `SPAN_S` old."""
        old = [look for look in self._looks if look.at_s <= at_s - SPAN_S]
        return old[-1] if old else None

    def _forget(self, at_s: float) -> None:
        for number, rates in list(self._rates.items()):
            while rates and rates[0][0] < at_s - WINDOW_S:
                rates.popleft()
            if not rates:
                del self._rates[number]

    def _ttc_s(self, number: int, at_s: float) -> float | None:
        measured = self._rates.get(number, ())
        return ttc_s([_aged(rate, at_s - then_s) for then_s, rate in measured])


def ttc_s(rates: list[float]) -> float | None:
    """Seconds to collision from growth rates (1/s) measured one after another; None if unsure."""
    if len(rates) < LEAST_RATES:
        return None
    rate = float(np.median(rates))
    scatter = float(np.median(np.abs(np.array(rates) - rate)))
    if rate < max(LEAST_RATE, scatter):
        return None
    return 1 / rate


def _level(ttc_s: float | None, box: Box, view: View | None) -> float | None:
    """The time until the walker, not the tilted plane of the camera, is at the thing."""
    if ttc_s is None or view is None:
        return ttc_s
    middle = (max(box.y1, 0.0) + min(box.y2, float(view.height))) / 2
    return ttc_s * view.forward(middle) * math.cos(view.tilt_rad)


def _aged(rate: float, seconds: float) -> float:
    """What a growth rate has become since: at constant speed the time to collision runs down."""
    return rate / max(0.2, 1 - rate * seconds)


def growth(before: Any, now: Any, box_before: Box, box_now: Box) -> float | None:
    """By how much what is in the box grew between two grey pictures; None if it cannot be told.

    The earlier picture is first brought to where and how big the boxes say the thing is now, so
    that its points look alike even if it came fast; what the boxes got wrong is then measured.
    """
    import cv2

    x1, y1, x2, y2 = _around(box_now, now.shape)
    if min(x2 - x1, y2 - y1) < LEAST_SIDE:
        return None
    guess = math.sqrt(_area(box_now) / _area(box_before))
    move = np.array(
        [
            [
                guess,
                0,
                (box_now.x1 + box_now.x2 - guess * (box_before.x1 + box_before.x2)) / 2 - x1,
            ],
            [
                0,
                guess,
                (box_now.y1 + box_now.y2 - guess * (box_before.y1 + box_before.y2)) / 2 - y1,
            ],
        ]
    )
    here = np.ascontiguousarray(now[y1:y2, x1:x2])
    there = cv2.warpAffine(
        before, move, (x2 - x1, y2 - y1), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    margin_x, margin_y = round((x2 - x1) * MARGIN), round((y2 - y1) * MARGIN)
    mask = np.zeros(here.shape, np.uint8)
    mask[margin_y : y2 - y1 - margin_y, margin_x : x2 - x1 - margin_x] = 1
    found = cv2.goodFeaturesToTrack(
        there, maxCorners=MOST_POINTS, qualityLevel=0.01, minDistance=3, mask=mask
    )
    if found is None or len(found) < LEAST_POINTS:
        return None
    start = found.reshape(-1, 2)
    end, found_end = _follow(there, here, start)
    back, found_back = _follow(here, there, end)
    good = found_end & found_back & (np.linalg.norm(back - start, axis=1) < 1.0)
    if good.sum() < LEAST_POINTS:
        return None
    rest = scale_change(start[good], end[good])
    return None if rest is None else guess * rest


def _follow(before: Any, now: Any, points: Points) -> tuple[Points, NDArray[Any]]:
    """Where the points went, and whether each was found: alike, not merely somewhere."""
    import cv2

    there, found, unlike = cv2.calcOpticalFlowPyrLK(
        before, now, points, None, winSize=(15, 15), maxLevel=2
    )
    return there.reshape(-1, 2), (found.ravel() == 1) & (unlike.ravel() < MOST_UNLIKE)


def scale_change(start: Points, end: Points) -> float | None:
    """The median ratio of the points' mutual distances; None where they lie too close together."""
    first, second = np.triu_indices(len(start), 1)
    apart_before = np.linalg.norm(start[first] - start[second], axis=1)
    apart_now = np.linalg.norm(end[first] - end[second], axis=1)
    far = apart_before > max(8.0, float(np.median(apart_before)) / 2)
    if far.sum() < LEAST_POINTS:
        return None
    ratio = float(np.median(apart_now[far] / apart_before[far]))
    return ratio if ratio > 0 else None


def _around(box: Box, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """The box in whole pixels, as far as it is in the picture."""
    return (
        max(0, round(box.x1)),
        max(0, round(box.y1)),
        min(shape[1], round(box.x2)),
        min(shape[0], round(box.y2)),
    )


def _area(box: Box) -> float:
    return (box.x2 - box.x1) * (box.y2 - box.y1)


def scaled(box: Box, scale: float) -> Box:
    """The box in a picture `scale` times as large."""
    return Box(
        label=box.label,
        score=box.score,
        x1=box.x1 * scale,
        y1=box.y1 * scale,
        x2=box.x2 * scale,
        y2=box.y2 * scale,
    )
