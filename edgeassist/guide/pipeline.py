"""From one picture to obstacles and at most one warning; no threads, no devices, no clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from edgeassist.guide.alerts import Alert, Alerts, Verbosity
from edgeassist.guide.classes import class_of
from edgeassist.guide.classless import UNSEEN, Watch
from edgeassist.guide.course import Courses
from edgeassist.guide.detector import Detector
from edgeassist.guide.geometry import View, bearing_deg, distance
from edgeassist.guide.motion import Growth
from edgeassist.guide.phrases import phrase, seconds_to_say
from edgeassist.guide.ranging import Ranges, fused
from edgeassist.guide.sight import Sight, SightWatch
from edgeassist.guide.threat import level_of
from edgeassist.guide.tracker import Track, Tracker, iou
from edgeassist.loop.clock import NS
from edgeassist.loop.events import Box, Obstacle, Priority, RangeReading, VideoFrame
from edgeassist.profile import CameraProfile

ALONE_S = 1.0  # without a picture: range sensors warn by themselves

Threats = list[tuple[Obstacle, Priority | None]]

SAME_THING = 0.75  # IoU of two boxes, whatever their classes: a dog is not where a person is
WORN = frozenset(["backpack", "handbag", "umbrella", "suitcase", "tie"])
PART_INSIDE = 0.7  # of its area in a person's box: it is on the person, not in the way
PART_AREA = 0.25  # of the person's: more is a thing of its own in front of or behind them
AROUND = 0.1  # of the person's box on each side: where feet and hands may reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one picture told; `was` is the sight before it."""

    obstacles: tuple[Obstacle, ...]
    alert: Alert | None
    sight: Sight
    was: Sight
    tap: Alert | None = None  # to be felt at once, while its words have to wait
    felt: bool = False  # what `alert` says was felt before
    walking: bool | None = None  # None where the pictures do not tell
    speed_m_s: float | None = None  # of the wearer, by the ground


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When a picture was taken, by the loop and by its source, and its geometry."""

    captured_ns: int
    at_s: float
    number: int
    view: View


class Pipeline:
    """Detector, tracker, geometry and alert policy in a row; `step` once a picture, in order.

    All motion is measured in the source's own time (`VideoFrame.at_s`), so a film read faster
    than it was taken gives the same obstacles and warnings.
    """

    def __init__(
        self,
        detector: Detector,
        camera: CameraProfile,
        *,
        new_score: float,
        verbosity: Verbosity = Verbosity.NORMAL,
        language: str = "zh",
        while_standing: bool = False,
    ) -> None:
        self._detector = detector
        self._camera = camera
        self._while_standing = while_standing
        self._new_score = new_score
        self._watch = SightWatch()
        self._tracker = Tracker(new_score)
        self._growth = Growth()
        self._classless = Watch(camera)
        self._courses = Courses()
        self._ranges = Ranges()
        self._alerts = Alerts(verbosity, partial(_say_s, language))
        self._last: Moment | None = None  # of the pictures

    def step(self, frame: VideoFrame) -> Step:
        """Take the next picture. While the camera sees nothing only range sensors warn."""
        was = self._watch.sight
        sight = self._watch.step(frame.at_s, frame.image)
        view = View.of(self._camera, frame.image.shape[1], frame.image.shape[0])
        self._last = now = Moment(
            captured_ns=frame.captured_ns, at_s=frame.at_s, number=frame.number, view=view
        )
        if sight.blind:
            if not was.blind:
                self._tracker = Tracker(self._new_score)
                self._classless = Watch(self._camera)
            threats: Threats = []
            classless = UNSEEN
        else:
            tracks = self._tracker.step(frame.at_s, distinct(self._detector.detect(frame.image)))
            ttcs = self._growth.step(frame.at_s, frame.image, tracks, view)
            known = [obstacle_of(track, frame, view, ttcs.get(track.number)) for track in tracks]
            classless = self._classless.step(frame, [obstacle.box for obstacle in known])
            crossing = self._courses.step(
                frame.at_s, known, classless.ego, classless.before_s, view
            )
            threats = [(one, level_of(one, view, one.track in crossing)) for one in known]
            threats += classless.obstacles
        walking = None if self._while_standing else classless.walking
        told = self._told(now, self._ranged(now, threats), walking)
        return replace(
            told,
            sight=sight,
            was=was,
            walking=classless.walking,
            speed_m_s=classless.speed_m_s,
        )

    def feel(self, reading: RangeReading) -> Step | None:
        """Note what a range sensor measured.

        The next picture's obstacles take it in. While none has come for `ALONE_S`, the step that
        follows from the sensors alone is returned.
        """
        self._ranges.take(reading)
        if self._last is None:
            camera = self._camera
            view = View.of(camera, camera.width, camera.height)
            self._last = Moment(captured_ns=reading.captured_ns, at_s=0.0, number=0, view=view)
        since_s = (reading.captured_ns - self._last.captured_ns) / NS
        if since_s <= ALONE_S:
            return None
        now = replace(self._last, captured_ns=reading.captured_ns, at_s=self._last.at_s + since_s)
        return self._told(now, self._ranged(now, []), None)

    def _told(self, now: Moment, threats: Threats, walking: bool | None) -> Step:
        alert = self._alerts.step(now.at_s, threats, walking)
        return Step(
            obstacles=tuple(obstacle for obstacle, _ in threats),
            alert=alert,
            sight=self._watch.sight,
            was=self._watch.sight,
            tap=self._alerts.tap,
            felt=alert is not None and self._alerts.was_tapped(alert),
        )

    def _ranged(self, now: Moment, threats: Threats) -> Threats:
        """The threats with what the range sensors say of that moment."""
        ranged = self._ranges.at(now.captured_ns)
        if not ranged:
            return threats
        seen = [obstacle for obstacle, _ in threats]
        told = fused(
            seen,
            ranged,
            now.view,
            captured_ns=now.captured_ns,
            at_s=now.at_s,
            frame=now.number,
        )
        return [
            threats[i]
            if i < len(seen) and obstacle is seen[i]
            else (obstacle, level_of(obstacle, now.view))
            for i, obstacle in enumerate(told)
        ]

    def verbosity(self, verbosity: Verbosity) -> None:
        """From the next picture on say that much."""
        self._alerts.verbosity = verbosity


def _say_s(language: str, alert: Alert) -> float:
    return seconds_to_say(phrase(alert, language), language)


def obstacle_of(track: Track, frame: VideoFrame, view: View, ttc_s: float | None) -> Obstacle:
    """What is known of a tracked thing as of this picture."""
    far = distance(track.found, class_of(track.label), view)
    return Obstacle(
        captured_ns=frame.captured_ns,
        track=track.number,
        label=track.label,
        box=track.found,
        bearing_deg=bearing_deg(track.found, view),
        distance_m=far.m if far else None,
        distance_low_m=far.low_m if far else None,
        distance_high_m=far.high_m if far else None,
        ttc_s=ttc_s,
        at_s=frame.at_s,
        frame=frame.number,
    )


def distinct(boxes: Sequence[Box]) -> list[Box]:
    """One box a thing: without second opinions on the same place, without what is on a person."""
    persons = [box for box in boxes if box.label == "person"]
    kept: list[Box] = []
    for box in sorted(boxes, key=lambda box: -box.score):
        if any(iou(box, other) > SAME_THING for other in kept):
            continue
        if box.label != "person" and any(_is_part(box, person) for person in persons):
            continue
        kept.append(box)
    return kept


def _is_part(box: Box, person: Box) -> bool:
    """Whether `box` is something about a person rather than a thing in the way.

    Bags and umbrellas; and small things a detector less sure of sees where a person is: a foot
    set forward, four times a second, is taken for skis or a suitcase.
    """
    if box.label in WORN and _inside(box, person) > PART_INSIDE:
        return True
    wide, high = ((person.x2 - person.x1) * AROUND, (person.y2 - person.y1) * AROUND)
    around = replace(
        person, x1=person.x1 - wide, x2=person.x2 + wide, y1=person.y1 - high, y2=person.y2 + high
    )
    small = _area(box) < PART_AREA * _area(person)
    return small and box.score <= person.score and _inside(box, around) > PART_INSIDE


def _inside(box: Box, other: Box) -> float:
    """How much of `box` lies in `other`, 0 to 1."""
    wide = min(box.x2, other.x2) - max(box.x1, other.x1)
    high = min(box.y2, other.y2) - max(box.y1, other.y1)
    if wide <= 0 or high <= 0:
        return 0.0
    return wide * high / _area(box)


def _area(box: Box) -> float:
    return (box.x2 - box.x1) * (box.y2 - box.y1)
