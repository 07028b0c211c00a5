"""How large the detector may look on this machine, by how long its pictures took.

Machines of one name differ by a factor of three, and what else runs on them by more. Who looks too
closely sees a street of the past: a smaller look that is there in time is worth more.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

SLOW_S = 0.15  # from picture to decision, median: the next smaller size
EASY_S = 0.10  # what the next larger size would take by its pixels, for it to come back
LOOKED_S, LEAST_PICTURES, MOST_PICTURES = 2.0, 5, 20  # before anything is changed
AGAIN_S = 60.0  # at a size before a larger one is tried: loading a model is soon over


@dataclass(slots=True)
class Speed:
    """Follows how long pictures take; `sizes` are the detector's, the largest first.

    `costs` are their pixels; None stands for the size the detector has by itself.
    """

    sizes: Sequence[int | None]
    costs: Sequence[float]
    rung: int = 0
    took_s: float = 0.0  # the median at the size before, when this one was chosen
    _took: deque[float] = field(default_factory=lambda: deque(maxlen=MOST_PICTURES))
    _since_s: float | None = None  # when it came to this size

    @property
    def size(self) -> int | None:
        """The size to look at now."""
        return self.sizes[self.rung]

    @property
    def median_s(self) -> float:
        """Of the last pictures; 0 where there was none."""
        return float(np.median(self._took)) if self._took else 0.0

    def step(self, at_s: float, took_s: float) -> bool:
        """Note how long a picture took; return whether another size is due."""
        if self._since_s is None:
            self._since_s = at_s
        self._took.append(took_s)
        if at_s - self._since_s < LOOKED_S or len(self._took) < LEAST_PICTURES:
            return False
        if self.median_s > SLOW_S and self.rung + 1 < len(self.sizes):
            return self._go(self.rung + 1)
        if self.rung and at_s - self._since_s >= AGAIN_S:
            larger_s = self.median_s * self.costs[self.rung - 1] / self.costs[self.rung]
            if larger_s <= EASY_S:
                return self._go(self.rung - 1)
        return False

    def _go(self, rung: int) -> bool:
        self.rung, self.took_s = rung, self.median_s
        self._took.clear()
        self._since_s = None
        return True
