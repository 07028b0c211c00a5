"""Piper voices (VITS networks in ONNX form) in any of their languages, one file a voice.

A voice is two files: NAME.onnx, and NAME.onnx.json, which tells its sample rate, the espeak-ng
voice that gives its phonemes, and the number of each phoneme (github.com/rhasspy/piper).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar

import numpy as np
from annotated_types import Ge, Le

from edgeassist.errors import ConfigError, ModelError, PluginError, WorkError
from edgeassist.inference import session
from edgeassist.locale import t
from edgeassist.loop.node import Context
from edgeassist.modelstore import installed
from edgeassist.parsing import json_value
from edgeassist.plugins import Missing
from edgeassist.speech import espeak_ipa
from edgeassist.speech.pinyin import spoken_pinyin
from edgeassist.speech.voice import Samples

_USUAL_RATE = 200  # words a minute that a voice's own speed is called
_CARD = "piper-joe"
# Debian's espeak-ng spells hanzi in English; this one reads pinyin.
_PINYIN = "cmn-latn-pinyin"
_BEGIN, _BETWEEN, _END = "^", "_", "$"


@dataclass(frozen=True, slots=True, kw_only=True)
class PiperOptions:
    """Which voice, and how it speaks."""

    model: str = _CARD  # a model's name, or the path of a .onnx file with its .onnx.json beside
    person: Annotated[int, Ge(0)] = 0  # the number of the speaker, in a voice that has several
    rate: Annotated[int, Ge(80), Le(450)] = 200  # words a minute, as espeak counts them
    volume: Annotated[float, Ge(0), Le(1)] = 1.0
    threads: Annotated[int, Ge(1), Le(16)] = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceFile:
    """What a .onnx.json says."""

    rate_hz: int
    espeak: str  # "en-us", "cmn", …
    numbers: Mapping[str, Sequence[int]]
    people: int
    noise: float
    length: float  # more is slower
    noise_of_lengths: float

    @property
    def language(self) -> str:
        """ "zh" for Mandarin, else the first part of espeak's name ("en")."""
        first = self.espeak.split("-")[0]
        return "zh" if first in ("cmn", "zh") else first


class Piper:
    """One Piper voice; it speaks the one language it was trained in."""

    Options = PiperOptions
    requires: ClassVar[dict[str, str]] = {"onnxruntime": "pip install onnxruntime"}

    @classmethod
    def check(cls) -> Missing | None:
        """Whether the default voice and espeak-ng are there."""
        try:
            _network(_CARD)
        except ModelError as error:
            return Missing(what=f"{error.subject}: {error.problem}", fix=error.fix)
        return espeak_ipa.missing()

    def __init__(self, options: PiperOptions, context: Context) -> None:
        network = _network(options.model)
        self._file = read(network.with_name(f"{network.name}.json"))
        if options.person >= self._file.people:
            raise ConfigError(
                f"person = {options.person}",
                t("this voice has {count} speakers", count=self._file.people),
                fix=t("Give a number from 0 to {last}", last=self._file.people - 1),
            )
        self._options = options
        self.rate_hz = self._file.rate_hz
        self.name = f"piper {network.stem}"
        self.edition = f"piper-{network.stem}-{options.person}-{options.rate}"
        self.languages = (self._file.language,)
        self._cancelled = False
        self._session = _session(network, options.threads)

    def synthesize(self, text: str, language: str) -> Iterator[Samples]:
        """The whole text in one piece.

        Raises `WorkError` for a language that is not the voice's, and where espeak-ng fails.
        """
        self._cancelled = False
        if language not in self.languages:
            raise WorkError(
                self.name,
                t("speaks {own}, not {language}", own=self._file.language, language=language),
                fix=t("Choose another voice; see: edgeassist plugins"),
            )
        if language == "zh":
            phonemes = espeak_ipa.ipa(spoken_pinyin(text), _PINYIN, tied=False)
        else:
            phonemes = espeak_ipa.ipa(text, self._file.espeak, tied=False)
        found = numbers(phonemes, self._file.numbers)
        if phonemes and not self._cancelled:
            yield self._sound(found)

    def cancel(self) -> None:
        """A clause takes a fraction of a second; it is not begun if it is cancelled before."""
        self._cancelled = True

    def close(self) -> None:
        """Let go of the model."""
        self._session = None

    def _sound(self, found: list[int]) -> Samples:
        file = self._file
        slower = file.length * _USUAL_RATE / self._options.rate
        given = {
            "input": np.array([found], np.int64),
            "input_lengths": np.array([len(found)], np.int64),
            "scales": np.array([file.noise, slower, file.noise_of_lengths], np.float32),
        }
        if file.people > 1:
            given["sid"] = np.array([self._options.person], np.int64)
        sound = self._session.run(None, given)[0].reshape(-1)
        # A voice's level is its own: Piper brings the loudest sample to full scale.
        loudest = max(0.01, float(np.abs(sound).max(initial=0)))
        samples: Samples = (sound / loudest * 32767 * self._options.volume).astype(np.int16)
        return samples


def numbers(phonemes: str, known: Mapping[str, Sequence[int]]) -> list[int]:
    """A voice's input: begin, each phoneme it knows with a blank after it, end.

    >>> numbers("ab!", {"^": [1], "_": [0], "$": [2], "a": [7], "b": [8]})
    [1, 0, 7, 0, 8, 0, 2]
    """
    found = [*known[_BEGIN], *known[_BETWEEN]]
    for sign in unicodedata.normalize("NFD", phonemes):
        if sign in known:
            found += [*known[sign], *known[_BETWEEN]]
    return [*found, *known[_END]]


def read(path: Path) -> VoiceFile:
    """Read a voice's .onnx.json.

    Raises `ModelError` if it is not there, damaged, or for another kind of phonemes than espeak's.
    """
    try:
        said: Any = json_value(path.read_text("utf-8"))
        kind = said.get("phoneme_type", "espeak")
        inference = said.get("inference", {})
        file = VoiceFile(
            rate_hz=int(said["audio"]["sample_rate"]),
            espeak=str(said["espeak"]["voice"]),
            numbers={
                str(sign): [int(n) for n in ns] for sign, ns in said["phoneme_id_map"].items()
            },
            people=max(1, int(said.get("num_speakers", 1))),
            noise=float(inference.get("noise_scale", 0.667)),
            length=float(inference.get("length_scale", 1.0)),
            noise_of_lengths=float(inference.get("noise_w", 0.8)),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(
            str(path),
            t("is no description of a Piper voice: {why}", why=repr(error)),
            fix=t("Put the voice's .onnx.json beside its .onnx, under the same name"),
        ) from error
    if kind != "espeak" or not {_BEGIN, _BETWEEN, _END} <= file.numbers.keys():
        raise ModelError(
            str(path),
            t("its phonemes are not espeak-ng's but {kind}", kind=kind),
            fix=t("Choose a voice whose phoneme_type is espeak"),
        )
    return file


def _network(model: str) -> Path:
    path = Path(model).expanduser()
    if path.suffix == ".onnx":
        if path.is_file():
            return path
        raise ModelError(model, t("there is no such file"), fix=t("Give the path of a .onnx file"))
    found = sorted(installed(model).glob("*.onnx"))
    if not found:
        raise ModelError(
            model, t("has no .onnx file"), fix=t("Give a model whose task is speech-synthesis")
        )
    return found[0]


def _session(path: Path, threads: int) -> Any:
    try:
        return session(path, threads)
    except Exception as error:
        raise PluginError(
            "piper",
            t("the model cannot be loaded: {why}", why=str(error).splitlines()[0]),
            fix=t("Download it again, or choose another voice"),
        ) from error
