"""What is worth telling now: each thing once, again only when it got worse or came back.

Users complain of chatter and repetition before anything else. So a thing is announced when it
becomes a threat, and again only when it became more urgent, came much nearer, or was gone and
returned; things of one class on one side are announced together; a thing that was lost and found
under another number is not new; and nobody who stands still is told of what stands still too.

Words take seconds, and only one warning can be said at a time. A vibration takes none: what has
to wait for its words is felt at once (`Alerts.tap`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from edgeassist.guide.threat import side_of
from edgeassist.guide.told import AGAIN_S, LOST_S, TOLD_S, Told, got_worse, same_thing, told_as
from edgeassist.loop.events import Obstacle, Priority, Side

SAY_S = 2.5  # what a warning takes to say, where nobody knows better
WALK_M_S = 1.2
STANDS_AFTER_S = 1.0  # a moment between two steps is no standing


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


def heeded(
    obstacle: Obstacle, priority: Priority | None, verbosity: Verbosity, walking: bool | None
) -> Priority | None:
    """How urgent a threat is to somebody who wants to hear that much and walks, or does not.

    Who stands still (`walking` is False) runs into nothing: only what approaches counts. None
    means that it is not known, and is taken for walking.
    """
    if priority is None or priority > LEAST[verbosity]:
        return None
    if walking is False and obstacle.ttc_s is None:
        return None
    return priority


def soonest(priority: Priority, obstacle: Obstacle) -> tuple[int, float]:
    """For sorting: the more urgent first, then what is reached first."""
    if obstacle.ttc_s is not None:
        return priority, obstacle.ttc_s
    return priority, math.inf if obstacle.distance_m is None else obstacle.distance_m / WALK_M_S


Key = tuple[str, Side]
Threats = list[tuple[Priority, Obstacle]]


@dataclass(slots=True)
class Alerts:
    """Remembers what was told; `step` once a picture, with the source's own time."""

    verbosity: Verbosity = Verbosity.NORMAL
    say_s: Callable[[Alert], float] = lambda alert: SAY_S  # how long its words take
    tap: Alert | None = None  # of the last step: to be felt at once, whose words have to wait
    _tracks: dict[int, Told] = field(default_factory=dict)
    _groups: dict[Key, Told] = field(default_factory=dict)
    _words: dict[tuple[str, Side, bool], float] = field(default_factory=dict)
    _tapped: dict[int, tuple[Priority, float]] = field(default_factory=dict)
    _last: tuple[Key, Priority, frozenset[int]] | None = None
    _at_s: float = -math.inf
    _walked_s: float = -math.inf  # when the wearer was last not known to stand
    _said_s: float = -math.inf  # when the last words are over

    def step(
        self,
        at_s: float,
        threats: Iterable[tuple[Obstacle, Priority | None]],
        walking: bool | None = None,
    ) -> Alert | None:
        """The one warning to say now, if any: the most urgent, then the soonest reached."""
        if at_s < self._at_s:
            self._forget_all()
        self._at_s = at_s
        if walking is not False:
            self._walked_s = at_s
        elif at_s - self._walked_s < STANDS_AFTER_S:
            walking = None
        groups: dict[Key, Threats] = {}
        present = set()
        for obstacle, level in threats:
            present.add(obstacle.track)
            priority = heeded(obstacle, level, self.verbosity, walking)
            if priority is not None:
                key = (obstacle.label, side_of(obstacle.bearing_deg))
                groups.setdefault(key, []).append((priority, obstacle))
        self._recognise(at_s, groups, present)
        found = [
            (*news, key) for key, group in groups.items() if (news := self._news(at_s, key, group))
        ]
        self._follow(at_s, groups)
        found.sort(key=lambda one: soonest(*one[:2]))
        alerts = [
            (Alert(nearest=obstacle, count=len(groups[key]), side=key[1], priority=priority), key)
            for priority, obstacle, key in found
        ]
        self.tap = None
        for alert, key in alerts:
            # Nothing lesser is said while a danger waits: it would lead attention away.
            if alert.priority > alerts[0][0].priority is Priority.DANGER:
                break
            if self._may_say(at_s, alert):
                return self._tell(at_s, key, alert, groups[key])
        waiting = [alert for alert, _ in alerts] + self._second_dangers(at_s, groups, present)
        self.tap = next((alert for alert in waiting if self._may_tap(at_s, alert)), None)
        if self.tap is not None:
            self._tapped[self.tap.nearest.track] = (self.tap.priority, at_s)
        return None

    def was_tapped(self, alert: Alert) -> bool:
        """Whether what is said now was felt already, a moment ago."""
        priority, at_s = self._tapped.get(alert.nearest.track, (Priority.PROGRESS, 0.0))
        return priority <= alert.priority and self._at_s - at_s < AGAIN_S

    def _news(self, at_s: float, key: Key, group: Threats) -> tuple[Priority, Obstacle] | None:
        """The worst news of a group, if it has any."""
        news = []
        before = self._groups.get(key)
        for priority, obstacle in group:
            told = self._tracks.get(obstacle.track)
            if told is not None and not got_worse(told, at_s, priority, obstacle):
                continue
            if (
                before is not None
                and at_s - before.at_s < TOLD_S[before.priority]
                and not got_worse(before, at_s, priority, obstacle)
            ):
                if told is None and priority > Priority.DANGER:
                    self._tracks[obstacle.track] = replace(before, seen=obstacle, seen_s=at_s)
                continue
            news.append((priority, obstacle))
        return min(news, key=lambda one: soonest(*one)) if news else None

    def _second_dangers(
        self, at_s: float, groups: Mapping[Key, Threats], present: set[int]
    ) -> list[Alert]:
        """Dangers after one of their class and side was told: for the same words it is too early.

        Not while the one that was told was lost a moment ago: it may be that one again.
        """
        found = []
        for key, group in groups.items():
            before = self._groups.get(key)
            if before is None or before.priority is not Priority.DANGER:
                continue
            if at_s - before.at_s >= TOLD_S[Priority.DANGER] or self._just_lost(key[0], present):
                continue
            found += [
                Alert(nearest=obstacle, count=1, side=key[1], priority=priority)
                for priority, obstacle in group
                if priority is Priority.DANGER and not self._covers(before, obstacle)
            ]
        return sorted(found, key=lambda alert: soonest(alert.priority, alert.nearest))

    def _covers(self, before: Told, obstacle: Obstacle) -> bool:
        """Whether a thing was told as a danger, or was among those told with `before`."""
        told = self._tracks.get(obstacle.track)
        if told is None:
            return False
        return told.priority is Priority.DANGER or told.at_s >= before.at_s

    def _just_lost(self, label: str, present: set[int]) -> bool:
        """Whether a danger of that class that was told is not seen now, but was a moment ago."""
        return any(
            told.priority is Priority.DANGER
            and told.seen.label == label
            and number not in present
            and self._at_s - told.seen_s <= LOST_S
            for number, told in self._tracks.items()
        )

    def _may_say(self, at_s: float, alert: Alert) -> bool:
        """Whether its words would come now: not the same as lately, not into others."""
        words = (alert.nearest.label, alert.side, alert.priority is Priority.DANGER)
        if at_s - self._words.get(words, -math.inf) < AGAIN_S:
            return False
        if at_s >= self._said_s or self._last is None:
            return True
        return alert.priority is Priority.DANGER and self._last[1] is not Priority.DANGER

    def _may_tap(self, at_s: float, alert: Alert) -> bool:
        if alert.priority > Priority.MESSAGE:
            return False
        priority, then_s = self._tapped.get(alert.nearest.track, (Priority.PROGRESS, -math.inf))
        return alert.priority < priority or at_s - then_s >= AGAIN_S

    def _tell(self, at_s: float, key: Key, alert: Alert, group: Threats) -> Alert:
        if at_s < self._said_s and self._last is not None:
            # It was cut short: as if it had not been told, but not in the same words at once.
            self._groups.pop(self._last[0], None)
            for number in self._last[2]:
                self._tracks.pop(number, None)
        for priority, obstacle in group:
            self._tracks[obstacle.track] = told_as(at_s, priority, obstacle)
        self._groups[key] = told_as(at_s, alert.priority, alert.nearest)
        self._words[key[0], key[1], alert.priority is Priority.DANGER] = at_s
        self._last = (key, alert.priority, frozenset(obstacle.track for _, obstacle in group))
        self._said_s = at_s + self.say_s(alert)
        return alert

    def _recognise(self, at_s: float, groups: Mapping[Key, Threats], present: set[int]) -> None:
        """Give what was lost and found again its old past."""
        for group in groups.values():
            for _, obstacle in group:
                if obstacle.track in self._tracks:
                    continue
                for number, told in self._tracks.items():
                    if number not in present and same_thing(told, at_s, obstacle):
                        self._tracks[obstacle.track] = self._tracks.pop(number)
                        break

    def _follow(self, at_s: float, groups: Mapping[Key, Threats]) -> None:
        """Note what is still as it was told, and forget what has been none for long."""
        for group in groups.values():
            for priority, obstacle in group:
                told = self._tracks.get(obstacle.track)
                if told is not None:
                    as_bad_s = at_s if priority <= told.priority else told.as_bad_s
                    self._tracks[obstacle.track] = replace(
                        told, as_bad_s=as_bad_s, seen=obstacle, seen_s=at_s
                    )
        for number, told in list(self._tracks.items()):
            if at_s - told.seen_s > TOLD_S[told.priority]:
                del self._tracks[number]
        for number, (_, then_s) in list(self._tapped.items()):
            if at_s - then_s > AGAIN_S:
                del self._tapped[number]

    def _forget_all(self) -> None:
        """A film that begins anew."""
        for memory in (self._tracks, self._groups, self._words, self._tapped):
            memory.clear()
        self._last = None
        self._said_s = self._walked_s = -math.inf
