"""How much memory this process and its children use at most."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

EVERY_S = 0.5


class MemoryWatch:
    """Samples the resident memory (RSS) of the process tree while it is entered."""

    def __init__(self) -> None:
        self.peak_mb = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="memory", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        import psutil

        me = psutil.Process()
        while True:
            used = 0
            for process in (me, *me.children(recursive=True)):
                try:
                    used += process.memory_info().rss
                except psutil.Error:  # it has ended meanwhile
                    continue
            self.peak_mb = max(self.peak_mb, used / 1e6)
            if self._stop.wait(EVERY_S):
                return
