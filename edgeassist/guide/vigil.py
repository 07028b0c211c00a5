"""Notices that pictures stay away: a node is called when one comes, so somebody else must wait."""

from __future__ import annotations

import threading
from collections.abc import Callable

from edgeassist.loop.clock import Clock


class Vigil:
    """Calls `missing` once, on its own thread, when `seen` was not called for `patience_s`.

    It begins with `begin` or the first `seen`, and begins anew with the next `seen` after a miss.
    """

    def __init__(self, clock: Clock, patience_s: float, missing: Callable[[], None]) -> None:
        self._clock = clock
        self._patience_s = patience_s
        self._missing = missing
        self._changed = threading.Condition()
        self._count = 0
        self._closed = False
        self._thread: threading.Thread | None = None

    def seen(self) -> None:
        """There is a fresh picture."""
        self.begin()
        with self._changed:
            self._count += 1
            self._changed.notify_all()

    def begin(self) -> None:
        """From now on one is expected."""
        with self._changed:
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._watch, name="vigil", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """No picture is expected any more; returns when `missing` will not be called again."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def _watch(self) -> None:
        patience_s: float | None = self._patience_s
        while True:
            with self._changed:
                count = self._count
                came = self._clock.wait_for(self._changed, self._news(count), patience_s)
                if self._closed:
                    return
            patience_s = self._patience_s if came else None  # told once: now only wait
            if not came:
                self._missing()

    def _news(self, count: int) -> Callable[[], bool]:
        return lambda: self._closed or self._count != count
