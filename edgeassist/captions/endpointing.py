"""Where an utterance begins and ends, told from the speech probability of each piece of sound.

Positions are numbers of pieces ("chunks", 32 ms each) since the last reset. A person who waits for
the end of a sentence waits for `end_s` of silence, so that is short; but a long talk without such
pauses is cut too, at shorter and shorter pauses, and in the end at the least speech-like moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from edgeassist.loop.events import RATE_HZ

CHUNK_SAMPLES = 512
CHUNK_S = CHUNK_SAMPLES / RATE_HZ


class Signal(StrEnum):
    """What a chunk of sound changed."""

    STARTED = "started"  # somebody speaks, since `first`
    PAUSED = "paused"  # they may have finished: worth having the final text ready
    RESUMED = "resumed"  # they had not
    ENDED = "ended"  # they have, at `last`
    CUT = "cut"  # they go on, but what was said up to `last` is long enough to be an utterance


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Thresholds of speech probability (0 to 1) and times in seconds."""

    speech_from: float = 0.5  # Silero's own defaults: speech begins at 0.5 …
    silence_below: float = 0.35  # … and goes on while it stays above 0.35
    least_s: float = 0.12  # less speech than this is a click or a cough
    pause_s: float = 0.25
    end_s: float = 0.55  # longer than the pauses inside a sentence that is read aloud (≤ 0.4)
    long_s: float = 9.0  # from here on a shorter pause will do …
    longest_s: float = 21.0  # … and here no pause is waited for
    short_end_s: float = 0.2

    def silence_that_ends(self, length_s: float) -> float:
        """Seconds of silence that end an utterance which has lasted `length_s`."""
        if length_s <= self.long_s:
            return self.end_s
        part = min(1.0, (length_s - self.long_s) / (self.longest_s - self.long_s))
        return self.end_s + part * (self.short_end_s - self.end_s)


class Endpointer:
    """Follows speech probabilities, one a chunk; the positions of what it last signalled are
    `first` (the first chunk of speech) and `last` (the one after the last).
    """

    def __init__(self, rules: Rules | None = None) -> None:
        self._rules = rules or Rules()
        self.reset()

    def reset(self) -> None:
        """Begin again at chunk 0, in silence."""
        self.first = 0
        self.last = 0
        self.speaking = False
        self._now = 0
        self._voiced = 0
        self._paused = False
        self._probabilities: list[float] = []  # since `first`

    @property
    def silent_s(self) -> float:
        """Seconds since the last chunk of speech."""
        return (self._now - self.last) * CHUNK_S

    def step(self, probability: float) -> Signal | None:
        """Take the next chunk's speech probability; returns what it changed."""
        rules = self._rules
        in_speech = self._voiced > 0
        voiced = probability >= (rules.silence_below if in_speech else rules.speech_from)
        if voiced and not in_speech:
            self.first = self._now
            self._probabilities.clear()
        self._now += 1
        if not (voiced or in_speech):
            return None
        self._probabilities.append(probability)
        return self._heard_speech() if voiced else self._heard_silence()

    def _heard_speech(self) -> Signal | None:
        self._voiced += 1
        self.last = self._now
        if not self.speaking:
            self.speaking = self._voiced * CHUNK_S >= self._rules.least_s
            return Signal.STARTED if self.speaking else None
        if self._paused:
            self._paused = False
            return Signal.RESUMED
        if self._length_s >= self._rules.longest_s:
            return self._cut()
        return None

    def _heard_silence(self) -> Signal | None:
        rules = self._rules
        silent_s = self.silent_s
        if not self.speaking:
            if silent_s >= rules.pause_s:
                self._voiced = 0
            return None
        if silent_s >= rules.silence_that_ends(self._length_s):
            self.speaking = self._paused = False
            self._voiced = 0
            return Signal.ENDED
        if not self._paused and silent_s >= rules.pause_s:
            self._paused = True
            return Signal.PAUSED
        return None

    @property
    def _length_s(self) -> float:
        return (self.last - self.first) * CHUNK_S

    def _cut(self) -> Signal:
        """End the utterance at `last`; `resume_after_cut` begins the next one there."""
        self.last = self.first + quietest(self._probabilities)
        return Signal.CUT

    def resume_after_cut(self) -> None:
        """Go on with what came after the cut as the next utterance."""
        del self._probabilities[: self.last - self.first]
        self.first, self.last = self.last, self._now
        self._voiced = max(1, len(self._probabilities))


def quietest(probabilities: list[float]) -> int:
    """Where in the last third a talk is best cut: the middle of its least speech-like 5 chunks."""
    since = max(1, len(probabilities) * 2 // 3)
    places = range(since, max(since + 1, len(probabilities) - 2))
    return min(places, key=lambda at: (sum(probabilities[max(0, at - 2) : at + 3]), -at))
