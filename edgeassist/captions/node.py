"""The captions module: sound in, captions out, each final on the disk before anybody sees it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

from edgeassist.captions.correction import Corrector, corrected_final, corrector_for
from edgeassist.captions.loudness import LevelMeter, LoudnessHints
from edgeassist.captions.recognizer import ELLIPSIS, Language, Recognizer
from edgeassist.captions.transcript import Journal, write_srt
from edgeassist.config import parse_options
from edgeassist.errors import WorkError
from edgeassist.locale import t
from edgeassist.loop.events import AudioBlock, AudioLevel, Caption, Event, Gap, State, Status
from edgeassist.loop.node import Context, Pace
from edgeassist.plugins import ready

_LOST_AGAIN_S = 10.0  # a busy machine loses sound many times in a row; one "…" tells of it


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionsOptions:
    """Which engine listens, for what, and where the transcript is kept."""

    engine: str | None = None  # None: the one of the device's profile
    language: Language = Language.AUTO
    transcript: Path | None = (
        None  # a journal of JSON lines; a .srt is written beside it at the end
    )
    correct: bool = True  # Mandarin, where characters sound right and are wrong
    hot_words: tuple[str, ...] = ()  # names and terms that win over what sounds alike
    hot_words_file: Path | None = None  # one a line, or a dictionary of one's own words
    engine_options: Mapping[str, Any] = field(default_factory=dict)


class Captions:
    """Live captions of what is said; of live sound also its level, and hints where it is amiss."""

    Options = CaptionsOptions
    consumes: ClassVar[tuple[type[Event], ...]] = (AudioBlock, Gap)
    produces: ClassVar[tuple[type[Event], ...]] = (Caption, AudioLevel, Status)
    lost = "captions are off"
    called = "captions"

    def __init__(self, options: CaptionsOptions, context: Context) -> None:
        self._options = options
        self._context = context
        self._recognizer: Recognizer | None = None
        self._journal: Journal | None = None
        self._corrector: Corrector | None = None  # of an engine that does not correct itself
        self._stable = ""  # what the utterance that goes on has been shown to begin with
        self._lost_until_s: float | None = None  # lost sound was told of, up to here
        self._trouble = ""
        self._meter = LevelMeter()
        self._hints = LoudnessHints()

    def open(self) -> None:
        """Load the engine and open the transcript.

        Raises `PluginError` or `ModelError` for what is not installed, `ConfigError` for engine
        options that are wrong, `InputError` for a transcript that cannot be written.
        """
        name = self._options.engine or self._context.profile.captions.recognizer
        # An engine's own check is about its default model.
        engine = ready("recognizers", name, defaults="model" not in self._options.engine_options)
        if self._options.transcript is not None:
            self._journal = Journal(self._options.transcript)
        self._recognizer = engine(
            engine_options(engine, name, self._options, self._options.engine_options),
            self._context,
        )
        if not _takes(engine, "correct"):
            self._corrector = corrector_for(
                self._options.correct, self._options.hot_words, self._options.hot_words_file
            )

    def handle(self, event: Event) -> Iterable[Event]:
        """Take sound, or that some was lost."""
        assert self._recognizer is not None
        if isinstance(event, Gap):
            yield from self._kept(self._recognizer.gap(event))
            return
        assert isinstance(event, AudioBlock)
        if self._context.pace is Pace.REAL and (level := self._meter.feed(event)) is not None:
            yield level
            if hint := self._hints.update(level):
                yield self._status(t(hint), level.captured_ns)
        yield from self._kept(self._recognizer.feed(event))

    def finish(self) -> Iterable[Event]:
        """The finals still owed, and the transcript as SubRip."""
        assert self._recognizer is not None
        yield from self._kept(self._recognizer.finish())
        if self._journal is not None:
            try:
                write_srt(self._journal.path)
            except WorkError as error:
                yield self._status(str(error), self._context.clock.now_ns())

    def close(self) -> None:
        """Let the engine and the transcript go."""
        try:
            if self._journal is not None:
                self._journal.close()
        finally:
            self._journal = None
            if self._recognizer is not None:
                self._recognizer.close()
                self._recognizer = None

    def _kept(self, captions: Iterator[Caption]) -> Iterator[Event]:
        for given in captions:
            caption = self._corrected(given) if self._corrector is not None else given
            if caption.final:
                caption = self._lost_once(caption)
            if caption.final and caption.text and self._journal is not None:
                yield from self._keep(caption, self._journal)
            yield caption

    def _lost_once(self, caption: Caption) -> Caption:
        """A final without a word is empty where it has just been told that sound was lost."""
        until_s = self._lost_until_s
        if caption.text.endswith(ELLIPSIS):
            self._lost_until_s = caption.end_s
        elif caption.text:
            self._lost_until_s = None
        near = until_s is not None and caption.start_s - until_s < _LOST_AGAIN_S
        if caption.text == ELLIPSIS and near:
            return replace(caption, text="", stable_chars=0)
        return caption

    def _corrected(self, caption: Caption) -> Caption:
        """A Mandarin final corrected, but for what it has been shown to begin with."""
        if not caption.final:
            self._stable = caption.text[: caption.stable_chars]
            return caption
        stable, self._stable = self._stable, ""
        assert self._corrector is not None
        return corrected_final(self._corrector, caption, stable)

    def _keep(self, caption: Caption, journal: Journal) -> Iterator[Event]:
        """Write a final down; tell once that it cannot be, and once that it can again."""
        try:
            journal.add(caption)
            trouble = ""
            if journal.nearly_full:
                trouble = t(
                    "{path}: the disk is full, captions are kept only a little longer. Make room",
                    path=journal.path,
                )
        except WorkError as error:
            trouble = str(error)
        if trouble != self._trouble:
            self._trouble = trouble
            yield self._status(trouble or t("the transcript is kept again"), caption.captured_ns)

    def _status(self, why: str, captured_ns: int) -> Status:
        """The module runs on; `lost` is empty, so that nobody is told captions are off."""
        return Status(
            captured_ns=captured_ns, module=self._context.name, state=State.RUNNING, why=why
        )


def engine_options(
    engine: Any, name: str, module: CaptionsOptions, given: Mapping[str, Any]
) -> Any:
    """An engine's `Options` from the config's table, and from the module's what it can take.

    Raises `ConfigError` with every mistake in them.
    """
    values = dict(given)
    for option, value in (
        ("language", module.language.value),
        ("correct", module.correct),
        ("hot_words", list(module.hot_words)),
        ("hot_words_file", module.hot_words_file and str(module.hot_words_file)),
    ):
        if value is not None and _takes(engine, option):
            values.setdefault(option, value)
    return parse_options(engine, values, name, "engine_options")


def _takes(engine: Any, option: str) -> bool:
    return any(one.name == option for one in dataclasses.fields(engine.Options))
