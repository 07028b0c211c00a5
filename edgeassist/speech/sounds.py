"""Synthesis ahead of the player: a thread that renders the pieces that will sound next."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from edgeassist.devices.audiofile import cut
from edgeassist.errors import EdgeAssistError
from edgeassist.loop.clock import Clock
from edgeassist.loop.events import Priority
from edgeassist.speech.arbiter import Piece
from edgeassist.speech.output import BLOCKS_PER_S
from edgeassist.speech.voice import Samples, Voice, render

log = logging.getLogger("edgeassist.speech")

AHEAD = 3  # pieces: the one that sounds and the next two
Key = tuple[int, int]


@dataclass(slots=True)
class Sound:
    """A piece as 20 ms blocks, as far as it is rendered."""

    blocks: list[Samples] = field(default_factory=list)
    complete: bool = False
    failed: bool = False


@dataclass(slots=True)
class Made:
    """What a voice has made, in real time, whatever the clock of what is said."""

    first_s: float | None = None  # when there was a first block, by `time.perf_counter`
    sound_s: float = 0.0
    making_s: float = 0.0

    def timed(self, blocks: Iterator[Samples], rate_hz: int) -> Iterator[Samples]:
        """The same blocks, counted."""
        asked_s = time.perf_counter()
        for block in blocks:
            now_s = time.perf_counter()
            self.first_s = self.first_s or now_s
            self.making_s += now_s - asked_s
            self.sound_s += len(block) / rate_hz
            yield block
            asked_s = time.perf_counter()


class Sounds:
    """The sound of the pieces that `upcoming` names, kept rendered ahead.

    Everything but `close` is called holding `changed`; it is notified when there is more sound.
    """

    def __init__(
        self,
        voice: Voice,
        upcoming: Callable[[], list[Piece]],
        changed: threading.Condition,
        clock: Clock,
    ) -> None:
        self.voice = voice  # that renders now
        self.made = Made()
        self._clock = clock
        self.busy_since_ns: int | None = None  # since when the voice has given nothing new
        self._upcoming = upcoming
        self._changed = changed
        self._sounds: dict[Key, Sound] = {}
        self._rendering: Piece | None = None
        self._closed = False
        self._next: list[Voice] = []
        self._thread = threading.Thread(target=self._work, name="speech-render", daemon=True)
        self._thread.start()

    def of(self, piece: Piece) -> Sound:
        """What there is of a piece; empty if nothing yet."""
        return self._sounds.get(_key(piece)) or Sound()

    def hurry(self) -> None:
        """A danger has come: what is rendered for anything else can wait."""
        if self._rendering is not None and self._rendering.priority is not Priority.DANGER:
            self.voice.cancel()

    def use(self, voice: Voice) -> None:
        """Render with another voice from now on; what was rendered is dropped, the old one closed.

        The old one is closed by the thread that uses it.
        """
        self._next.append(voice)
        self._sounds.clear()
        if self._rendering is not None:
            self.voice.cancel()
        self._changed.notify_all()

    def close(self) -> None:
        """End the thread and close the voice."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self.voice.cancel()
        self._thread.join()
        for voice in (self.voice, *self._next):
            voice.close()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(
                    lambda: self._closed or bool(self._next) or self._todo() is not None
                )
                while self._next and not self._closed:
                    self.voice.close()
                    self.voice = self._next.pop(0)
                piece = self._todo()
                if self._closed:
                    return
                if piece is None:
                    continue
                self._forget()
                self._rendering = piece
                sound = self._sounds[_key(piece)] = Sound()
            done = failed = False
            self.busy_since_ns = self._clock.now_ns()
            try:
                done = self._render(piece, sound)
            except Exception as error:
                failed = True
                log.warning(
                    "%s: %s",
                    piece.text,
                    error if isinstance(error, EdgeAssistError) else repr(error),
                )
            self.busy_since_ns = None
            with self._changed:
                self._rendering = None
                if done or (failed and not self._next and not self._outrun(piece)):
                    sound.complete, sound.failed = True, failed
                else:
                    self._sounds.pop(_key(piece), None)
                self._changed.notify_all()

    def _render(self, piece: Piece, sound: Sound) -> bool:
        """Fill `sound`; return whether it is whole, False if something more urgent has come."""
        size = self.voice.rate_hz // BLOCKS_PER_S
        pieces = render(self.voice, piece.text, piece.utterance.language)
        for block in self.made.timed(cut(pieces, size), self.voice.rate_hz):
            with self._changed:
                if self._closed or self._next or self._outrun(piece):
                    return False
                self.busy_since_ns = self._clock.now_ns()
                sound.blocks.append(np.pad(block, (0, size - len(block))))
                self._changed.notify_all()
        with self._changed:
            # A cancelled voice just ends early.
            return not self._next and not self._outrun(piece)

    def _wanted(self) -> list[Piece]:
        return self._upcoming()[:AHEAD]

    def _todo(self) -> Piece | None:
        """The first piece that has no sound yet."""
        return next((p for p in self._wanted() if _key(p) not in self._sounds), None)

    def _outrun(self, piece: Piece) -> bool:
        """Whether a danger waits to be rendered while we render something else, or it was dropped.

        What is being said is in `upcoming` too, so a piece that is not was given up.
        """
        todo = self._todo()
        danger = todo is not None and todo.priority is Priority.DANGER
        return (danger and piece.priority is not Priority.DANGER) or all(
            _key(piece) != _key(other) for other in self._upcoming()
        )

    def _forget(self) -> None:
        """Drop the sound of what has been said, or was given up."""
        wanted = {_key(piece) for piece in self._wanted()}
        for key in [key for key in self._sounds if key not in wanted]:
            del self._sounds[key]


def _key(piece: Piece) -> Key:
    return piece.serial, piece.number
