"""Whether an alert was right: which thing it was about, and whether that was worth telling."""

from __future__ import annotations

from collections.abc import Sequence

from edgeassist.guide.alerts import Alert
from edgeassist.guide.classes import classes
from edgeassist.guide.geometry import View
from edgeassist.guide.simulator.scene import CLEAR_M, Scene
from edgeassist.guide.simulator.truth import Truth
from edgeassist.guide.threat import side_of
from edgeassist.guide.tracker import iou
from edgeassist.loop.events import Box

SAME = 0.3  # IoU for a box to be that thing
WITHIN = 0.7  # of a box of something large, in the thing's: a part of a wall
SOON_M = 4.0  # who crosses the way nearer than that may be told
PASSED_S = 0.3
DROPS = ("drop", "stair", "step", "kerb", "edge")  # in the label of an alert about the ground


def match(box: Box, truths: Sequence[Truth]) -> int | None:
    """The scene's thing that a box is, the likest; None for none.

    What is found by its growth is often a part of a thing, of a person near by too: as good.
    """
    best, which = 0.0, None
    for real in truths:
        if real.box is None or real.forward_m < 0:
            continue
        place = _placed(real.box)
        like = iou(box, place)
        partial = real.label is None or box.label not in classes()
        if like < SAME and partial and _within(box, place) >= WITHIN:
            like = SAME
        if like >= SAME and like > best:
            best, which = like, real.thing
    return which


def worth_telling(scene: Scene, real: Truth, at_s: float) -> bool | None:
    """True of what is run into; False of what passes with room; None of what lies between."""
    if real.contact_s is None or real.contact_s < at_s - PASSED_S:
        return False
    if real.collides:
        return True
    if real.gap_m < CLEAR_M:
        return None
    thing = scene.things[real.thing]
    if thing.right_m_s and real.forward_m < SOON_M and abs(real.right_m) < CLEAR_M:
        return None  # it crosses before our feet, though we are not there yet
    return False


def about(scene: Scene, alert: Alert, truths: Sequence[Truth], at_s: float) -> set[int]:
    """The things an alert tells of: its nearest, and what of a group is on the same side."""
    nearest = match(alert.nearest.box, truths)
    things = set() if nearest is None else {nearest}
    if alert.count > 1:
        view = View.of(scene.camera, scene.lens.width, scene.lens.height)
        for real in truths:
            if real.label != alert.nearest.label or real.box is None or real.forward_m < 0:
                continue
            x1, y1, x2, y2 = real.box
            if side_of(view.bearing_deg((x1 + x2) / 2, (y1 + y2) / 2)) is alert.side:
                things.add(real.thing)
    return things


def about_ground(alert: Alert) -> bool:
    """Whether an alert tells that the ground goes down."""
    return any(word in alert.nearest.label for word in DROPS)


def _placed(corners: tuple[float, float, float, float]) -> Box:
    x1, y1, x2, y2 = corners
    return Box(label="", score=1.0, x1=x1, y1=y1, x2=x2, y2=y2)


def _within(box: Box, other: Box) -> float:
    """How much of `box` lies in `other`, 0 to 1."""
    wide = min(box.x2, other.x2) - max(box.x1, other.x1)
    high = min(box.y2, other.y2) - max(box.y1, other.y1)
    area = (box.x2 - box.x1) * (box.y2 - box.y1)
    return wide * high / area if wide > 0 and high > 0 and area > 0 else 0.0
