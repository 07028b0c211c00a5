"""How far to the side a thing will be when it is reached: who crosses our way is not yet in it.

What keeps its direction while it comes closer collides, wherever it is now; sailors call it a
constant bearing. What changes its direction by r a second (as a slope, after the turning of the
camera is taken off) at distance Z and time to collision T will pass us at Z T r to the side. Over
a span S before that it is Z (T + S) r, exactly, for whoever goes straight on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import numpy as np

from edgeassist.guide.egomotion import EgoMotion, slopes, unturned
from edgeassist.guide.geometry import View, span_m
from edgeassist.loop.events import Obstacle

WINDOW_S = 1.0  # the drift is the median of those measured in it: about one stride
LEAST_DRIFTS = 5
MEMORY_S = 1.2  # of directions: longer than any two pictures the own motion is measured between
CUT = 0.04  # of the picture's width: what comes nearer to its side may be cut by it
SURE_M = 0.45  # beside our middle line, doubt included: what passes nearer is run into
SOON_S = 3.3  # the doubt grows with its square; two seconds of warning are left


@dataclass(frozen=True, slots=True)
class Drift:
    """By how much a direction changed (slope a second) during `span_s` up to `at_s`."""

    at_s: float
    span_s: float
    slope_s: float


@dataclass(slots=True)
class Courses:
    """Remembers where things were seen; `step` once a picture."""

    _seen: dict[int, deque[tuple[float, float, float]]] = field(default_factory=dict)
    _drifts: dict[int, deque[Drift]] = field(default_factory=dict)

    def step(
        self,
        at_s: float,
        obstacles: Iterable[Obstacle],
        ego: EgoMotion | None,
        before_s: float | None,
        view: View,
    ) -> frozenset[int]:
        """The track numbers of what crosses our way just when we are there.

        `ego` is the camera's own motion since the picture of `before_s`; None where unknown.
        """
        crossing = set()
        for obstacle in obstacles:
            box, number = obstacle.box, obstacle.track
            if min(box.x1, view.width - box.x2) <= CUT * view.width:
                continue  # it may reach out of the picture: nobody knows where its middle is
            middle = np.array([[(box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2]])
            now = slopes(middle, view)
            seen = self._seen.setdefault(number, deque())
            if ego is not None and before_s is not None:
                then = next((one for one in seen if abs(one[0] - before_s) < 1e-3), None)
                if then is not None:
                    ray = unturned(now, ego.turn)[0]
                    span_s = at_s - before_s
                    drift = Drift(at_s, span_s, float(ray[0] - then[1]) / span_s)
                    self._drifts.setdefault(number, deque()).append(drift)
            seen.append((at_s, float(now[0, 0]), float(now[0, 1])))
            if collides(obstacle, self._drifts.get(number, ()), view):
                crossing.add(number)
        self._forget(at_s)
        return frozenset(crossing)

    def _forget(self, at_s: float) -> None:
        # A film that begins anew has times before those remembered.
        for number, seen in list(self._seen.items()):
            while seen and not at_s - MEMORY_S <= seen[0][0] <= at_s:
                seen.popleft()
            if not seen:
                del self._seen[number]
        for number, drifts in list(self._drifts.items()):
            while drifts and not at_s - WINDOW_S <= drifts[0].at_s <= at_s:
                drifts.popleft()
            if not drifts:
                del self._drifts[number]


def collides(obstacle: Obstacle, drifts: Collection[Drift], view: View) -> bool:
    """Whether its changes of direction lead it into us, with doubt to spare."""
    ttc_s, far_m = obstacle.ttc_s, obstacle.distance_m
    if len(drifts) < LEAST_DRIFTS or ttc_s is None or far_m is None or ttc_s > SOON_S:
        return False
    passes_m = []
    for drift in drifts:
        # It was farther off then: by as much as it came closer since, at the present speed.
        left_s = ttc_s + obstacle.at_s - drift.at_s
        passes_m.append(far_m * left_s / max(ttc_s, 0.1) * (left_s + drift.span_s) * drift.slope_s)
    passes = float(np.median(passes_m))
    doubt = float(np.median(np.abs(np.array(passes_m) - passes)))
    left_m, right_m = span_m(obstacle.box, far_m, view)
    off_m = max(0.0, abs(passes) - (right_m - left_m) / 2)
    return off_m + doubt <= SURE_M
