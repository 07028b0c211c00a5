"""The best voice that this machine is fast enough for; while it fails, the next one speaks.

Phrases that were made ahead of time (`edgeassist.speech.phrasebook`) come from there.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from annotated_types import Ge, Le

from edgeassist import plugins
from edgeassist.errors import EdgeAssistError, PluginError
from edgeassist.locale import t
from edgeassist.loop.clock import NS
from edgeassist.loop.events import State, Status
from edgeassist.loop.node import Context
from edgeassist.speech import speed
from edgeassist.speech.choosing import (
    ORDER,
    Choice,
    consider,
    fast_enough,
    measure_all,
    open_engine,
    options_for,
)
from edgeassist.speech.phrasebook import Phrasebook
from edgeassist.speech.voice import Samples, Voice

__all__ = ["ORDER", "Auto", "AutoOptions", "Choice", "consider", "measure_all", "open_engine"]

log = logging.getLogger("edgeassist.speech")

# How long a voice that failed is left alone: at first, and (doubled each time) at most.
_REST_S = (30.0, 1800.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoOptions:
    """Which voices to choose from, and how they speak."""

    voices: tuple[str, ...] = ORDER  # the best first; the last is taken however slow it is
    rate: Annotated[int, Ge(80), Le(450)] = 200  # words a minute
    volume: Annotated[float, Ge(0), Le(1)] = 1.0
    lazy: bool = False  # load a voice known to be fast enough only for what was not made ahead


@dataclass(slots=True)
class _Rest:
    """How often a voice has failed, and until when it is left alone."""

    failures: int = 0
    until_ns: int = 0


class Auto:
    """Chooses by speed measured here (once: 2 s), and passes to the next voice on failure.

    A voice that failed is tried again after 30 s, then a minute, two minutes, … It is loaded while
    the other one speaks, and takes over with the next text.
    """

    Options = AutoOptions

    def __init__(self, options: AutoOptions, context: Context) -> None:
        self._options = options
        self._context = context
        self._rests: dict[str, _Rest] = {}
        self._guard = threading.Lock()  # for what comes back from the thread that loads it
        self._back: tuple[Voice, str] | None = None
        self._loading: threading.Thread | None = None
        self._closed = False
        self._voice: Voice | None = None  # loaded when needed, if lazy
        self._engine = ""
        self._book: Phrasebook | None = None
        self._own_hz = 0  # of the voice that speaks; what is given out stays at `rate_hz`
        known = _unloaded(options) if options.lazy else None
        if known is not None:
            self._engine, edition, self._own_hz = known
            self._book = Phrasebook(edition, self._own_hz)
        else:
            self._take(*self._open(options.voices))
        self.rate_hz = self._own_hz

    @property
    def name(self) -> str:
        """Of the voice that speaks now."""
        return self._engine if self._voice is None else self._voice.name

    @property
    def engine(self) -> str:
        """The plug-in that speaks now."""
        return self._engine

    def synthesize(self, text: str, language: str) -> Iterator[Samples]:
        """Pieces as the chosen voice makes them; what it fails at, the next one says.

        Raises `WorkError` if the last one fails too.
        """
        self._return()
        made = self._book.find(text, language) if self._book is not None else None
        if made is not None:
            yield self._loud(_at_rate(made, self._own_hz, self.rate_hz))
            return
        while True:
            given = False
            try:
                voice = self._loaded()
                for piece in voice.synthesize(text, language):
                    given = True
                    yield self._loud(_at_rate(piece, voice.rate_hz, self.rate_hz))
                return
            except Exception as error:
                self._pass_on(error)
                if given:  # what was heard is not said again
                    return

    def cancel(self) -> None:
        """What is being made is not wanted any more."""
        voice = self._voice
        if voice is not None:
            voice.cancel()

    def close(self) -> None:
        """Close the voice that speaks, and one that was coming back."""
        with self._guard:
            self._closed = True
            back, self._back = self._back, None
        if back is not None:
            back[0].close()
        if self._voice is not None:
            self._voice.close()

    def _open(self, names: Sequence[str]) -> tuple[Voice, str]:
        """The first of `names` that is here, works and is fast enough; or the last of all."""
        why: Exception | None = None
        for name in names:
            if self._resting(name):
                continue
            try:
                plugins.ready("voices", name)
            except EdgeAssistError as error:  # not here: nobody has chosen it
                why = error
                continue
            try:
                voice = open_engine(name, self._options, self._context)
                last = name == self._options.voices[-1]
                if last or fast_enough(name, voice, self._context.language):
                    return voice, name
                voice.close()
            except Exception as error:  # a plug-in may raise anything
                why = error
                self._leave_alone(name)
                self._tell(t("The voice {failed} failed ({why}).", failed=name, why=_said(error)))
        raise (
            why
            if isinstance(why, EdgeAssistError)
            else PluginError(
                "auto",
                t("no voice can be used: {why}", why=why or "-"),
                fix=t("Run: sudo apt install espeak-ng"),
            )
        )

    def _take(self, voice: Voice, engine: str) -> None:
        self._voice, self._engine, self._own_hz = voice, engine, voice.rate_hz
        edition = getattr(voice, "edition", "")
        self._book = Phrasebook(edition, voice.rate_hz) if edition else None

    def _loaded(self) -> Voice:
        if self._voice is None:
            self._voice = open_engine(self._engine, self._options, self._context)
        return self._voice

    def _pass_on(self, error: Exception) -> None:
        """The next voice speaks instead; raises `error` where there is none."""
        voices = self._options.voices
        failed, broken = self._engine, self._voice
        rest = voices[voices.index(failed) + 1 :]
        if not rest:
            for resting in self._rests.values():
                resting.until_ns = 0  # whichever is better may be mended by now
            raise error
        self._leave_alone(failed)
        self._take(*self._open(rest))
        if broken is not None:
            broken.close()
        self._tell(
            t(
                "The voice {failed} failed ({why}); {other} speaks now.",
                failed=failed,
                why=_said(error),
                other=self._engine,
            )
        )

    def _leave_alone(self, name: str) -> None:
        rest = self._rests.setdefault(name, _Rest())
        first_s, most_s = _REST_S
        rest_s = min(most_s, first_s * 2**rest.failures)
        rest.failures += 1
        rest.until_ns = self._context.clock.now_ns() + round(rest_s * NS)

    def _resting(self, name: str) -> bool:
        rest = self._rests.get(name)
        return rest is not None and self._context.clock.now_ns() < rest.until_ns

    def _return(self) -> None:
        """Take a voice that was loaded again, or begin to load the best whose rest is over."""
        with self._guard:
            back, self._back = self._back, None
        if back is not None:
            worse = self._voice
            self._take(*back)
            if worse is not None:
                worse.close()
            return
        if not self._rests or (self._loading is not None and self._loading.is_alive()):
            return
        better = self._options.voices[: self._options.voices.index(self._engine)]
        names = [name for name in better if name in self._rests and not self._resting(name)]
        if names:
            # A model takes a second or more: nobody waits for it, least of all a danger.
            self._loading = threading.Thread(
                target=self._load_again, args=(names,), name="speech-voice", daemon=True
            )
            self._loading.start()

    def _load_again(self, names: list[str]) -> None:
        try:
            back = self._open(names)
        except Exception as error:
            log.debug("%s", error)
            return
        with self._guard:
            closed = self._closed
            if not closed:
                self._back = back
        if closed:
            back[0].close()
            return
        self._tell(t("The voice {name} is back.", name=back[1]))

    def _tell(self, why: str) -> None:
        log.warning("%s", why)
        self._context.emit(
            Status(
                captured_ns=self._context.clock.now_ns(),
                module=self._context.name,
                state=State.RUNNING,
                why=why,
            )
        )

    def _loud(self, samples: Samples) -> Samples:
        volume = self._options.volume
        return samples if volume == 1.0 else (samples * volume).astype(np.int16)


def _unloaded(options: AutoOptions) -> tuple[str, str, int] | None:
    """Name, edition and rate of the voice to take, if that can be told without loading it."""
    name = next((choice.name for choice in consider(options.voices) if choice.taken), "")
    if not name or speed.known(name) is None:
        return None
    plugin = plugins.ready("voices", name)
    if not hasattr(plugin, "edition_of"):
        return None
    return name, plugin.edition_of(options_for(plugin, options)), plugin.rate_hz


def _said(error: Exception) -> str:
    return str(error) if isinstance(error, EdgeAssistError) else repr(error)


def _at_rate(samples: Samples, from_hz: int, to_hz: int) -> Samples:
    """By straight lines between samples: only a voice that stands in needs it."""
    if from_hz == to_hz or not len(samples):
        return samples
    at = np.arange(round(len(samples) * to_hz / from_hz)) * (from_hz / to_hz)
    between: Samples = np.interp(at, np.arange(len(samples)), samples).astype(np.int16)
    return between
