"""An hour before the microphone; run by hand: python -m tests.measure.captions_soak [--minutes N].

Speech, room noise, music-like hum and silence in turn, as live sound. With --pace real the whole
loop runs at real pace and every lost block counts; with --pace replay (much quicker) the engine
gets the same sound by a clock of its own. Prints a line a minute of sound, and last whether memory
stayed flat and nothing was lost; the exit code says so too.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

import numpy as np
import psutil
from numpy.typing import NDArray

from edgeassist.captions.engines.whisper import Whisper, WhisperOptions
from edgeassist.captions.engines.worker import ReplayWorker
from edgeassist.captions.node import Captions
from edgeassist.devices.wav import open_audio
from edgeassist.loop.clock import NS, ManualClock, RealClock
from edgeassist.loop.events import RATE_HZ, AudioBlock, Caption, Event, Gap, Status
from edgeassist.loop.graph import Graph, Module
from edgeassist.loop.node import Context, Pace
from edgeassist.modelstore import installed
from edgeassist.profile import Profile
from edgeassist.testing import audio_blocks, context

_WARM_MINUTES = 2  # memory is compared with what it was then
_GROWTH_MB = 15.0
_CALM = 0.62  # see captions_streaming
_SPEECH_SHARE = 0.25


def stretches(minutes: float) -> Iterator[NDArray[np.int16]]:
    """The sound, always the same for the same length."""
    random = np.random.default_rng(1)
    speech = []
    for path in sorted(installed("demo-speech").glob("*/*.wav")):
        with open_audio(path) as audio:
            speech.append(np.concatenate(list(audio.blocks())))
    left = round(minutes * 60 * RATE_HZ)
    while left > 0:
        length = round(random.uniform(1, 12) * RATE_HZ)
        at = np.arange(length) / RATE_HZ
        if random.random() < _SPEECH_SHARE * 2:
            sound = np.pad(speech[random.integers(len(speech))], (0, 12_000))
        else:
            sound = (
                np.zeros(length, np.int16),
                random.normal(0, 400, length).astype(np.int16),
                (3000 * np.sin(2 * np.pi * 100 * at)).astype(np.int16),
            )[random.integers(3)]
        yield sound[:left]
        left -= len(sound)


def blocks(minutes: float) -> Iterator[AudioBlock]:
    """The sound as a microphone gives it."""
    start_s = 0.0
    for sound in stretches(minutes):
        whole = sound[: len(sound) // 320 * 320]
        yield from audio_blocks(whole, start_s=start_s)
        start_s += len(whole) / RATE_HZ


class Watch:
    """Counts, and prints a line a minute of sound."""

    def __init__(self) -> None:
        self.finals = self.partials = self.gaps = 0
        self.memory_mb: list[float] = []
        self._process = psutil.Process()
        self._began_s = time.monotonic()

    def caption(self, caption: Caption) -> None:
        """Count one."""
        self.finals += caption.final
        self.partials += not caption.final

    def at(self, sound_s: float) -> None:
        """Look at the memory when another minute is over."""
        if sound_s < 60 * (len(self.memory_mb) + 1):
            return
        self.memory_mb.append(self._process.memory_info().rss / 2**20)
        print(
            json.dumps(
                {
                    "minute": len(self.memory_mb),
                    "rss_mb": round(self.memory_mb[-1]),
                    "finals": self.finals,
                    "partials": self.partials,
                    "gaps": self.gaps,
                    "took_s": round(time.monotonic() - self._began_s),
                }
            ),
            flush=True,
        )

    def verdict(self, lost: int) -> bool:
        """Print the summary; whether all is well."""
        warm = self.memory_mb[min(_WARM_MINUTES, len(self.memory_mb)) - 1 :]
        growth = max(warm[len(warm) // 2 :]) - max(warm[: len(warm) // 2 + 1]) if warm else 0.0
        well = lost == 0 and self.gaps == 0 and growth < _GROWTH_MB and self.finals > 0
        print(
            json.dumps(
                {
                    "minutes": len(self.memory_mb),
                    "lost_blocks": lost,
                    "gaps": self.gaps,
                    "rss_mb_after_warming_up": round(warm[0]) if warm else None,
                    "rss_mb_at_the_end": round(warm[-1]) if warm else None,
                    "growth_mb_second_half": round(growth, 1),
                    "finals": self.finals,
                    "partials": self.partials,
                    "well": well,
                }
            )
        )
        return well


@dataclass(frozen=True, slots=True, kw_only=True)
class EarOptions:
    """How long to listen."""

    minutes: float


class Ear:
    """A microphone that hears `stretches`, at real pace."""

    Options = EarOptions
    consumes: ClassVar[tuple[type[Event], ...]] = ()
    produces: ClassVar[tuple[type[Event], ...]] = (AudioBlock,)
    lost = ""

    def __init__(self, options: EarOptions, world: Context) -> None:
        self._options = options
        self._world = world

    def open(self) -> None:
        """Nothing to get."""

    def events(self) -> Iterator[Event]:
        """Every block when it is over."""
        began_ns = self._world.clock.now_ns()
        for block in blocks(self._options.minutes):
            captured_ns = began_ns + round(block.start_s * NS)
            if self._world.stopping.wait_until(captured_ns + round(block.seconds * NS)):
                return
            yield replace(block, captured_ns=captured_ns)

    def close(self) -> None:
        """Nothing to release."""


def real(minutes: float, watch: Watch) -> int:
    """The whole loop at real pace; returns how many blocks were lost."""

    def tap(module: str, event: Event) -> None:
        if isinstance(event, Caption):
            watch.caption(event)
        elif isinstance(event, AudioBlock):
            watch.at(event.start_s)
        elif isinstance(event, Gap):
            watch.gaps += 1
        elif isinstance(event, Status) and event.why:
            print(f"{module}: {event.why}", file=sys.stderr)

    with TemporaryDirectory() as folder:
        options = Captions.Options(transcript=Path(folder) / "soak.jsonl")
        graph = Graph(
            [
                Module(name="ear", plugin=Ear, options=EarOptions(minutes=minutes)),
                Module(name="captions", plugin=Captions, options=options),
            ],
            profile=Profile(),
            clock=RealClock(),
            taps=[tap],
        )
        graph.run()
    lanes: list[dict[str, Any]] = graph.summary()["channels"]
    return sum(lane["drops"] for lane in lanes)


def replay(minutes: float, watch: Watch) -> int:
    """The engine alone, by a clock of its own."""
    clock = ManualClock()
    world = context(clock=clock, pace=Pace.REAL)
    engine = Whisper(WhisperOptions(), world, ReplayWorker(clock, lambda used_s: used_s * _CALM))
    for block in blocks(minutes):
        clock.advance(block.seconds)
        for caption in engine.feed(replace(block, captured_ns=clock.now_ns())):
            watch.caption(caption)
        watch.at(block.start_s + block.seconds)
    return 0


def main() -> int:
    """Listen, and say whether all went well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--pace", choices=("real", "replay"), default="real")
    args = parser.parse_args()
    watch = Watch()
    lost = (real if args.pace == "real" else replay)(args.minutes, watch)
    return 0 if watch.verdict(lost) else 1


if __name__ == "__main__":
    sys.exit(main())
