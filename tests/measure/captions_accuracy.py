"""Measures how right captions are; run by hand: python -m tests.measure.captions_accuracy [WHAT…].

WHAT: finals (live windows and those of 30 s, with and without correction; the default), harder (the
same recordings in babble, faster, slower, by telephone), hot-words (20 of them), memory, live (as
people see them: at real pace, which takes twice as long as the recordings); beam=10 for another.
EDGEASSIST_EVAL names the folder with speech/manifest.tsv. Errors are in characters and in toned
syllables (what a reader of braille gets), in percent, with the 95 % interval of the difference.
"""

from __future__ import annotations

import csv
import os
import random
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from edgeassist.bench.text_errors import characters
from edgeassist.captions.correction import corrector_for
from edgeassist.captions.engines.models import model_folder
from edgeassist.captions.engines.whisper import Whisper, WhisperOptions
from edgeassist.captions.engines.whisper_model import WhisperModel
from edgeassist.captions.listener import Listener
from edgeassist.captions.policy import distances_to_beginnings
from edgeassist.captions.recognizer import Language
from edgeassist.chinese import reader
from edgeassist.devices.wav import open_audio
from edgeassist.loop.clock import RealClock
from edgeassist.loop.events import BLOCK_SAMPLES, RATE_HZ, AudioBlock
from edgeassist.loop.node import Pace
from edgeassist.testing import context

EVAL = Path(os.environ.get("EDGEASSIST_EVAL", "eval")) / "speech"
BEAM = 5
LIVE_S = 20.0  # the window of live finals


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


def syllables(text: str) -> list[str]:
    """Toned syllables; other signs as they are."""
    found = dict(enumerate(text))
    for word in reader().read(text):
        found.update(enumerate(word.syllables, word.start))
    return list(found.values())


def errors(clip: Clip, text: str) -> Errors:
    """What is wrong in `text`."""
    wanted, got = characters(clip.text), characters(text)
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


def prompts() -> dict[Language, str]:
    """What the model is told."""
    options = WhisperOptions()
    return {Language.ZH: options.prompt_zh, Language.EN: options.prompt_en}


def compared(
    name: str, recordings: list[Clip], models: tuple[WhisperModel, WhisperModel], **how: float
) -> tuple[list[Errors], list[Errors]]:
    """The final pass of two models on every recording."""
    found: tuple[list[Errors], list[Errors]] = ([], [])
    took: tuple[list[float], list[float]] = ([], [])
    for clip in recordings:
        pieces = excerpts(clip)
        for model, rows, times in zip(models, found, took, strict=True):
            heard = [model.hear(samples, Language.ZH, **how) for samples in pieces]
            times += [one.took_s for one in heard]
            rows.append(errors(clip, "".join(one.text for one in heard)))
    tell(name, *found)
    print(f"  a final takes {statistics.median(took[0]):.3f} -> {statistics.median(took[1]):.3f} s")
    return found


def finals(beam: int = BEAM) -> None:
    """The final pass as the live and the patient window hear it, without and with correction."""
    folder = model_folder(WhisperOptions().model)
    plain = WhisperModel(folder, 2, prompts())
    model = WhisperModel(folder, 2, prompts(), corrector_for(True))
    for window_s in (LIVE_S, 30.0):
        name = f"window {window_s:.0f} s, beam {beam}:"
        compared(name, clips(), (plain, model), beam=beam, window_s=window_s)


def harder(beam: int = BEAM) -> None:
    """The same recordings made harder to hear."""
    folder = model_folder(WhisperOptions().model)
    models = (
        WhisperModel(folder, 2, prompts()),
        WhisperModel(folder, 2, prompts(), corrector_for(True)),
    )
    easy = clips()
    for name, changed in (
        ("babble, 10 dB:", lambda n: babble(easy, n)),
        ("1.18 times as fast:", lambda n: paced(easy[n].sound, 1.18)),
        ("0.88 times as fast:", lambda n: paced(easy[n].sound, 0.88)),
        ("telephone:", lambda n: telephone(easy[n].sound)),
    ):
        hard = [clip._replace(sound=changed(n)) for n, clip in enumerate(easy)]
        compared(name, hard, models, beam=beam, window_s=LIVE_S)


def babble(recordings: list[Clip], number: int) -> np.ndarray:
    """One recording with four others speaking, 10 dB below."""
    sound = recordings[number].sound.astype(np.float32)
    others = np.zeros_like(sound)
    for n in range(4):
        other = recordings[(number + 7 + 5 * n) % len(recordings)].sound.astype(np.float32)
        others += np.resize(np.roll(other, 1000 * n), len(sound))
    return whole(sound + others * (sound.std() / others.std()) * 10**-0.5)


def paced(sound: np.ndarray, times: float) -> np.ndarray:
    """Faster and higher, or slower and lower."""
    places = np.arange(int(len(sound) / times)) * times
    return whole(np.interp(places, np.arange(len(sound)), sound))


def telephone(sound: np.ndarray) -> np.ndarray:
    """300 to 3300 Hz alone, with some noise."""
    spectrum = np.fft.rfft(sound)
    hertz = np.fft.rfftfreq(len(sound), 1 / RATE_HZ)
    spectrum[(hertz < 300) | (hertz > 3300)] = 0
    narrow = np.fft.irfft(spectrum, len(sound))
    return whole(narrow + np.random.default_rng(0).normal(0, narrow.std() / 10, len(sound)))


def whole(sound: np.ndarray) -> np.ndarray:
    """As samples, with half a second of silence at the end."""
    samples = np.clip(sound, -32768, 32767).astype(np.int16)
    return np.concatenate((samples, np.zeros(RATE_HZ // 2, np.int16)))


def hot_words(beam: int = BEAM) -> None:
    """Twenty hot words, some of them said in some recordings."""
    words = [
        "林斐然",
        "武隆",
        "上坎镇",
        "东涌镇",
        "祥和路",
        "陈真",
        "飞鸿",
        "征信系统",
        "会徽",
        "残疾人",
        "武陵",
        "陈征",
        "房玄龄",
        "李思远",
        "王小波",
        "张伟",
        "周杰伦",
        "欧阳修",
        "诸葛亮",
        "南沙区",
    ]
    folder = model_folder(WhisperOptions().model)
    models = (
        WhisperModel(folder, 2, prompts(), corrector_for(True)),
        WhisperModel(folder, 2, prompts(), corrector_for(True, words)),
    )
    without, with_words = compared("hot words:", clips(), models, beam=beam, window_s=LIVE_S)
    changes = [new[1] - old[1] for old, new in zip(without, with_words, strict=True)]
    print(f"  better {sum(c < 0 for c in changes)}, worse {sum(c > 0 for c in changes)}")


def memory(beam: int = BEAM) -> None:
    """Of one engine alone, after ten utterances of live captions."""
    folder = model_folder(WhisperOptions().model)
    model = WhisperModel(folder, 2, prompts(), corrector_for(True))
    for clip in clips()[::6]:
        for samples in excerpts(clip):
            model.hear(samples, Language.ZH, beam=beam, window_s=LIVE_S)
    status = Path("/proc/self/status").read_text("ascii")
    print("memory:", *re.findall(r"(?:VmRSS|RssAnon|RssFile):\s+\d+ kB", status))


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
    for name, measure in (
        ("finals", finals),
        ("harder", harder),
        ("hot-words", hot_words),
        ("memory", memory),
    ):
        if name in asked:
            measure(beam)
    if "live" in asked:
        live()


if __name__ == "__main__":
    main(sys.argv[1:])
