"""Whether the camera sees at all: not covered, not in the dark, not stuck on an old picture.

A warning from a dead picture is worse than none, and silence must not be taken for safety.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from edgeassist.guide.detector import Image

LEAST_CONTRAST = 7.0  # standard deviation of grey levels (0 to 255); a lit scene has 30 and more
BLIND_AFTER_S = 0.6
FROZEN_AFTER_S = 3.0  # a live picture is never twice the same: sensors are noisy
GRID = 48  # rows and columns looked at


class Sight(StrEnum):
    """How much the camera sees."""

    CLEAR = "clear"
    NOTHING = "nothing"  # no contrast: covered, or too dark
    FROZEN = "frozen"  # the same picture again and again


@dataclass(slots=True)
class SightWatch:
    """Tells a passing shadow from blindness; `step` once a picture."""

    sight: Sight = Sight.CLEAR
    _sample: Any = None
    _changed_s: float = 0.0  # when the picture last changed
    _clear_s: float = 0.0  # when it last had contrast
    _at_s: float | None = None

    def step(self, at_s: float, image: Image) -> Sight:
        """Take the picture of that moment."""
        sample = image[:: max(1, image.shape[0] // GRID), :: max(1, image.shape[1] // GRID)]
        if self._at_s is None or at_s < self._at_s:
            self._clear_s = self._changed_s = at_s
        self._at_s = at_s
        if self._sample is None or not np.array_equal(sample, self._sample):
            self._changed_s = at_s
        self._sample = sample.copy()
        if float(sample.std(axis=(0, 1)).max()) >= LEAST_CONTRAST:
            self._clear_s = at_s
        if at_s - self._clear_s >= BLIND_AFTER_S:
            self.sight = Sight.NOTHING
        elif at_s - self._changed_s >= FROZEN_AFTER_S:
            self.sight = Sight.FROZEN
        else:
            self.sight = Sight.CLEAR
        return self.sight
