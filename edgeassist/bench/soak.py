"""Every module of the suite in one loop, for minutes: what a device does all day."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from edgeassist.bench import data
from edgeassist.bench.data import Labelled
from edgeassist.bench.figures import figure
from edgeassist.bench.live import FRAMES, profile, run
from edgeassist.bench.live_sources import Film, FilmOptions, Talk, TalkOptions
from edgeassist.bench.points import Point
from edgeassist.bench.scenarios import Outcome, Tell
from edgeassist.bench.statistics import distribution
from edgeassist.braille.node import Braille
from edgeassist.captions.node import Captions
from edgeassist.guide.alerts import Verbosity
from edgeassist.guide.node import Guide, GuideOptions
from edgeassist.loop.clock import NS, RealClock
from edgeassist.loop.events import Caption, Event, Spoken, State, Status
from edgeassist.loop.graph import Module
from edgeassist.loop.metrics import stage_name
from edgeassist.speech.node import Speech, SpeechOptions

STAGES = (
    "Caption partial",
    "Caption final",
    "BrailleLine",
    "Obstacle",
    "Utterance",
    "Spoken",
)


class Everything:
    """Options of the point: `rate` of the camera, `voice`. `run` is the measuring."""

    def __init__(self, point: Point, folder: Path | None) -> None:
        self._point = point
        self._film = data.frames(folder, FRAMES)
        self._talk = data.clips(folder)
        self.data: Sequence[Labelled[Any]] = (self._film, self._talk)
        self.models: Sequence[str] = ("centernet", "whisper-base", "zh-words")

    def run(self, tell: Tell) -> Outcome:
        """Measure."""
        clock = RealClock()
        began_ns = clock.now_ns()
        stages: dict[str, list[float]] = {}
        minutes: dict[tuple[int, str], list[float]] = {}
        restarts = 0

        def tap(module: str, event: Event) -> None:
            nonlocal restarts
            now_ns = clock.now_ns()
            if isinstance(event, Status) and event.state is State.RESTARTING:
                restarts += 1
            stage = stage_name(event)
            if stage not in STAGES or module == "supervisor":
                return
            if isinstance(event, Caption) and not event.text:
                return
            until_ns = event.started_ns if isinstance(event, Spoken) else now_ns
            if until_ns is None:
                return
            late_ms = (until_ns - event.captured_ns) / 1e6
            stages.setdefault(stage, []).append(late_ms)
            passed_s = (now_ns - began_ns) / NS
            minutes.setdefault((int(passed_s // 60), stage), []).append(late_ms)
            tell.done(passed_s / self._point.seconds)

        with tempfile.TemporaryDirectory(prefix="ea-soak-") as folder:
            graph, seconds, cpu = run(
                self._modules(Path(folder)),
                profile(self._point),
                seconds=self._point.seconds,
                clock=clock,
                taps=[tap],
            )
        tell.over()
        outcome = Outcome()
        for stage, values in stages.items():
            outcome.distributions[stage] = distribution(values)
        outcome.minutes = [
            {
                "minute": minute,
                "stage": stage,
                "n": len(values),
                "p50_ms": distribution(values)["p50"],
                "p99_ms": distribution(values)["p99"],
            }
            for (minute, stage), values in sorted(minutes.items())
        ]
        puts = drops = 0
        for channel in graph.summary()["channels"]:
            if channel["event"] == "AudioBlock":
                puts, drops = puts + channel["puts"], drops + channel["drops"]
        outcome.figures = {
            "offered": figure("offered", puts),
            "dropped_percent": figure("dropped_percent", 100 * drops / max(puts, 1)),
            "cpu_s": figure("cpu_s", cpu),
            "cores_busy": figure("cores_busy", cpu / seconds),
            "restarts": figure("restarts", restarts),
            "warnings": figure("warnings", len(stages.get("Utterance", ()))),
        }
        outcome.notes.append(
            "each stage since its cause was captured; offered and dropped: blocks of sound; a "
            "picture that waits is replaced by a newer one, which is no loss"
        )
        return outcome

    def _modules(self, folder: Path) -> list[Module]:
        options = self._point.options
        everything: list[tuple[str, type[Any], Any]] = [
            (
                "microphone",
                Talk,
                TalkOptions(self._talk.items, range(len(self._talk.items)), repeat=True),
            ),
            ("camera", Film, FilmOptions(self._film.items, float(options.get("rate", 15)))),
            ("captions", Captions, Captions.Options()),
            ("braille", Braille, Braille.Options()),
            ("guide", Guide, GuideOptions(verbosity=Verbosity.FULL)),
            (
                "speech",
                Speech,
                SpeechOptions(
                    voice=options.get("voice", "pyttsx3"),
                    output="file",
                    path=folder / "speech.wav",
                    control=False,
                    remember=False,
                ),
            ),
        ]
        return [
            Module(name=name, plugin=plugin, options=given) for name, plugin, given in everything
        ]

    def close(self) -> None:
        """Nothing to release."""
