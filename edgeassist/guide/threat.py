"""How much of a threat a thing is to somebody who walks straight ahead.

By what it does, not by what it is: when it will be reached and whether it stands in the way.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from edgeassist.guide.classes import class_of
from edgeassist.guide.geometry import View, span_m
from edgeassist.loop.events import Obstacle, Priority, Side

# A walker does 1.2 m/s, reacts to speech in about a second and stops within one more.
DANGER_TTC_S, DANGER_M = 2.0, 1.5
MESSAGE_TTC_S, MESSAGE_M = 4.0, 4.0
NOTICE_M = 8.0  # on whatever side

HALF_CORRIDOR_M = 0.6  # of a wearer as wide as usual: shoulders and a swinging arm
HALF_AHEAD_DEG = 10.0  # where only the bearing is known; also what "ahead" means


@dataclass(frozen=True, slots=True, kw_only=True)
class Threat:
    """What of an obstacle counts: how near at most, how soon, how far from our centre line."""

    distance_m: float | None
    ttc_s: float | None
    off_way_m: float  # from our centre line to the thing's nearer side; 0 on the line


def threat_of(obstacle: Obstacle, view: View) -> Threat:
    """The threat in an obstacle; one whose distance is only bounded counts as at the bound."""
    distance_m = obstacle.distance_m
    if distance_m is None:
        distance_m = obstacle.distance_high_m
    if distance_m is None:
        ahead = abs(obstacle.bearing_deg) <= HALF_AHEAD_DEG
        off_way_m = 0.0 if ahead else math.inf
    else:
        left_m, right_m = span_m(obstacle.box, distance_m, view)
        off_way_m = max(0.0, left_m, -right_m)
    return Threat(distance_m=distance_m, ttc_s=obstacle.ttc_s, off_way_m=off_way_m)


def level(threat: Threat, half_corridor_m: float = HALF_CORRIDOR_M) -> Priority | None:
    """How urgently to tell; None for not at all."""
    near_m = math.inf if threat.distance_m is None else threat.distance_m
    soon_s = math.inf if threat.ttc_s is None else threat.ttc_s
    if threat.off_way_m <= half_corridor_m:
        if soon_s < DANGER_TTC_S or near_m < DANGER_M:
            return Priority.DANGER
        if soon_s < MESSAGE_TTC_S or near_m < MESSAGE_M:
            return Priority.MESSAGE
    return Priority.NOTIFICATION if near_m < NOTICE_M else None


def level_of(obstacle: Obstacle, view: View, crossing: bool = False) -> Priority | None:
    """How urgently to tell of an obstacle; what cannot be run into is never told.

    `crossing` says that it will be in our way when we reach it, though it is not yet.
    """
    if not class_of(obstacle.label).blocks:
        return None
    threat = threat_of(obstacle, view)
    if crossing:
        threat = replace(threat, off_way_m=0.0)
    return level(threat, view.half_corridor_m)


def side_of(bearing_deg: float) -> Side:
    """Left, ahead or right, as spoken and felt."""
    if abs(bearing_deg) <= HALF_AHEAD_DEG:
        return Side.AHEAD
    return Side.LEFT if bearing_deg < 0 else Side.RIGHT
