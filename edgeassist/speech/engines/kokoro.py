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
from edgeassist.speech.engines.kokoro_windows import Sound, around, joined, sounding, windows
from edgeassist.speech.pinyin import spoken_words
from edgeassist.speech.voice import Samples

_MODEL = "kokoro"
_NETWORK = "model.onnx"
_USUAL_RATE = 200  # words a minute that the model's own speed is called
_STYLE = 256  # numbers that make a voice, one row for each length of text
_MOST = 300  # symbols that are planned at once, about twelve seconds; the model can take 510
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
        self._plan, self._vocoder = (
            _shared(_graph(folder / _NETWORK, half), options.threads) for half in ("plan", "sound")
        )
        self._run_options = _run_options()
        spoken_words("一")  # its tables load now, not with the first warning

    def synthesize(self, text: str, language: str) -> Iterator[Samples]:
        """At most three seconds a piece, the first one less; ends between pieces when cancelled.

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
            yield from self._said(numbers(piece), self._styles[language])

    def cancel(self) -> None:
        """End after the piece that is being made."""
        self._cancelled = True

    def close(self) -> None:
        """Let go of the model."""
        self._plan = self._vocoder = None

    def _symbols(self, text: str, language: str) -> str:
        if language == "zh":
            return chinese(spoken_words(text))
        accent = "en-gb" if self._british else "en-us"
        return english(espeak_ipa.ipa(text, accent), british=self._british)

    def _said(self, symbols: list[int], style: NDArray[np.float32]) -> Iterator[Samples]:
        """Speech without silence before it, with the pause of its last sign after it."""
        lead, tail = round(_LEAD_S * self.rate_hz), round(_TAIL_S * self.rate_hz)
        held = np.zeros(0, np.float32)  # soft since the last loud sample
        begun = False
        for sound in joined(self._made(symbols, style)):
            held = np.concatenate([held, sound])
            loud = np.flatnonzero(np.abs(held) > _QUIET)
            if len(loud):
                end = int(loud[-1]) + 1
                yield self._samples(held[0 if begun else max(0, int(loud[0]) - lead) : end])
                begun, held = True, held[end:]
        if begun:
            pause_s = _PAUSES_S.get(symbols[-1], 0.0) * _USUAL_RATE / self._options.rate
            yield np.pad(self._samples(held[:tail]), (0, round(pause_s * self.rate_hz)))

    def _made(
        self, symbols: list[int], style: NDArray[np.float32]
    ) -> Iterator[tuple[tuple[int, int], tuple[int, int], Sound]]:
        """The windows of a text, see `kokoro_windows.joined`."""
        if not symbols or self._cancelled:
            return
        how = style[min(len(symbols), len(style) - 1)][np.newaxis]
        speed = np.array([self._options.rate / _USUAL_RATE], np.float32)
        tokens = np.array([[0, *symbols, 0]], np.int64)
        text, pitch, loudness = self._plan.run(
            list(kokoro_graph.PLAN), {"tokens": tokens, "style": how, "speed": speed}
        )
        level = loudness.reshape(-1, 2).max(axis=1)
        first, end = sounding(level)
        for window in windows(level, first, end):
            if self._cancelled:
                return
            begin, until = frames = around(window, first, end)
            halves = slice(2 * begin, 2 * until)
            parts = (text[..., begin:until], pitch[..., halves], loudness[..., halves])
            given = {**dict(zip(kokoro_graph.PLAN, parts, strict=True)), "style": how}
            (sound,) = self._vocoder.run(None, given, self._run_options)
            yield window, frames, sound.reshape(-1)

    def _samples(self, sound: Sound) -> Samples:
        louder = 32767 * self._options.volume
        samples: Samples = np.clip(sound * louder, -32768, 32767).astype(np.int16)
        return samples


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


def _graph(source: Path, half: str) -> Path:
    """Half of the cheaper graph (`kokoro_graph`), made once: together 3 s and 92 MB of the cache.

    Raises `WorkError` if it cannot be made.
    """
    digest = next(file.contents[0].sha256 for file in card(_MODEL).files if file.name == _NETWORK)
    products = "products" if products_are_exact() else ""
    return compiled(
        "kokoro",
        f"{half}-{kokoro_graph.VERSION}{products}-{digest[:8]}",
        t("Preparing the voice kokoro, once (a few seconds)…"),
        f"{kokoro_graph.__name__}:{half}",
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
        return session(path, threads, shapes_vary=True)
    except Exception as error:
        raise PluginError(
            "kokoro",
            t("the model cannot be loaded: {why}", why=error),
            fix=t("Run: edgeassist models verify {name}", name=_MODEL),
        ) from error
