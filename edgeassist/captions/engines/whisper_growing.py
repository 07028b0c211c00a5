"""What Whisper hears in speech that goes on, quickly, and how sure it is of every character."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgeassist.captions.correction import Hypothesis as Heard
from edgeassist.captions.engines.whisper_encoder import FULL_WINDOW_S
from edgeassist.captions.engines.whisper_model import WhisperModel, chinese_marks
from edgeassist.captions.hallucination import believable, said_once
from edgeassist.captions.recognizer import Language
from edgeassist.chinese.normal import simplify
from edgeassist.loop.events import RATE_HZ

_WINDOW_S = 10.0  # with shorter ones the model runs away
_SPARE_S = 4.0
_TOKENS_A_SECOND = 10.0
_SPARE_TOKENS = 12
_HALF_A_CHARACTER = "\ufffd"
_CORRECTED_WITHIN_S = 0.05
# A quarter of a second sounds like many languages: what was spoken last counts for as much as
# this, and every run for what it says.
_EXPECTED_ODDS = math.log(4.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Growing:
    """What was heard so far; `sure` has one probability (0 to 1) for every character of `text`.

    `odds` is the logarithm of how much likelier Mandarin is than English, by all runs so far.
    """

    text: str
    sure: tuple[float, ...]
    language: Language
    odds: float


class GrowingWhisper(WhisperModel):
    """A `WhisperModel` that also hears speech which goes on."""

    def grow(
        self,
        samples: NDArray[np.int16],
        language: Language,
        *,
        expected: Language = Language.ZH,
        odds: float = 0.0,
    ) -> Growing:
        """What is said in int16 mono 16 kHz `samples` (at most 29 s), which end in mid-speech.

        With `Language.AUTO`, `odds` is what earlier runs on the same utterance told about its
        language, `expected` what was spoken before it. Greedy; judged mildly, for it was cut.
        """
        seconds = len(samples) / RATE_HZ
        window_s = max(_WINDOW_S, min(seconds + _SPARE_S, FULL_WINDOW_S))
        encoded = self._encoded(samples, window_s)
        if language is Language.AUTO:
            odds += self._odds(encoded)
            leaning = _EXPECTED_ODDS if expected is Language.ZH else -_EXPECTED_ODDS
            language = Language.ZH if odds + leaning > 0 else Language.EN
        raw, surenesses = self._greedy(encoded, language, seconds)
        text = self._shown(raw, language, seconds)
        return Growing(
            text=text,
            sure=tuple(carried(raw, surenesses, text)),
            language=language,
            odds=odds,
        )

    def _odds(self, encoded: Any) -> float:
        found = dict(self._model.detect_language(encoded)[0])
        mandarin = found.get("<|zh|>", 0.0) + found.get("<|yue|>", 0.0)
        return math.log((mandarin + 1e-3) / (found.get("<|en|>", 0.0) + 1e-3))

    def _greedy(
        self, encoded: Any, language: Language, seconds: float
    ) -> tuple[str, Sequence[float]]:
        prompt = self._words.prompt(language, self._prompts.get(language, ""))
        result = self._model.generate(
            encoded,
            [prompt],
            beam_size=1,
            max_length=len(prompt) + int(_TOKENS_A_SECOND * seconds) + _SPARE_TOKENS,
            return_logits_vocab=True,
        )[0]
        tokens = result.sequences_ids[0]
        sure = [
            probability(np.array(logits), token)
            for token, logits in zip(tokens, result.logits[0], strict=False)
        ]
        return by_character((self._words.text(tokens[: n + 1]) for n in range(len(tokens))), sure)

    def _shown(self, raw: str, language: Language, seconds: float) -> str:
        """What of the model's text is worth showing, with the characters a final would have."""
        text = chinese_marks(simplify(raw)) if language is Language.ZH else raw
        prompt = self._prompts.get(language, "")
        text = said_once(
            believable(
                text,
                seconds=seconds,
                language=language.value,
                log_probability=0.0,
                no_speech=0.0,
                prompt=prompt,
            )
        )
        if not text or _bare(prompt).startswith(_bare(text)):
            return ""  # about very short sound the model begins to repeat what it was told
        if language is Language.EN:
            return text[:1].upper() + text[1:]
        if self._corrector is None:
            return text
        return self._corrector.corrected([Heard(text)], within_s=_CORRECTED_WITHIN_S).text


def probability(logits: NDArray[Any], token: int) -> float:
    """The probability (0 to 1) of `token` by the `logits` of the whole vocabulary."""
    powers = np.exp(logits.astype(np.float32) - logits.max())
    return float(powers[token] / powers.sum())


def by_character(texts: Iterator[str], sure: Sequence[float]) -> tuple[str, list[float]]:
    """The last of growing `texts`, and how sure each character of it is.

    Each text holds one token more than the one before; a character that several tokens make up
    is as sure as the least sure of them. Space at either end is left out.
    """
    whole, characters, least = "", [], 1.0
    for text, probability_ in zip(texts, sure, strict=False):
        least = min(least, probability_)
        if text.endswith(_HALF_A_CHARACTER):
            continue
        characters += [least] * (len(text) - len(whole))
        whole, least = text, 1.0
    start = len(whole) - len(whole.lstrip())
    whole = whole.strip()
    return whole, characters[start : start + len(whole)]


def carried(old: str, sure: Sequence[float], new: str) -> list[float]:
    """How sure each character of `new` is, which was made from `old`, sure as given."""
    if len(old) == len(new):
        return list(sure)
    found: list[float] = []
    for _, first, last, start, end in SequenceMatcher(None, old, new, False).get_opcodes():
        if last - first == end - start:
            found += sure[first:last]
        else:
            around = sure[first:last] or sure[max(first - 1, 0) : first + 1]
            found += [min(around, default=0.0)] * (end - start)
    return found


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text))
