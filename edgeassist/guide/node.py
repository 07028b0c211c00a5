"""The guide as a module of the loop: pictures in, obstacles, spoken warnings and pulses out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any, ClassVar

from annotated_types import Ge, Le

from edgeassist import plugins
from edgeassist.guide.alerts import Alert, Verbosity
from edgeassist.guide.detector import Detector
from edgeassist.guide.phrases import phrase
from edgeassist.guide.pipeline import Pipeline, Step
from edgeassist.guide.sight import Sight
from edgeassist.locale import t
from edgeassist.loop.clock import NS
from edgeassist.loop.events import (
    Event,
    Obstacle,
    Priority,
    Pulse,
    Utterance,
    VideoFrame,
)
from edgeassist.loop.node import Context

EXPIRES_S = 2.0  # after its picture was taken; then the walker is somewhere else
CONTINUES_FROM = 2 / 3  # of the score that begins a thing, for a box to go on with one
PULSES = {Priority.DANGER: (1.0, (200, 80, 200, 80, 200)), Priority.MESSAGE: (0.6, (150,))}


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideOptions:
    """What is not given is taken from the board's profile."""

    detector: str | None = None
    size: Annotated[int, Ge(64), Le(2048)] | None = None
    min_score: Annotated[float, Ge(0.05), Le(1)] = 0.3  # of a box that begins a new obstacle
    model: Path | None = None  # an ONNX file for the detector, instead of its card
    decode: str | None = None  # what that file's output means; docs/guide-detectors.md
    verbosity: Verbosity = Verbosity.NORMAL


class Guide:
    """Warns of what is in the way."""

    Options = GuideOptions
    consumes: ClassVar[tuple[type[Event], ...]] = (VideoFrame,)
    produces: ClassVar[tuple[type[Event], ...]] = (Obstacle, Utterance, Pulse)
    lost = "obstacle warnings are off"

    def __init__(self, options: GuideOptions, context: Context) -> None:
        self._options = options
        self._context = context
        self._detector: Detector | None = None
        self._pipeline: Pipeline | None = None

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
        self._pipeline = Pipeline(
            self._detector,
            profile.camera,
            new_score=options.min_score,
            verbosity=options.verbosity,
        )

    def handle(self, event: Event) -> Iterator[Event]:
        """Take one picture."""
        if not isinstance(event, VideoFrame) or self._pipeline is None:
            return
        step = self._pipeline.step(event)
        yield from step.obstacles
        yield from self._notice(step, event)
        if step.alert is not None:
            yield from self._warn(step.alert)

    def finish(self) -> Iterable[Event]:
        """Nothing is held back."""
        return ()

    def close(self) -> None:
        """Release the detector."""
        if self._detector is not None:
            self._detector.close()
            self._detector = None
            self._pipeline = None

    def _warn(self, alert: Alert) -> Iterator[Event]:
        nearest = alert.nearest
        if alert.priority in PULSES:
            strength, pattern = PULSES[alert.priority]
            yield Pulse(
                captured_ns=nearest.captured_ns, side=alert.side, strength=strength, pattern=pattern
            )
        text = phrase(alert, self._context.language)
        yield Utterance(
            captured_ns=nearest.captured_ns,
            text=text,
            language=self._context.language,
            priority=alert.priority,
            expires_ns=nearest.captured_ns + round(EXPIRES_S * NS),
            merge_key=f"guide:{nearest.track}",
            details=details(alert, text, self._context.clock.now_ns()),
        )

    def _notice(self, step: Step, frame: VideoFrame) -> Iterator[Event]:
        """Say it once when the camera goes blind, and when it sees again."""
        if step.sight is step.was:
            return
        language = self._context.language
        match step.sight:
            case Sight.NOTHING:
                text = t("The camera sees nothing: it is covered, or it is too dark", lang=language)
            case Sight.FROZEN:
                text = t("The camera picture stands still", lang=language)
            case _:
                text = t("The camera sees again", lang=language)
        yield Utterance(
            captured_ns=frame.captured_ns,
            text=text,
            language=language,
            priority=Priority.MESSAGE,
            merge_key="guide:sight",
            details={"t_s": round(frame.at_s, 3), "sight": step.sight.value},
        )


def details(alert: Alert, text: str, now_ns: int) -> dict[str, Any]:
    """An alert as the record that `edgeassist guide --json` prints."""
    nearest = alert.nearest
    return {
        "t_s": round(nearest.at_s, 3),
        "label": nearest.label,
        "side": alert.side.value,
        "bearing_deg": round(nearest.bearing_deg, 1),
        "distance_m": _rounded(nearest.distance_m),
        "ttc_s": _rounded(nearest.ttc_s),
        "text": text,
        "priority": alert.priority.name.lower(),
        "latency_ms": round((now_ns - nearest.captured_ns) / 1e6, 1),
        "count": alert.count,
        "track": nearest.track,
        "distance_low_m": _rounded(nearest.distance_low_m),
        "distance_high_m": _rounded(nearest.distance_high_m),
    }


def make_detector(name: str, *, model: Path | None = None, **options: Any) -> Detector:
    """The detector `name` with those options of `options` that it has, where they are not None.

    `size`, `threads`, `min_score` mean the same to all; `decode` says how the ONNX file `model`
    of the detector "yolo" is read. Raises `PluginError` where it is not there or lacks something, `ModelError` for its model.
    """
    # With a model of the user's own the detector's card need not be installed.
    plugin = plugins.ready("detectors", name) if model is None else plugins.load("detectors", name)
    known = {field.name for field in fields(plugin.Options)}
    if model is not None:
        options["model"] = model
    given = {key: value for key, value in options.items() if key in known and value is not None}
    detector: Detector = plugin(plugin.Options(**given))
    return detector


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
