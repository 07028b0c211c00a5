"""Kokoro-82M through ONNX Runtime: a clear voice in Mandarin and English."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar
from weakref import WeakValueDictionary

import numpy as np
from annotated_types import Ge, Le
from numpy.typing import NDArray

from edgeassist.chinese.cache import compiled
from edgeassist.errors import ConfigError, ModelError, PluginError, WorkError
from edgeassist.inference import session
from edgeassist.locale import t
from edgeassist.loop.node import Context
from edgeassist.modelstore import card, installed
from edgeassist.plugins import Missing
from edgeassist.speech import espeak_ipa
from edgeassist.speech.engines import kokoro_graph
from edgeassist.speech.engines.kokoro_convs import products_are_exact
from edgeassist.speech.engines.kokoro_symbols import chinese, english, numbers, pieces
from edgeassist.speech.pinyin import spoken_words
from edgeassist.speech.voice import Samples

_MODEL = "kokoro"
_NETWORK = "model.onnx"
_USUAL_RATE = 200  # words a minute that the model's own speed is called
_STYLE = 256  # numbers that make a voice, one row for each length of text
# Symbols at once, about four seconds: memory grows with the sound that is made in one go.
_MOST = 100
# The model ends each text with up to 0.8 s of silence, which costs as much to make as speech:
# its last signs are hurried over, and the pause is ours. (To hurry its first sign damages what
# follows.)
_SKIP = 1000.0
_PAUSES_S = {
    **dict.fromkeys(numbers(",:"), 0.12),
    **dict.fromkeys(numbers(".!?;"), 0.25),
}
_QUIET = 0.004  # of 1: softer than this is no speech
_LEAD_S, _TAIL_S = 0.02, 0.06  # kept around speech
_loaded: WeakValueDictionary[tuple[Path, int], Any] = WeakValueDictionary()


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

    @staticmethod
    def edition_of(options: KokoroOptions) -> str:
        """What its sound depends on, for phrases made ahead of time; asked without loading it."""
        return (
            f"kokoro-{kokoro_graph.VERSION}-{options.speaker}-{options.english_speaker}"
            f"-{options.rate}"
        )

    def __init__(self, options: KokoroOptions, context: Context) -> None:
        folder = installed(_MODEL)
        self._options = options
        self._styles = {
            "zh": _style(folder, options.speaker),
            "en": _style(folder, options.english_speaker),
        }
        self._british = options.english_speaker.startswith("b")
        self.name = (
            f"kokoro {options.speaker if context.language == 'zh' else options.english_speaker}"
        )
        self.edition = self.edition_of(options)
        self._cancelled = False
        self._session = _shared(_graph(folder / _NETWORK), options.threads)
        self._run_options = _run_options()
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
        speed = self._options.rate / _USUAL_RATE
        speeds = np.full(len(symbols) + 2, speed, np.float32)
        speeds[-1] = _SKIP
        if symbols[-1] in _PAUSES_S:
            speeds[-2] = _SKIP
        given = {
            "tokens": np.array([[0, *symbols, 0]], np.int64),
            "style": style[min(len(symbols), len(style) - 1)][np.newaxis],
            "speed": speeds,
        }
        sound = self._session.run(None, given, self._run_options)[0].reshape(-1)
        loud = np.flatnonzero(np.abs(sound) > _QUIET)
        if not len(loud):
            return np.zeros(0, np.int16)
        lead, tail = round(_LEAD_S * self.rate_hz), round(_TAIL_S * self.rate_hz)
        sound = sound[max(0, int(loud[0]) - lead) : int(loud[-1]) + tail]
        samples = np.clip(sound * (32767 * self._options.volume), -32768, 32767).astype(np.int16)
        pause_s = _PAUSES_S.get(symbols[-1], 0.0) / speed
        return np.pad(samples, (0, round(pause_s * self.rate_hz)))


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


def _graph(source: Path) -> Path:
    """The cheaper graph (`kokoro_graph`), made once: about 2 s and 92 MB of the cache folder.

    Raises `WorkError` if it cannot be made.
    """
    digest = next(file.contents[0].sha256 for file in card(_MODEL).files if file.name == _NETWORK)
    products = "products" if products_are_exact() else ""
    return compiled(
        "kokoro",
        f"{kokoro_graph.VERSION}{products}-{digest[:8]}",
        t("Preparing the voice kokoro, once (a few seconds)…"),
        f"{kokoro_graph.__name__}:rewrite",
        str(source),
        products,
    )


def _run_options() -> Any:
    """Give back what a long piece took; short ones cost no more for it."""
    import onnxruntime

    options = onnxruntime.RunOptions()
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return options


def _shared(path: Path, threads: int) -> Any:
    """The model, loaded once for all voices in use: a new rate opens a voice beside the old one."""
    session = _loaded.get((path, threads))
    if session is None:
        session = _loaded[path, threads] = _session(path, threads)
    return session


def _session(path: Path, threads: int) -> Any:
    try:
        return session(path, threads)
    except Exception as error:
        raise PluginError(
            "kokoro",
            t("the model cannot be loaded: {why}", why=error),
            fix=t("Run: edgeassist models verify {name}", name=_MODEL),
        ) from error
