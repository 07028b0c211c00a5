"""The real loop at real pace: camera frames through the guide, speech through the captions."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from edgeassist.bench import data, usage
from edgeassist.bench.captions_seen import finals, follow
from edgeassist.bench.data import Clip, Labelled
from edgeassist.bench.figures import figure
from edgeassist.bench.live_sources import Film, FilmOptions, Talk, TalkOptions, with_pause
from edgeassist.bench.loads import captions as captions_load
from edgeassist.bench.loads import guide as guide_load
from edgeassist.bench.points import Measured, Point
from edgeassist.bench.scenarios import Outcome, Tell, delivery
from edgeassist.bench.statistics import distribution
from edgeassist.captions.node import Captions
from edgeassist.captions.recognizer import Language
from edgeassist.errors import WorkError
from edgeassist.guide.node import LATE_S, Guide, GuideOptions
from edgeassist.locale import t
from edgeassist.loop.clock import NS, RealClock
from edgeassist.loop.events import RATE_HZ, Caption, Event, State, Utterance
from edgeassist.loop.graph import Graph, Module
from edgeassist.loop.node import Pace
from edgeassist.profile import CaptionsProfile, GuideProfile, Profile

FRAMES = 30  # of a video, held in memory and shown to and fro


class LiveSession:
    """Opened like a load; `run` is the measuring. Also what tells data and models to the result."""

    def __init__(self, point: Point, folder: Path | None) -> None:
        self.point = point
        self.models: Sequence[str]
        self.data: Sequence[Labelled[Any]]
        if point.module is Measured.GUIDE:
            self.film = data.frames(folder, FRAMES)
            self.data = (self.film,)
            self.models = (guide_load.model_of(point),)
        else:
            self.talk = data.clips(folder, point.options.get("language", ""))
            self.data = (self.talk,)
            self.models = (captions_load.model_of(point),)

    def run(self, tell: Tell) -> Outcome:
        """Measure."""
        guide = self.point.module is Measured.GUIDE
        return self._frames(tell) if guide else self._captions(tell)

    def _frames(self, tell: Tell) -> Outcome:
        """Age of every picture when the guide was done with it, and pictures never looked at."""
        point = self.point
        rate = float(point.options["rate"])
        count = max(1, round(point.seconds * rate))
        ages: list[float] = []
        warnings = stale = 0

        class Timed(Guide):
            """Notes how old a picture is when all that follows from it has been given."""

            def handle(self, event: Event) -> Iterator[Event]:
                nonlocal warnings, stale
                before_s = (self._context.clock.now_ns() - event.captured_ns) / NS
                for result in super().handle(event):
                    warnings += isinstance(result, Utterance)
                    yield result
                if before_s > LATE_S:  # the guide does not look at such a picture
                    stale += 1
                    return
                ages.append((self._context.clock.now_ns() - event.captured_ns) / 1e6)
                tell.done(len(ages) / count)

        given = point.options.get("model")
        options = GuideOptions(
            detector=point.options["detector"],
            size=point.options.get("size"),
            model=Path(given) if given else None,
            decode=point.options.get("decode"),
            look_smaller=False,  # what is measured is this size
        )
        # The first second is the warm-up: a detector's first picture is slow.
        warm_up = max(1, round(rate))
        modules = [
            Module(
                name="camera",
                plugin=Film,
                options=FilmOptions(self.film.items, rate, count + warm_up),
            ),
            Module(name="guide", plugin=Timed, options=options),
        ]
        graph, seconds, cpu = run(modules, profile(point))
        tell.over()
        offered, dropped = _counts(graph, "guide", "VideoFrame")
        dropped += stale
        if not ages:
            raise WorkError(point.subject, t("it came to no picture in time"))
        ages = ages[min(warm_up, len(ages) - 1) :]
        outcome = Outcome(
            distributions={"age": distribution(ages)},
            figures=delivery(offered, offered - dropped, dropped, ages, 1000 / rate),
        )
        outcome.figures |= _busy(cpu, seconds)
        outcome.figures["warnings"] = figure("warnings", warnings)
        outcome.notes.append(
            "age: from the moment the picture was due until the guide had done all with it; a "
            "picture that waits is replaced by a newer one (dropped); deadline: the next picture"
        )
        return outcome

    def _captions(self, tell: Tell) -> Outcome:
        point = self.point
        played = list(_as_long_as(self.talk.items, point.seconds))
        shown: list[tuple[float, Caption]] = []
        total_s = sum(len(with_pause(self.talk.items[n].sound)) for n in played) / RATE_HZ
        clock = RealClock()

        def tap(module: str, event: Event) -> None:
            if isinstance(event, Caption):
                # The sound's own time, now: the event says when its last sound was captured.
                late_s = (clock.now_ns() - event.captured_ns) / NS
                shown.append((event.end_s + late_s, event))
                tell.done((event.end_s + late_s) / total_s)

        engine_options: dict[str, Any] = {
            key: point.options[key] for key in ("model", "beam") if key in point.options
        }
        options = Captions.Options(
            engine=point.options["engine"],
            language=Language(point.options.get("language") or "auto"),
            engine_options=engine_options,
        )
        modules = [
            Module(name="microphone", plugin=Talk, options=TalkOptions(self.talk.items, played)),
            Module(name="captions", plugin=Captions, options=options),
        ]
        graph, seconds, cpu = run(modules, profile(point), clock=clock, taps=[tap])
        tell.over()
        clips = [self.talk.items[n] for n in played]
        outcome = follow(clips, shown)
        outcome.figures |= _busy(cpu, seconds)
        offered, dropped = _counts(graph, "captions", "AudioBlock")
        outcome.figures |= {
            "offered": figure("offered", offered),
            "dropped_percent": figure("dropped_percent", 100 * dropped / max(offered, 1)),
        }
        quality = captions_load.score(clips, finals(clips, shown), captions_load.model_of(point))
        outcome.figures |= quality.figures
        outcome.notes += quality.notes
        return outcome

    def close(self) -> None:
        """Nothing to release."""


def profile(point: Point) -> Profile:
    """The usual profile with the point's threads."""
    return replace(
        Profile(),
        captions=CaptionsProfile(threads=point.threads),
        guide=GuideProfile(threads=point.threads),
    )


def run(
    modules: Iterable[Module],
    board: Profile,
    *,
    seconds: float | None = None,
    clock: RealClock | None = None,
    taps: Iterable[Any] = (),
) -> tuple[Graph, float, float]:
    """Run a loop to its end: the graph, the seconds it took and its processor seconds.

    Raises the error of a module that cannot start, and `WorkError` if one was given up on. One
    that is only late with ending, as on a slow board, has done its work.
    """
    graph = Graph(modules, profile=board, pace=Pace.REAL, clock=clock, taps=taps)
    began, cpu = time.perf_counter(), usage.cpu_s()
    graph.run(seconds)
    states = graph.summary()["modules"]
    off = [name for name, state in states.items() if state == State.DEGRADED]
    if off:
        raise WorkError(", ".join(off), t("did not come to its end"))
    return graph, time.perf_counter() - began, usage.cpu_s() - cpu


def _as_long_as(items: Sequence[Clip], seconds: float) -> Iterator[int]:
    """Places of recordings that together last about `seconds`, spread over all of them."""
    length_s = sum(len(with_pause(clip.sound)) for clip in items) / RATE_HZ
    step = max(1, int(length_s // max(seconds, 1e-9)))
    played_s = 0.0
    for place in range(0, len(items), step):
        if played_s >= seconds:
            return
        yield place
        played_s += len(with_pause(items[place].sound)) / RATE_HZ


def _counts(graph: Graph, module: str, event: str) -> tuple[int, int]:
    """Events put and dropped."""
    for channel in graph.summary()["channels"]:
        if (channel["module"], channel["event"]) == (module, event):
            return channel["puts"], channel["drops"]
    return 0, 0


def _busy(cpu: float, seconds: float) -> dict[str, Any]:
    return {
        "cpu_s": figure("cpu_s", cpu),
        "cores_busy": figure("cores_busy", cpu / seconds),
    }
