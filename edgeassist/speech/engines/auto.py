"""The best voice that this machine is fast enough for; if it fails, the next one speaks.

Phrases that were made ahead of time (`edgeassist.speech.phrasebook`) come from there.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from annotated_types import Ge, Le

from edgeassist import plugins
from edgeassist.errors import EdgeAssistError, PluginError
from edgeassist.locale import t
from edgeassist.loop.events import State, Status
from edgeassist.loop.node import Context
from edgeassist.speech import speed
from edgeassist.speech.phrasebook import Phrasebook
from edgeassist.speech.voice import Samples, Voice

log = logging.getLogger("edgeassist.speech")

ORDER = ("kokoro", "pyttsx3")  # the clearest first


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoOptions:
    """Which voices to choose from, and how they speak."""

    voices: tuple[str, ...] = ORDER  # the best first; the last is taken however slow it is
    rate: Annotated[int, Ge(80), Le(450)] = 200  # words a minute
    volume: Annotated[float, Ge(0), Le(1)] = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A voice that was looked at, and why it was taken or passed over."""

    name: str
    taken: bool
    why: str
    unknown: bool = False  # whether it is here and was not measured yet


class Auto:
    """Chooses by speed measured here (once: 2 s), and passes to the next voice on failure."""

    Options = AutoOptions

    def __init__(self, options: AutoOptions, context: Context) -> None:
        self._options = options
        self._context = context
        self._left = list(options.voices)
        self._voice, self._engine = self._open()
        self.rate_hz = self._voice.rate_hz
        self._book = self._phrasebook()

    @property
    def name(self) -> str:
        """Of the voice that speaks now."""
        return self._voice.name

    @property
    def engine(self) -> str:
        """The plug-in that speaks now."""
        return self._engine

    def synthesize(self, text: str, language: str) -> Iterator[Samples]:
        """Pieces as the chosen voice makes them; what it fails at, the next one says.

        Raises `WorkError` if the last one fails too.
        """
        made = self._book.find(text, language) if self._book is not None else None
        if made is not None:
            yield self._loud(made)
            return
        while True:
            given = False
            try:
                for piece in self._voice.synthesize(text, language):
                    given = True
                    yield self._loud(_at_rate(piece, self._voice.rate_hz, self.rate_hz))
                return
            except Exception as error:
                if not self._left:
                    raise
                self._pass_on(error)
                if given:  # what was heard is not said again
                    return

    def cancel(self) -> None:
        """What is being made is not wanted any more."""
        self._voice.cancel()

    def close(self) -> None:
        """Close the voice that speaks."""
        self._voice.close()

    def _open(self) -> tuple[Voice, str]:
        """The first of those left that is here, works and is fast enough; or the last."""
        why: Exception | None = None
        while self._left:
            name = self._left.pop(0)
            try:
                voice = open_engine(name, self._options, self._context)
                if not self._left or _speed(name, voice, self._context.language).enough:
                    return voice, name
                voice.close()
            except Exception as error:  # a plug-in may raise anything
                why = error
                log.debug("%s: %s", name, error)
        raise (
            why
            if isinstance(why, EdgeAssistError)
            else PluginError(
                "auto",
                t("no voice can be used: {why}", why=why or "-"),
                fix=t("Run: sudo apt install espeak-ng"),
            )
        )

    def _pass_on(self, error: Exception) -> None:
        failed, broken = self._engine, self._voice
        self._voice, self._engine = self._open()
        self._book = None
        broken.close()
        why = t(
            "The voice {failed} failed ({why}); {other} speaks now.",
            failed=failed,
            why=error if isinstance(error, EdgeAssistError) else repr(error),
            other=self._engine,
        )
        log.warning("%s", why)
        self._context.emit(
            Status(
                captured_ns=self._context.clock.now_ns(),
                module=self._context.name,
                state=State.RUNNING,
                why=why,
            )
        )

    def _phrasebook(self) -> Phrasebook | None:
        edition = getattr(self._voice, "edition", "")
        return Phrasebook(edition, self.rate_hz) if edition else None

    def _loud(self, samples: Samples) -> Samples:
        volume = self._options.volume
        return samples if volume == 1.0 else (samples * volume).astype(np.int16)


def consider(voices: tuple[str, ...] = ORDER) -> list[Choice]:
    """What is known of each voice here, and which one would be taken; nothing is loaded."""
    found: list[Choice] = []
    for name in voices:
        taken = any(choice.taken for choice in found)
        last = name == voices[-1]
        try:
            plugins.ready("voices", name)
        except EdgeAssistError as error:
            found.append(Choice(name=name, taken=False, why=f"{error.problem}. {error.fix}"))
            continue
        measured = speed.known(name)
        if measured is None:
            why = t("not measured yet")
            fits = True
        else:
            why = t(
                "takes {rtf} of the time it speaks, {first} ms to the first sound",
                rtf=measured.rtf,
                first=round(measured.first_ms),
            )
            fits = measured.enough or last
            if not fits:
                why = t("too slow here: {why}", why=why)
        found.append(Choice(name=name, taken=fits and not taken, why=why, unknown=measured is None))
    return found


def measure_all(context: Context, voices: tuple[str, ...] = ORDER) -> None:
    """Let every voice that is here say a sentence, and keep how fast it was: 2 s each."""
    for name in voices:
        try:
            voice = open_engine(name, AutoOptions(), context)
        except EdgeAssistError:  # `consider` says why it is not there
            continue
        try:
            speed.keep(name, speed.measure(voice, context.language))
        finally:
            voice.close()


def open_engine(name: str, options: Any, context: Context) -> Voice:
    """A voice at the rate of `options`, at full volume.

    Raises `PluginError` if it is not there or lacks something.
    """
    plugin = plugins.ready("voices", name)
    fields = {field.name for field in dataclasses.fields(plugin.Options)}
    voice: Voice = plugin(
        plugin.Options(**({"rate": options.rate} if "rate" in fields else {})), context
    )
    return voice


def _speed(name: str, voice: Voice, language: str) -> speed.Speed:
    measured = speed.known(name)
    if measured is None:
        measured = speed.measure(voice, language)
        speed.keep(name, measured)
    return measured


def _at_rate(samples: Samples, from_hz: int, to_hz: int) -> Samples:
    """By straight lines between samples: only a voice that stands in needs it."""
    if from_hz == to_hz or not len(samples):
        return samples
    at = np.arange(round(len(samples) * to_hz / from_hz)) * (from_hz / to_hz)
    between: Samples = np.interp(at, np.arange(len(samples)), samples).astype(np.int16)
    return between
