"""sherpa-onnx: streaming networks (Zipformer, Paraformer) that hear sound once, as it comes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from edgeassist.captions.engines.incremental import Incremental
from edgeassist.captions.engines.models import missing_model, model_folder
from edgeassist.captions.policy import Rules
from edgeassist.captions.recognizer import Language
from edgeassist.chinese.normal import simplify
from edgeassist.errors import ModelError
from edgeassist.locale import t
from edgeassist.loop.events import RATE_HZ, Caption
from edgeassist.loop.node import Context
from edgeassist.plugins import Missing

_TAIL = np.zeros(round(0.66 * RATE_HZ), np.float32)  # what a network waits for after the last word
_END_S = 0.6  # silence that ends an utterance
_NOTHING_S = 2.4  # … in which nothing was understood
_LONGEST_S = 20.0
_AFTER_LAST = RATE_HZ // 5  # a word ends about so long after the network is sure of it
# Greedy search takes nothing back; ten runs a second.
_RULES = Rules(stable_runs=3, hold_back=0)
# A file it does not like ends sherpa-onnx's process, so a process of its own tries it first.
_TRY = (
    "import json, sys, sherpa_onnx; kind, options = json.loads(sys.argv[1]); "
    "make = getattr(sherpa_onnx.OnlineRecognizer, kind)(**options); make.create_stream()"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SherpaOptions:
    """Which model, and what is spoken; auto tells Mandarin and English apart by their script."""

    model: str = "sherpa-zh-14m"  # a model's name, or a folder
    language: Language = Language.AUTO


class Sherpa(Incremental):
    """Streaming Zipformer (transducer or CTC) and Paraformer networks, endpoints of their own."""

    Options = SherpaOptions
    _rules = _RULES
    requires: ClassVar[dict[str, str]] = {
        "sherpa_onnx": "Run: pip install 'edgeassist[sherpa]'",
    }

    @classmethod
    def check(cls) -> Missing | None:
        """Whether the default model is installed."""
        return missing_model(SherpaOptions().model)

    def __init__(self, options: SherpaOptions, context: Context) -> None:
        """Load the model.

        Raises `ModelError` where it is missing, or not one for streaming.
        """
        super().__init__()
        folder = model_folder(options.model)
        kind, files = network(folder)
        given = {
            **files,
            "tokens": str(folder / "tokens.txt"),
            "num_threads": context.profile.captions.threads,
            "enable_endpoint_detection": True,
            "rule1_min_trailing_silence": _NOTHING_S,
            "rule2_min_trailing_silence": _END_S,
            "rule3_min_utterance_length": _LONGEST_S,
        }
        tried = subprocess.run(
            [sys.executable, "-c", _TRY, json.dumps((kind, given))],
            capture_output=True,
            text=True,
            check=False,
        )
        if tried.returncode:
            said = tried.stderr.strip().splitlines()
            raise _no_model(folder, said[-1] if said else f"{tried.returncode}")
        import sherpa_onnx

        self._recognizer: Any = getattr(sherpa_onnx.OnlineRecognizer, kind)(**given)
        self._language = options.language
        self._stream: Any = None
        self._begin_anew()

    def close(self) -> None:
        """Let the model go."""
        self._stream = self._recognizer = None

    def _restart(self) -> None:
        self._stream = self._recognizer.create_stream()

    def _hear(self) -> Iterator[Caption]:
        self._decode(self._piece / np.float32(32768))
        self._piece = self._piece[:0]
        self._sound.forget_before(self._sound.end)
        result = self._recognizer.get_result_all(self._stream)
        if self._recognizer.is_endpoint(self._stream):
            yield from self._final(result)
            self._recognizer.reset(self._stream)
            return
        text = self._growing.update(readable(result.text))
        if text and text != self._shown:
            self._shown = text
            end = self._sound.end
            yield self._caption(
                text, False, self._span(result)[0], self._sound.time_s(end), self._stamp(end)
            )

    def _end(self, mark: str = "") -> Iterator[Caption]:
        if self._sound.end:
            self._decode(np.concatenate((self._piece / np.float32(32768), _TAIL)))
        yield from self._final(self._recognizer.get_result_all(self._stream), mark)

    def _final(self, result: Any, mark: str = "") -> Iterator[Caption]:
        text = self._growing.settle(readable(result.text))
        if text or self._shown:
            start_s, end_s = self._span(result)
            end = min(round((end_s - self._sound.time_s(0)) * RATE_HZ), self._sound.end)
            yield self._caption(text + mark, True, start_s, end_s, self._stamp(end))
        self._next()

    def _decode(self, samples: NDArray[Any]) -> None:
        self._stream.accept_waveform(RATE_HZ, samples)
        while self._recognizer.is_ready(self._stream):
            self._recognizer.decode_stream(self._stream)

    def _span(self, result: Any) -> tuple[float, float]:
        """Seconds of the sound from the first to after the last word, which lie within it."""
        times = result.timestamps or (0.0,)
        first, last = (
            min(round((result.start_time + at) * RATE_HZ), self._sound.end)
            for at in (times[0], times[-1])
        )
        after = min(last + _AFTER_LAST, self._sound.end)
        return self._sound.time_s(first), self._sound.time_s(max(first, after))

    def _stamp(self, position: int) -> int:
        return self._sound.captured_ns(position)

    def _spoken(self, text: str) -> str:
        if self._language is not Language.AUTO:
            return self._language.value
        latin = text.isascii() and any(map(str.isalpha, text))
        return (Language.EN if latin else Language.ZH).value


def network(folder: Path) -> tuple[str, dict[str, str]]:
    """How the model in `folder` is made, and its files, told from how such files are named.

    Raises `ModelError` where that is no streaming model.
    """
    if not (folder / "tokens.txt").is_file():
        raise _no_model(folder, t("it has no {file}", file="tokens.txt"))
    # Encoders and joiners lose nothing as int8; decoders are small and some are worse so.
    encoder, joiner, whole = (
        _file(folder, name, small=True) for name in ("encoder", "joiner", "[cm][to][cd]")
    )
    decoder = _file(folder, "decoder", small=False)
    if encoder and decoder and joiner:
        return "from_transducer", {"encoder": encoder, "decoder": decoder, "joiner": joiner}
    if encoder and decoder:
        return "from_paraformer", {"encoder": encoder, "decoder": decoder}
    if whole:
        return "from_zipformer2_ctc", {"model": whole}
    raise _no_model(folder, t("it has no {file}", file="encoder*.onnx"))


def readable(text: str) -> str:
    """A network's words as people write them: simplified, and not all in capitals."""
    text = simplify(text.strip())
    return text.lower() if text.isupper() else text


def _file(folder: Path, name: str, *, small: bool) -> str:
    found = sorted(folder.glob(f"{name}*.onnx"), key=lambda file: (".int8" in file.name) != small)
    return str(found[0]) if found else ""


def _no_model(folder: Path, why: str) -> ModelError:
    return ModelError(
        str(folder),
        t("is not a streaming model for sherpa-onnx: {why}", why=why),
        fix=t("See: edgeassist models list"),
    )
