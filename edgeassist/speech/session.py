"""One voice with all that belongs to it: output, the user's settings, commands, history."""

from __future__ import annotations

import dataclasses
import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from annotated_types import Ge, Le

from edgeassist import plugins
from edgeassist.errors import ConfigError, DeviceError, InputError
from edgeassist.locale import t
from edgeassist.loop.events import Priority, Spoken, SpokenHow, Tone, Utterance
from edgeassist.loop.node import Context
from edgeassist.speech.commands import Orders, reply
from edgeassist.speech.control import Control
from edgeassist.speech.dispatcher import Dispatcher
from edgeassist.speech.earcons import Earcon
from edgeassist.speech.history import History
from edgeassist.speech.output import Output
from edgeassist.speech.player import Player
from edgeassist.speech.settings import Settings, Tones, Verbosity, default_path, load
from edgeassist.speech.sounds import Made
from edgeassist.speech.voice import Voice

log = logging.getLogger("edgeassist.speech")

DISPATCHER = "speech-dispatcher"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechOptions:
    """Whose voice, and where it is heard. What the user has chosen while it spoke goes before."""

    voice: str | None = None  # the profile's if not given
    # "speaker", "file", "speech-dispatcher", or "auto": the file where there is no speaker
    output: str = "auto"
    device: str | int | None = None  # a part of the loudspeaker's name, or its number
    path: Path | None = None  # the file
    rate: Annotated[int, Ge(80), Le(450)] = 200  # words a minute
    volume: Annotated[float, Ge(0), Le(1)] = 1.0
    verbosity: Verbosity = Verbosity.NORMAL
    language: Literal["zh", "en"] | None = None  # of figures and signs; None: as the text says
    tones: Tones = Tones.DANGERS  # for what a tone tells the direction before words do
    stereo: bool | None = None  # None: loudspeakers are, files are not
    history: Annotated[int, Ge(0), Le(1000)] = 50  # things that can be repeated; in memory only
    control: bool = True  # whether `edgeassist tell` reaches it
    remember: bool = True  # whether the user's settings are used and kept


class Session:
    """Speaks until it is closed. `tell` hears what became of each utterance, on another thread.

    Raises `PluginError` for a voice that is not there, `DeviceError` for an output.
    """

    def __init__(
        self,
        options: SpeechOptions,
        context: Context,
        tell: Callable[[Spoken], None],
        pass_on: Callable[[str, str], None] | None = None,
        *,
        given: Settings | None = None,
        lazy: bool = False,
    ) -> None:
        """`pass_on(name, value)` takes what is asked of the guide, where there may be one.

        What was `given` with the command goes before what the user has kept; a `lazy` voice is
        loaded when there is something to say that was not made ahead.
        """
        self._context = context
        self._tell = tell
        self._history = History(options.history)
        path = default_path() if options.remember else None
        settings = load(path) if path is not None else Settings()
        settings = settings if given is None else given.over(settings)
        now: SpeechOptions = settings.over(options)
        self._plain = options
        self._files = False
        self._speaking: Player | Dispatcher
        if options.output == DISPATCHER:
            self._speaking = Dispatcher(context.clock, self._told)
            for name in ("rate", "volume"):
                if getattr(settings, name) is not None:
                    self._apply(name, now)
        else:
            self._speaking = self._player(now, lazy=lazy)
        self._orders = Orders(
            self._speaking,
            options,
            settings,
            self._history,
            context.clock,
            self._apply,
            path,
            context.language,
        )
        self._control = (
            Control(lambda line: reply(self._orders, line, pass_on)) if options.control else None
        )

    def say(self, utterance: Utterance) -> None:
        """Leave an utterance; returns at once. Raises the error the output failed with."""
        options = self._orders.options
        if not options.verbosity.wants(utterance.priority):
            self._told(_muted(utterance, self._context.clock.now_ns()))
            return
        if options.language is not None:
            utterance = dataclasses.replace(utterance, language=options.language)
        self._speaking.say(utterance)

    def sound(self, tone: Tone) -> None:
        """A tone at once, over whatever is being said; none where the user wants none."""
        if self._wants_tone(tone.priority) and math.isfinite(tone.bearing_deg):
            self._speaking.sound(Earcon(tone.bearing_deg, tone.priority is Priority.DANGER))

    def obey(self, name: str, value: str = "") -> list[str]:
        """A command, see `edgeassist.speech.commands`; raises `InputError`."""
        return self._orders.obey(name, value)

    @property
    def options(self) -> SpeechOptions:
        """As they hold now."""
        now: SpeechOptions = self._orders.options
        return now

    @property
    def paused(self) -> bool:
        """Whether it was told to pause."""
        return self._speaking.paused

    @property
    def busy_since_ns(self) -> int | None:
        """Since when the voice or its output has been at one piece of work; None if neither is."""
        return self._speaking.busy_since_ns if isinstance(self._speaking, Player) else None

    @property
    def voice_name(self) -> str:
        """Of what speaks now, for people."""
        return self._speaking.voice_name

    @property
    def engine(self) -> str:
        """The plug-in that speaks now."""
        if isinstance(self._speaking, Dispatcher):
            return DISPATCHER
        plain: str = self.options.voice or self._context.profile.speech.voice
        return getattr(self._speaking.voice, "engine", plain)

    @property
    def made(self) -> Made | None:
        """How much sound was made so far, and how fast; None where something else makes it."""
        return self._speaking.made if isinstance(self._speaking, Player) else None

    def finish(self, seconds: float | None = None) -> bool:
        """Wait until everything is said and heard; return whether it is by then."""
        return self._speaking.finish(seconds)

    def drop(self) -> None:
        """Give up everything that is being said or waits, and tell of it."""
        self._speaking.drop()

    def close(self) -> None:
        """Stop now and release everything."""
        if self._control is not None:
            self._control.close()
        self._speaking.close()

    def _told(self, spoken: Spoken) -> None:
        self._history.add(spoken)
        self._tell(spoken)

    def _player(self, options: SpeechOptions, *, lazy: bool) -> Player:
        context = self._context
        plain = dataclasses.replace(options, volume=1.0)
        voice = open_voice(options.voice, plain, context, lazy=lazy)
        try:
            output = open_output(options, context, voice.rate_hz)
        except BaseException:
            voice.close()
            raise
        from edgeassist.devices.speaker_file import FileSpeaker

        self._files = isinstance(output, FileSpeaker)
        player = Player(
            voice,
            output,
            context.clock,
            self._told,
            lambda: open_output(options, context, player.rate_hz),
            mends=not self._files,
            wants_tone=self._wants_tone,
            volume=options.volume,
        )
        return player

    def _wants_tone(self, priority: Priority) -> bool:
        tones = self._orders.options.tones
        return tones is Tones.ALL or (tones is Tones.DANGERS and priority is Priority.DANGER)

    def _apply(self, name: str, options: SpeechOptions) -> None:
        """Make a changed setting hold."""
        if isinstance(self._speaking, Dispatcher):
            self._speaking.adjust(name, options)
        elif name == "volume":
            self._speaking.loudness(options.volume)
        elif name in ("rate", "voice"):
            plain = dataclasses.replace(options, volume=1.0)
            voice = open_voice(options.voice, plain, self._context)
            if self._files and voice.rate_hz != self._speaking.rate_hz:
                voice.close()
                raise InputError(
                    options.voice or name,
                    t("cannot go on in the same file: its sample rate is another"),
                    fix=t("Choose it before the file is begun."),
                )
            self._speaking.use(voice)


def open_voice(name: str | None, options: Any, context: Context, *, lazy: bool = False) -> Voice:
    """The voice of that name, or the profile's; it takes those of `options` that it knows.

    A `lazy` one may put off loading until it has something to say that was not made ahead.
    Raises `PluginError` if it is not there or lacks something.
    """
    plugin = plugins.ready("voices", name or context.profile.speech.voice)
    known = _known(plugin.Options, options)
    if lazy and hasattr(known, "lazy"):
        known = dataclasses.replace(known, lazy=True)
    voice: Voice = plugin(known, context)
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
    """Those of `options` that a plug-in's own options have a field for; its own where None."""
    names = {field.name for field in dataclasses.fields(kind)}
    given = {
        field.name: value
        for field in dataclasses.fields(options)
        if field.name in names and (value := getattr(options, field.name)) is not None
    }
    return kind(**given)


def _muted(utterance: Utterance, now_ns: int) -> Spoken:
    return Spoken(
        captured_ns=utterance.captured_ns,
        text=utterance.text,
        language=utterance.language,
        priority=utterance.priority,
        how=SpokenHow.MUTED,
        started_ns=None,
        ended_ns=now_ns,
    )
