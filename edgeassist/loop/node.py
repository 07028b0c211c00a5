"""What plugs into the loop: a node says which events it takes and which it gives."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Protocol, runtime_checkable

from edgeassist.loop.clock import NS, Clock
from edgeassist.loop.events import Event
from edgeassist.profile import Profile


class Pace(StrEnum):
    """How fast file sources run."""

    REAL = "real"  # as the clock goes; readers that are too slow lose media, counted
    FAST = "fast"  # as fast as the slowest reader; nothing is lost


class Stopping:
    """Whether the loop has been told to stop, and by when it has to be done."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._by_ns: int | None = None
        self._waits: dict[int, int | None] = {}  # by thread: when its last wait ended

    def __bool__(self) -> bool:
        return self._by_ns is not None

    def tell(self, within_s: float) -> None:
        """Ask everybody to be done in `within_s` seconds; only the first call counts."""
        with self._changed:
            if self._by_ns is None:
                self._by_ns = self._clock.now_ns() + round(within_s * NS)
                self._changed.notify_all()

    def left_s(self) -> float | None:
        """Seconds left to finish in; None while nobody asked to stop."""
        return None if self._by_ns is None else max(0.0, (self._by_ns - self._clock.now_ns()) / NS)

    def wait(self, seconds: float) -> bool:
        """Wait that long by the loop's clock, or less if told to stop; return whether told."""
        me = threading.get_ident()
        self._waits[me] = None
        try:
            with self._changed:
                return self._clock.wait_for(self._changed, lambda: self._by_ns is not None, seconds)
        finally:
            self._waits[me] = self._clock.now_ns()

    def last_wait_ns(self, thread: int | None) -> int | None:
        """When that thread was last seen waiting here (now, if it is); None if it never was."""
        if thread not in self._waits:
            return None
        ended_ns = self._waits[thread]
        return self._clock.now_ns() if ended_ns is None else ended_ns

    def wait_until(self, due_ns: int) -> bool:
        """Wait for a moment of the loop's clock, or less if told to stop; return whether told."""
        return self.wait((due_ns - self._clock.now_ns()) / NS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a node may use of the world it runs in."""

    name: str  # the module's name in the config
    clock: Clock
    stopping: Stopping
    profile: Profile
    language: str = "zh"  # what the user is spoken to in: "zh" or "en"
    pace: Pace = Pace.REAL
    # For nodes with threads of their own: put an event out at any time. Most just yield.
    emit: Callable[[Event], None] = field(default=lambda event: None)
    # For live sources of sound or pictures that wait for their device by other means than
    # `stopping.wait`: called now and then while they wait, else they are taken for hung.
    alive: Callable[[], None] = field(default=lambda: None)
    # Whether a module that runs beside this one gives events of that type.
    given: Callable[[type[Event]], bool] = field(default=lambda kind: False)


@runtime_checkable
class Node(Protocol):
    """Takes events, gives events; used from one thread.

    Built anew by `(options, context)` after each failure. The constructor is cheap; `open` gets
    devices and models. Nothing but `EdgeAssistError` with a fix is worth raising on purpose; any
    other exception restarts the node.

    Three things a node may have besides: `called`, its name for people (a text for `locale.t`), by
    which the start-up self-test tells of it; `busy_since_ns`, since when (loop clock) threads of
    its own have been at one piece of work that should be over soon, None while they are not;
    `lacks()`, a text for the user where it opens without the device it is for, "" where that is
    there.
    """

    Options: ClassVar[type[Any]]  # a frozen dataclass; its fields are the config's keys
    consumes: ClassVar[tuple[type[Event], ...]]
    produces: ClassVar[tuple[type[Event], ...]]
    lost: ClassVar[str]  # what a user must do without if it fails; a text for `locale.t`

    def open(self) -> None:
        """Get what it needs; raises `EdgeAssistError` where that is not there."""

    def handle(self, event: Event) -> Iterable[Event]:
        """Take one event."""

    def finish(self) -> Iterable[Event]:
        """Its input is over: give what is still held back, within `context.stopping.left_s()`."""

    def close(self) -> None:
        """Release everything; called once, also after a failure of any other method."""


@runtime_checkable
class Source(Protocol):
    """Gives events out of nothing: a device or a file; `consumes` is empty."""

    Options: ClassVar[type[Any]]
    consumes: ClassVar[tuple[type[Event], ...]]
    produces: ClassVar[tuple[type[Event], ...]]
    lost: ClassVar[str]

    def open(self) -> None:
        """Get the device or file; raises `EdgeAssistError` where it cannot be used."""

    def events(self) -> Iterator[Event]:
        """All events, until the file ends or `context.stopping`; paced by `context.pace`."""

    def close(self) -> None:
        """Release the device or file."""
