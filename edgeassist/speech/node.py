"""The module that speaks: utterances and commands in, one voice out, nothing overlapping."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from edgeassist.errors import InputError
from edgeassist.loop.events import Command, Event, Obstacle, Spoken, Tone, Utterance
from edgeassist.loop.node import Context
from edgeassist.speech.commands import NAMES, no_guide
from edgeassist.speech.session import Session, SpeechOptions, open_output, open_voice

__all__ = ["Speech", "SpeechOptions", "open_output", "open_voice"]

log = logging.getLogger("edgeassist.speech")

_TO_CLOSE_S = 0.3  # of the time to stop in, kept for telling and closing


class Speech:
    """Says utterances by the rules of `edgeassist.speech.arbiter`; obeys commands."""

    Options = SpeechOptions
    consumes: tuple[type[Event], ...] = (Utterance, Tone, Command)
    produces: tuple[type[Event], ...] = (Spoken, Command)
    lost = "speech is off"
    called = "speech"

    def __init__(self, options: SpeechOptions, context: Context) -> None:
        self._options = options
        self._context = context
        self._session: Session | None = None

    def open(self) -> None:
        """Start the voice and open the output.

        Raises `PluginError` for a voice that is not there, `DeviceError` for an output.
        """
        emit = self._context.emit
        self._session = Session(self._options, self._context, emit, self._pass_on)

    @property
    def busy_since_ns(self) -> int | None:
        """Since when the voice or the loudspeaker has given no answer."""
        return None if self._session is None else self._session.busy_since_ns

    def handle(self, event: Event) -> Iterable[Event]:
        """Leave an utterance with the player; what becomes of it is emitted when it is known."""
        if self._session is None:
            return ()
        if isinstance(event, Utterance):
            self._session.say(event)
        elif isinstance(event, Tone):
            self._session.sound(event)
        elif isinstance(event, Command) and event.name in NAMES:  # others are for other modules
            try:
                self._session.obey(event.name, event.value)
            except InputError as error:
                log.warning("%s", error)
        return ()

    def _pass_on(self, name: str, value: str) -> None:
        """A person asks the guide through the voice's socket; raises `DeviceError` without one."""
        if not self._context.given(Obstacle):
            raise no_guide()
        now_ns = self._context.clock.now_ns()
        self._context.emit(Command(captured_ns=now_ns, name=name, value=value))

    def finish(self) -> Iterable[Event]:
        """Say what waits; when told to stop, as much of it as there is time for."""
        if self._session is not None:
            stopping = self._context.stopping
            while not self._session.finish(_most_s(stopping.left_s())):
                if stopping:
                    self._session.drop()
                    self._session.finish(_TO_CLOSE_S / 2)
                    break
        return ()

    def close(self) -> None:
        """Be silent, and release voice and output."""
        if self._session is not None:
            self._session.close()
            self._session = None


def _most_s(left_s: float | None) -> float:
    """How long to wait at once: until the time to stop is nearly over, looking up now and then."""
    return 0.2 if left_s is None else max(0.0, left_s - _TO_CLOSE_S)
