"""What stood near in picture after picture, and ran down its time as it should: that is there.

A single picture errs now and then; what is real is seen again, in the same direction, nearer by
the time that passed. Only that is told, and it is held for a moment when it flickers.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from edgeassist.guide.regions import OVERHEAD, Region

WINDOW_S = 0.6  # looked back
LEAST_SEEN_S = 0.25  # between the first and the last sight
LEAST_SIGHTS = 3
LEAST_SHARE = 0.55  # of the pictures in that time
LEAST_WEIGHT = 150.0  # of the sights together
LEAST_WEIGHT_ABOVE = 400.0  # of what hangs: clouds and glare move with the turns of the camera
HOLD_S = 0.35  # after the last sight
APART = 0.3  # relative, of the time to collision from the one expected
APART_S = 0.15  # and that much more
ASIDE_M = 0.25  # between two sights of one thing


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstruction:
    """Something near that was seen again and again; metres from the walker's line."""

    number: int
    label: str
    box: tuple[float, float, float, float]  # pixels of the small picture
    ttc_s: float
    ttc_low_s: float
    ttc_high_s: float
    distance_m: float
    left_m: float
    right_m: float


@dataclass(slots=True)
class _Hypothesis:
    number: int
    sights: deque[tuple[float, Region]] = field(default_factory=deque)
    labels: Counter[str] = field(default_factory=Counter)

    def ttc_s(self, at_s: float) -> float:
        ttcs = [region.ttc_s - (at_s - then_s) for then_s, region in self.sights]
        return float(np.median(ttcs))


@dataclass(slots=True)
class Obstructions:
    """Remembers what was near; `step` once a picture."""

    first_number: int = 1
    _hypotheses: list[_Hypothesis] = field(default_factory=list)
    _pictures: deque[float] = field(default_factory=deque)
    _born: int = 0

    def step(self, at_s: float, regions: Iterable[Region]) -> list[Obstruction]:
        """Take the near regions of the picture of that moment; return what is surely there."""
        if self._pictures and at_s <= self._pictures[-1]:
            self._hypotheses.clear()
            self._pictures.clear()
        self._pictures.append(at_s)
        while self._pictures[0] < at_s - WINDOW_S:
            self._pictures.popleft()
        waiting = list(self._hypotheses)
        for region in regions:
            best = min(
                (found for found in waiting if _fits(found, at_s, region)),
                key=lambda found: abs(found.ttc_s(at_s) - region.ttc_s),
                default=None,
            )
            if best is None:
                best = _Hypothesis(self.first_number + self._born)
                self._born += 1
                self._hypotheses.append(best)
            else:
                waiting.remove(best)
            best.sights.append((at_s, region))
            best.labels[region.label] += math.ceil(math.sqrt(region.weight))
        for found in self._hypotheses:
            while found.sights and found.sights[0][0] < at_s - WINDOW_S:
                found.sights.popleft()
        self._hypotheses = [found for found in self._hypotheses if found.sights]
        told = [self._sure(found, at_s) for found in self._hypotheses]
        return [found for found in told if found is not None]

    def _sure(self, found: _Hypothesis, at_s: float) -> Obstruction | None:
        first_s, last_s = found.sights[0][0], found.sights[-1][0]
        if len(found.sights) < LEAST_SIGHTS or last_s - first_s < LEAST_SEEN_S:
            return None
        if at_s - last_s > HOLD_S:
            return None
        pictures = sum(first_s <= then_s <= last_s for then_s in self._pictures)
        weights = [region.weight for _, region in found.sights]
        label = found.labels.most_common(1)[0][0]
        enough = LEAST_WEIGHT_ABOVE if label == OVERHEAD else LEAST_WEIGHT
        if len(found.sights) < LEAST_SHARE * pictures or sum(weights) < enough:
            return None
        ttcs = [region.ttc_s - (at_s - then_s) for then_s, region in found.sights]
        ttc_s = float(np.median(ttcs))
        if ttc_s <= 0.1:
            return None
        spread = max(0.1 * ttc_s, 1.5 * float(np.median(np.abs(np.array(ttcs) - ttc_s))))
        newest = found.sights[-1][1]
        speed_m_s = float(np.median([r.distance_m / r.ttc_s for _, r in found.sights]))
        return Obstruction(
            number=found.number,
            label=label,
            box=newest.box,
            ttc_s=ttc_s,
            ttc_low_s=max(0.05, ttc_s - spread),
            ttc_high_s=ttc_s + spread,
            distance_m=ttc_s * speed_m_s,
            left_m=float(np.median([region.left_m for _, region in found.sights])),
            right_m=float(np.median([region.right_m for _, region in found.sights])),
        )


def _fits(found: _Hypothesis, at_s: float, region: Region) -> bool:
    """Whether the region is that thing again, by when it will be reached and where it is."""
    expected_s = found.ttc_s(at_s)
    if abs(region.ttc_s - expected_s) > APART * max(expected_s, 0.3) + APART_S:
        return False
    last = found.sights[-1][1]
    apart_m = max(region.left_m - last.right_m, last.left_m - region.right_m)
    return apart_m < ASIDE_M
