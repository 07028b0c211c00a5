"""What a person can ask of the voice while it speaks: stop, pause, repeat, spell, faster, …

Commands come as `Command` events through the loop and as lines through `edgeassist.speech.control`.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from edgeassist.errors import DeviceError, EdgeAssistError, InputError
from edgeassist.locale import t
from edgeassist.loop.clock import Clock
from edgeassist.loop.events import Priority, Spoken, Utterance
from edgeassist.speech.history import History
from edgeassist.speech.settings import Settings, changed, load, save
from edgeassist.speech.spelling import spelled

ACTIONS = ("stop", "pause", "resume", "toggle", "repeat", "spell", "history", "forget")
SETTINGS = ("rate", "volume", "voice", "verbosity", "language", "tones")
SHORT = {"faster": "rate +", "slower": "rate -", "louder": "volume +", "softer": "volume -"}
NAMES = frozenset((*ACTIONS, *SETTINGS, *SHORT))
# What is asked of the voice because it is the one that listens, and done by the guide: the values
# there are, the first one where none is given.
OF_THE_GUIDE = {"describe": ("",), "warnings": ("on", "off", "quiet", "normal", "full")}


class Speaking(Protocol):
    """What obeys: a player."""

    @property
    def paused(self) -> bool:
        """Whether it was told to pause."""

    def say(self, utterance: Utterance) -> None:
        """Leave an utterance."""

    def drop(self) -> None:
        """Be silent, and forget what waits."""

    def pause(self) -> None:
        """Dangers and messages only."""

    def resume(self) -> None:
        """Go on."""


class Orders:
    """Obeys commands for one player; may be called from any thread."""

    def __init__(
        self,
        player: Speaking,
        options: Any,
        settings: Settings,
        history: History,
        clock: Clock,
        apply: Callable[[str, Any], None],
        path: Path | None,
        language: str,
    ) -> None:
        """`apply(name, options)` makes a changed setting hold; settings are kept at `path`."""
        self._guard = threading.Lock()
        self._player = player
        self._plain = options
        self._settings = settings
        self._history = history
        self._clock = clock
        self._apply = apply
        self._path = path
        self._language = language

    @property
    def options(self) -> Any:
        """The options as they hold now."""
        return self._settings.over(self._plain)

    def obey(self, name: str, value: str = "") -> list[str]:
        """Do it; returns lines to show, such as what was said lately.

        Raises `InputError` for what it does not know or cannot do.
        """
        if name in SHORT:
            name, value = SHORT[name].split()
        with self._guard:
            match name:
                case "stop":
                    self._player.drop()
                case "pause":
                    self._player.pause()
                case "resume":
                    self._player.resume()
                case "toggle":
                    (self._player.resume if self._player.paused else self._player.pause)()
                case "repeat":
                    last = self._back(value)
                    self._say(last.text, last.language)
                case "spell":
                    last = self._back(value)
                    self._say(spelled(last.text, last.language), last.language)
                case "history":
                    return self._history.texts()
                case "forget":
                    self._history.forget()
                case _ if name in SETTINGS:
                    return [self._set(name, value)]
                case _:
                    raise InputError(
                        name,
                        t("there is no such command"),
                        fix=t("There are: {names}", names=", ".join((*ACTIONS, *SHORT, *SETTINGS))),
                    )
        return []

    def obey_line(self, line: str) -> list[str]:
        """The same for a line such as "rate 250"."""
        name, _, value = line.strip().partition(" ")
        return self.obey(name, value.strip())

    def _back(self, value: str) -> Spoken:
        """What was said last, or `value` things ago."""
        last = self._history.back(int(value)) if value.isdecimal() else None
        last = self._history.back() if not value else last
        if last is None:
            raise InputError(
                value or t("history"),
                t("nothing was said that could be said again"),
                fix=t("There are {count} things to go back to.", count=len(self._history.texts())),
            )
        return last

    def _set(self, name: str, value: str) -> str:
        settings = changed(self._settings, name, value, self.options)
        self._apply(name, settings.over(self._plain))
        self._settings = settings
        said = self._confirmation(name)
        self._say(said, self.options.language or self._language)
        if self._path is not None:
            # Another voice of this user may have kept other settings since.
            kept = load(self._path)
            save(dataclasses.replace(kept, **{name: getattr(settings, name)}), self._path)
        return said

    def _confirmation(self, name: str) -> str:
        options = self.options
        lang = options.language or self._language
        match name:
            case "rate":
                return t("Rate {value}", lang=lang, value=options.rate)
            case "volume":
                return t("Volume {value} %", lang=lang, value=round(options.volume * 100))
            case "voice":
                return t("Voice {value}", lang=lang, value=options.voice or "")
            case "language":
                return t("English it is.", lang=lang)
            case "tones":
                return t("Tones {value}", lang=lang, value=options.tones)
            case _:
                return t("Verbosity {value}", lang=lang, value=options.verbosity)

    def _say(self, text: str, language: str) -> None:
        self._player.say(
            Utterance(
                captured_ns=self._clock.now_ns(),
                text=text,
                language=language,
                priority=Priority.MESSAGE,
            )
        )


def for_the_guide(line: str) -> tuple[str, str] | None:
    """A line as a command for the guide; None if it is for the voice.

    Raises `InputError` for a value that the command does not have.
    """
    name, _, value = line.strip().partition(" ")
    if name not in OF_THE_GUIDE:
        return None
    value, values = value.strip(), OF_THE_GUIDE[name]
    if value and value not in values:
        raise InputError(
            name,
            t("cannot be {value}", value=value),
            fix=t("There are: {names}", names=", ".join(values) if values[0] else t("none")),
        )
    return name, value or values[0]


def no_guide() -> DeviceError:
    """Nobody answers what is asked of the guide."""
    return DeviceError(
        t("obstacle warnings"),
        t("do not run here"),
        fix=t("Start them: edgeassist run guide"),
    )


def reply(
    orders: Orders, line: str, pass_on: Callable[[str, str], None] | None = None
) -> dict[str, Any]:
    """What the control socket answers to a line; `pass_on` takes what is for the guide."""
    try:
        guides = for_the_guide(line)
        if guides is not None:
            if pass_on is None:
                raise no_guide()
            pass_on(*guides)
            return {"done": True, "lines": []}
        return {"done": True, "lines": orders.obey_line(line)}
    except EdgeAssistError as error:
        return {"done": False, "why": str(error)}
