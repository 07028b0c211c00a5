"""Recognising speech, recording by recording, with the engine the captions module would use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from edgeassist import plugins
from edgeassist.bench import data, text_errors
from edgeassist.bench.data import Clip, Labelled
from edgeassist.bench.figures import figure
from edgeassist.bench.loads import Done, Quality
from edgeassist.bench.points import Point, Scenario
from edgeassist.bench.statistics import rate_of_sums
from edgeassist.captions.recognizer import Recognizer
from edgeassist.config import parse_options
from edgeassist.loop.events import BLOCK_SAMPLES, RATE_HZ, AudioBlock
from edgeassist.loop.node import Pace
from edgeassist.profile import CaptionsProfile, Profile
from edgeassist.testing import context

AFTER_S = 1.0  # of silence after a recording: then the engine knows that it is over
FILES = {"whisper": "whisper-base", "vosk": "vosk-ko", "sherpa": "sherpa-zh-14m"}
# The language a model knows, where it is but one; recordings in others say nothing about it.
SPEAKS = {"vosk-ko": "ko", "sherpa-zh-14m": "zh"}


class Recognition:
    """Options of the point: `engine`, `model` (a card or a folder), `language`, `beam`."""

    rate = "rtf"

    def __init__(self, point: Point, folder: Path | None) -> None:
        language = point.options.get("language", "")
        self._set: Labelled[Clip] = data.clips(folder, language)
        self.data: Sequence[Labelled[Any]] = (self._set,)
        self.models: Sequence[str] = (model_of(point),)
        self.queries: Sequence[Clip] = self._set.items
        self._scenario = point.scenario
        self._engine = open_engine(point, Pace.FAST)
        self._start_s = 0.0

    def do(self, query: Clip) -> Done:
        """One recording and the silence after it, to the final text."""
        sound = np.pad(query.sound, (0, round(AFTER_S * RATE_HZ)))
        texts = []
        for at in range(0, len(sound), BLOCK_SAMPLES):
            block = AudioBlock(
                captured_ns=round((self._start_s + at / RATE_HZ) * 1e9),
                samples=sound[at : at + BLOCK_SAMPLES],
                start_s=self._start_s + at / RATE_HZ,
            )
            texts += [caption.text for caption in self._engine.feed(block) if caption.final]
        texts += [caption.text for caption in self._engine.finish() if caption.final]
        self._start_s += len(sound) / RATE_HZ
        return Done(answer=" ".join(texts), amount=len(query.sound) / RATE_HZ)

    def quality(self, answers: dict[int, Any]) -> Quality:
        """Characters (Mandarin) and words (English) that are wrong.

        Of all recordings; where a peer stands beside, of those that both have heard.
        """
        if self._scenario is not Scenario.BESIDE:
            for place, clip in enumerate(self._set.items):
                known = SPEAKS.get(self.models[0], clip.language)
                if place not in answers and clip.language == known:
                    answers[place] = self.do(clip).answer
        places = sorted(answers)
        items = [self._set.items[place] for place in places]
        return score(items, [answers[place] for place in places], self.models[0])

    def close(self) -> None:
        """Let the engine go."""
        self._engine.close()


def score(items: Sequence[Clip], texts: Sequence[str], model: str = "", peer: str = "") -> Quality:
    """Errors of texts; none for a model that does not know the language of the recordings."""
    quality = Quality()
    for name, language, note in (
        ("cer", "zh", text_errors.NORMALISED),
        ("wer", "en", text_errors.NORMALISED_WORDS),
    ):
        wrong, lengths = [], []
        for clip, text in zip(items, texts, strict=True):
            if clip.language == language:
                wanted = text_errors.units(clip.text, language)
                wrong.append(text_errors.distance(wanted, text_errors.units(text, language)))
                lengths.append(len(wanted))
        if lengths and SPEAKS.get(model, language) == language:
            value, low, high = rate_of_sums(wrong, lengths)
            quality.figures[peer + name] = figure(peer + name, value, low, high, sum(lengths))
            quality.notes.append(note)
    if model in SPEAKS and not quality.figures:
        quality.notes.append(
            f"{model} knows {SPEAKS[model]} alone: its speed was measured, not its errors"
        )
    return quality


def open_engine(point: Point, pace: Pace) -> Recognizer:
    """The engine of a point; raises `EdgeAssistError` where it lacks something."""
    engine = point.options["engine"]
    plugin = plugins.ready("recognizers", engine, defaults=False)
    profile = replace(Profile(), captions=CaptionsProfile(recognizer=engine, threads=point.threads))
    recognizer: Recognizer = plugin(
        engine_options(point, plugin), replace(context(profile=profile), pace=pace)
    )
    return recognizer


def engine_options(point: Point, plugin: Any) -> Any:
    """The engine's own options, from those of the point that it has."""
    known = {field.name for field in fields(plugin.Options)}
    given = {
        key: value
        for key, value in point.options.items()
        if key in known and key not in ("language", "engine")
    }
    if "language" in known:
        given["language"] = point.options.get("language") or "auto"
    return parse_options(plugin, given, point.subject)


def model_of(point: Point) -> str:
    """The model's card or folder."""
    engine = point.options["engine"]
    return str(point.options.get("model") or FILES.get(engine, engine))
