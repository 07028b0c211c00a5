"""Captions corrected: the right syllables in the wrong characters become the right characters.

Whisper writes 纯料发行 for 存量发行: it heard nearly the right sounds and knows too little Chinese.
Its hypotheses are laid over each other and read anew with a lexicon and a language model. Numbers,
Latin words and punctuation stay as they were heard; hot words win over what sounds alike.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from edgeassist.captions.correction_network import REMEMBERED, Place, network
from edgeassist.captions.correction_network import Hypothesis as Hypothesis
from edgeassist.captions.correction_search import Search, TooLateError, slots
from edgeassist.captions.hotwords import HotWords, hot_words
from edgeassist.captions.numbers import written
from edgeassist.captions.policy import continued
from edgeassist.chinese.normal import is_hanzi, simplify
from edgeassist.errors import ModelError
from edgeassist.loop.events import Caption

_TIME_S = 0.25  # a sentence takes 5 to 30 ms; a machine that busy has better things to do
_NO_HOT_WORDS = HotWords()


@dataclass(frozen=True, slots=True)
class Corrected:
    """A corrected text, and what the engine had heard."""

    text: str
    heard: str


class Corrector:
    """Corrects Mandarin texts; from one thread at a time."""

    def __init__(self, search: Search, hot: HotWords = _NO_HOT_WORDS) -> None:
        self._search = search
        self._hot = hot

    def corrected(
        self,
        hypotheses: Sequence[Hypothesis],
        *,
        within_s: float = _TIME_S,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> Corrected:
        """The likeliest text for `hypotheses` of one utterance, the best first.

        An engine that gives only one text gives that one. After `within_s` seconds the best
        hypothesis is taken as it is. Numbers are written as `numbers.written` says.
        """
        heard = hypotheses[0].text if hypotheses else ""
        simple = [Hypothesis(simplify(one.text), one.log_probability) for one in hypotheses]
        if not heard or not any(map(is_hanzi, heard)):
            return Corrected(written(simplify(heard)), heard)
        by = clock_s() + within_s
        lead, places = network(simple)
        try:
            texts = self._search.best(slots(places), self._hot, lambda: clock_s() > by)
        except TooLateError:
            return Corrected(written(simple[0].text), heard)
        return Corrected(written(lead + _joined(places, texts)), heard)


def corrected_final(of: Corrector, caption: Caption, stable: str) -> Caption:
    """A final of any engine, corrected where it is Mandarin.

    It still begins with `stable`, which has been shown as such; `heard` is what the engine gave.
    """
    if caption.language != "zh" or not caption.text:
        return caption
    corrected = of.corrected([Hypothesis(caption.text)])
    text = continued(stable, corrected.text)
    if text == caption.text:
        return caption
    return replace(caption, text=text, stable_chars=len(text), heard=corrected.heard)


def corrector(hot: HotWords = _NO_HOT_WORDS) -> Corrector:
    """A corrector with the process's one lexicon and language model.

    Raises `ModelError` where the language model is not installed.
    """
    return Corrector(_search(), hot)


def corrector_for(
    correct: bool, words: Sequence[str] = (), file: Path | None = None
) -> Corrector | None:
    """A corrector as the options of a module ask for it; None where it is off.

    Without the language model there is none either, unless hot words ask for one: captions are
    right more often with it, and do without. Raises `InputError` for a file of hot words that
    cannot be used, and then `ModelError`.
    """
    if not correct:
        return None
    hot = hot_words(words, file)
    try:
        return corrector(hot)
    except ModelError:
        if len(hot):
            raise
        return None


@cache
def _search() -> Search:
    from edgeassist.chinese.lexicon import Lexicon
    from edgeassist.chinese.trigrams import Trigrams
    from edgeassist.modelstore import installed

    path = installed("zh-lm") / "zh_CN.lm"
    return Search(Lexicon(path, REMEMBERED), Trigrams(path))


def _joined(places: Sequence[Place], texts: dict[int, str]) -> str:
    """The text, with the best hypothesis' punctuation."""
    return "".join(
        texts.get(index, "") + (place.unit.marks if place.unit else "")
        for index, place in enumerate(places)
    )
