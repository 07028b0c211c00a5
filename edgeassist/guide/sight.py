"""Whether the camera sees: not covered, not in the dark, not dirty, not stuck on an old picture.

A warning from a dead picture is worse than none, and silence must not be taken for safety.

The limits come from 40 COCO photographs and the shipped detector at 384 pixels, darkened with
noise or blurred until it found no more than half of what it had found: then 90 % of the picture
is below grey level 12, or an edge takes 8 pixels of 320.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgeassist.guide.detector import Image
from edgeassist.guide.following import small_grey

DARK = 12.0  # grey level (0 to 255) that 90 % of the picture are below
LEAST_CONTRAST = 4.0  # standard deviation of grey levels; a lit scene has 30 and more
LEAST_EDGE = 4.0  # grey levels a pixel, of the strongest edges in some part of the picture
STEEP_SHARE = 0.02  # of that part
BLIND_AFTER_S = 0.6
FROZEN_AFTER_S = 3.0  # a live picture is never twice the same: sensors are noisy
GRID = 48  # rows and columns looked at in every picture

ROWS, COLUMNS = 4, 6  # parts whose sharpness is followed
EVERY_S = 0.5
CONTRAST = 25.0  # grey levels between the lightest and darkest in a part, to judge its sharpness
BLURRED = 0.12  # share of that contrast in the steepest pixel; photographs have .18 to .6
SHARP = 0.2
CHANGED = 3.0  # grey levels that a part's mean varies by (standard deviation): the scene moved
DIRTY_PARTS = 3  # of the 24
BLURRED_S, DIRTY_S = 5.0, 12.0  # a step blurs a picture, dirt all of them

Parts = NDArray[np.float64]  # ROWS x COLUMNS


class Sight(StrEnum):
    """How much the camera sees."""

    CLEAR = "clear"
    COVERED = "covered"  # light, but no edge in it
    DARK = "dark"
    FROZEN = "frozen"  # the same picture again and again
    BLURRED = "blurred"  # all of it: something is still found
    DIRTY = "dirty"  # parts of it are never sharp

    @property
    def blind(self) -> bool:
        """Whether nothing found in such pictures can be trusted."""
        return self in (Sight.COVERED, Sight.DARK, Sight.FROZEN)


@dataclass(slots=True)
class SightWatch:
    """Tells a passing shadow from blindness, a smear from a blurred step; `step` once a picture."""

    sight: Sight = Sight.CLEAR
    _sample: Any = None
    _changed_s: float = 0.0  # when the picture last changed
    _clear_s: float = 0.0  # when something was last to be seen in it
    _at_s: float | None = None
    _lens: LensWatch = field(default_factory=lambda: LensWatch())

    def step(self, at_s: float, image: Image) -> Sight:
        """Take the picture of that moment."""
        sample = image[:: max(1, image.shape[0] // GRID), :: max(1, image.shape[1] // GRID)]
        if self._at_s is None or at_s < self._at_s:
            self._clear_s = self._changed_s = at_s
        self._at_s = at_s
        if self._sample is None or not np.array_equal(sample, self._sample):
            self._changed_s = at_s
        self._sample = sample.copy()
        blind = blindness(sample, image)
        if blind is None:
            self._clear_s = at_s
        if blind is not None and at_s - self._clear_s >= BLIND_AFTER_S:
            self.sight = blind
        elif at_s - self._changed_s >= FROZEN_AFTER_S:
            self.sight = Sight.FROZEN
        elif blind is None:
            self.sight = self._lens.step(at_s, image)
        elif self.sight is Sight.FROZEN:
            self.sight = Sight.CLEAR
        return self.sight


def blindness(sample: Image, image: Image) -> Sight | None:
    """Why nothing is to be seen in one picture, `sample` being every so-manyth pixel of it."""
    if float(np.percentile(sample.max(axis=2), 90)) < DARK:
        return Sight.DARK
    contrast = float(sample.std(axis=(0, 1)).max())
    if contrast < LEAST_CONTRAST:
        return Sight.COVERED
    # A finger glows unevenly: that is contrast, but no edge. Few pictures need the closer look.
    if contrast < 10 * LEAST_CONTRAST and not has_edges(small_grey(image)):
        return Sight.COVERED
    return None


def has_edges(grey: NDArray[np.uint8]) -> bool:
    """Whether a 50th of some part of a grey picture is as steep as `LEAST_EDGE`."""
    import cv2

    if min(grey.shape) < 3:
        return False
    steep = np.maximum(
        cv2.absdiff(grey[1:-1, 2:], grey[1:-1, :-2]), cv2.absdiff(grey[2:, 1:-1], grey[:-2, 1:-1])
    )
    steep = (steep >= 2 * LEAST_EDGE).astype(np.float32)
    shares = cv2.resize(steep, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA)
    return float(shares.max()) >= STEEP_SHARE


@dataclass(slots=True)
class LensWatch:
    """Follows how sharp each part of the picture can get."""

    _looks: deque[tuple[float, Parts, Parts]] = field(default_factory=deque)  # when, sharp, mean
    _sight: Sight = Sight.CLEAR

    def step(self, at_s: float, image: Image) -> Sight:
        """CLEAR, BLURRED or DIRTY; looks twice a second."""
        if self._looks and at_s < self._looks[-1][0]:
            self._looks.clear()
            self._sight = Sight.CLEAR
        if self._looks and at_s - self._looks[-1][0] < EVERY_S:
            return self._sight
        steepest, contrast, mean = parts_of(small_grey(image))
        sharp = np.where(contrast >= CONTRAST, steepest / np.maximum(contrast, 1), np.nan)
        self._looks.append((at_s, sharp, mean))
        while at_s - self._looks[0][0] > DIRTY_S + EVERY_S:
            self._looks.popleft()
        self._sight = lens(list(self._looks))
        return self._sight


def lens(looks: list[tuple[float, Parts, Parts]]) -> Sight:
    """What looks at one scene after another tell of the lens.

    A part is dirty if whatever passed behind it, it never was sharp, while others were.
    """
    now_s = looks[-1][0]
    lately = [sharp for at_s, sharp, _ in looks if now_s - at_s <= BLURRED_S]
    if now_s - looks[0][0] >= BLURRED_S and float(max(map(_middle, lately))) < BLURRED:
        return Sight.BLURRED
    if now_s - looks[0][0] < DIRTY_S:
        return Sight.CLEAR
    sharp = np.stack([sharp for _, sharp, _ in looks])
    known = np.isfinite(sharp)
    best = np.where(known, sharp, 0).max(axis=0)
    moved = np.stack([mean for _, _, mean in looks]).std(axis=0) >= CHANGED
    judged = known.mean(axis=0) >= 0.5
    dirty = judged & moved & (best < BLURRED)
    if dirty.sum() >= DIRTY_PARTS and (best[judged] >= SHARP).mean() >= 0.25:
        return Sight.DIRTY
    return Sight.CLEAR


def parts_of(grey: NDArray[np.uint8]) -> tuple[Parts, Parts, Parts]:
    """Per part of a grey picture: its steepest edges (levels a pixel), contrast and mean."""
    values = np.pad(grey, ((0, max(0, 3 * ROWS - grey.shape[0])), (0, 0)), mode="edge")
    values = np.pad(values, ((0, 0), (0, max(0, 3 * COLUMNS - values.shape[1]))), mode="edge")
    values = values.astype(np.float32)
    across = np.abs(values[1:-1, 2:] - values[1:-1, :-2]) / 2
    down = np.abs(values[2:, 1:-1] - values[:-2, 1:-1]) / 2
    slopes, values = np.maximum(across, down), values[1:-1, 1:-1]
    made = np.zeros((3, ROWS, COLUMNS))
    rows = np.linspace(0, values.shape[0], ROWS + 1).astype(int)
    columns = np.linspace(0, values.shape[1], COLUMNS + 1).astype(int)
    for i in range(ROWS):
        for j in range(COLUMNS):
            part = slice(rows[i], rows[i + 1]), slice(columns[j], columns[j + 1])
            low, high = np.percentile(values[part], (2, 98))
            made[:, i, j] = np.percentile(slopes[part], 98), high - low, values[part].mean()
    return made[0], made[1], made[2]


def _middle(sharp: Parts) -> float:
    """The median of the parts that can be judged; nothing to judge is no blur."""
    known = sharp[np.isfinite(sharp)]
    return float(np.median(known)) if known.size >= DIRTY_PARTS else 1.0
