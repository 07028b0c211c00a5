"""One clock for the whole loop: the real one, or one that moves only when told."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable
from typing import Protocol

NS = 1_000_000_000


class Clock(Protocol):
    """Monotonic nanoseconds, and waiting by them."""

    def now_ns(self) -> int:
        """Nanoseconds since some fixed moment; never goes back."""

    def wait_for(
        self,
        changed: threading.Condition,
        ready: Callable[[], bool],
        timeout_s: float | None = None,
    ) -> bool:
        """Wait, holding `changed`, until `ready()` or `timeout_s` passed; return `ready()`."""


class RealClock:
    """The machine's monotonic clock."""

    def now_ns(self) -> int:
        """Nanoseconds of `time.monotonic_ns`."""
        return time.monotonic_ns()

    def wait_for(
        self,
        changed: threading.Condition,
        ready: Callable[[], bool],
        timeout_s: float | None = None,
    ) -> bool:
        """Wait in real time."""
        return bool(changed.wait_for(ready, timeout_s))


class ManualClock:
    """A clock that stands still until `advance`; for tests and replays."""

    def __init__(self, now_ns: int = 0) -> None:
        self._now_ns = now_ns
        self._waiting: weakref.WeakSet[threading.Condition] = weakref.WeakSet()
        self._guard = threading.Lock()

    def now_ns(self) -> int:
        """The time it was last set to."""
        return self._now_ns

    def advance(self, seconds: float) -> None:
        """Move on, and wake everyone who waits for a time that has come."""
        with self._guard:
            self._now_ns += round(seconds * NS)
            waiting = list(self._waiting)
        for changed in waiting:
            with changed:
                changed.notify_all()

    def wait_for(
        self,
        changed: threading.Condition,
        ready: Callable[[], bool],
        timeout_s: float | None = None,
    ) -> bool:
        """Wait until `ready()` or until `advance` has passed the timeout."""
        with self._guard:
            self._waiting.add(changed)
        due_ns = None if timeout_s is None else self._now_ns + round(timeout_s * NS)
        while not ready():
            if due_ns is not None and self._now_ns >= due_ns:
                return False
            changed.wait()
        return True
