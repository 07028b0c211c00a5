"""What was told of a thing, and when it is news again: worse, back, or after a while nearer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from edgeassist.loop.events import Obstacle, Priority

AGAIN_S = 5.0  # the same words are never said twice within this
NEARER = 0.6  # of the distance announced: much nearer
# Cool-down: the same class on the same side, no worse, is taken as told that long; a thing that
# was no such threat for that long and is again has come back.
TOLD_S: Mapping[Priority, float] = {
    Priority.DANGER: 5.0,
    Priority.MESSAGE: 10.0,
    Priority.NOTIFICATION: 20.0,
}
# A thing lost this long may be found again under another number: about where it was.
LOST_S, LOST_DEG, LOST_RATIO = 1.5, 12.0, 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was said of a thing, and how it has been since."""

    at_s: float
    priority: Priority
    distance_m: float | None  # when it was told
    approached: bool  # when it was told
    as_bad_s: float  # when it was last as urgent as told
    seen: Obstacle  # as it was last a threat
    seen_s: float


def got_worse(told: Told, at_s: float, priority: Priority, obstacle: Obstacle) -> bool:
    """Whether a thing is news: more urgent than told, back, or after a while nearer or coming."""
    if priority < told.priority:
        return True
    if priority > told.priority:
        return False
    if at_s - told.as_bad_s > TOLD_S[priority]:
        return True
    if at_s - told.at_s < AGAIN_S:
        return False
    if obstacle.ttc_s is not None and not told.approached:
        return True
    now_m = obstacle.distance_m
    return now_m is not None and told.distance_m is not None and now_m <= NEARER * told.distance_m


def same_thing(told: Told, at_s: float, obstacle: Obstacle) -> bool:
    """Whether a thing with a new number is the one that was lost a moment ago."""
    old = told.seen
    if at_s - told.seen_s > LOST_S or old.label != obstacle.label:
        return False
    if abs(old.bearing_deg - obstacle.bearing_deg) > LOST_DEG:
        return False
    if old.distance_m is None or obstacle.distance_m is None:
        return True
    return 1 / LOST_RATIO <= obstacle.distance_m / max(old.distance_m, 0.1) <= LOST_RATIO


def told_as(at_s: float, priority: Priority, obstacle: Obstacle) -> Told:
    """A thing that is told now."""
    return Told(
        at_s=at_s,
        priority=priority,
        distance_m=obstacle.distance_m,
        approached=obstacle.ttc_s is not None,
        as_bad_s=at_s,
        seen=obstacle,
        seen_s=at_s,
    )
