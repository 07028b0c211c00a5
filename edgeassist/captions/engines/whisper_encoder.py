"""Whisper's encoder: sound in, the frames out that its decoder reads; what is silent is cheap.

Whisper learned from windows of 30 s, and in windows hardly longer than the sound its decoder runs
away (barely longer: character error rate 35 to 75 %, 8 s: 22 %). The decoder alone needs the long
window, though. So the encoder hears the sound and two seconds more, and behind that stand the
frames that it makes of silence at the same places, made once.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgeassist.captions.engines.log_mel import HOP, log_mel
from edgeassist.loop.events import RATE_HZ

FULL_WINDOW_S = 30.0
_SPARE_S = 2.0  # heard beyond the sound; with 1 s of 786 Mandarin characters 89 are wrong, not 70
_LEAST_S = 6.0
_FRAME = 2 * HOP  # samples of sound that a frame of the encoder stands for


class Encoder:
    """Of a `ctranslate2.models.Whisper`; 3 MB of silence are kept."""

    def __init__(self, model: Any) -> None:
        """Encode the silence; the one time that takes the longest."""
        from ctranslate2 import StorageView

        self._model = model
        self._storage = StorageView.from_array
        full = np.zeros(round(FULL_WINDOW_S * RATE_HZ), np.int16)
        self._silence: NDArray[np.float32] = np.array(self._heard(full))

    def __call__(self, samples: NDArray[np.int16], window_s: float) -> Any:
        """A window with int16 mono 16 kHz `samples` and silence after them.

        A full window is heard as it is: that is the slow way, and the most exact one.
        """
        frames = round(window_s * RATE_HZ) // _FRAME
        # In whole seconds: the library keeps a plan, some 200 kB, for every length it has met.
        heard_s = max(_LEAST_S, math.ceil(len(samples) / RATE_HZ + _SPARE_S))
        heard = frames if window_s >= FULL_WINDOW_S else round(heard_s * RATE_HZ) // _FRAME
        heard = min(heard, frames)
        sound = np.zeros(heard * _FRAME, np.int16)
        sound[: len(samples)] = samples[: len(sound)]
        encoded = self._heard(sound)
        if heard == frames:
            return encoded
        # Frames know their place, so those of the silence are taken from the very same places.
        silence = self._silence[:, heard:frames]
        return self._storage(np.concatenate((np.asarray(encoded), silence), axis=1))

    def _heard(self, sound: NDArray[np.int16]) -> Any:
        features = log_mel(sound.astype(np.float32) / np.float32(32768), self._model.n_mels)
        return self._model.encode(self._storage(features[None]))
