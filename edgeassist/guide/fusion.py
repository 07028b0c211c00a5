"""Several looks at one picture made into one opinion.

A network that sees the picture small finds what fills it, one that sees it large finds what is
far, and each errs in places of its own. A box both looks found is meant; where only one did, its
score is halved, for the other look has voted against it (weighted boxes fusion, Solovyev et al.,
Image and Vision Computing 2021). Measured by `python -m tests.measure.guide_detector`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edgeassist.guide.detector import Floats, Found

SAME = 0.55  # IoU from which boxes of one class in two looks are one thing
RIVAL = 0.75  # IoU from which boxes of two classes are two opinions on one thing
SECOND_OPINION = 0.7  # what remains of the less sure one's score
# Means are lower than the scores of one look; to this power they mean what those do: at 0.2 a
# quarter of a false box a picture, at 0.25 a tenth (64 COCO photos, one look at 384).
AS_ONE_LOOK = 0.87


def fused(looks: Sequence[Found], least: float) -> Found:
    """Things of more than `least` out of one list per look, all in the same pixels; surest first.

    The scores of a thing are averaged over the looks, a look without it counting 0, and brought
    to the scale of a single look's; its corners are averaged by score. Doubles within a look go
    as well.
    """
    every = Found(*(np.concatenate(values) for values in zip(*looks, strict=True)))
    look = np.concatenate([np.full(len(one.scores), n) for n, one in enumerate(looks)])
    order = np.argsort(-every.scores, kind="stable")
    every, look = every.only(order), look[order]
    # A mean is not above its largest part, so the others can only second one of these.
    least_mean = least ** (1 / AS_ONE_LOOK)
    firsts = every.only(every.scores > least_mean)
    same = overlaps(firsts.corners, every.corners) > SAME
    same &= firsts.kinds[:, None] == every.kinds
    free = np.ones(len(look), bool)
    corners, scores, kinds = [], [], []
    for first, kind in enumerate(firsts.kinds):
        if not free[first]:
            continue
        members = np.flatnonzero(free & same[first])
        free[members] = False
        members = members[np.unique(look[members], return_index=True)[1]]  # each look's surest
        weights = every.scores[members]
        if (mean := weights.sum() / len(looks)) > least_mean:
            corners.append(weights @ every.corners[members] / weights.sum())
            scores.append(mean**AS_ONE_LOOK)
            kinds.append(kind)
    joined = Found(
        np.array(corners, np.float32).reshape(-1, 4),
        np.array(scores, np.float32),
        np.array(kinds, np.int64),
    )
    return joined.only(np.argsort(-joined.scores, kind="stable"))


def rivals_lowered(found: Found) -> Found:
    """`found` (surest first) with less trust in second opinions on the class of one thing."""
    before = np.tri(len(found.scores), k=-1, dtype=bool)
    other = found.kinds[:, None] != found.kinds
    rival = ((overlaps(found.corners, found.corners) > RIVAL) & other & before).any(axis=1)
    scores = found.scores * np.where(rival, SECOND_OPINION, 1).astype(np.float32)
    order = np.argsort(-scores, kind="stable")
    return Found(found.corners, scores, found.kinds).only(order)


def overlaps(some: Floats, others: Floats) -> NDArray[np.float32]:
    """IoU of each of n boxes with each of m (n x m); boxes have an area."""
    low = np.maximum(some[:, None, :2], others[None, :, :2])
    high = np.minimum(some[:, None, 2:], others[None, :, 2:])
    both = np.clip(high - low, 0, None).prod(axis=2)
    areas = [(corners[:, 2:] - corners[:, :2]).prod(axis=1) for corners in (some, others)]
    result: NDArray[np.float32] = both / (areas[0][:, None] + areas[1] - both)
    return result
