"""How loud the sound is, and what a user should know about it: muted, or too loud."""

from __future__ import annotations

import math
from collections import deque

import numpy as np
from numpy.typing import NDArray

from edgeassist.loop.events import RATE_HZ, AudioBlock, AudioLevel

FLOOR_DBFS = -100.0
_FULL_SCALE = 32768.0
_WINDOW = RATE_HZ // 10
_CLIPPED_SAMPLES = 3  # in 100 ms; a single one at the very top may just be there
_CLIPPED_FROM = 32700

# A muted or unplugged input gives zeros or the converter's last bit (-90); the quietest room
# through the quietest microphone lies some 20 dB above that.
_NOTHING_DBFS = -80.0
_NOTHING_S = 5.0
_NOTHING_AGAIN_S = 60.0  # some microphones give nothing whenever nobody speaks
_TOO_LOUD_SHARE = 0.1  # of the last 3 s …
_LOUD_WINDOWS = 30
_FINE_S = 60.0  # … and told again only after a minute without


class LevelMeter:
    """Takes sound in pieces of any size, gives a level every 100 ms."""

    def __init__(self) -> None:
        self._held: list[NDArray[np.int16]] = []
        self._count = 0

    def feed(self, audio: AudioBlock) -> AudioLevel | None:
        """Take a block; the level, once 100 ms are full."""
        self._held.append(audio.samples)
        self._count += len(audio.samples)
        if self._count < _WINDOW:
            return None
        samples = np.concatenate(self._held)
        self._held.clear()
        self._count = 0
        return level_of(samples, audio.captured_ns)


def level_of(samples: NDArray[np.int16], captured_ns: int) -> AudioLevel:
    """The level of at least one int16 sample."""
    size = np.abs(samples.astype(np.float64))
    return AudioLevel(
        captured_ns=captured_ns,
        peak_dbfs=_dbfs(float(size.max())),
        rms_dbfs=_dbfs(float(np.sqrt(np.mean(size**2)))),
        clipped=int(np.count_nonzero(size >= _CLIPPED_FROM)) >= _CLIPPED_SAMPLES,
    )


def _dbfs(size: float) -> float:
    if size <= 0:
        return FLOOR_DBFS
    return round(min(0.0, max(FLOOR_DBFS, 20 * math.log10(size / _FULL_SCALE))), 1)


class LoudnessHints:
    """Follows the levels; says once what is amiss, and once that it no longer is."""

    def __init__(self) -> None:
        self._nothing_since_ns: int | None = None
        self._nothing_told = False
        self._wait_s = _NOTHING_S
        self._clipped: deque[bool] = deque(maxlen=_LOUD_WINDOWS)
        self._clipped_ns: int | None = None  # when it last was too loud
        self._loud_told = False

    def update(self, level: AudioLevel) -> str:
        """A text for `locale.t` where something is to be told now, else ""."""
        return self._silence(level) or self._clipping(level)

    def _silence(self, level: AudioLevel) -> str:
        if level.peak_dbfs > _NOTHING_DBFS:
            self._nothing_since_ns = None
            if self._nothing_told:
                self._nothing_told = False
                return "the microphone hears sound again"
            return ""
        if self._nothing_since_ns is None:
            self._nothing_since_ns = level.captured_ns
        quiet_ns = level.captured_ns - self._nothing_since_ns
        if not self._nothing_told and quiet_ns >= self._wait_s * 1e9:
            self._nothing_told = True
            self._wait_s = _NOTHING_AGAIN_S
            return "the microphone hears nothing: is it muted or unplugged?"
        return ""

    def _clipping(self, level: AudioLevel) -> str:
        self._clipped.append(level.clipped)
        if level.clipped:
            self._clipped_ns = level.captured_ns
        elif self._clipped_ns is not None:
            fine_ns = level.captured_ns - self._clipped_ns
            self._loud_told = self._loud_told and fine_ns < _FINE_S * 1e9
        if not self._loud_told and sum(self._clipped) >= _TOO_LOUD_SHARE * _LOUD_WINDOWS:
            self._loud_told = True
            return "the sound is too loud and is cut off: turn the microphone down or move it away"
        return ""
