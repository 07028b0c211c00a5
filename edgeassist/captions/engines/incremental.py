"""What engines share that hear sound once, as it comes: pieces in, growing text out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from edgeassist.captions.policy import GrowingText, Rules
from edgeassist.captions.recognizer import ELLIPSIS
from edgeassist.captions.sound import Sound
from edgeassist.loop.events import RATE_HZ, AudioBlock, Caption, Gap

_PIECE = RATE_HZ // 10  # decoding every 20 ms costs twice as much and shows nothing sooner


class Incremental(ABC):
    """Collects pieces of 0.1 s, ends and begins utterances; an engine decodes them.

    Its constructor calls `_begin_anew` once its network is loaded.
    """

    _rules: Rules

    def __init__(self) -> None:
        self._piece: NDArray[np.int16] = np.zeros(0, np.int16)
        self._sound = Sound()
        self._utterance = 0

    def feed(self, audio: AudioBlock) -> Iterator[Caption]:
        """Take a block of sound."""
        if not self._sound.follows(audio):
            yield from self._end()
            self._begin_anew()
        self._sound.append(audio)
        self._piece = np.concatenate((self._piece, audio.samples))
        if len(self._piece) >= _PIECE:
            yield from self._hear()

    def gap(self, gap: Gap) -> Iterator[Caption]:
        """End what was being said, with an ellipsis."""
        ended = list(self._end(ELLIPSIS))
        if not ended:
            start_s = min(self._sound.time_s(self._sound.end), gap.start_s)
            ended = [
                self._caption(ELLIPSIS, True, start_s, gap.start_s + gap.seconds, gap.captured_ns)
            ]
        yield from ended
        self._begin_anew()

    def finish(self) -> Iterator[Caption]:
        """What was being said."""
        yield from self._end()
        self._begin_anew()

    @abstractmethod
    def _restart(self) -> None:
        """Let the network forget what it heard."""

    @abstractmethod
    def _hear(self) -> Iterator[Caption]:
        """Decode the piece."""

    @abstractmethod
    def _end(self, mark: str = "") -> Iterator[Caption]:
        """The final of what was being said, if anything was, with `mark` behind it."""

    @abstractmethod
    def _spoken(self, text: str) -> str:
        """The language of a text, as captions are marked."""

    def _begin_anew(self) -> None:
        self._sound.clear()
        self._piece = self._piece[:0]
        self._restart()
        self._next()

    def _next(self) -> None:
        """The utterance is over; another one begins."""
        self._utterance += 1
        self._growing = GrowingText(self._rules)
        self._shown = ""

    def _caption(
        self, text: str, final: bool, start_s: float, end_s: float, captured_ns: int
    ) -> Caption:
        return Caption(
            captured_ns=captured_ns,
            utterance=self._utterance,
            text=text,
            final=final,
            stable_chars=len(text) if final else len(self._growing.stable),
            start_s=start_s,
            end_s=end_s,
            language=self._spoken(text),
        )
