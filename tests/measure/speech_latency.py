"""How fast the voice falls silent and warns, and how soon it begins; beside what people use today.

    python tests/measure/speech_latency.py [--trials 60] [--json FILE]

A reading is interrupted by a danger at random moments. Ours is timed where blocks are handed to
the output (a file at real pace keeps a loudspeaker's queue of two blocks of 20 ms) and, on a few
trials, on the recording of a PulseAudio null sink. The same danger goes to stock espeak-ng (killed
and started anew) and to stock pyttsx3 (which finishes what it says first), on the same sink, in
the same run. Times are in ms.
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
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "devices"))

import pulse

from edgeassist import plugins
from edgeassist.devices.microphone import Microphone, MicrophoneOptions
from edgeassist.devices.speaker import Speaker, SpeakerOptions
from edgeassist.devices.speaker_file import FileSpeaker, FileSpeakerOptions
from edgeassist.loop.clock import RealClock
from edgeassist.loop.events import AudioBlock, Priority, Spoken, Utterance
from edgeassist.loop.node import Context, Stopping
from edgeassist.profile import Profile
from edgeassist.speech.pinyin import spoken_pinyin
from edgeassist.speech.player import Player
from edgeassist.speech.session import SpeechOptions, open_voice
from edgeassist.speech.voice import render

READING = "春天来了，桃花开了，小河里的水慢慢地流着，孩子们在草地上跑来跑去，" * 3
DANGER = "小心！前方一米，行人"
NEW_CLAUSES = [
    f"{where}{far}米，{what}"
    for where in ("左前方", "正前方", "右前方")
    for far, what in (("两", "自行车"), ("三", "台阶"), ("五", "公共汽车"))
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


def world() -> Context:
    clock = RealClock()
    return Context(name="measure", clock=clock, stopping=Stopping(clock), profile=Profile())


def utterance(text: str, priority: Priority, **more: Any) -> Utterance:
    return Utterance(
        captured_ns=time.monotonic_ns(), text=text, language="zh", priority=priority, **more
    )


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
            danger = utterance(f"{DANGER}{trial}", Priority.DANGER, details={"bearing_deg": 10})
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


def on_the_sink(begin: Callable[[], Callable[[], None]], trials: int) -> dict[str, Any]:
    """`begin()` starts a soft reading and returns what says the danger loudly: when it is heard."""
    heard = []
    for _ in range(trials):
        ear = Ear()
        warn = begin()
        ear.wait_until_loud()
        time.sleep(0.8)
        asked_ns = time.monotonic_ns()
        warn()
        heard.append((ear.danger_ns(asked_ns) - asked_ns) / 1e6)
        ear.close()
    return {"danger heard": quantiles(heard)}


class Ear:
    """Listens to the sink all the time, in blocks stamped with when they sounded."""

    def __init__(self) -> None:
        os.environ["PULSE_SOURCE"] = f"{pulse.OUT}.monitor"
        self._context = world()
        self._microphone = Microphone(MicrophoneOptions(), self._context)
        self._microphone.open()
        self._changed = threading.Condition()
        self._heard: list[tuple[int, int]] = []  # when, and the peak
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        for event in self._microphone.events():
            if isinstance(event, AudioBlock):
                peak = int(np.abs(event.samples.astype(int)).max())
                with self._changed:
                    self._heard.append((event.captured_ns, peak))
                    self._changed.notify_all()

    def wait_until_loud(self) -> None:
        with self._changed:
            if not self._changed.wait_for(lambda: any(peak > 300 for _, peak in self._heard), 10):
                raise RuntimeError("nothing is heard on the sink")

    def danger_ns(self, after_ns: int) -> int:
        """When something louder than the reading was first heard after that."""
        before = max(peak for at_ns, peak in self._heard if at_ns < after_ns)
        for at_ns, peak in list(self._heard):
            if at_ns > after_ns and peak > 1.6 * before:
                return at_ns
        raise RuntimeError("the danger is not heard on the sink")

    def close(self) -> None:
        self._context.stopping.tell(1.0)
        self._thread.join()
        self._microphone.close()


def ours_begins(voice_name: str) -> Callable[[], Callable[[], None]]:
    def begin() -> Callable[[], None]:
        context = world()
        voice = open_voice(voice_name, SpeechOptions(), context)

        def output() -> Speaker:
            speaker = Speaker(SpeakerOptions(), context)
            speaker.open(voice.rate_hz)
            return speaker

        player = Player(voice, output(), context.clock, lambda spoken: None, output)
        player.loudness(0.15)
        player.say(utterance(READING.replace("，", ""), Priority.TEXT))

        def warn() -> None:
            player.loudness(1.0)
            player.say(utterance(DANGER, Priority.DANGER))
            context.stopping.wait(1.5)
            player.close()

        return warn

    return begin


def espeak_begins() -> Callable[[], None]:
    reading = subprocess.Popen(
        ["espeak-ng", "-a15", "-v", "cmn-latn-pinyin", spoken_pinyin(READING.replace("，", ""))]
    )

    def warn() -> None:
        reading.kill()
        reading.wait()
        subprocess.run(["espeak-ng", "-v", "cmn-latn-pinyin", spoken_pinyin(DANGER)], check=True)

    return warn


STOCK = """
import sys, time, pyttsx3
engine = pyttsx3.init("espeak")
engine.setProperty("voice", "cmn-latn-pinyin")
engine.say(sys.argv[1])
began = time.monotonic()
engine.runAndWait()
read = time.monotonic() - began
engine.say(sys.argv[2])
began = time.monotonic()
engine.runAndWait()
print(read)
"""


def stock_pyttsx3() -> dict[str, Any]:
    """It cannot be interrupted: the danger waits for the rest of a reading of three clauses."""
    reading = spoken_pinyin(READING[: len(READING) // 3])
    try:
        done = subprocess.run(
            [sys.executable, "-c", STOCK, reading, spoken_pinyin(DANGER)],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    except subprocess.TimeoutExpired:
        return {"failed": "it has not said both in 60 s"}
    if done.returncode:
        return {"failed": done.stderr.strip().splitlines()[-1:]}
    read_ms = float(done.stdout.split()[-1]) * 1000
    return {"silence": {"p50": round(read_ms - 800, 1), "n": 1}, "note": "danger 0.8 s into it"}


def first_audio() -> dict[str, Any]:
    """From the request of a clause not said before to its first block, the engine being loaded."""
    found: dict[str, Any] = {}
    for name in sorted({*plugins.found("voices")} - {"auto", "silence"}):
        try:
            voice = open_voice(name, SpeechOptions(), world())
            list(render(voice, "你好。", "zh"))
        except Exception as error:
            found[name] = {"missing": str(error)}
            continue
        times = []
        for clause in NEW_CLAUSES:
            began = time.perf_counter()
            pieces = render(voice, clause, "zh")
            next(pieces)
            times.append((time.perf_counter() - began) * 1000)
            list(pieces)
        voice.close()
        found[name] = quantiles(times)
    times = []
    for clause in NEW_CLAUSES:
        began = time.perf_counter()
        with subprocess.Popen(
            ["espeak-ng", "-v", "cmn-latn-pinyin", "--stdout", spoken_pinyin(clause)],
            stdout=subprocess.PIPE,
        ) as process:
            assert process.stdout is not None
            process.stdout.read(1024)
            times.append((time.perf_counter() - began) * 1000)
            process.stdout.read()
    found["stock espeak-ng, a process a clause"] = quantiles(times)
    return found


def quantiles(times: list[float]) -> dict[str, Any]:
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
        "first audio of a new clause": first_audio(),
    }
    if args.inside:
        few = max(3, args.trials // 12)
        result["on the sink, ours (words only)"] = on_the_sink(ours_begins("pyttsx3"), few)
        result["on the sink, espeak-ng killed and restarted"] = on_the_sink(espeak_begins, few)
        result["on the sink, stock pyttsx3"] = stock_pyttsx3()
        ours = result["on the sink, ours (words only)"]
        stock = result["on the sink, stock pyttsx3"]
        if "silence" in stock:
            result["ratio stock pyttsx3 / ours"] = round(
                stock["silence"]["p50"] / ours["danger heard"]["p50"], 1
            )
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
