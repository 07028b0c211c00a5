"""Detecting things in pictures, by any detector of the suite or an ONNX file of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgeassist.bench import boxes, data
from edgeassist.bench.data import Labelled, Picture
from edgeassist.bench.figures import figure
from edgeassist.bench.loads import Done, Quality
from edgeassist.bench.onnx_files import CARDS
from edgeassist.bench.points import Point
from edgeassist.bench.statistics import resampled, share
from edgeassist.guide.detector import Detector
from edgeassist.guide.node import CONTINUES_FROM, GuideOptions, make_detector
from edgeassist.loop.events import Box

_BENCH = (
    "detector",
    "rate",
    "deadline_ms",
    "streams",
    "peer",
    "score",
)  # not the detector's options
LEAST_SCORE = 0.05  # AP wants to see unsure boxes too
USED_SCORE = GuideOptions().min_score * CONTINUES_FROM  # from which the guide follows a thing


class Detection:
    """Options of the point: `detector`, and of its own `size`, `model` (a path), `decode`, …"""

    rate = "pictures_per_s"

    def __init__(self, point: Point, folder: Path | None) -> None:
        self._point = point
        self._set: Labelled[Picture] = data.pictures(folder)
        self.data: Sequence[Labelled[Any]] = (self._set,)
        self.models: Sequence[str] = (model_of(point),)
        self.queries: Sequence[NDArray[np.uint8]] = [one.image for one in self._set.items]
        self._detector = open_detector(point, USED_SCORE)

    def do(self, query: NDArray[np.uint8]) -> Done:
        """Find what is in one picture."""
        return Done(answer=self._detector.detect(query))

    def quality(self, answers: dict[int, Any]) -> Quality:
        """AP, recall and precision over all pictures, at a low threshold for AP."""
        if not self._point.options.get("score", True):
            return Quality()
        self._detector.close()
        self._detector = open_detector(self._point, LEAST_SCORE)
        found = [self._detector.detect(picture.image) for picture in self._set.items]
        return score(self._set.items, found)

    def close(self) -> None:
        """Release the model."""
        self._detector.close()


def model_of(point: Point) -> str:
    """The detector's card, or the user's file."""
    detector: str = point.options["detector"]
    return str(point.options.get("model") or CARDS.get(detector, detector))


def open_detector(point: Point, min_score: float) -> Detector:
    """The detector of a point; raises as `make_detector` does."""
    own = {key: value for key, value in point.options.items() if key not in _BENCH}
    given = own.pop("model", None)
    return make_detector(
        point.options["detector"],
        threads=point.threads,
        min_score=min_score,
        model=Path(given) if given else None,
        **own,
    )


def score(items: Sequence[Picture], found: Sequence[Sequence[Box]]) -> Quality:
    """What was found against what is there."""
    kept = [
        [box for box in those if not picture.labels or box.label in picture.labels]
        for picture, those in zip(items, found, strict=True)
    ]
    by_overlap = {
        overlap: [
            boxes.matches(picture.truth, those, overlap)
            for picture, those in zip(items, kept, strict=True)
        ]
        for overlap in boxes.OVERLAPS
    }
    at_half = by_overlap[0.5]
    ap50 = boxes.average_precision(at_half)
    low, high = resampled(
        len(items), lambda chosen: boxes.average_precision(at_half[n] for n in chosen)
    )
    ap = float(np.mean([boxes.average_precision(those) for those in by_overlap.values()]))
    hits, truths, given = boxes.found_and_missed(at_half, USED_SCORE)
    return Quality(
        figures={
            "ap50": figure("ap50", ap50, low, high, len(items)),
            "ap": figure("ap", ap, n=len(items)),
            "recall50": figure("recall50", *share(hits, max(truths, 1)), n=truths),
            "precision50": figure("precision50", *share(hits, max(given, 1)), n=given),
        },
        notes=[boxes.SCORED],
    )
