"""Plays what the arbiter decides, block by block, on a thread of its own."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from edgeassist.errors import EdgeAssistError
from edgeassist.loop.clock import NS, Clock
from edgeassist.loop.events import Priority, Spoken, Utterance
from edgeassist.speech.arbiter import Piece
from edgeassist.speech.earcons import Earcon, Stereo, blocks_of, earcon_of, mixed
from edgeassist.speech.output import Output
from edgeassist.speech.sounds import Made, Sounds
from edgeassist.speech.talker import Talker
from edgeassist.speech.voice import Samples, Voice

log = logging.getLogger("edgeassist.speech")

_AGAIN_S = 10.0  # an output that fails again so soon is broken


class Player(Talker):
    """Says utterances through one voice and one output, which it closes in the end.

    `tell` hears what became of each, from the player's thread. If the output fails it is opened
    anew (by `reopen`, where that `mends`: a file would lose what it has) and what was being said
    resumes at its clause; if it fails again within 10 s, everything waiting has failed and the next
    `say` raises.

    `wants_tone` says for what a tone tells the direction. The words of a danger begin with the last
    block of its tone; all other tones sound over the lowered voice, at once.
    """

    def __init__(
        self,
        voice: Voice,
        output: Output,
        clock: Clock,
        tell: Callable[[Spoken], None],
        reopen: Callable[[], Output],
        *,
        mends: bool = True,
        wants_tone: Callable[[Priority], bool] = lambda priority: False,
        volume: float = 1.0,
    ) -> None:
        super().__init__(clock, tell)
        self._rate_hz = voice.rate_hz
        self._wants_tone = wants_tone
        self._volume = volume
        self._tone: deque[Stereo] = deque()
        self._renew = False  # the output has to be opened at another rate
        self._output = output
        self._reopen = reopen
        self._mends = mends
        self._reopened_ns: int | None = None
        self._playing: Piece | None = None
        self._at = 0  # blocks of it that were handed over
        self._anew = False  # what sounds has to begin anew
        self._busy_since_ns: int | None = None  # with the output
        self._sounds = Sounds(voice, self._arbiter.upcoming, self._changed, clock)
        self._begin()

    @property
    def rate_hz(self) -> int:
        """Of the voice."""
        return self._rate_hz

    @property
    def voice_name(self) -> str:
        """Of the voice, for people."""
        return self._sounds.voice.name

    @property
    def voice(self) -> Voice:
        """The voice that renders now."""
        return self._sounds.voice

    @property
    def made(self) -> Made:
        """How much sound was made so far, and how fast."""
        return self._sounds.made

    @property
    def busy_since_ns(self) -> int | None:
        """Since when the output has not taken a block, or the voice has not given one."""
        if self._failed is not None:
            return None
        marks = (self._busy_since_ns, self._sounds.busy_since_ns)
        return min((mark for mark in marks if mark is not None), default=None)

    def sound(self, tone: Earcon) -> None:
        """A tone from the next block on, over the lowered voice."""
        with self._changed:
            self._quiet = False
            self._sound_tone(tone)
            self._changed.notify_all()

    def loudness(self, volume: float) -> None:
        """From the next block on; 1 is as loud as the voice is."""
        with self._changed:
            self._volume = volume

    def use(self, voice: Voice) -> None:
        """Another voice; the clause that sounds begins anew with it. Takes the voice over."""
        with self._changed:
            self._sounds.use(voice)
            self._renew = self._renew or voice.rate_hz != self._rate_hz
            self._rate_hz = voice.rate_hz
            self._tone.clear()
            self._anew = True
            self._changed.notify_all()

    def close(self) -> None:
        """Stop now and release voice and output."""
        super().close()
        self._sounds.close()
        self._output.close()

    def _taken(self, utterance: Utterance) -> None:
        tone = earcon_of(utterance) if self._wants_tone(utterance.priority) else None
        if tone is not None:
            self._sound_tone(tone)
        if utterance.priority is Priority.DANGER:
            self._sounds.hurry()

    def _dropped(self) -> None:
        self._tone.clear()

    def _advance(self) -> bool:
        """Play until the output fails (and is replaced) or the player is closed."""
        try:
            self._say_all()
        except EdgeAssistError as error:
            now_ns = self._clock.now_ns()
            again = self._reopened_ns is not None and now_ns - self._reopened_ns < _AGAIN_S * NS
            if again or not self._mends:
                raise
            self._reopened_ns = now_ns
            log.warning("%s", error)
            self._output.close()
            self._output = self._reopen()
            return True
        return False

    def _say_all(self) -> None:
        self._playing, self._at = None, 0
        while True:
            self._busy_since_ns = None
            with self._changed:
                while (step := self._step()) is None:
                    self._changed.wait()
            self._busy_since_ns = self._clock.now_ns()
            for spoken in step.told:
                self._tell(spoken)
            if step.cut_off:
                self._output.stop()
            if step.renews:
                self._output.close()
                self._output = self._reopen()
            if step.block is not None:
                self._output.write(step.block)
                if step.begins is not None:
                    with self._changed:
                        self._arbiter.begun(step.begins, self._clock.now_ns())
            if step.settles:
                if self._finishing:
                    self._output.drain()
                with self._changed:
                    self._quiet = self._arbiter.settled and not self._tone
                    self._changed.notify_all()
            if step.ends:
                return

    def _step(self) -> _Step | None:
        """What to do now, holding the lock; None if that is to wait."""
        now_ns = self._clock.now_ns()
        cut_off, self._anew = self._anew and self._playing is not None, False
        if cut_off:
            self._playing = None
        renews, self._renew = self._renew, False
        piece = self._arbiter.due(now_ns)
        while piece is not None and self._over(piece):
            failed = self._sounds.of(piece).failed
            self._arbiter.ended(piece, now_ns, failed=failed)
            self._playing = None
            piece = self._arbiter.due(now_ns)
        cut_off = cut_off or (self._playing is not None and not _same(piece, self._playing))
        if not _same(piece, self._playing):
            self._playing, self._at = piece, 0
            self._changed.notify_all()  # what has to be rendered ahead may be another now
        block = begins = None
        if piece is not None and not self._waits_for_tone(piece):
            blocks = self._sounds.of(piece).blocks
            if self._at < len(blocks):
                block, begins = blocks[self._at], piece if self._at == 0 else None
                self._at += 1
        if self._tone or block is not None:
            block = mixed(block, self._tone.popleft() if self._tone else None, self._volume)
        told = self._arbiter.outcomes()
        step = _Step(
            told=told,
            cut_off=cut_off,
            block=block,
            begins=begins,
            renews=renews,
            settles=not self._quiet and self._arbiter.settled and not self._tone,
            ends=self._closing,
        )
        return step if step.does_something else None

    def _sound_tone(self, tone: Earcon) -> None:
        """From the next block on; the tone of a danger is not replaced by a lesser one."""
        if tone.danger or not self._tone:
            self._tone.clear()
            self._tone.extend(blocks_of(tone, self._rate_hz))

    def _waits_for_tone(self, piece: Piece) -> bool:
        # A voice begins softly: its first block goes below the last of the tone.
        return len(self._tone) > 1 and piece.priority is Priority.DANGER and self._at == 0

    def _over(self, piece: Piece) -> bool:
        """Whether all of a piece was handed to the output."""
        sound = self._sounds.of(piece)
        if not sound.complete:
            return False
        return self._at >= len(sound.blocks) if _same(piece, self._playing) else not sound.blocks


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """What the player does next, in this order."""

    told: list[Spoken]
    cut_off: bool  # drop what the output has queued
    block: Samples | None  # play this
    begins: Piece | None  # of which it is the first block
    renews: bool  # open the output anew, the voice has another rate
    settles: bool  # everything is said: tell who waits for that
    ends: bool

    @property
    def does_something(self) -> bool:
        return bool(self.told or self.cut_off or self.renews or self.settles or self.ends) or (
            self.block is not None
        )


def _same(one: Piece | None, other: Piece | None) -> bool:
    if one is None or other is None:
        return one is other
    return (one.serial, one.number) == (other.serial, other.number)
