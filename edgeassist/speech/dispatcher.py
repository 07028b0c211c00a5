"""Speech by way of speech-dispatcher, so that users of Orca hear the voice they have chosen.

What is said when stays with our arbiter: one clause at a time is given away, and cancelled when
something more urgent comes. Rate, volume and voice are the user's own as speech-dispatcher has
them; only what was changed with our commands is sent.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from edgeassist.errors import DeviceError, InputError
from edgeassist.locale import t
from edgeassist.loop.clock import NS, Clock
from edgeassist.loop.events import Priority, Spoken
from edgeassist.speech.arbiter import Piece
from edgeassist.speech.pinyin import spoken_pinyin
from edgeassist.speech.scripts import parts
from edgeassist.speech.ssip import BEGIN, CANCELED, END, NAME, Ssip
from edgeassist.speech.talker import Talker

_PRIORITIES = {
    Priority.DANGER: "important",
    Priority.MESSAGE: "message",
    Priority.TEXT: "text",
    # Ours are never said while anything else waits: as text, nothing of another program's is lost.
    Priority.NOTIFICATION: "text",
    Priority.PROGRESS: "text",
}
_LOOK_S = 0.1  # for what has got too old while it waits
# Nothing takes longer to say; without a sound server it begins and never ends.
_LONGEST_S, _LONGEST_CHARACTER_S = 10.0, 1.0
_PLAIN_RATE, _FASTEST_RATE, _SLOWEST_RATE = 200, 450, 80  # words a minute


class Dispatcher(Talker):
    """A player (see `edgeassist.speech.player`) whose voice and output are speech-dispatcher."""

    def __init__(self, clock: Clock, tell: Callable[[Spoken], None]) -> None:
        """Raises `DeviceError` where speech-dispatcher does not run."""
        super().__init__(clock, tell)
        self._piece: Piece | None = None  # given away, not yet ended
        self._messages: list[int] = []  # of that piece, not yet ended
        self._events: list[tuple[int, int]] = []
        self._ends_by_ns: int | None = None  # while a piece sounds
        self._broken = False
        self._language = ""
        self._ssip = Ssip(self._heard, self._gone)
        self._ssip.ask(f"SET SELF CLIENT_NAME {os.environ.get('USER') or 'user'}:edgeassist:main")
        self._ssip.ask("SET SELF NOTIFICATION ALL on")
        self.voice_name = self._ssip.ask("GET OUTPUT_MODULE")[0]
        # Debian's espeak-ng reads no Chinese characters, but pinyin.
        self._pinyin = "espeak" in self.voice_name
        self._begin()

    def adjust(self, name: str, options: Any) -> None:
        """Send a changed rate or volume; raises `InputError` for what is set in its own place."""
        if name == "rate":
            over = options.rate - _PLAIN_RATE
            most = _FASTEST_RATE - _PLAIN_RATE if over > 0 else _PLAIN_RATE - _SLOWEST_RATE
            self._ssip.ask(f"SET SELF RATE {round(100 * over / most)}")
        elif name == "volume":
            self._ssip.ask(f"SET SELF VOLUME {round(options.volume * 200 - 100)}")
        elif name == "voice":
            raise InputError(
                "voice",
                t("is chosen in speech-dispatcher"),
                fix=t("Check its settings: spd-conf"),
            )

    def close(self) -> None:
        """Be silent and part."""
        super().close()
        self._ssip.close()

    def _heard(self, message: int, event: int) -> None:
        with self._changed:
            self._events.append((message, event))
            self._changed.notify_all()

    def _gone(self) -> None:
        with self._changed:
            self._broken = True
            self._changed.notify_all()

    def _advance(self) -> bool:
        """One look at what has to be done; return whether to go on."""
        with self._changed:
            now_ns = self._clock.now_ns()
            for message, event in self._events:
                self._take(message, event, now_ns)
            self._events.clear()
            if self._ends_by_ns is not None and now_ns > self._ends_by_ns:
                raise DeviceError(
                    NAME,
                    t("began to speak and does not come to an end"),
                    fix=t("See whether it sounds at all: spd-say hello"),
                )
            piece = self._arbiter.due(now_ns)
            before, closing = self._piece, self._closing
            told = self._arbiter.outcomes()
            changes = piece != before
            if changes:
                self._piece, self._messages = piece, []
                self._ends_by_ns = None
            elif not told and not closing and not self._broken:
                self._quiet = self._arbiter.settled
                self._changed.notify_all()
                self._changed.wait(None if self._arbiter.idle else _LOOK_S)
                return True
        for spoken in told:
            self._tell(spoken)
        if self._broken:
            self._ssip.ask("GET OUTPUT_MODULE")  # raises, saying that it is gone
        if changes:
            if before is not None:
                self._ssip.ask("CANCEL SELF")
            if piece is not None:
                self._speak(piece)
        return not closing

    def _take(self, message: int, event: int, now_ns: int) -> None:
        """An event of a message of the piece that sounds; those of cancelled ones are past."""
        piece = self._piece
        if piece is None or message not in self._messages:
            return
        self._ends_by_ns = None  # also if its user pauses it, however long
        if event == BEGIN:
            self._ends_by_ns = _latest_end_ns(piece, now_ns)
            self._arbiter.begun(piece, now_ns)
        elif event in (END, CANCELED):  # cancelled by the user, in speech-dispatcher itself
            self._messages.remove(message)
            if not self._messages:
                self._piece = None
                self._arbiter.ended(piece, now_ns)

    def _speak(self, piece: Piece) -> None:
        if piece.priority is Priority.DANGER:  # waits for nobody else's message
            self._ends_by_ns = _latest_end_ns(piece, self._clock.now_ns())
        found = parts(piece.text, piece.utterance.language)
        if found:
            self._ssip.ask(f"SET SELF PRIORITY {_PRIORITIES[piece.priority]}")
        for part in found:
            pinyin = self._pinyin and part.language == "zh"
            language = "cmn-latn-pinyin" if pinyin else part.language
            if language != self._language:
                self._ssip.ask(f"SET SELF LANGUAGE {language}")
                self._language = language
            text = spoken_pinyin(part.text) if pinyin else part.text
            # Its events are looked at by this thread alone, so its number is known by then.
            self._messages.append(self._ssip.speak(text))
        if not found:
            with self._changed:
                self._piece = None
                self._arbiter.ended(piece, self._clock.now_ns())


def _latest_end_ns(piece: Piece, now_ns: int) -> int:
    return now_ns + round((_LONGEST_S + _LONGEST_CHARACTER_S * len(piece.text)) * NS)
