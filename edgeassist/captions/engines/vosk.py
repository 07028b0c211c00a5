"""Vosk: a small engine that hears sound once, as it comes; its partials grow word by word."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from edgeassist.captions.engines.incremental import Incremental
from edgeassist.captions.engines.models import missing_model, model_folder
from edgeassist.captions.policy import Rules
from edgeassist.errors import ModelError
from edgeassist.locale import t
from edgeassist.loop.events import RATE_HZ, Caption
from edgeassist.loop.node import Context
from edgeassist.plugins import Missing

# Ten runs a second, without any sureness: a word is shown when it was heard twice running, or
# when two follow it; what is shown yields after half a second and is stable after one.
_SURE = 0.7
_RULES = Rules(contradicted=5, stable_runs=10)
_MODEL_FILES = ("am/final.mdl", "final.mdl")  # of the second and the first layout (model.cc)


@dataclass(frozen=True, slots=True, kw_only=True)
class VoskOptions:
    """Which model."""

    model: str = "vosk-ko"  # a model's name, or a folder
    spoken: str = "ko"  # the model's language, as captions are marked


class Vosk(Incremental):
    """Vosk (Kaldi): one language a model, endpoints of its own."""

    Options = VoskOptions
    _rules = _RULES
    requires: ClassVar[dict[str, str]] = {"vosk": "Run: pip install 'edgeassist[vosk]'"}

    @classmethod
    def check(cls) -> Missing | None:
        """Whether the default model is installed."""
        return missing_model(VoskOptions().model)

    def __init__(self, options: VoskOptions, context: Context) -> None:
        """Load the model, always from a folder: by name Vosk would download it.

        Raises `ModelError` where it is missing or damaged.
        """
        import vosk

        super().__init__()
        vosk.SetLogLevel(-1)
        folder = model_folder(options.model)
        if not any((folder / file).is_file() for file in _MODEL_FILES):
            raise _no_model(folder, t("it has no {file}", file=_MODEL_FILES[0]))
        try:
            self._model: Any = vosk.Model(model_path=str(folder))
        except Exception as error:  # vosk raises bare Exception
            raise _no_model(folder, str(error)) from None
        self._make: Any = vosk.KaldiRecognizer
        self._recognizer: Any = None
        self._language = options.spoken
        self._begin_anew()

    def close(self) -> None:
        """Let the model go."""
        self._recognizer = self._model = None

    def _restart(self) -> None:
        self._recognizer = self._make(self._model, RATE_HZ)
        self._recognizer.SetWords(True)

    def _next(self) -> None:
        super()._next()
        self._since = self._sound.end  # where the first word was noticed

    def _hear(self) -> Iterator[Caption]:
        ended = self._recognizer.AcceptWaveform(self._piece.tobytes())
        self._piece = self._piece[:0]
        self._sound.forget_before(self._sound.end)
        if ended:
            yield from self._final(json.loads(self._recognizer.Result()))
            return
        heard = self._words(json.loads(self._recognizer.PartialResult())["partial"])
        text = self._growing.update(heard, _SURE)
        if not self._shown:
            self._since = self._sound.end
        if text and text != self._shown:
            self._shown = text
            end = self._sound.end
            yield self._caption(
                text,
                False,
                self._sound.time_s(self._since),
                self._sound.time_s(end),
                self._sound.captured_ns(end),
            )

    def _end(self, mark: str = "") -> Iterator[Caption]:
        if len(self._piece):
            self._recognizer.AcceptWaveform(self._piece.tobytes())
            self._piece = self._piece[:0]
        yield from self._final(json.loads(self._recognizer.FinalResult()), mark)

    def _final(self, result: dict[str, Any], mark: str = "") -> Iterator[Caption]:
        text = self._growing.settle(self._words(result["text"]))
        words = result.get("result", [])
        if text or self._shown:
            # Word times count from the sound this recogniser was first given.
            start = round(words[0]["start"] * RATE_HZ) if words else self._since
            end = min(
                round(words[-1]["end"] * RATE_HZ) if words else self._sound.end, self._sound.end
            )
            yield self._caption(
                text + mark if text else mark,
                True,
                self._sound.time_s(min(start, end)),
                self._sound.time_s(end),
                self._sound.captured_ns(end),
            )
        self._next()

    def _words(self, text: str) -> str:
        """Vosk puts spaces between Chinese words too."""
        return text.replace(" ", "") if self._language == "zh" else text

    def _spoken(self, text: str) -> str:
        return self._language


def _no_model(folder: Path, why: str) -> ModelError:
    return ModelError(
        str(folder),
        t("is not a Vosk model: {why}", why=why),
        fix=t("See: edgeassist models list"),
    )
