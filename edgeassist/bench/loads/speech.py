"""Saying sentences, and what a listener understands of them: Whisper reads them back."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgeassist import plugins
from edgeassist.bench import data, text_errors
from edgeassist.bench.data import Labelled
from edgeassist.bench.figures import figure
from edgeassist.bench.loads import Done, Quality
from edgeassist.bench.points import Point
from edgeassist.bench.statistics import rate_of_sums, share
from edgeassist.config import parse_options
from edgeassist.errors import EdgeAssistError
from edgeassist.speech.voice import Voice, render
from edgeassist.testing import context

LISTENER = "whisper-base"
CARDS = {"kokoro": "kokoro", "piper": "piper-joe"}  # of the voices that have one
READ_BACK = (
    "read-back: each sentence once, at 16 kHz with 0.3 s of silence before and 0.5 s after, "
    "through Whisper base (faster-whisper, int8, beam 5, temperature 0)"
)


class Saying:
    """Options of the point: `voice`, `language`, `read_back` (false: do not listen)."""

    rate = "rtf"

    def __init__(self, point: Point, folder: Path | None) -> None:
        name = point.options["voice"]
        self._point = point
        self.language: str = point.options.get("language", "zh")
        self._set: Labelled[str] = data.spoken(folder, self.language)
        self.data: Sequence[Labelled[Any]] = (self._set,)
        self.models: Sequence[str] = (CARDS[name],) if name in CARDS else ()
        most = point.options.get("sentences", len(self._set.items))
        self.queries: Sequence[str] = self._set.items[:most]
        self.voice = open_voice(point)

    def do(self, query: str) -> Done:
        """One sentence to its last sound."""
        began = time.perf_counter()
        first_ms = None
        pieces = []
        for piece in render(self.voice, query, self.language):
            if first_ms is None:
                first_ms = (time.perf_counter() - began) * 1000
            pieces.append(piece)
        sound = np.concatenate(pieces) if pieces else np.zeros(0, np.int16)
        return Done(answer=sound, amount=len(sound) / self.voice.rate_hz, first_ms=first_ms)

    def quality(self, answers: dict[int, Any]) -> Quality:
        """What Whisper understands of it; nothing where that is not installed."""
        if not self._point.options.get("read_back", True):
            return Quality()
        texts = [self.queries[place] for place in sorted(answers)]
        sounds = [answers[place] for place in sorted(answers)]
        try:
            heard = hear(sounds, self.voice.rate_hz, self.language)
        except EdgeAssistError as error:
            return Quality(notes=[f"not read back: {error}"])
        return score(texts, heard, self.language)

    def close(self) -> None:
        """Let the voice go."""
        self.voice.close()


def open_voice(point: Point) -> Voice:
    """The voice of a point; raises `EdgeAssistError` where it lacks something."""
    name = point.options["voice"]
    plugin = plugins.ready("voices", name)
    known = {field.name for field in fields(plugin.Options)}
    # The point's own "rate" is how often something is said, not how fast.
    given = {k: v for k, v in point.options.items() if k in known and k not in ("voice", "rate")}
    if "threads" in known:
        given["threads"] = point.threads
    options = parse_options(plugin, given, point.subject)
    voice: Voice = plugin(options, context(language=point.options.get("language", "zh")))
    return voice


def score(texts: Sequence[str], heard: Sequence[str], language: str, peer: str = "") -> Quality:
    """Character errors (words in English) of what was understood."""
    wrong, lengths = [], []
    for text, one in zip(texts, heard, strict=True):
        wanted = text_errors.units(text, language)
        wrong.append(text_errors.distance(wanted, text_errors.units(one, language)))
        lengths.append(len(wanted))
    value, low, high = rate_of_sums(wrong, lengths)
    whole, least, most = share(wrong.count(0), len(wrong))
    note = text_errors.NORMALISED if language == "zh" else text_errors.NORMALISED_WORDS
    return Quality(
        figures={
            f"{peer}readback_cer": figure("readback_cer", value, low, high, sum(lengths)),
            f"{peer}heard_whole": figure("heard_whole", whole, least, most, len(wrong)),
        },
        notes=[READ_BACK, note],
    )


def hear(sounds: Sequence[NDArray[np.int16]], rate_hz: int, language: str) -> list[str]:
    """What Whisper base understands. Raises `ModelError` where it is not installed."""
    from faster_whisper import WhisperModel

    from edgeassist.modelstore import installed

    model = WhisperModel(str(installed(LISTENER)), compute_type="int8", cpu_threads=0)
    heard = []
    for sound in sounds:
        segments, _ = model.transcribe(
            at_16_khz(sound, rate_hz),
            language=language,
            beam_size=5,
            temperature=0.0,
            condition_on_previous_text=False,
            without_timestamps=True,
        )
        heard.append("".join(segment.text for segment in segments))
    return heard


def at_16_khz(samples: NDArray[np.int16], rate_hz: int) -> NDArray[np.float32]:
    """int16 at any rate as float32 at 16 kHz, with the silence around it that Whisper likes."""
    padded = np.pad(samples.astype(np.float32) / 32768, (int(0.3 * rate_hz), int(0.5 * rate_hz)))
    size = len(padded) * 16_000 // rate_hz
    kept = np.fft.rfft(padded)[: size // 2 + 1]
    return (np.fft.irfft(kept, size) * (size / len(padded))).astype(np.float32)
