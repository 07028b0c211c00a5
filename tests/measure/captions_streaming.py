"""Measures live captions; run by hand: python -m tests.measure.captions_streaming [replay|real].

`replay` (the default) moves a clock of its own and charges every decode the processor time it
used, times CALM: quick, and the same on a busy machine. `real` feeds at real pace and needs an
idle machine. Both run ours, and for comparison the plainest LocalAgreement-2 loop (Macháček et
al. 2023: every second the whole utterance anew, what two runs agree on is shown) on the same model.
EDGEASSIST_EVAL names the folder with speech/manifest.tsv; --every N takes every Nth recording.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgeassist.captions.endpointing import CHUNK_S
from edgeassist.captions.engines.models import model_folder
from edgeassist.captions.engines.whisper import Whisper, WhisperOptions
from edgeassist.captions.engines.whisper_model import WhisperModel
from edgeassist.captions.engines.worker import ReplayWorker
from edgeassist.captions.listener import Listener
from edgeassist.captions.policy import common, distances_to_beginnings, pieces
from edgeassist.captions.recognizer import Language
from edgeassist.captions.vad import SpeechProbability
from edgeassist.chinese.normal import simplify
from edgeassist.devices.wav import open_audio
from edgeassist.loop.clock import NS, Clock, ManualClock, RealClock
from edgeassist.loop.events import RATE_HZ, AudioBlock, Caption
from edgeassist.loop.node import Pace
from edgeassist.testing import audio_blocks, context

EVAL = Path(os.environ.get("EDGEASSIST_EVAL", "eval")) / "speech"
CALM = 0.62  # seconds of two threads on an idle machine for a second of their processor time
PAUSE_S = 2.0  # between recordings
_DIGITS = "零一二三四五六七八九"


@dataclass(slots=True, kw_only=True)
class Clip:
    """A recording; speech begins and ends at these seconds of it."""

    name: str
    group: str
    language: str
    text: str
    sound: NDArray[np.int16]
    begins_s: float
    ends_s: float


@dataclass(slots=True, kw_only=True)
class Seen:
    """What a reader saw of one recording: (seconds, text, final, stable_chars, utterance)."""

    captions: list[tuple[float, Caption]] = field(default_factory=list)

    @property
    def finals(self) -> list[str]:
        """The finals' texts."""
        return [caption.text for _, caption in self.captions if caption.final]


def clips(every: int) -> list[Clip]:
    """The recordings, with where Silero hears speech in them."""
    found = []
    with (EVAL / "manifest.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    for row in rows[::every]:
        with open_audio(EVAL / row["file"]) as audio:
            sound = np.concatenate(list(audio.blocks()))
        speech = np.array(list(SpeechProbability().feed(sound)))
        found.append(
            Clip(
                name=row["file"],
                group=row["set"] if row["set"].startswith("aishell") else f"other {row['lang']}",
                language=row["lang"],
                text=row["text"],
                sound=sound,
                begins_s=int(np.argmax(speech > 0.5)) * CHUNK_S,
                ends_s=int(np.flatnonzero(speech > 0.35)[-1] + 1) * CHUNK_S,
            )
        )
    return found


class LocalAgreement:
    """The plainest loop: no sureness, no preparing; same endpoints, same model."""

    def __init__(self, worker: Any) -> None:
        options = WhisperOptions()
        self._model = WhisperModel(
            model_folder(options.model),
            2,
            {Language.ZH: options.prompt_zh, Language.EN: options.prompt_en},
        )
        self._worker = worker
        self._listener = Listener()
        self._next = 0
        self._said: list[str] = []
        self._before: list[str] = []
        self._job: Any = None

    def feed(self, audio: AudioBlock) -> Iterator[Caption]:
        """Take a block."""
        listener = self._listener
        listener.feed(audio)
        if self._worker.busy and self._worker.done():
            yield from self._heard(self._worker.take())
        if self._worker.busy:
            return
        if listener.ended:
            utterance = listener.ended.popleft()
            self._give(utterance, utterance.whole, final=True)
            return
        speaking = listener.speaking
        if speaking and listener.end >= max(self._next, speaking.since + RATE_HZ):
            self._next = listener.end + RATE_HZ
            self._give(speaking, listener.until_now(), final=False)

    def _give(self, utterance: Any, excerpt: Any, *, final: bool) -> None:
        self._job = utterance, excerpt, final

        def work() -> Any:
            return self._model.hear(excerpt.samples, Language.AUTO, beam=5, window_s=30.0)

        self._worker.give(work)

    def _heard(self, heard: Any) -> Iterator[Caption]:
        utterance, excerpt, final = self._job
        parts = pieces(heard.text)
        if final:
            text = "".join(self._said + parts[len(self._said) :])
            self._said, self._before = [], []
        else:
            agreed = common((self._before, parts))
            if agreed > len(self._said):
                self._said = parts[:agreed]
            self._before = parts
            text = "".join(self._said)
        if text:
            yield Caption(
                captured_ns=excerpt.captured_ns,
                utterance=utterance.number,
                text=text,
                final=final,
                stable_chars=len(text),
                start_s=utterance.start_s,
                end_s=excerpt.end_s,
            )


def watch(
    recordings: list[Clip], feed: Callable[[AudioBlock], Iterator[Caption]], clock: Clock
) -> list[Seen]:
    """What is shown when, the recordings being played one after the other."""
    seen, start_s = [], 0.0
    for clip in recordings:
        one = Seen()
        began_ns = clock.now_ns()
        for block in audio_blocks(np.pad(clip.sound, (0, round(PAUSE_S * RATE_HZ)))):
            due_ns = began_ns + round((block.start_s + block.seconds) * NS)
            if isinstance(clock, ManualClock):
                clock.advance((due_ns - clock.now_ns()) / NS)
            elif (wait_s := (due_ns - clock.now_ns()) / NS) > 0:
                time.sleep(wait_s)
            stamped = replace(
                block,
                captured_ns=due_ns - round(block.seconds * NS),
                start_s=start_s + block.start_s,
            )
            for caption in feed(stamped):
                one.captions.append(((clock.now_ns() - began_ns) / NS, caption))
        start_s += len(clip.sound) / RATE_HZ + PAUSE_S
        seen.append(one)
    return seen


def report(name: str, recordings: list[Clip], seen: list[Seen], cpu_s: float) -> dict[str, Any]:
    """All figures of one run."""
    first, last, lags, changed, strict, utterances, broken = [], [], [], 0, 0, 0, 0
    for clip, one in zip(recordings, seen, strict=True):
        shown = [at for at, caption in one.captions if caption.text]
        finals = [at for at, caption in one.captions if caption.final]
        if not shown or not finals:
            continue
        first.append(shown[0] - clip.begins_s)
        last.append(finals[-1] - clip.ends_s)
        lags += word_lags(clip, one)
        before: dict[int, tuple[str, int]] = {}
        for _, caption in one.captions:
            text, stable = before.get(caption.utterance, ("", 0))
            changed += min(distances_to_beginnings(text, caption.text))
            strict += len(text) - common((text, caption.text))
            broken += not caption.text.startswith(text[:stable])
            before[caption.utterance] = caption.text, caption.stable_chars
            utterances += caption.final
    speech_s = sum(clip.ends_s - clip.begins_s for clip in recordings)
    return {
        "run": name,
        "recordings": len(recordings),
        "first_partial_s": spread(first),
        "final_s": spread(last),
        "word_lag_s": spread(lags),
        "changed_chars_per_utterance": round(changed / utterances, 2),
        "chars_after_first_change_per_utterance": round(strict / utterances, 2),
        "stable_text_changed": broken,
        "busy_of_2_cores": round(cpu_s / speech_s / 2, 2),
        "errors_percent": errors(recordings, [one.finals for one in seen]),
    }


def word_lags(clip: Clip, one: Seen) -> list[float]:
    """When each character was first shown, after it was said (as if they were said evenly)."""
    whole = sum(map(len, one.finals)) or 1
    pace_s = (clip.ends_s - clip.begins_s) / whole
    lags: list[float] = []
    ended = 0  # characters of the finals so far
    for at, caption in one.captions:
        known = ended + len(caption.text)
        lags += [at - clip.begins_s - (n + 1) * pace_s for n in range(len(lags), min(known, whole))]
        ended = known if caption.final else ended
    return lags


def spread(values: list[float]) -> list[float]:
    """p50 and p95."""
    return [round(float(np.percentile(values, q)), 2) for q in (50, 95)] if values else []


def errors(recordings: list[Clip], texts: list[list[str]]) -> dict[str, float]:
    """Errors per set: characters for Mandarin, words for English."""
    found: dict[str, list[int]] = {}
    for clip, finals in zip(recordings, texts, strict=True):
        wanted, got = (scored(text, clip.language) for text in (clip.text, " ".join(finals)))
        wrong = distances_to_beginnings(wanted, got)[-1]
        for group in (clip.group, f"all {clip.language}"):
            count = found.setdefault(group, [0, 0])
            count[0] += wrong
            count[1] += len(wanted)
    return {group: round(100 * a / b, 1) for group, (a, b) in sorted(found.items())}


def scored(text: str, language: str) -> list[str]:
    """What is compared: characters of Mandarin, digits read one by one; words of English."""
    text = unicodedata.normalize("NFKC", text).lower()
    if language == "en":
        return "".join(c if c.isalnum() or c == "'" else " " for c in text).split()
    text = "".join(_DIGITS[int(c)] if c.isascii() and c.isdigit() else c for c in simplify(text))
    return [c for c in text.replace("幺", "一") if c.isalnum()]


def offline(recordings: list[Clip]) -> dict[str, float]:
    """The same model with the whole recording before it and all the time it wants."""
    engine = Whisper(WhisperOptions(), context())
    texts = []
    for number, clip in enumerate(recordings):
        start_s = number * 100.0
        sound = np.pad(clip.sound, (0, RATE_HZ))
        blocks = audio_blocks(sound, start_s=start_s)
        texts.append([c.text for block in blocks for c in engine.feed(block) if c.final])
    engine.close()
    return errors(recordings, texts)


def run(name: str, recordings: list[Clip], real: bool) -> dict[str, Any]:
    """One engine, one pace."""
    clock: Any = RealClock() if real else ManualClock()
    worker: Any = None
    if not real or name != "ours":
        from edgeassist.captions.engines.worker import ThreadWorker

        worker = ThreadWorker("loop") if real else ReplayWorker(clock, lambda used_s: used_s * CALM)
    if name == "ours":
        world = context(clock=clock, pace=Pace.REAL)
        engine: Any = Whisper(WhisperOptions(), world, worker)
    else:
        engine = LocalAgreement(worker)
    before_s = time.process_time()
    seen = watch(recordings, engine.feed, clock)
    return report(name, recordings, seen, time.process_time() - before_s)


def main() -> None:
    """Print one JSON object a run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pace", nargs="?", choices=("replay", "real"), default="replay")
    parser.add_argument("--every", type=int, default=1, metavar="N")
    parser.add_argument("--only", choices=("ours", "plain", "offline"))
    args = parser.parse_args()
    recordings = clips(args.every)
    for name in ("ours", "plain"):
        if args.only in (None, name):
            print(json.dumps(run(name, recordings, args.pace == "real"), ensure_ascii=False))
            if name == "ours":
                used_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
                print(json.dumps({"run": name, "peak_rss_mb": round(used_mb)}), flush=True)
    if args.only in (None, "offline"):
        found = offline(recordings)
        print(json.dumps({"run": "offline", "errors_percent": found}, ensure_ascii=False))


if __name__ == "__main__":
    sys.exit(main())
