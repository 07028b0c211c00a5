"""Bounded hand-off to one node's thread: a lane per event type, each with its rule for being full.

Events come out in the order they came in. Every drop is counted; lost sound comes out as a `Gap`
in its place, so that a recogniser never joins two halves of a sentence that were not neighbours.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from edgeassist.loop.clock import Clock
from edgeassist.loop.events import AudioBlock, Event, Gap, Status, VideoFrame


class WhenFull(StrEnum):
    """What a full lane does with one more event."""

    DROP_OLDEST = "drop-oldest"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Rule:
    """How many events a lane holds, and what happens when it is full."""

    capacity: int
    when_full: WhenFull

    def __post_init__(self) -> None:
        if self.capacity < 1:
            raise ValueError(f"capacity must be at least 1, got {self.capacity}")


TEXT = Rule(256, WhenFull.BLOCK)  # nothing that was said, seen or decided may be lost
LIVE: Mapping[type[Event], Rule] = {
    VideoFrame: Rule(1, WhenFull.DROP_OLDEST),  # only the newest picture is worth seeing
    AudioBlock: Rule(100, WhenFull.DROP_OLDEST),  # 2 s of 20 ms blocks
    Status: Rule(64, WhenFull.DROP_OLDEST),  # the supervisor never waits for a reader
}
# From a file read as fast as its slowest reader: everybody waits, nothing is lost.
PATIENT: Mapping[type[Event], Rule] = {
    VideoFrame: Rule(1, WhenFull.BLOCK),
    AudioBlock: Rule(100, WhenFull.BLOCK),
    Status: Rule(64, WhenFull.DROP_OLDEST),
}


class Closed(Exception):  # noqa: N818 - it is how a stream ends, not a mistake
    """No event will come any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneStats:
    """What went through one lane."""

    event: str
    puts: int
    drops: int
    waiting: int


@dataclass(slots=True)
class _Lane:
    rule: Rule
    waiting: int = 0
    puts: int = 0
    drops: int = 0


class Inbox:
    """All that waits for one node.

    >>> from edgeassist.loop.clock import ManualClock
    >>> box = Inbox((Status,), LIVE, ManualClock())
    >>> box.end()
    >>> box.get()
    Traceback (most recent call last):
    edgeassist.loop.channel.Closed
    """

    def __init__(
        self, types: tuple[type[Event], ...], rules: Mapping[type[Event], Rule], clock: Clock
    ) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._lanes = {kind: _Lane(rules.get(kind, TEXT)) for kind in types}
        self._events: deque[Event] = deque()
        self._wants_gaps = Gap in types
        self._lost: Gap | None = None
        self._ended = False
        self._closed = False

    def put(self, event: Event) -> None:
        """Leave an event; waits where its lane blocks, drops the oldest where it does not."""
        with self._changed:
            lane = self._lanes[type(event)]
            lane.puts += 1
            if lane.rule.when_full is WhenFull.BLOCK:
                self._changed.wait_for(lambda: lane.waiting < lane.rule.capacity or self._over)
            if self._over:
                lane.drops += 1
                return
            if lane.waiting >= lane.rule.capacity:
                self._drop_oldest(type(event), lane)
            lane.waiting += 1
            self._events.append(event)
            self._changed.notify_all()

    def get(self, timeout_s: float | None = None) -> Event:
        """The next event; raises `Closed` after the last, `TimeoutError` by the loop's clock."""
        with self._changed:
            if not self._clock.wait_for(
                self._changed, lambda: bool(self._events) or self._over, timeout_s
            ):
                raise TimeoutError
            if not self._events:
                raise Closed
            if self._lost is not None and isinstance(self._events[0], AudioBlock):
                lost, self._lost = self._lost, None
                return lost
            event = self._events.popleft()
            self._lanes[type(event)].waiting -= 1
            self._changed.notify_all()
            return event

    def end(self) -> None:
        """Nothing more will be put; what waits can still be got."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def close(self) -> None:
        """Nobody reads any more: what waits is dropped (counted), and no writer is held up."""
        with self._changed:
            self._closed = True
            self._drop_all()

    def clear(self) -> None:
        """Drop what waits (counted): nobody reads for now, and no writer is held up."""
        with self._changed:
            self._drop_all()

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self._over

    def stats(self) -> list[LaneStats]:
        """The counts of each lane that was used."""
        with self._changed:
            return [
                LaneStats(
                    event=kind.__name__, puts=lane.puts, drops=lane.drops, waiting=lane.waiting
                )
                for kind, lane in self._lanes.items()
                if lane.puts
            ]

    @property
    def _over(self) -> bool:
        return self._ended or self._closed

    def _drop_all(self) -> None:
        for event in self._events:
            lane = self._lanes[type(event)]
            lane.drops += 1
            lane.waiting -= 1
        self._events.clear()
        self._changed.notify_all()

    def _drop_oldest(self, kind: type[Event], lane: _Lane) -> None:
        place, oldest = next((i, e) for i, e in enumerate(self._events) if type(e) is kind)
        del self._events[place]
        lane.waiting -= 1
        lane.drops += 1
        if self._wants_gaps and isinstance(oldest, AudioBlock):
            first = self._lost or Gap(
                captured_ns=oldest.captured_ns, start_s=oldest.start_s, seconds=0.0
            )
            self._lost = Gap(
                captured_ns=first.captured_ns,
                start_s=first.start_s,
                seconds=round(first.seconds + oldest.seconds, 6),
            )
