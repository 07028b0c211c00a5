"""A recogniser that hears a new line every second and can be made to fail; for tests of faults.

It stands in where what is heard does not matter, and takes no time. A file named by
EDGEASSIST_TEST_FAULT says how it fails at the next block of sound.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgeassist.loop.events import AudioBlock, Caption, Gap
from edgeassist.loop.node import Context

EVERY_S = 1.0


@dataclass(frozen=True)
class LinesOptions:
    """None."""


class Lines:
    """Gives a final a second."""

    Options = LinesOptions

    def __init__(self, options: LinesOptions, context: Context) -> None:
        self._fault = Path(os.environ["EDGEASSIST_TEST_FAULT"])
        self._heard_s = 0.0
        self._utterance = 0

    def feed(self, audio: AudioBlock) -> Iterator[Caption]:
        if self._fault.exists():
            fault = self._fault.read_text()
            self._fault.unlink(missing_ok=True)
            _FAULTS[fault]()
        self._heard_s += audio.seconds
        if self._heard_s >= EVERY_S:
            self._heard_s = 0.0
            self._utterance += 1
            text = f"第{time.monotonic_ns() // 1_000_000}句"
            yield Caption(
                captured_ns=audio.captured_ns,
                utterance=self._utterance,
                text=text,
                final=True,
                stable_chars=len(text),
                start_s=max(0.0, audio.start_s - EVERY_S),
                end_s=audio.start_s,
            )

    def gap(self, gap: Gap) -> Iterator[Caption]:
        return iter(())

    def finish(self) -> Iterator[Caption]:
        return iter(())

    def close(self) -> None: ...


def _raise() -> None:
    raise RuntimeError("the engine is broken")


def _take_all_memory() -> None:
    held: list[Any] = []
    import resource

    before = resource.getrlimit(resource.RLIMIT_AS)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (used + (64 << 20), before[1]))
    try:
        while True:
            held.append(bytearray(16 << 20))
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


_FAULTS = {
    "raise": _raise,
    "memory": _take_all_memory,
    "hang": lambda: time.sleep(12),  # longer than the 10 s after which the user is told
    "slow": lambda: time.sleep(3),  # longer than the 2 s of sound that may wait
}
