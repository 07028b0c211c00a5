"""Measures how right captions are; run by hand: python -m tests.measure.captions_accuracy [WHAT…].

WHAT: finals (windows of 12 and 30 s, beam 5, with and without correction), live (as people see
them: real pace, which takes as long as the recordings), hot-words, or a file of a beam ("beam=10").
EDGEASSIST_EVAL names the folder with speech/manifest.tsv. Errors are in characters and in toned
syllables (what a reader of braille gets), in percent, with the 95 % interval of the difference.
"""

from __future__ import annotations

import csv
import os
import random
import re
import resource
import statistics
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from edgeassist.captions.correction import corrector_for
from edgeassist.captions.engines.models import model_folder
from edgeassist.captions.engines.whisper import Whisper, WhisperOptions
from edgeassist.captions.engines.whisper_model import WhisperModel
from edgeassist.captions.listener import Listener
from edgeassist.captions.policy import distances_to_beginnings
from edgeassist.captions.recognizer import Language
from edgeassist.chinese import reader
from edgeassist.chinese.normal import simplify
from edgeassist.devices.wav import open_audio
from edgeassist.loop.clock import RealClock
from edgeassist.loop.events import BLOCK_SAMPLES, RATE_HZ, AudioBlock
from edgeassist.loop.node import Pace
from edgeassist.speech.normalise import cardinal, one_by_one, spoken_chinese
from edgeassist.testing import context

EVAL = Path(os.environ.get("EDGEASSIST_EVAL", "eval")) / "speech"
BEAM = 5


class Clip(NamedTuple):
    """A recording, its set and what is said in it."""

    file: str
    group: str
    text: str
    sound: np.ndarray


class Errors(NamedTuple):
    """Of one recording: wrong characters, wrong toned syllables, characters there are."""

    group: str
    characters: int
    syllables: int
    length: int


def clips(language: str = "zh") -> list[Clip]:
    """All recordings of a language."""
    with (EVAL / "manifest.tsv").open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines, delimiter="\t") if row["lang"] == language]
    found = []
    for row in rows:
        with open_audio(str(EVAL / row["file"])) as audio:
            sound = np.concatenate(list(audio.blocks()))
        found.append(Clip(row["file"], row["set"], row["text"], sound))
    return found


def bare(text: str) -> str:
    """Characters alone: simplified, numbers as they are said, no punctuation."""
    text = simplify(unicodedata.normalize("NFKC", text)).lower()
    text = re.sub(r"(?<=\d),(?=\d)", "", text)
    text = re.sub(r"(?<![\d.])\d{5,}(?![\d.])|\d{4}(?=年)", lambda m: one_by_one(m[0]), text)
    text = re.sub(r"(?<![\d.])\d+(?![\d.%])", lambda m: cardinal(m[0]), text)
    return re.sub(r"[\W_]", "", spoken_chinese(text))


def syllables(text: str) -> list[str]:
    """Toned syllables; other signs as they are."""
    found = dict(enumerate(text))
    for word in reader().read(text):
        found.update(enumerate(word.syllables, word.start))
    return list(found.values())


def errors(clip: Clip, text: str) -> Errors:
    """What is wrong in `text`."""
    wanted, got = bare(clip.text), bare(text)
    wrong = distances_to_beginnings(wanted, got)[-1]
    misread = distances_to_beginnings(syllables(wanted), syllables(got))[-1]
    return Errors(clip.group, wrong, misread, len(wanted))


def rates(rows: Iterable[Errors]) -> tuple[float, float]:
    """Percent of wrong characters and syllables."""
    chosen = list(rows)
    total = sum(row.length for row in chosen)
    return (
        100 * sum(row.characters for row in chosen) / total,
        100 * sum(row.syllables for row in chosen) / total,
    )


def interval(before: list[Errors], after: list[Errors], field: int) -> str:
    """Bootstrap over recordings of how many points fewer are wrong."""
    chance = random.Random(1)
    gains = []
    for _ in range(2000):
        chosen = [chance.randrange(len(before)) for _ in before]
        length = sum(before[i].length for i in chosen)
        gains.append(100 * sum(before[i][field] - after[i][field] for i in chosen) / length)
    gains.sort()
    return f"[{gains[50]:.1f}, {gains[1949]:.1f}]"


def tell(name: str, before: list[Errors], after: list[Errors]) -> None:
    """Both, set by set."""
    groups = [*sorted({row.group for row in before}), "AISHELL", "all"]
    for group in groups:
        chosen = [
            n
            for n, row in enumerate(before)
            if group in (row.group, "all") or (group == "AISHELL" and "aishell" in row.group)
        ]
        old, new = [before[n] for n in chosen], [after[n] for n in chosen]
        (c0, s0), (c1, s1) = rates(old), rates(new)
        print(
            f"{name} {group:10} {len(chosen):3} clips: characters {c0:5.1f} -> {c1:5.1f} "
            f"{interval(old, new, 1):12} toned syllables {s0:5.1f} -> {s1:5.1f} "
            f"{interval(old, new, 2)}",
            flush=True,
        )


def heard(make: Callable[[], Whisper], clip: Clip, pace: Pace) -> str:
    """All finals of a recording."""
    engine = make()
    try:
        text = ""
        for at in range(0, len(clip.sound), BLOCK_SAMPLES):
            began = time.monotonic()
            block = AudioBlock(
                captured_ns=time.monotonic_ns(),
                samples=clip.sound[at : at + BLOCK_SAMPLES],
                start_s=at / RATE_HZ,
            )
            text += "".join(c.text for c in engine.feed(block) if c.final)
            if pace is Pace.REAL:
                time.sleep(max(0.0, BLOCK_SAMPLES / RATE_HZ - (time.monotonic() - began)))
        return text + "".join(c.text for c in engine.finish() if c.final)
    finally:
        engine.close()


def finals(beam: int = BEAM) -> None:
    """The final pass on every recording, as the live and the patient window hear it."""
    options = WhisperOptions()
    prompts = {Language.ZH: options.prompt_zh, Language.EN: options.prompt_en}
    folder = model_folder(options.model)
    plain = WhisperModel(folder, 2, prompts)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    model = WhisperModel(folder, 2, prompts, corrector_for(True))
    for window_s in (12.0, 30.0):
        before, after, took, took_plain, changed = [], [], [], [], 0
        for clip in clips():
            texts: list[str] = ["", ""]
            for samples in excerpts(clip):
                one = plain.hear(samples, Language.ZH, beam=beam, window_s=window_s)
                other = model.hear(samples, Language.ZH, beam=beam, window_s=window_s)
                took_plain.append(one.took_s)
                took.append(other.took_s)
                changed += bool(other.heard)
                texts[0] += one.text
                texts[1] += other.text
            before.append(errors(clip, texts[0]))
            after.append(errors(clip, texts[1]))
        tell(f"window {window_s:.0f} s, beam {beam}:", before, after)
        print(
            f"  a final takes {statistics.median(took_plain):.3f} -> {statistics.median(took):.3f} "
            f"s (median); {changed} changed"
        )
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(f"memory of two models: {peak} -> {most} MB at most")


def excerpts(clip: Clip) -> list[np.ndarray]:
    """Its utterances, cut as the engine cuts them."""
    listener = Listener()
    for at in range(0, len(clip.sound), BLOCK_SAMPLES):
        samples = clip.sound[at : at + BLOCK_SAMPLES]
        listener.feed(AudioBlock(captured_ns=0, samples=samples, start_s=at / RATE_HZ))
    listener.finish()
    return [ended.whole.samples for ended in listener.ended if ended.whole is not None]


def live() -> None:
    """At real pace, where what is shown as stable stays."""
    made: dict[bool, list[Errors]] = {}
    for correct in (False, True):
        options = WhisperOptions(language=Language.ZH, correct=correct)
        world = context(clock=RealClock(), pace=Pace.REAL)
        quiet = np.zeros(RATE_HZ, np.int16)
        made[correct] = [
            errors(
                clip,
                heard(
                    lambda: Whisper(options, world),  # noqa: B023
                    clip._replace(sound=np.concatenate((clip.sound, quiet))),
                    Pace.REAL,
                ),
            )
            for clip in clips()
        ]
    tell("live:", made[False], made[True])


def main(what: list[str]) -> None:
    """Measure what is asked for."""
    beam = next((int(one.split("=")[1]) for one in what if one.startswith("beam=")), BEAM)
    asked = [one for one in what if "=" not in one] or ["finals"]
    if "finals" in asked:
        finals(beam)
    if "live" in asked:
        live()


if __name__ == "__main__":
    main(sys.argv[1:])
