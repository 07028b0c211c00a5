"""What is worth saying now: each thing once, again only when it got worse, never two at a time.

Users complain of chatter and repetition before anything else. So a thing is announced when it
becomes a threat, and again only when it became more urgent or much nearer; things of one class on
one side are announced together; a thing that was lost and found under another number is not new.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from edgeassist.guide.threat import side_of
from edgeassist.loop.events import Obstacle, Priority, Side

QUIET_S = 2.5  # after any alert, for whatever is no danger: time to say it
DANGER_QUIET_S = 1.0  # between two dangers
AGAIN_S = 5.0  # nothing is announced twice within this, however near it came, but a danger
FORGET_S = 30.0  # what is not in view and was told that long ago
NEARER = 0.6  # of the distance announced: much nearer
# The same class on the same side, no more urgent: that long it is taken as told.
TOLD_S: Mapping[Priority, float] = {
    Priority.DANGER: 5.0,
    Priority.MESSAGE: 10.0,
    Priority.NOTIFICATION: 20.0,
}


class Verbosity(StrEnum):
    """How much is said."""

    QUIET = "quiet"  # dangers only
    NORMAL = "normal"  # and what stands in the way
    FULL = "full"  # and what is further off or beside it


LEAST: Mapping[Verbosity, Priority] = {
    Verbosity.QUIET: Priority.DANGER,
    Verbosity.NORMAL: Priority.MESSAGE,
    Verbosity.FULL: Priority.NOTIFICATION,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One warning: of `nearest`, and of all `count` things of its class on its side."""

    nearest: Obstacle
    count: int
    side: Side
    priority: Priority


@dataclass(frozen=True, slots=True)
class _Told:
    """What was said of a thing, and when."""

    at_s: float
    priority: Priority
    distance_m: float | None


@dataclass(slots=True)
class Alerts:
    """Remembers what was told; `step` once a picture, with the source's own time."""

    verbosity: Verbosity = Verbosity.NORMAL
    _tracks: dict[int, _Told] = field(default_factory=dict)
    _groups: dict[tuple[str, Side], _Told] = field(default_factory=dict)
    _last: _Told | None = None

    def step(
        self, at_s: float, threats: Iterable[tuple[Obstacle, Priority | None]]
    ) -> Alert | None:
        """The one warning to give now, if any: the most urgent, then the nearest."""
        if self._last is not None and at_s < self._last.at_s:
            self._tracks.clear()
            self._groups.clear()
            self._last = None
        groups: dict[tuple[str, Side], list[tuple[Priority, Obstacle]]] = {}
        present = set()
        for obstacle, priority in threats:
            present.add(obstacle.track)
            if priority is not None and priority <= LEAST[self.verbosity]:
                key = (obstacle.label, side_of(obstacle.bearing_deg))
                groups.setdefault(key, []).append((priority, obstacle))
        self._forget(at_s, present)
        news = ((self._news(at_s, key, group), key) for key, group in groups.items())
        due = [(found, key) for found, key in news if found is not None]
        if not due:
            return None
        (priority, nearest), key = min(due, key=lambda entry: _order(*entry[0]))
        if not self._may_speak(at_s, priority):
            return None
        return self._tell(at_s, key, priority, nearest, groups[key])

    def _forget(self, at_s: float, present: set[int]) -> None:
        gone = [
            number
            for number, told in self._tracks.items()
            if number not in present and at_s - told.at_s > FORGET_S
        ]
        for number in gone:
            del self._tracks[number]

    def _news(
        self, at_s: float, key: tuple[str, Side], group: list[tuple[Priority, Obstacle]]
    ) -> tuple[Priority, Obstacle] | None:
        """The worst news of a group, if it has any."""
        news = []
        for priority, obstacle in group:
            told = self._tracks.get(obstacle.track)
            if told is not None and not _is_worse(told, at_s, priority, obstacle.distance_m):
                continue
            before = self._groups.get(key)
            if (
                before is not None
                and at_s - before.at_s < TOLD_S[before.priority]
                and not _is_worse(before, at_s, priority, obstacle.distance_m)
            ):
                if priority > Priority.DANGER:
                    self._tracks[obstacle.track] = before
                continue
            news.append((priority, obstacle))
        return min(news, key=lambda entry: _order(*entry)) if news else None

    def _may_speak(self, at_s: float, priority: Priority) -> bool:
        if self._last is None:
            return True
        since_s = at_s - self._last.at_s
        if priority is not Priority.DANGER:
            return since_s >= QUIET_S
        return self._last.priority is not Priority.DANGER or since_s >= DANGER_QUIET_S

    def _tell(
        self,
        at_s: float,
        key: tuple[str, Side],
        priority: Priority,
        nearest: Obstacle,
        group: list[tuple[Priority, Obstacle]],
    ) -> Alert:
        for own, obstacle in group:
            self._tracks[obstacle.track] = _Told(at_s, own, obstacle.distance_m)
        self._last = self._groups[key] = _Told(at_s, priority, nearest.distance_m)
        return Alert(nearest=nearest, count=len(group), side=key[1], priority=priority)


def _is_worse(told: _Told, at_s: float, priority: Priority, distance_m: float | None) -> bool:
    """Whether there is news: more urgent than told, or much nearer and some time has passed."""
    if priority < told.priority:
        return True
    if distance_m is None or told.distance_m is None or priority > told.priority:
        return False
    return distance_m <= NEARER * told.distance_m and at_s - told.at_s >= AGAIN_S


def _order(priority: Priority, obstacle: Obstacle) -> tuple[int, float]:
    far = float("inf")
    return priority, far if obstacle.distance_m is None else obstacle.distance_m
