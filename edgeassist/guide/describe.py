"""What is around: one sentence for somebody who asks, nearest first, like things together."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from edgeassist.guide.classes import class_of
from edgeassist.guide.phrases import counting, metres, things, where, where_and_how_far
from edgeassist.guide.threat import side_of
from edgeassist.locale import t
from edgeassist.loop.events import Obstacle, Side

MOST = 4  # groups named; nobody keeps more in mind
# A thing belongs to the group of one nearer if it is at most that much further off.
FURTHER, FURTHER_M = 1.5, 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Things of one class, on one side, about equally far: told together."""

    label: str
    side: Side
    count: int
    distance_m: float | None  # of the nearest


def describe(obstacles: Iterable[Obstacle], language: str) -> str:
    """What is in view, in "zh" or "en": "前方两米，三个人；左前方五米，汽车".

    Where nothing is known to be in view it says so, and that this promises no free way.
    """
    groups = grouped(obstacles)
    if not groups:
        return t("I recognise nothing here; the way may still not be free", lang=language)
    parts = [_said(group, language) for group in groups[:MOST]]
    more = sum(group.count for group in groups[MOST:])
    if more:
        number = counting(more) if language == "zh" else more
        parts.append(t("and {count} more", lang=language, count=number))
    return ("；" if language == "zh" else "; ").join(parts)


def grouped(obstacles: Iterable[Obstacle]) -> list[Group]:
    """What can be run into, nearest first, then the rest; what has no distance comes last."""
    groups: list[Group] = []
    for obstacle in sorted(obstacles, key=_order):
        side, far = side_of(obstacle.bearing_deg), obstacle.distance_m
        for place, group in enumerate(groups):
            if (group.label, group.side) == (obstacle.label, side) and _near(group, far):
                groups[place] = Group(
                    label=group.label,
                    side=side,
                    count=group.count + 1,
                    distance_m=group.distance_m,
                )
                break
        else:
            groups.append(Group(label=obstacle.label, side=side, count=1, distance_m=far))
    return groups


def _order(obstacle: Obstacle) -> tuple[bool, float]:
    far = math.inf if obstacle.distance_m is None else obstacle.distance_m
    return not class_of(obstacle.label).blocks, far


def _near(group: Group, distance_m: float | None) -> bool:
    if group.distance_m is None or distance_m is None:
        return group.distance_m is None and distance_m is None
    return distance_m <= FURTHER * group.distance_m + FURTHER_M


def _said(group: Group, language: str) -> str:
    what = things(group.label, group.count, language)
    if group.distance_m is None:
        return where(group.side, what, language)
    return where_and_how_far(group.side, what, metres(group.distance_m, language), language)
