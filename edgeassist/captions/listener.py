"""Cuts a stream of sound into utterances: who speaks when, and the sound of it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgeassist.captions.endpointing import CHUNK_SAMPLES, Endpointer, Rules, Signal
from edgeassist.captions.sound import Sound
from edgeassist.captions.vad import SpeechProbability
from edgeassist.loop.events import RATE_HZ, AudioBlock, Gap

# Sound before and after the speech that belongs to an utterance. With 0.3 s before it, Whisper
# got two to three more characters in a hundred wrong than with 0.5 s.
LEAD = round(0.5 * RATE_HZ)
TAIL = round(0.25 * RATE_HZ)  # no more than `Rules.pause_s`: then it is there when it is wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """Sound of an utterance up to the position `until`; `end_s` is the end of its speech."""

    samples: NDArray[np.int16]
    until: int
    end_s: float
    captured_ns: int  # when the sound at `end_s` was


@dataclass(slots=True, kw_only=True, eq=False)
class Utterance:
    """Somebody speaks, from position `since` on; `whole` once they have ended.

    `gap` is the lost sound that ended it; one that is nothing but a gap has no samples.
    """

    number: int
    since: int
    start_s: float
    whole: Excerpt | None = None
    gap: Gap | None = None


class Listener:
    """Takes sound; `speaking` is the utterance that goes on, `ended` those not yet taken."""

    def __init__(self, rules: Rules | None = None) -> None:
        self.rules = rules or Rules()
        self.speaking: Utterance | None = None
        self.ended: deque[Utterance] = deque()
        self._endpointer = Endpointer(self.rules)
        self._probability = SpeechProbability()
        self._sound = Sound()
        self._count = 0

    @property
    def end(self) -> int:
        """Position after the last sample."""
        return self._sound.end

    @property
    def silent_s(self) -> float:
        """Seconds since somebody spoke."""
        return self._endpointer.silent_s

    def feed(self, audio: AudioBlock) -> None:
        """Take a block; one that does not follow the last in the source's time begins anew."""
        if not self._sound.follows(audio):
            start_s = self._sound.time_s(self._sound.end)
            self.gap(
                Gap(
                    captured_ns=audio.captured_ns,
                    start_s=start_s,
                    seconds=max(0.0, audio.start_s - start_s),
                )
            )
        self._sound.append(audio)
        for probability in self._probability.feed(audio.samples):
            signal = self._endpointer.step(probability)
            if signal in (Signal.ENDED, Signal.CUT):
                self.finish()
            if signal is Signal.CUT:
                self._endpointer.resume_after_cut()
            if signal in (Signal.STARTED, Signal.CUT):
                since = self._endpointer.first * CHUNK_SAMPLES
                self.speaking = self._new(since, self._sound.time_s(since))
        if self.speaking is None:
            self._sound.forget_before(self.end - 2 * LEAD)

    def gap(self, gap: Gap) -> None:
        """Sound was lost: end what was being said, begin anew after it."""
        broken_off = self.speaking
        if broken_off is None:
            broken_off = self._new(self.end, gap.start_s)
            broken_off.whole = Excerpt(
                samples=np.zeros(0, np.int16),
                until=self.end,
                end_s=gap.start_s + gap.seconds,
                captured_ns=gap.captured_ns,
            )
            self.ended.append(broken_off)
        self.finish()
        broken_off.gap = gap
        self._sound.clear()
        self._probability.reset()
        self._endpointer.reset()

    def finish(self) -> None:
        """End what is being said."""
        if self.speaking is not None:
            self.speaking.whole = self.until_pause()
            self.ended.append(self.speaking)
            self.speaking = None

    def until_pause(self) -> Excerpt:
        """The utterance that goes on, as if the present pause were its end."""
        spoken = self._endpointer.last * CHUNK_SAMPLES
        return self._excerpt(min(spoken + TAIL, self.end), spoken)

    def until_now(self) -> Excerpt:
        """The utterance that goes on, with all that was heard of it."""
        return self._excerpt(self.end, self.end)

    def _excerpt(self, until: int, spoken: int) -> Excerpt:
        assert self.speaking is not None
        since = self.speaking.since - LEAD
        samples = self._sound.between(max(since, 0), until)
        return Excerpt(
            # Before the first sample nothing was heard.
            samples=np.pad(samples, (max(-since, 0), 0)),
            until=until,
            end_s=self._sound.time_s(spoken),
            captured_ns=self._sound.captured_ns(spoken),
        )

    def _new(self, since: int, start_s: float) -> Utterance:
        self._count += 1
        return Utterance(number=self._count, since=since, start_s=start_s)
