"""A thread that does one thing at a time, so that whoever asks need not wait."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Worker(Generic[T]):
    """Runs one piece of work in the background; ask, look now and then, take what came out."""

    def __init__(self, name: str) -> None:
        self._changed = threading.Condition()
        self._work: Callable[[], T] | None = None
        self._outcome: tuple[T | None, BaseException | None] | None = None
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
            (result, error), self._outcome = self._outcome, None
        if error is not None:
            raise error
        return result  # type: ignore[return-value]  # None only where T allows it

    def close(self, wait_s: float = 5.0) -> None:
        """End the thread after the work in hand."""
        with self._changed:
            self._over = True
            self._changed.notify_all()
        self._thread.join(wait_s)

    def _live(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._over or self._work is not None)
                work = self._work
            if work is None:
                return
            try:
                outcome: tuple[T | None, BaseException | None] = (work(), None)
            except BaseException as error:  # handed to whoever takes the result
                outcome = (None, error)
            with self._changed:
                self._work, self._outcome = None, outcome
                self._changed.notify_all()
                if self._over:
                    return
