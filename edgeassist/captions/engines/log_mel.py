"""The spectrogram that Whisper hears, as OpenAI's `whisper/audio.py` defines it, in numpy.

faster-whisper has the same; but importing that brings PyAV and a network client, 21 MB.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from edgeassist.loop.events import RATE_HZ

HOP = 160  # samples from one column to the next
_WINDOW = 400
_LOUDEST_TO_SOFTEST = 8.0  # orders of magnitude of power


def log_mel(sound: NDArray[np.float32], bands: int) -> NDArray[np.float32]:
    """One column of `bands` values for every 10 ms of 16 kHz `sound` (-1 to 1)."""
    around = np.pad(sound, _WINDOW // 2, mode="reflect")
    hann = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)
    pieces = sliding_window_view(around, _WINDOW)[: len(sound) // HOP * HOP : HOP]
    power = np.abs(np.fft.rfft(pieces * hann).astype(np.complex64)) ** 2
    # Not `@`: OpenBLAS' threads would spin for longer than all of this takes.
    heard = np.stack([np.einsum("tf,f->t", power[:, at], weights) for at, weights in _bands(bands)])
    magnitude = np.log10(np.maximum(heard, np.float32(1e-10)))
    magnitude = np.maximum(magnitude, magnitude.max() - np.float32(_LOUDEST_TO_SOFTEST))
    return np.ascontiguousarray((magnitude + np.float32(4)) / np.float32(4))


@cache
def _bands(count: int) -> list[tuple[slice, NDArray[np.float32]]]:
    """The frequencies of each band, and how much of each belongs to it."""
    found = []
    for weights in filters(count):
        heard = np.flatnonzero(weights)
        at = slice(heard[0], heard[-1] + 1) if len(heard) else slice(0)
        found.append((at, weights[at]))
    return found


def filters(bands: int) -> NDArray[np.float32]:
    """How much of each frequency belongs to each band: triangles of equal area (Slaney 1998)."""
    corners = _hertz(np.linspace(0.0, _mel(RATE_HZ / 2), bands + 2))
    frequencies = np.fft.rfftfreq(_WINDOW, 1 / RATE_HZ)
    low, middle, high = (corners[n : n + bands, None] for n in range(3))
    rising = (frequencies - low) / (middle - low)
    falling = (high - frequencies) / (high - middle)
    triangles = np.maximum(0.0, np.minimum(rising, falling)) * 2 / (high - low)
    return triangles.astype(np.float32)


# Slaney's mel scale: 3 to 200 Hz up to 1000 Hz, above that 27 to every 6.4-fold.
_LINEAR_HERTZ = 200.0 / 3
_LOGARITHMIC_FROM_HERTZ = 1000.0
_LOGARITHMIC_STEP = np.log(6.4) / 27


def _mel(hertz: float) -> float:
    above = np.log(hertz / _LOGARITHMIC_FROM_HERTZ) / _LOGARITHMIC_STEP
    return float(_LOGARITHMIC_FROM_HERTZ / _LINEAR_HERTZ + above)


def _hertz(mels: NDArray[np.float64]) -> NDArray[np.float64]:
    bend = _LOGARITHMIC_FROM_HERTZ / _LINEAR_HERTZ
    logarithmic = _LOGARITHMIC_FROM_HERTZ * np.exp(_LOGARITHMIC_STEP * (mels - bend))
    return np.where(mels < bend, mels * _LINEAR_HERTZ, logarithmic)
