"""Points of the picture followed from one picture to the next, so that far moves are small steps.

Paving, brick and railings look alike every few pixels: from picture to picture a point moves less
than that, over half a second it does not.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgeassist.guide.detector import Image

WIDTH = 320  # pictures are shrunk to this
MOST_POINTS = 200
FEWEST_POINTS = 150  # below that new ones are sought
QUALITY = 0.005  # of the strongest corner: the weakest worth following
APART_PX = 7  # between two points
MOST_UNLIKE = 12.0  # grey levels on average between the two looks of a point
# From where it came, of a point followed there and back: by night noise looks like itself anywhere.
MOST_ASTRAY_PX = 1.0
LONGEST_STEP_S = 0.4  # between two pictures; after more all begins anew

GUESS_FAVOURED = 1.1  # times as unlike as without it, and the guess is still believed

Points = NDArray[np.float64]  # n x 2, pixels of the small picture
# Points, the small picture's height and width, seconds: where the points should be then.
Guess = Callable[[NDArray[np.float32], tuple[int, ...], float], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Look:
    """One small grey picture and the points in it; `numbers` rise, and tell them apart."""

    at_s: float
    grey: Any
    numbers: NDArray[np.int64]
    points: NDArray[np.float32]


@dataclass(slots=True)
class Follower:
    """Remembers the pictures of the last `memory_s`; `step` once a picture.

    `surely` keeps only points that are found again where they were when followed back.
    """

    memory_s: float
    surely: bool = False
    looks: deque[Look] = field(default_factory=deque)
    _next_number: int = 0

    def step(self, at_s: float, image: Image, guess: Guess | None = None) -> Look:
        """Take the picture of that moment; forget what came before a jump in time or size.

        `guess` says where points should be some seconds later; it decides between likenesses.
        """
        grey = small_grey(image)
        if self.looks:
            last = self.looks[-1]
            if not 0 < at_s - last.at_s <= LONGEST_STEP_S or grey.shape != last.grey.shape:
                self.looks.clear()
        numbers = np.zeros(0, np.int64)
        points = np.zeros((0, 2), np.float32)
        if self.looks:
            last = self.looks[-1]
            guessed = None if guess is None else guess(last.points, grey.shape, at_s - last.at_s)
            numbers, points = _follow(last, grey, guessed, self.surely)
        if len(points) < FEWEST_POINTS:
            fresh = _corners(grey, points)
            numbers = np.concatenate([numbers, self._next_number + np.arange(len(fresh))])
            points = np.concatenate([points, fresh])
            self._next_number += len(fresh)
        look = Look(at_s, grey, numbers, points)
        self.looks.append(look)
        while len(self.looks) > 1 and self.looks[1].at_s <= at_s - self.memory_s + 1e-6:
            self.looks.popleft()
        return look

    def clear(self) -> None:
        """Begin anew."""
        self.looks.clear()

    def before(self, span_s: float) -> Look | None:
        """The newest picture that is at least `span_s` older than the last; None for none."""
        until_s = self.looks[-1].at_s - span_s + 1e-6
        return next((look for look in reversed(self.looks) if look.at_s <= until_s), None)


def both(before: Look, now: Look) -> tuple[Points, Points]:
    """Where the points that both pictures show were, and where they are."""
    _, first, last = np.intersect1d(
        before.numbers, now.numbers, assume_unique=True, return_indices=True
    )
    return before.points[first].astype(np.float64), now.points[last].astype(np.float64)


def small_grey(image: Image) -> NDArray[np.uint8]:
    """A BGR picture as a grey one at most `WIDTH` pixels wide or high."""
    import cv2

    scale = min(1.0, WIDTH / max(image.shape[:2]))
    if scale < 1:
        # Nearest pixels first: averaging all of a large picture costs more than the rest of it.
        coarse = max(1, int(0.5 / scale))
        image = np.ascontiguousarray(image[::coarse, ::coarse]) if coarse > 1 else image
        scale = min(1.0, WIDTH / max(image.shape[:2]))
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    if scale < 1:
        high, wide = (max(1, round(scale * side)) for side in grey.shape)
        grey = cv2.resize(grey, (wide, high), interpolation=cv2.INTER_AREA)
    return np.asarray(grey, dtype=np.uint8)


def _follow(
    before: Look, now: Any, guessed: NDArray[np.float32] | None, surely: bool
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Where the points are now: as little moved as can be, or as guessed if that is as like."""
    if not len(before.points):
        return before.numbers, before.points
    there, unlike = _found(before, now, None)
    if guessed is not None:
        other, other_unlike = _found(before, now, guessed)
        take = other_unlike < GUESS_FAVOURED * unlike
        there[take], unlike[take] = other[take], other_unlike[take]
    height, width = now.shape
    good = unlike < MOST_UNLIKE
    good &= (there > 2).all(axis=1) & (there[:, 0] < width - 3) & (there[:, 1] < height - 3)
    if surely:
        good[good] = _came_back(before, now, there, good)
    return before.numbers[good], np.ascontiguousarray(there[good])


def _came_back(
    before: Look, now: Any, there: NDArray[np.float32], asked: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Which of the `asked` points come back where they were (Kalal et al., ICPR 2010)."""
    import cv2

    if not asked.any():
        return np.zeros(0, bool)
    back, found, _ = cv2.calcOpticalFlowPyrLK(
        now, before.grey, there[asked].reshape(-1, 1, 2), None, winSize=(13, 13), maxLevel=3
    )
    astray = np.hypot(*(back.reshape(-1, 2) - before.points[asked]).T)
    return np.asarray((found.ravel() == 1) & (astray < MOST_ASTRAY_PX))


def _found(
    before: Look, now: Any, guessed: NDArray[np.float32] | None
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Where the points are found from a first guess, and how unlike; infinitely where not."""
    import cv2

    start = before.points.reshape(-1, 1, 2)
    if guessed is None:
        first, levels, flags = None, 3, 0
    else:  # a good guess needs no coarse pictures, where all paving looks alike
        first, levels = guessed.astype(np.float32).reshape(-1, 1, 2), 1
        flags = cv2.OPTFLOW_USE_INITIAL_FLOW
    there, found, unlike = cv2.calcOpticalFlowPyrLK(
        before.grey, now, start, first, winSize=(13, 13), maxLevel=levels, flags=flags
    )
    off = np.where(found.ravel() == 1, unlike.ravel(), np.inf)
    return np.asarray(there.reshape(-1, 2)), off.astype(np.float32)


def _corners(grey: Any, points: NDArray[np.float32]) -> NDArray[np.float32]:
    """New points worth following, away from those that are followed."""
    import cv2

    mask = np.full(grey.shape, 255, np.uint8)
    for x, y in points.astype(int):
        mask[max(0, y - APART_PX) : y + APART_PX + 1, max(0, x - APART_PX) : x + APART_PX + 1] = 0
    found = cv2.goodFeaturesToTrack(
        grey,
        maxCorners=MOST_POINTS - len(points),
        qualityLevel=QUALITY,
        minDistance=APART_PX,
        mask=mask,
    )
    if found is None:
        return np.zeros((0, 2), np.float32)
    return np.asarray(found.reshape(-1, 2), dtype=np.float32)
