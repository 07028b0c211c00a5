"""Which part of Kokoro's plan is made into sound, and in which pieces: pure functions of loudness.

The model plans 0.4 s of silence before a text and 0.6 s after it, half of what a clause costs: only
what sounds is made. And a long clause is made in windows, so that its first sound is there before
the rest is begun. The model normalises over the time that it is given, so windows do not fit to the
sample; they are joined where the plan is softest, and overlap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float32]

FRAME = 600  # samples
_LOUD = -2.0  # log of the energy; the softest consonants have 0, breath -3, silence -9
_BEFORE, _AFTER = 3, 5  # frames kept around what is loud
# Frames that are made at once: more take much memory (30 MB a second), and the first sound is late.
# But a voice that is made in windows of a second is understood worse (6.6 % of characters wrong,
# not 3.6), so only what is longer than this is cut, between the earliest and the latest frame.
_WHOLE = 96
_EARLIEST, _LATEST = 40, 64
# The first of several is shorter: it is what one waits for, and sounds while the next is made.
_FIRST = (24, 40)
_AROUND = 10  # frames on either side that are made as well, and dropped
_FADE = 240  # samples over which a window turns into the next


def sounding(loudness: NDArray[np.float32]) -> tuple[int, int]:
    """First and end frame of what is to be heard; `loudness` is one number a frame.

    Both are 0 if all is soft.
    """
    loud = np.flatnonzero(loudness > _LOUD)
    if not len(loud):
        return 0, 0
    return max(0, int(loud[0]) - _BEFORE), min(len(loudness), int(loud[-1]) + 1 + _AFTER)


def windows(loudness: NDArray[np.float32], first: int, end: int) -> list[tuple[int, int]]:
    """Frames `first` to `end` as windows that follow each other, cut at the softest frames."""
    found: list[tuple[int, int]] = []
    earliest, latest = _FIRST
    while end - first > _WHOLE:
        begin, until = first + earliest, min(first + latest, end - _EARLIEST)
        soft = begin + int(np.argmin(loudness[begin:until]))
        found.append((first, soft))
        first = soft
        earliest, latest = _EARLIEST, _LATEST
    return [*found, (first, end)] if end > first else found


def around(window: tuple[int, int], first: int, end: int) -> tuple[int, int]:
    """The frames that are made for a window."""
    return max(first, window[0] - _AROUND), min(end, window[1] + _AROUND)


def joined(
    made: Iterable[tuple[tuple[int, int], tuple[int, int], Sound]],
) -> Iterator[Sound]:
    """One sound of windows: each with the frames that were made for it, and their sound."""
    over = np.zeros(0, np.float32)
    up = np.linspace(0, 1, _FADE, dtype=np.float32)
    for window, frames, sound in made:
        begin, end = ((frame - frames[0]) * FRAME for frame in window)
        if window[0] > frames[0]:
            begin -= _FADE // 2
        if window[1] < frames[1]:
            end += _FADE // 2
        part = sound[begin:end].copy()
        if len(over):
            part[:_FADE] = part[:_FADE] * up + over * (1 - up)
        over = part[-_FADE:] if window[1] < frames[1] else part[:0]
        yield part[: len(part) - len(over)]
