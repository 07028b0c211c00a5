"""The guide as a module of the loop: pictures in, obstacles, spoken warnings and pulses out."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any, ClassVar

from annotated_types import Ge, Le

from edgeassist import plugins
from edgeassist.guide.alerts import Verbosity
from edgeassist.guide.describe import describe
from edgeassist.guide.detector import Detector
from edgeassist.guide.heat import EVERY_S, ZONES, HeatWatch, hottest_c
from edgeassist.guide.outage import Cause, Notice, Outage, cause_of, told_off, told_poor
from edgeassist.guide.pipeline import Pipeline
from edgeassist.guide.sight import Sight
from edgeassist.guide.speed import Speed
from edgeassist.guide.telling import Telling
from edgeassist.guide.vigil import Vigil
from edgeassist.locale import t
from edgeassist.loop.clock import NS
from edgeassist.loop.events import (
    Command,
    Event,
    Obstacle,
    Pulse,
    RangeReading,
    State,
    Status,
    Tone,
    Utterance,
    VideoFrame,
)
from edgeassist.loop.node import Context, Pace

CONTINUES_FROM = 2 / 3  # of the score that begins a thing, for a box to go on with one
SILENT_S = 2.0  # without a fresh picture: nobody is being warned any more
LATE_S = 1.0  # a picture that old when it comes shows another place
ANSWER_S = 5.0  # after a question nobody waits for its answer any more
POOR_AGAIN_S = 600.0  # a dirty lens is not told of every minute
log = logging.getLogger("edgeassist.guide")


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideOptions:
    """What is not given is taken from the board's profile."""

    detector: str | None = None
    size: Annotated[int, Ge(64), Le(2048)] | None = None
    min_score: Annotated[float, Ge(0.05), Le(1)] = 0.3  # of a box that begins a new obstacle
    model: Path | None = None  # an ONNX file for the detector, instead of its card
    decode: str | None = None  # what that file's output means; docs/guide-detectors.md
    verbosity: Verbosity = Verbosity.NORMAL
    while_standing: bool = False  # also tell of what stands still while its wearer does
    look_smaller: bool = True  # where the machine is too slow, unless `size` is given
    thermal_zones: Path = ZONES  # where the temperature is read


class Guide:
    """Warns of what is in the way, and says when it cannot.

    Commands: "describe" says what is around; "warnings" sets how much is said: off, on, quiet,
    normal, full.
    """

    Options = GuideOptions
    consumes: ClassVar[tuple[type[Event], ...]] = (VideoFrame, RangeReading, Command)
    produces: ClassVar[tuple[type[Event], ...]] = (Obstacle, Utterance, Pulse, Tone)
    lost = "obstacle warnings are off"
    called = "obstacle warnings"

    def __init__(self, options: GuideOptions, context: Context) -> None:
        self._options = options
        self._context = context
        self._detector: Detector | None = None
        self._pipeline: Pipeline | None = None
        self._speed: Speed | None = None  # where the detector has more than one size
        self._say = Telling(context)
        self._guard = threading.Lock()  # of what the vigil's thread uses too
        self._outage = Outage()
        self._cause: Cause | None = None  # but for the user's own wish
        self._vigil = Vigil(context.clock, SILENT_S, self._missed)
        self._live = context.pace is Pace.REAL
        self._wanted = True  # the user wants warnings
        self._around: tuple[Obstacle, ...] = ()
        self._at_s = 0.0
        self._seen_ns: int | None = None  # when the last good picture was taken
        self._ranged_ns: int | None = None  # when a range sensor last measured
        self._poor_s: dict[Sight, float] = {}
        self._heat = HeatWatch(context.profile.guide.too_hot_c)
        self._felt_heat_ns: int | None = None

    def open(self) -> None:
        """Load the detector; raises `PluginError` or `ModelError` where it cannot be."""
        options, profile = self._options, self._context.profile
        self._detector = make_detector(
            options.detector or profile.guide.detector,
            size=options.size or profile.guide.size,
            threads=profile.guide.threads,
            min_score=options.min_score * CONTINUES_FROM,
            model=options.model,
            decode=options.decode,
        )
        if options.look_smaller and options.size is None and hasattr(self._detector, "sizes"):
            sizes = self._detector.sizes()
            self._speed = Speed(tuple(sizes), tuple(sizes.values()))
        self._pipeline = Pipeline(
            self._detector,
            profile.camera,
            new_score=options.min_score,
            verbosity=options.verbosity,
            language=self._context.language,
            while_standing=options.while_standing,
        )

    def handle(self, event: Event) -> Iterator[Event]:
        """Take one picture or a range sensor's reading, or obey."""
        if self._pipeline is None:
            return
        if isinstance(event, RangeReading):
            yield from self._feel(event, self._pipeline)
        elif isinstance(event, Command):
            yield from self._obey(event, self._pipeline)
        elif isinstance(event, VideoFrame):
            yield from self._heed_heat(event)
            if self._is_fresh(event):
                yield from self._look(event, self._pipeline)

    def finish(self) -> Iterable[Event]:
        """Nothing is held back; that no more pictures come is no outage."""
        self._vigil.close()
        return ()

    def close(self) -> None:
        """Release the detector."""
        self._vigil.close()
        if self._detector is not None:
            self._detector.close()
            self._detector = None
            self._pipeline = None

    def _look(self, frame: VideoFrame, pipeline: Pipeline) -> Iterator[Event]:
        began_ns = self._context.clock.now_ns()
        step = pipeline.step(frame)
        self._heed_speed(began_ns)
        self._around, self._at_s = step.obstacles, frame.at_s
        if not step.sight.blind:
            self._seen_ns = frame.captured_ns
        yield from step.obstacles
        with self._guard:
            self._cause = cause_of(step.sight)
            cause = self._cause if self._wanted else Cause.ASKED
            notice = self._outage.step(frame.at_s, cause)
        if notice is not None:
            yield from self._notice(notice, cause, frame.captured_ns, frame.at_s)
        if not self._wanted:
            return
        if step.sight in (Sight.DIRTY, Sight.BLURRED) and step.sight is not step.was:
            yield from self._tell_poor(step.sight, frame)
        yield from self._say.warnings(step)

    def _feel(self, reading: RangeReading, pipeline: Pipeline) -> Iterator[Event]:
        """Take a reading; while the camera is away the sensors warn by themselves."""
        self._ranged_ns = reading.captured_ns
        step = pipeline.feel(reading)
        if step is not None:
            yield from step.obstacles
            if self._wanted:
                yield from self._say.warnings(step)

    def _is_fresh(self, frame: VideoFrame) -> bool:
        """Whether a picture shows where the walker is; a film read fast is always fresh."""
        if not self._live:
            return True
        if self._context.clock.now_ns() - frame.captured_ns > LATE_S * NS:
            self._vigil.begin()
            return False
        self._vigil.seen()
        return True

    def _missed(self) -> None:
        """No fresh picture for `SILENT_S`; on the vigil's thread."""
        with self._guard:
            self._around, self._cause = (), Cause.SILENT
            at_s = self._at_s + SILENT_S
            notice = self._outage.step(at_s, Cause.SILENT) if self._wanted else None
        if notice is not None:
            now_ns = self._context.clock.now_ns()
            for event in self._notice(notice, Cause.SILENT, now_ns, at_s):
                self._context.emit(event)

    def _notice(
        self, notice: Notice, cause: Cause | None, captured_ns: int, at_s: float
    ) -> Iterator[Event]:
        ranged = self._is_ranged(captured_ns)
        off = cause if notice is Notice.OFF and cause is not Cause.ASKED else None
        # The notice is said already: `lost` would be said as well.
        self._context.emit(
            Status(
                captured_ns=captured_ns,
                module=self._context.name,
                state=State.DEGRADED if off else State.RUNNING,
                why=told_off(off, self._context.language, ranged=ranged) if off else "",
            )
        )
        yield from self._say.notice(notice, cause, captured_ns, at_s, ranged=ranged)

    def _is_ranged(self, now_ns: int) -> bool:
        """Whether range sensors warn where the camera cannot."""
        return self._ranged_ns is not None and now_ns - self._ranged_ns <= SILENT_S * NS

    def _tell_poor(self, sight: Sight, frame: VideoFrame) -> Iterator[Event]:
        told_s = self._poor_s.get(sight)
        if told_s is None or not 0 <= frame.at_s - told_s < POOR_AGAIN_S:
            self._poor_s[sight] = frame.at_s
            text = told_poor(sight, self._context.language)
            yield self._say.utterance(text, frame.captured_ns, notice=sight.value)

    def _heed_speed(self, began_ns: int) -> None:
        """Look smaller where a picture takes too long, and larger again when it need not be so."""
        now_ns, speed = self._context.clock.now_ns(), self._speed
        if speed is None or not self._live:
            return
        if speed.step(now_ns / NS, (now_ns - began_ns) / NS):
            self._detector.resize(speed.size)  # type: ignore[union-attr]
            log.warning(
                "%s",
                t(
                    "A picture takes {ms} ms: from now on the detector looks at size {size}",
                    ms=round(1000 * speed.took_s),
                    size=speed.size or t("as usual"),
                ),
            )

    def _heed_heat(self, frame: VideoFrame) -> Iterator[Event]:
        now_ns = self._context.clock.now_ns()
        if self._felt_heat_ns is not None and now_ns - self._felt_heat_ns < EVERY_S * NS:
            return
        self._felt_heat_ns = now_ns
        if self._heat.step(hottest_c(self._options.thermal_zones)):
            language = self._context.language
            text = t("The device is too hot: warnings may come late", lang=language)
            yield self._say.utterance(text, frame.captured_ns, notice="hot")

    def _obey(self, command: Command, pipeline: Pipeline) -> Iterator[Event]:
        match command.name, command.value:
            case "describe", _:
                yield self._say.utterance(
                    self._description(), command.captured_ns, expires_s=ANSWER_S
                )
            case "warnings", "off" | "on":
                self._wanted = command.value == "on"
                with self._guard:
                    cause = self._cause if self._wanted else Cause.ASKED
                    notice = self._outage.step(self._at_s, cause)
                if notice is not None:
                    yield from self._notice(notice, cause, command.captured_ns, self._at_s)
            case "warnings", value if value in list(Verbosity):
                pipeline.verbosity(Verbosity(value))
            case "warnings", value:
                log.warning("warnings: off, on, %s; not %r", ", ".join(Verbosity), value)

    def _description(self) -> str:
        language = self._context.language
        now_ns, seen_ns = self._context.clock.now_ns(), self._seen_ns
        if self._cause is not None:
            return told_off(self._cause, language, ranged=self._is_ranged(now_ns))
        if seen_ns is None or (self._live and now_ns - seen_ns > SILENT_S * NS):
            return told_off(Cause.SILENT, language, ranged=self._is_ranged(now_ns))
        return describe(self._around, language)


def make_detector(name: str, *, model: Path | None = None, **options: Any) -> Detector:
    """The detector `name` with those options of `options` that it has, where they are not None.

    `size`, `threads`, `min_score` mean the same to all; `decode` says how the ONNX file `model`
    of the detector "yolo" is read. Raises `PluginError` where it is not there or lacks something,
    `ModelError` for its model.
    """
    # With a model of the user's own the detector's card need not be installed.
    plugin = plugins.ready("detectors", name) if model is None else plugins.load("detectors", name)
    known = {field.name for field in fields(plugin.Options)}
    if model is not None:
        options["model"] = model
    given = {key: value for key, value in options.items() if key in known and value is not None}
    detector: Detector = plugin(plugin.Options(**given))
    return detector
