"""How fast the voice falls silent and warns, and how soon it begins; beside what people use today.

    python tests/measure/speech_latency.py [--trials 60] [--json FILE]

A reading is interrupted by a danger at random moments. Ours is timed where blocks are handed to
the output (a file at real pace keeps a loudspeaker's queue of two blocks of 20 ms) and, on fewer
trials, on the recording of a PulseAudio null sink, where stock espeak-ng (killed and started anew)
and stock pyttsx3 (`stop`, then `say`, while its loop runs) get the same danger and the same
clauses, in the same run. Times are in ms; all engines are loaded before.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "devices"))

import pulse
from speech_sink import (
    DANGER,
    READING,
    Espeak,
    Ours,
    StockPyttsx3,
    danger_ms,
    first_sound_ms,
    utterance,
    world,
)

from edgeassist.devices.speaker_file import FileSpeaker, FileSpeakerOptions
from edgeassist.errors import EdgeAssistError
from edgeassist.loop.events import Priority, Spoken
from edgeassist.speech.phrasebook import Phrasebook
from edgeassist.speech.player import Player
from edgeassist.speech.session import SpeechOptions, open_voice
from edgeassist.speech.voice import Voice, render

SHORT_CLAUSES = [
    f"{where}{far}米，"
    for where in ("左前方", "正前方", "右前方")
    for far in ("四", "六", "七", "八", "九")
]
LONG_CLAUSES = [
    f"从这里一直往前走到第{number}个路口再向右转就能看到{what}"
    for number, what in (("二", "地铁站"), ("三", "医院"), ("四", "银行"), ("五", "图书馆"))
]


class Timed:
    """Any output; notes when it is told to stop, and when it gets which kind of block."""

    def __init__(self, output: Any) -> None:
        self._output = output
        self.stopped_ns: list[int] = []
        self.blocks: list[tuple[int, np.ndarray]] = []

    def write(self, block: np.ndarray) -> None:
        self.blocks.append((time.monotonic_ns(), block))
        self._output.write(block)

    def stop(self) -> None:
        self._output.stop()
        self.stopped_ns.append(time.monotonic_ns())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._output, name)


def handed(voice_name: str, trials: int, tones: bool) -> dict[str, Any]:
    """Danger to silence, to the tone and to the words, as handed to the output."""
    context = world()
    voice = open_voice(voice_name, SpeechOptions(), context)
    found: dict[str, list[float]] = {"silence": [], "tone": [], "words": [], "first": []}
    with tempfile.TemporaryDirectory() as folder:
        file = FileSpeaker(FileSpeakerOptions(path=Path(folder) / "a.wav"), context)
        file.open(voice.rate_hz)
        output = Timed(file)
        told = threading.Condition()
        spoken: list[Spoken] = []

        def tell(one: Spoken) -> None:
            with told:
                spoken.append(one)
                told.notify_all()

        player = Player(
            voice, output, context.clock, tell, lambda: output, wants_tone=lambda _: tones
        )
        for trial in range(trials):
            output.blocks.clear()
            output.stopped_ns.clear()
            player.say(utterance(READING, Priority.TEXT))
            while not output.blocks:
                context.stopping.wait(0.01)
            context.stopping.wait(random.uniform(0.2, 0.5))
            danger = utterance(
                f"小心！{DANGER}{trial}", Priority.DANGER, details={"bearing_deg": 10}
            )
            player.say(danger)
            asked = danger.captured_ns
            since: list[tuple[int, np.ndarray]] = []
            # Tones are stereo blocks, words mono ones; nothing follows the stop but the danger.
            while not any(block.ndim == 1 for _, block in since):
                context.stopping.wait(0.01)
                stops = [at for at in output.stopped_ns if at > asked]
                since = [pair for pair in list(output.blocks) if stops and pair[0] > stops[0]]
            times = {
                "silence": stops[0],
                "tone": next((at for at, block in since if block.ndim == 2), None),
                "words": next(at for at, block in since if block.ndim == 1),
                "first": since[0][0],
            }
            for name, at in times.items():
                found[name] += [] if at is None else [(at - asked) / 1e6]
            player.drop()
            with told:
                told.wait_for(lambda: len(spoken) == 2 * (trial + 1), 10)  # noqa: B023
        player.close()
    return {name: quantiles(times) for name, times in found.items() if times}


def first_audio() -> dict[str, Any]:
    """From the request of a clause to its first piece, the engine being loaded."""
    found: dict[str, Any] = {}
    for name in ("kokoro", "pyttsx3"):
        try:
            voice = open_voice(name, SpeechOptions(), world())
        except EdgeAssistError as error:
            found[name] = {"missing": str(error)}
            continue
        list(render(voice, "你好。", "zh"))
        for kind, texts in (("short", SHORT_CLAUSES), ("long", LONG_CLAUSES)):
            found[f"{name}, {kind} clauses"] = quantiles(_first_ms(voice, texts))
        if name == "kokoro":
            found["a phrase made ahead of time"] = _ahead(voice)
        voice.close()
    return found


def _first_ms(voice: Voice, texts: list[str]) -> list[float]:
    times = []
    for text in texts:
        began = time.perf_counter()
        pieces = render(voice, text, "zh")
        next(pieces)
        times.append((time.perf_counter() - began) * 1000)
        list(pieces)
    return times


def _ahead(kokoro: Any) -> dict[str, Any]:
    """What `auto` takes out of the phrasebook, which set-up fills; here these clauses are added."""
    book = Phrasebook(kokoro.edition, kokoro.rate_hz)
    list(book.prepare(kokoro, SHORT_CLAUSES, "zh"))
    voice = open_voice("auto", SpeechOptions(), world())
    times = _first_ms(voice, SHORT_CLAUSES)
    voice.close()
    return quantiles(times)


def heard(trials: int) -> dict[str, dict[str, Any]]:
    """All on the sink: dangers, and first sounds of new clauses."""
    few = max(3, trials // 12)
    dangers = {
        "ours (espeak-ng), with its tone": danger_ms(Ours("pyttsx3", tones=True), few),
        "ours (espeak-ng), words only": danger_ms(Ours("pyttsx3"), few),
        "stock espeak-ng, killed and started anew": danger_ms(Espeak(), few),
        "stock pyttsx3, stop() and say()": danger_ms(StockPyttsx3(), 1),
    }
    first = {
        "ours, kokoro": first_sound_ms(Ours("kokoro"), SHORT_CLAUSES),
        "ours, espeak-ng": first_sound_ms(Ours("pyttsx3"), SHORT_CLAUSES),
        "stock espeak-ng": first_sound_ms(Espeak(), SHORT_CLAUSES),
        "stock pyttsx3": first_sound_ms(StockPyttsx3(), SHORT_CLAUSES),
    }
    return {
        "danger heard on the sink": {name: quantiles(times) for name, times in dangers.items()},
        "first sound of a new clause on the sink": {
            name: quantiles(times) for name, times in first.items()
        },
    }


def quantiles(times: list[float]) -> dict[str, Any]:
    if not times:
        return {"cannot": "nothing was heard within 12 s"}
    p50, p99 = np.percentile(times, [50, 99])
    return {"p50": round(float(p50), 1), "p99": round(float(p99), 1), "n": len(times)}


def main() -> None:
    """Print a table, or leave the figures in a file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=60)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if not args.inside and not pulse.missing():
        with tempfile.TemporaryDirectory(prefix="ea-pulse-") as folder:
            daemon = pulse.start(Path(folder))
            try:
                command = [sys.executable, __file__, *sys.argv[1:], "--inside"]
                raise SystemExit(subprocess.run(command, env=daemon.env, check=False).returncode)
            finally:
                daemon.close()
    result: dict[str, Any] = {
        "as handed, with tone": handed("pyttsx3", args.trials, tones=True),
        "as handed, words only": handed("pyttsx3", args.trials, tones=False),
        "first audio, as handed": first_audio(),
    }
    if args.inside:
        result |= heard(args.trials)
    if args.json:
        args.json.write_text(json.dumps(result, ensure_ascii=False, indent=1), "utf-8")
    for name, figures in result.items():
        print(name)
        rows = figures.items() if isinstance(figures, dict) else [("", figures)]
        for row, value in rows:
            print(f"  {row:38} {json.dumps(value, ensure_ascii=False)}")
    print(f"on {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
