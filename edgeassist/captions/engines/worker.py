"""Does one thing at a time in the background, so that whoever asks need not wait."""

from __future__ import annotations

import atexit
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, Protocol, TypeVar

from edgeassist.loop.clock import NS, Clock

T = TypeVar("T")

_LAST_WAIT_S = 5.0


class Worker(Protocol[T]):
    """Runs one piece of work; ask, look now and then, take what came out."""

    @property
    def busy(self) -> bool:
        """Whether work was given whose result was not taken yet."""

    @property
    def took_s(self) -> float:
        """Seconds that the work last taken took."""

    def give(self, work: Callable[[], T]) -> None:
        """Begin; only while not `busy`."""

    def done(self, wait_s: float | None = 0.0) -> bool:
        """Whether a result can be taken, within `wait_s` seconds of real time (None: any)."""

    def take(self) -> T:
        """The result of the work, or the error it raised; only after `done`."""

    def close(self) -> None:
        """End after the work in hand."""


class ThreadWorker(Generic[T]):
    """A `Worker` on a thread of its own."""

    def __init__(self, name: str) -> None:
        self.took_s = 0.0
        self._changed = threading.Condition()
        self._work: Callable[[], T] | None = None
        self._outcome: tuple[T | None, BaseException | None, float] | None = None
        self._over = False
        self._thread = threading.Thread(target=self._live, name=name, daemon=True)
        self._thread.start()

    @property
    def busy(self) -> bool:
        """Whether work was given whose result was not taken yet."""
        with self._changed:
            return self._work is not None or self._outcome is not None

    def give(self, work: Callable[[], T]) -> None:
        """Begin; only while not `busy`."""
        with self._changed:
            if self._work is not None or self._outcome is not None:
                raise RuntimeError("the worker is busy")
            self._work = work
            self._changed.notify_all()

    def done(self, wait_s: float | None = 0.0) -> bool:
        """Whether a result can be taken, within `wait_s` seconds of real time (None: any)."""
        with self._changed:
            return bool(self._changed.wait_for(lambda: self._outcome is not None, wait_s))

    def take(self) -> T:
        """The result of the work, or the error it raised; only after `done`."""
        with self._changed:
            if self._outcome is None:
                raise RuntimeError("no work is done")
            (result, error, self.took_s), self._outcome = self._outcome, None
        if error is not None:
            raise error
        return result  # type: ignore[return-value]  # None only where T allows it

    def close(self, wait_s: float = 5.0) -> None:
        """End the thread after the work in hand."""
        with self._changed:
            self._over = True
            self._changed.notify_all()
        self._thread.join(wait_s)
        if self._thread.is_alive():
            atexit.register(self._wait_once_more)

    def _wait_once_more(self) -> None:
        """A native library must not come back to a Python that is no more: it would abort."""
        with suppress(KeyboardInterrupt):
            self._thread.join(_LAST_WAIT_S)

    def _live(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._over or self._work is not None)
                work = self._work
            if work is None:
                return
            began = time.monotonic()
            try:
                result, error = work(), None
            except BaseException as raised:  # handed to whoever takes the result
                result, error = None, raised
            with self._changed:
                self._work, self._outcome = None, (result, error, time.monotonic() - began)
                self._changed.notify_all()
                if self._over:
                    return


class ReplayWorker(Generic[T]):
    """A `Worker` for replays: its work is done when `clock` has moved on by what it is charged.

    `charge` makes seconds of the clock from the seconds of processor time that the work used.
    """

    def __init__(self, clock: Clock, charge: Callable[[float], float]) -> None:
        self.took_s = 0.0
        self.used_s = 0.0  # processor time, of all work so far
        self._clock = clock
        self._charge = charge
        self._result: tuple[T, float] | None = None
        self._due_ns = 0

    @property
    def busy(self) -> bool:
        """Whether work was given whose result was not taken yet."""
        return self._result is not None

    def give(self, work: Callable[[], T]) -> None:
        """Do the work at once; it counts as done later."""
        if self._result is not None:
            raise RuntimeError("the worker is busy")
        before = time.process_time()
        result = work()
        used_s = time.process_time() - before
        self.used_s += used_s
        took_s = self._charge(used_s)
        self._due_ns = self._clock.now_ns() + round(took_s * NS)
        self._result = result, took_s

    def done(self, wait_s: float | None = 0.0) -> bool:
        """Whether the clock has moved on far enough; whoever waits without limit has it now."""
        if self._result is None:
            return False
        return wait_s is None or self._clock.now_ns() + round(wait_s * NS) >= self._due_ns

    def take(self) -> T:
        """The result; only after `done`."""
        if self._result is None:
            raise RuntimeError("no work is done")
        (result, self.took_s), self._result = self._result, None
        return result

    def close(self) -> None:
        """Nothing to end."""
