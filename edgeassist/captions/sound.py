"""The sound still needed, and when each of its samples was captured."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgeassist.loop.clock import NS
from edgeassist.loop.events import RATE_HZ, AudioBlock

_APART_S = 0.25  # a source whose own time jumps by more than this has lost sound


class Sound:
    """One unbroken stretch of a stream; positions are samples since its first."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget everything; the next block begins a new stretch."""
        self.end = 0  # position after the last sample
        self._kept_from = 0
        self._blocks: list[NDArray[np.int16]] = []
        self._start_s: float | None = None
        self._clock: tuple[int, int] = (0, 0)  # position and captured_ns of the latest block

    def follows(self, audio: AudioBlock) -> bool:
        """Whether `audio` goes on where the stretch ends."""
        return self._start_s is None or abs(audio.start_s - self.time_s(self.end)) < _APART_S

    def append(self, audio: AudioBlock) -> None:
        """Add a block."""
        if self._start_s is None:
            self._start_s = audio.start_s
        self._clock = (self.end, audio.captured_ns)
        self._blocks.append(audio.samples)
        self.end += len(audio.samples)

    def between(self, first: int, last: int) -> NDArray[np.int16]:
        """The samples from `first` to before `last`, as far as they are still kept."""
        whole = np.concatenate(self._blocks) if self._blocks else np.zeros(0, np.int16)
        self._blocks = [whole]
        first = max(first, self._kept_from)
        return whole[first - self._kept_from : max(first, last) - self._kept_from].copy()

    def forget_before(self, position: int) -> None:
        """Samples before `position` are no longer needed."""
        while self._blocks and self._kept_from + len(self._blocks[0]) <= position:
            self._kept_from += len(self._blocks.pop(0))

    def time_s(self, position: int) -> float:
        """Where a sample stands in the source's own time."""
        return (self._start_s or 0.0) + position / RATE_HZ

    def captured_ns(self, position: int) -> int:
        """When a sample was captured, by the latest block's stamp."""
        at, stamp_ns = self._clock
        return stamp_ns + (position - at) * NS // RATE_HZ
