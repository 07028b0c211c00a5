"""Kokoro-82M through ONNX Runtime: a clear voice in Mandarin and English."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar

import numpy as np
from annotated_types import Ge, Le
from numpy.typing import NDArray

from edgeassist.errors import ConfigError, ModelError, PluginError, WorkError
from edgeassist.locale import t
from edgeassist.loop.node import Context
from edgeassist.modelstore import card, installed
from edgeassist.plugins import Missing
from edgeassist.speech import espeak_ipa
from edgeassist.speech.engines.kokoro_symbols import chinese, english, numbers, pieces
from edgeassist.speech.pinyin import spoken_words
from edgeassist.speech.voice import Samples

_MODEL = "kokoro"
_NETWORK = "model.onnx"
_USUAL_RATE = 200  # words a minute that the model's own speed is called
_STYLE = 256  # numbers that make a voice, one row for each length of text
# Symbols at once, about four seconds: memory grows with the sound that is made in one go.
_MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class KokoroOptions:
    """Who speaks, and how."""

    speaker: str = "zf_xiaoxiao"  # a Mandarin voice of the model: zf_… women, zm_… men
    english_speaker: str = "af_heart"  # af_, am_ American, bf_, bm_ British
    rate: Annotated[int, Ge(80), Le(450)] = 200  # words a minute, as espeak counts them
    volume: Annotated[float, Ge(0), Le(1)] = 1.0
    threads: Annotated[int, Ge(1), Le(16)] = 2


class Kokoro:
    """The voice of Kokoro-82M: Chinese by our own readings, English by espeak-ng's phonemes."""

    Options = KokoroOptions
    requires: ClassVar[dict[str, str]] = {"onnxruntime": "pip install onnxruntime"}
    rate_hz = 24_000

    @classmethod
    def check(cls) -> Missing | None:
        """Whether the model and espeak-ng are there."""
        try:
            installed(_MODEL)
        except ModelError as error:
            return Missing(what=f"{error.subject}: {error.problem}", fix=error.fix)
        return espeak_ipa.missing()

    def __init__(self, options: KokoroOptions, context: Context) -> None:
        folder = installed(_MODEL)
        self._options = options
        self._styles = {
            "zh": _style(folder, options.speaker),
            "en": _style(folder, options.english_speaker),
        }
        self._british = options.english_speaker.startswith("b")
        self.name = f"kokoro {options.speaker if context.language == 'zh' else options.english_speaker}"
        self._cancelled = False
        self._session = _session(folder / _NETWORK, options.threads)
        spoken_words("一")  # its tables load now, not with the first warning

    def synthesize(self, text: str, language: str) -> Iterator[Samples]:
        """About four seconds a piece; ends between pieces when it is cancelled.

        Raises `WorkError` for a language other than Chinese and English.
        """
        self._cancelled = False
        if language not in self._styles:
            raise WorkError(
                "kokoro",
                t("speaks Chinese and English, not {language}", language=language),
                fix=t("Choose another voice; see: edgeassist plugins"),
            )
        for piece in pieces(self._symbols(text, language), _MOST):
            if self._cancelled:
                return
            yield self._sound(numbers(piece), self._styles[language])

    def cancel(self) -> None:
        """End after the piece that is being made."""
        self._cancelled = True

    def close(self) -> None:
        """Let go of the model."""
        self._session = None

    def _symbols(self, text: str, language: str) -> str:
        if language == "zh":
            return chinese(spoken_words(text))
        accent = "en-gb" if self._british else "en-us"
        return english(espeak_ipa.ipa(text, accent), british=self._british)

    def _sound(self, symbols: list[int], style: NDArray[np.float32]) -> Samples:
        if not symbols:
            return np.zeros(0, np.int16)
        row = style[min(len(symbols), len(style) - 1)]
        sound = self._session.run(
            None,
            {
                "tokens": np.array([[0, *symbols, 0]], np.int64),
                "style": row[np.newaxis],
                "speed": np.array([self._options.rate / _USUAL_RATE], np.float32),
            },
        )[0].reshape(-1)
        loud = np.clip(sound * (32767 * self._options.volume), -32768, 32767)
        return loud.astype(np.int16)


def speakers() -> tuple[str, ...]:
    """The names of the model's voices that its card brings."""
    return tuple(
        file.name.removesuffix(".bin") for file in card(_MODEL).files if file.name != _NETWORK
    )


def _style(folder: Path, speaker: str) -> NDArray[np.float32]:
    """One voice, (510, 256): a row for each number of symbols."""
    if speaker not in speakers():
        raise ConfigError(
            speaker,
            t("is no voice of kokoro"),
            fix=t("There are: {names}", names=", ".join(speakers())),
        )
    return np.fromfile(folder / f"{speaker}.bin", np.float32).reshape(-1, _STYLE)


def _session(path: Path, threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # A waiting thread would burn what captions and the detector need.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:
        raise PluginError(
            "kokoro",
            t("the model cannot be loaded: {why}", why=error),
            fix=t("Run: edgeassist models verify {name}", name=_MODEL),
        ) from error
