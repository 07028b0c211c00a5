"""How right a detector is: COCO's average precision, and recall at a threshold.

As in COCO's own evaluation: per class, findings in order of score take the best free truth with
enough overlap; precision is read at 101 recalls and averaged over the classes that occur (Lin et
al. 2014).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgeassist.guide.tracker import iou
from edgeassist.loop.events import Box

SCORED = (
    "AP as in COCO: 101 recalls, mean over the classes that occur, at most 100 boxes a picture; "
    "ap50 at IoU 0.5, ap over IoU 0.5 to 0.95; recall50 and precision50 at IoU 0.5 and the score "
    "from which the guide tracks a thing"
)
OVERLAPS = tuple(np.arange(0.5, 1.0, 0.05).round(2).tolist())
_RECALLS = np.linspace(0, 1, 101)


@dataclass(frozen=True, slots=True)
class Match:
    """One class in one picture: scores of what was found, whether each is right, truths there."""

    label: str
    scores: NDArray[np.float64]
    right: NDArray[np.bool_]
    truths: int


def matches(truth: Sequence[Box], found: Sequence[Box], overlap: float) -> list[Match]:
    """Of one picture, a class each."""
    result = []
    for label in sorted({box.label for box in truth} | {box.label for box in found}):
        wanted = [box for box in truth if box.label == label]
        got = sorted((box for box in found if box.label == label), key=lambda box: -box.score)
        free = set(range(len(wanted)))
        right = np.zeros(len(got), bool)
        for place, box in enumerate(got):
            best = max(free, key=lambda n: iou(wanted[n], box), default=None)
            if best is not None and iou(wanted[best], box) >= overlap:
                free.discard(best)
                right[place] = True
        scores = np.array([box.score for box in got], np.float64)
        result.append(Match(label, scores, right, len(wanted)))
    return result


def average_precision(pictures: Iterable[Sequence[Match]]) -> float:
    """The mean over classes, 0 to 1; 0 where there is nothing to find."""
    by_label: dict[str, list[Match]] = {}
    for picture in pictures:
        for match in picture:
            by_label.setdefault(match.label, []).append(match)
    values = [_one_class(found) for found in by_label.values() if any(m.truths for m in found)]
    return float(np.mean(values)) if values else 0.0


def _one_class(found: Sequence[Match]) -> float:
    scores = np.concatenate([match.scores for match in found])
    order = np.argsort(-scores, kind="stable")
    right = np.concatenate([match.right for match in found])[order]
    hits = np.cumsum(right)
    recall = hits / sum(match.truths for match in found)
    precision = hits / np.arange(1, len(hits) + 1)
    # At each recall the best precision that any higher one still has.
    precision = np.maximum.accumulate(precision[::-1])[::-1]
    places = np.searchsorted(recall, _RECALLS, side="left")
    return float(np.where(places < len(precision), np.append(precision, 0.0)[places], 0.0).mean())


def found_and_missed(pictures: Iterable[Sequence[Match]], min_score: float) -> tuple[int, int, int]:
    """Truths found, truths there, and boxes given, among boxes of at least `min_score`."""
    hits = truths = given = 0
    for picture in pictures:
        for match in picture:
            sure = match.scores >= min_score
            hits += int((match.right & sure).sum())
            given += int(sure.sum())
            truths += match.truths
    return hits, truths, given
