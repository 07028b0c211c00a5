"""The module that speaks: utterances in, one voice out, nothing overlapping."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from annotated_types import Ge, Le

from edgeassist import plugins
from edgeassist.errors import ConfigError, DeviceError
from edgeassist.locale import t
from edgeassist.loop.events import Event, Spoken, Utterance
from edgeassist.loop.node import Context
from edgeassist.speech.output import Output
from edgeassist.speech.player import Player
from edgeassist.speech.voice import Voice

log = logging.getLogger("edgeassist.speech")

_TO_CLOSE_S = 0.3  # of the time to stop in, kept for telling and closing


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechOptions:
    """Whose voice, and where it is heard."""

    voice: str | None = None  # the profile's if not given
    output: str = "auto"  # "speaker", "file", or "auto": the file where there is no speaker
    device: str | int | None = None  # a part of the loudspeaker's name, or its number
    path: Path | None = None  # the file
    rate: Annotated[int, Ge(80), Le(450)] = 200  # words a minute
    volume: Annotated[float, Ge(0), Le(1)] = 1.0


class Speech:
    """Says utterances by the rules of `edgeassist.speech.arbiter`."""

    Options = SpeechOptions
    consumes: tuple[type[Event], ...] = (Utterance,)
    produces: tuple[type[Event], ...] = (Spoken,)
    lost = "speech is off"

    def __init__(self, options: SpeechOptions, context: Context) -> None:
        self._options = options
        self._context = context
        self._player: Player | None = None

    def open(self) -> None:
        """Start the voice and open the output.

        Raises `PluginError` for a voice that is not there, `DeviceError` for an output.
        """
        voice = open_voice(self._options.voice, self._options, self._context)
        try:
            output = open_output(self._options, self._context, voice.rate_hz)
        except BaseException:
            voice.close()
            raise
        self._player = Player(
            voice,
            output,
            self._context.clock,
            self._context.emit,
            lambda: open_output(self._options, self._context, voice.rate_hz),
        )

    def handle(self, event: Event) -> Iterable[Event]:
        """Leave an utterance with the player; what becomes of it is emitted when it is known."""
        if isinstance(event, Utterance) and self._player is not None:
            self._player.say(event)
        return ()

    def finish(self) -> Iterable[Event]:
        """Say what waits; when told to stop, as much of it as there is time for."""
        if self._player is not None:
            stopping = self._context.stopping
            while not self._player.finish(_most_s(stopping.left_s())):
                if stopping:
                    self._player.drop()
                    self._player.finish(_TO_CLOSE_S / 2)
                    break
        return ()

    def close(self) -> None:
        """Be silent, and release voice and output."""
        if self._player is not None:
            self._player.close()
            self._player = None


def open_voice(name: str | None, options: Any, context: Context) -> Voice:
    """The voice of that name, or the profile's; it takes those of `options` that it knows.

    Raises `PluginError` if it is not there or lacks something.
    """
    plugin = plugins.ready("voices", name or context.profile.speech.voice)
    voice: Voice = plugin(_known(plugin.Options, options), context)
    return voice


def open_output(options: SpeechOptions, context: Context, rate_hz: int) -> Output:
    """The output that `options` ask for, open.

    Raises `DeviceError` if it cannot be opened and there is no file to fall back on.
    """
    if options.output != "auto":
        return _opened(options.output, options, context, rate_hz)
    try:
        return _opened("speaker", options, context, rate_hz)
    except DeviceError as error:
        if options.path is None:
            raise
        log.warning(
            "%s", t("{why} Speech goes to the file {path}.", why=f"{error}.", path=options.path)
        )
        return _opened("file", options, context, rate_hz)


def _opened(name: str, options: SpeechOptions, context: Context, rate_hz: int) -> Output:
    plugin = plugins.ready("speakers", name)
    if name == "file" and options.path is None:
        raise ConfigError(
            context.name, t("no file is given to speak into"), fix=t('Add: path = "speech.wav"')
        )
    output: Output = plugin(_known(plugin.Options, options), context)
    try:
        output.open(rate_hz)
    except BaseException:
        output.close()
        raise
    return output


def _known(kind: type[Any], options: Any) -> Any:
    """Those of `options` that a plug-in's own options have a field for."""
    names = {field.name for field in dataclasses.fields(kind)}
    given = {
        field.name: getattr(options, field.name)
        for field in dataclasses.fields(options)
        if field.name in names
    }
    return kind(**given)


def _most_s(left_s: float | None) -> float:
    """How long to wait at once: until the time to stop is nearly over, looking up now and then."""
    return 0.2 if left_s is None else max(0.0, left_s - _TO_CLOSE_S)
