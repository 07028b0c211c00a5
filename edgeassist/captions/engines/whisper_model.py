"""The Whisper network itself: a piece of sound in, what was said in it out. No streaming here.

Through CTranslate2 (int8) and not faster-whisper's `transcribe`, which pads everything to 30 s and
brings PyAV and a network client into memory, 21 MB.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgeassist.captions.correction import Corrector
from edgeassist.captions.correction import Hypothesis as Candidate
from edgeassist.captions.engines.whisper_encoder import FULL_WINDOW_S, Encoder
from edgeassist.captions.engines.whisper_words import Words
from edgeassist.captions.hallucination import believable, looks_looped
from edgeassist.captions.recognizer import Language
from edgeassist.chinese.normal import simplify
from edgeassist.errors import ModelError
from edgeassist.locale import t
from edgeassist.loop.events import RATE_HZ

_SPARE_S = 4.0  # window beyond the sound; windows hardly longer than it run away
_TOKENS_A_SECOND = 10.0
_SPARE_TOKENS = 12
_ASCII_MARK = re.compile(r"(?<=[^\x00-\x7f])\s*([,?!:;])\s*|\s*([,?!:;])\s*(?=[^\x00-\x7f])")
_CHINESE_MARK = {",": "，", "?": "？", "!": "！", ":": "：", ";": "；"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis:
    """What was heard: text in simplified characters, language "zh" or "en".

    `heard` is the model's own text where `text` is a corrected one.
    """

    text: str
    language: Language
    log_probability: float  # mean of a token
    no_speech: float  # probability that nobody speaks
    took_s: float
    heard: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decoded:
    """The model's raw texts, the best first, and how sure it is of that."""

    candidates: list[Candidate]
    log_probability: float  # mean of a token
    no_speech: float


class WhisperModel:
    """Loaded once; `hear` may be called from any thread, one at a time."""

    def __init__(
        self,
        folder: Path,
        threads: int,
        prompts: dict[Language, str],
        corrector: Corrector | None = None,
    ) -> None:
        """Load from a folder with model.bin, config.json and tokenizer.json; never downloads.

        `corrector` corrects what is heard in Mandarin.

        Raises `ModelError` where that is not a Whisper model.
        """
        import ctranslate2

        try:
            self._model = ctranslate2.models.Whisper(
                str(folder), device="cpu", compute_type="int8", intra_threads=threads
            )
            self._words = Words(folder / "tokenizer.json")
        except Exception as error:  # both libraries raise bare Exception and RuntimeError
            raise ModelError(
                str(folder),
                t("is not a Whisper model for CTranslate2: {why}", why=str(error).split("\n")[0]),
                fix=t("See: edgeassist models list"),
            ) from None
        self._encoded = Encoder(self._model)
        self._prompts = prompts
        self._corrector = corrector

    def hear(
        self,
        samples: NDArray[np.int16],
        language: Language,
        *,
        beam: int,
        window_s: float,
        expected: Language = Language.ZH,
        growing: bool = False,
    ) -> Hypothesis:
        """What is said in int16 mono 16 kHz `samples` (at most 29 s).

        With `Language.AUTO` the model tells Mandarin and English apart, and where it cannot,
        `expected` is taken. `growing` sound is judged mildly: it was cut in the middle of speech.
        A text that repeats itself, and none at all, is heard once more with the full window.
        """
        began = time.monotonic()
        seconds = len(samples) / RATE_HZ
        window_s = max(window_s, min(seconds + _SPARE_S, FULL_WINDOW_S))
        encoded = self._encoded(samples, window_s)
        if language is Language.AUTO:
            language = self._language(encoded, expected)
        decoded = self._decoded(encoded, language, seconds, beam)
        likeliest = decoded.candidates[0].text
        if (window_s < FULL_WINDOW_S and not growing) and (
            looks_looped(likeliest)
            or not self._credible(likeliest, language, seconds, decoded, growing)
        ):
            encoded = self._encoded(samples, FULL_WINDOW_S)
            decoded = self._decoded(encoded, language, seconds, beam)
        credible = [
            Candidate(text, candidate.log_probability)
            for candidate in decoded.candidates
            if (text := self._credible(candidate.text, language, seconds, decoded, growing))
            or candidate is decoded.candidates[0]
        ]
        text = heard = credible[0].text
        if text and language is Language.ZH and self._corrector is not None:
            text = self._corrector.corrected(credible).text
        if language is Language.EN:
            text = text[:1].upper() + text[1:]
        return Hypothesis(
            text=text,
            language=language,
            log_probability=decoded.log_probability,
            no_speech=decoded.no_speech,
            took_s=time.monotonic() - began,
            heard=heard if heard != text else "",
        )

    def _credible(
        self, text: str, language: Language, seconds: float, decoded: _Decoded, growing: bool
    ) -> str:
        return believable(
            chinese_marks(simplify(text)) if language is Language.ZH else text,
            seconds=seconds,
            language=language.value,
            log_probability=0.0 if growing else decoded.log_probability,
            no_speech=0.0 if growing else decoded.no_speech,
            prompt=self._prompts.get(language, ""),
        )

    def _language(self, encoded: Any, expected: Language) -> Language:
        found = dict(self._model.detect_language(encoded)[0])
        mandarin = found.get("<|zh|>", 0.0) + found.get("<|yue|>", 0.0)
        english = found.get("<|en|>", 0.0)
        if max(mandarin, english) < 2 * min(mandarin, english):
            return expected
        return Language.ZH if mandarin > english else Language.EN

    def _decoded(self, encoded: Any, language: Language, seconds: float, beam: int) -> _Decoded:
        prompt = self._words.prompt(language, self._prompts.get(language, ""))
        result = self._model.generate(
            encoded,
            [prompt],
            beam_size=beam,
            num_hypotheses=beam if self._corrector and language is Language.ZH else 1,
            max_length=len(prompt) + int(_TOKENS_A_SECOND * seconds) + _SPARE_TOKENS,
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        return _Decoded(
            candidates=[
                # A score is the mean of a token, the one that ends the text among them.
                Candidate(self._words.text(tokens).strip(), float(score) * (len(tokens) + 1))
                for tokens, score in zip(result.sequences_ids, result.scores, strict=True)
            ],
            log_probability=float(result.scores[0]),
            no_speech=float(result.no_speech_prob),
        )


def chinese_marks(text: str) -> str:
    """`text` with the punctuation beside Chinese characters as Chinese prints it."""
    return _ASCII_MARK.sub(lambda mark: _CHINESE_MARK[mark[1] or mark[2]], text)
