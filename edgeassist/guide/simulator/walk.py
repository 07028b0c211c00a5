"""A scene walked through with the real pipeline, its computing time on the clock.

The camera takes a picture every 1/fps seconds. The pipeline, like the loop, takes the newest one
whenever it is free; pictures that come while it is busy are lost. A step is busy as long as it
takes of the processor, so a machine with other work to do does not falsify the result.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from edgeassist.guide.alerts import Alert, Verbosity
from edgeassist.guide.detector import Detector
from edgeassist.guide.phrases import phrase
from edgeassist.guide.pipeline import Pipeline, Step
from edgeassist.guide.simulator.canvas import Pixels
from edgeassist.guide.simulator.judge import about, about_ground, match, worth_telling
from edgeassist.guide.simulator.records import Met, Told, Walked
from edgeassist.guide.simulator.render import Renderer
from edgeassist.guide.simulator.scene import Scene
from edgeassist.guide.simulator.truth import Truth, drop_contact_s, truth
from edgeassist.loop.clock import NS
from edgeassist.loop.events import Obstacle, VideoFrame

NEW_SCORE = 0.3
JUDGED_TTC_S = (0.5, 6.0)  # between these a time to collision is compared with the truth
GROUND = -1  # in place of a thing's number
FELT, SAID = "felt", "said"


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """What the walker wears. `step_s` makes every step take that long, whatever it took."""

    detector: Detector
    new_score: float = NEW_SCORE
    verbosity: Verbosity = Verbosity.NORMAL
    language: str = "zh"
    slowdown: float = 1.0  # of a board against this machine
    step_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One picture the pipeline took, for whoever wants to look on."""

    at_s: float
    picture: Pixels
    truths: tuple[Truth, ...]
    step: Step
    told: Told | None


class Walk:
    """A walk through a scene: iterate over its moments once, then take the result."""

    def __init__(self, scene: Scene, device: Device) -> None:
        self._scene = scene
        self._device = device
        self._renderer = Renderer(scene)
        self._pipeline = Pipeline(
            device.detector,
            scene.camera,
            new_score=device.new_score,
            verbosity=device.verbosity,
            language=device.language,
        )
        self._told: list[Told] = []
        self._warned: dict[int, float] = {}  # when a thing was first felt or said
        self._said: dict[int, float] = {}
        self._latencies: list[float] = []
        self._errors: list[float] = []
        self._unknown = 0
        self._lost = 0

    def __iter__(self) -> Iterator[Moment]:
        """Walk to the end."""
        fps = self._scene.camera.fps
        free_s, taken = 0.0, -1
        while True:
            newest = max(taken + 1, math.floor(free_s * fps + 1e-9))
            at_s = newest / fps
            if at_s > self._scene.seconds:
                return
            self._lost += newest - taken - 1
            taken = newest
            moment, free_s = self._take(newest, at_s, max(free_s, at_s))
            yield moment

    def result(self) -> Walked:
        """What came of it, once it was walked."""
        scene = self._scene
        eye = self._renderer.eye(0.0)
        met = []
        for which in range(len(scene.things)):
            real = truth(scene, which, 0.0, eye)
            if real.collides and real.contact_s is not None and real.contact_s <= scene.seconds:
                met.append(self._met(which, real.kind, real.contact_s))
        if scene.drop is not None:
            contact_s = drop_contact_s(scene, scene.drop)
            if contact_s is not None:
                met.append(self._met(GROUND, scene.drop.kind, contact_s))
        return Walked(
            kind=scene.kind,
            seed=scene.seed,
            seconds=scene.seconds,
            met=tuple(met),
            told=tuple(self._told),
            latencies_s=tuple(self._latencies),
            lost=self._lost,
            ttc_errors=tuple(self._errors),
            ttc_unknown=self._unknown,
        )

    def _take(self, number: int, at_s: float, starts_s: float) -> tuple[Moment, float]:
        """Let the pipeline take a picture; return when it is free again, too."""
        picture = self._renderer.picture(at_s)
        frame = VideoFrame(captured_ns=round(at_s * NS), image=picture, number=number, at_s=at_s)
        before = time.process_time()
        step = self._pipeline.step(frame)
        busy_s = self._device.step_s
        if busy_s is None:
            busy_s = (time.process_time() - before) * self._device.slowdown
        decided_s = starts_s + busy_s
        self._latencies.append(decided_s - at_s)
        eye = self._renderer.eye(at_s)
        truths = tuple(
            truth(self._scene, which, at_s, eye) for which in range(len(self._scene.things))
        )
        self._compare(step.obstacles, truths)
        told = None
        for alert, way in ((step.tap, FELT), (step.alert, SAID)):
            if alert is not None:
                told = self._tell(alert, way, truths, at_s, decided_s)
                self._told.append(told)
        moment = Moment(at_s=at_s, picture=picture, truths=truths, step=step, told=told)
        return moment, decided_s

    def _compare(self, obstacles: Sequence[Obstacle], truths: Sequence[Truth]) -> None:
        """Times to collision against the truth."""
        for obstacle in obstacles:
            which = match(obstacle.box, truths)
            real_s = None if which is None else truths[which].ttc_s
            if real_s is None or not JUDGED_TTC_S[0] <= real_s <= JUDGED_TTC_S[1]:
                continue
            if obstacle.ttc_s is None:
                self._unknown += 1
            else:
                self._errors.append(obstacle.ttc_s / real_s - 1)

    def _tell(
        self, alert: Alert, way: str, truths: Sequence[Truth], at_s: float, decided_s: float
    ) -> Told:
        scene, nearest = self._scene, alert.nearest
        right: bool | None = False
        kind = None
        if scene.drop is not None and about_ground(alert):
            right, kind = True, scene.drop.kind
            self._note(GROUND, way, decided_s)
        for which in about(scene, alert, truths, at_s):
            worth = worth_telling(scene, truths[which], at_s)
            if kind is None or worth:
                kind = truths[which].kind
            if worth:
                self._note(which, way, decided_s)
            right = True if worth or right else (None if worth is None else right)
        return Told(
            at_s=round(at_s, 3),
            decided_s=round(decided_s, 4),
            text=phrase(alert, self._device.language),
            label=nearest.label,
            priority=alert.priority.name.lower(),
            way=way,
            distance_m=_rounded(nearest.distance_m),
            ttc_s=_rounded(nearest.ttc_s),
            about=kind,
            right=right,
        )

    def _note(self, which: int, way: str, decided_s: float) -> None:
        self._warned.setdefault(which, decided_s)
        if way == SAID:
            self._said.setdefault(which, decided_s)

    def _met(self, which: int, kind: str, contact_s: float) -> Met:
        return Met(
            kind=kind,
            contact_s=round(contact_s, 3),
            warned_s=_lead_s(contact_s, self._warned.get(which)),
            said_s=_lead_s(contact_s, self._said.get(which)),
        )


def _lead_s(contact_s: float, when: float | None) -> float | None:
    return None if when is None or when >= contact_s else round(contact_s - when, 3)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
