"""What a report tells of a walk, gathered while the guide watches: small, whatever the film."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgeassist.guide.drawing import draw
from edgeassist.loop.clock import NS
from edgeassist.loop.events import (
    Box,
    Event,
    Obstacle,
    Priority,
    State,
    Status,
    Utterance,
    VideoFrame,
)

PICTURE_WIDTH = 320  # pixels
HELD = 24  # shrunk pictures kept until it is known whether a warning falls on them
MOST_PICTURES = 120  # in a report; of a long day those of the least urgent warnings go first
EVERY_S = 0.1  # between two samples of a thing's distance

Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """One warning: its record as `edgeassist guide --json` prints it, and a JPEG of the moment."""

    record: dict[str, Any]
    picture: bytes | None

    @property
    def at_s(self) -> float:
        """When, in the film's own time."""
        return float(self.record["t_s"])

    @property
    def level(self) -> Priority:
        """How urgent."""
        return Priority[str(self.record["priority"]).upper()]


@dataclass(frozen=True, slots=True)
class Sample:
    """Where a thing was at one moment; None where it cannot be told."""

    at_s: float
    distance_m: float | None
    ttc_s: float | None


@dataclass(slots=True)
class Seen:
    """One tracked thing."""

    track: int
    label: str
    samples: list[Sample] = field(default_factory=list)


@dataclass(slots=True)
class Spell:
    """A time in which the camera or the guide could not warn; open while `end_s` is None."""

    text: str
    begin_s: float
    end_s: float | None = None


class Walk:
    """A tap of the loop that keeps what a report needs: no full picture, no sound."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held: OrderedDict[int, tuple[Picture, float]] = OrderedDict()  # by captured_ns
        self._now: dict[int, Obstacle] = {}  # the newest picture's obstacles, by track
        self._last: VideoFrame | None = None
        self._looked_ns = -1
        self._spells: dict[str, Spell] = {}
        self.length_s = 0.0
        self.pictures = 0
        self.warned: list[Warned] = []
        self.seen: dict[int, Seen] = {}
        self.spells: list[Spell] = []

    def __call__(self, module: str, event: Event) -> None:
        """Take any event of the loop; called from several threads."""
        with self._guard:
            match event:
                case VideoFrame():
                    self._picture(event)
                case Obstacle():
                    self._obstacle(event)
                case Utterance() if "label" in event.details:
                    self._warning(event)
                case Utterance() if "sight" in event.details:
                    self._sight(event)
                case Status() if event.lost:
                    self._status(event)

    def _picture(self, frame: VideoFrame) -> None:
        import cv2

        self.pictures += 1
        self.length_s = max(self.length_s, frame.at_s)
        height, width = frame.image.shape[:2]
        scale = min(1.0, PICTURE_WIDTH / width)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        small = cv2.resize(frame.image, size, interpolation=cv2.INTER_AREA)
        self._held[frame.captured_ns] = (np.asarray(small, np.uint8), size[0] / width)
        while len(self._held) > HELD:
            self._held.popitem(last=False)
        # The picture itself, which may be large, is not kept.
        self._last = VideoFrame(
            captured_ns=frame.captured_ns, image=small, number=frame.number, at_s=frame.at_s
        )

    def _obstacle(self, obstacle: Obstacle) -> None:
        if obstacle.captured_ns != self._looked_ns:
            self._looked_ns = obstacle.captured_ns
            self._now.clear()
        self._now[obstacle.track] = obstacle
        seen = self.seen.setdefault(obstacle.track, Seen(obstacle.track, obstacle.label))
        seen.label = obstacle.label
        if seen.samples and 0 <= obstacle.at_s - seen.samples[-1].at_s < EVERY_S:
            return
        seen.samples.append(Sample(obstacle.at_s, obstacle.distance_m, obstacle.ttc_s))

    def _warning(self, utterance: Utterance) -> None:
        record = dict(utterance.details)
        warned = Warned(record=record, picture=self._snapshot(utterance, len(self.warned) + 1))
        self.warned.append(warned)
        with_picture = [place for place, one in enumerate(self.warned) if one.picture]
        if len(with_picture) > MOST_PICTURES:
            gone = max(with_picture, key=lambda place: (self.warned[place].level, -place))
            self.warned[gone] = Warned(record=self.warned[gone].record, picture=None)

    def _snapshot(self, utterance: Utterance, number: int) -> bytes | None:
        import cv2

        held = self._held.get(utterance.captured_ns)
        if held is None:
            return None
        image, scale = held[0].copy(), held[1]
        obstacle = self._now.get(utterance.details.get("track", -1))
        if obstacle is not None and obstacle.captured_ns == utterance.captured_ns:
            draw(image, _scaled(obstacle.box, scale), str(number), utterance.priority)
        return bytes(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 75])[1].tobytes())

    def _sight(self, utterance: Utterance) -> None:
        at_s = float(utterance.details["t_s"])
        self._end("sight", at_s)
        if utterance.details["sight"] != "clear":
            self._begin("sight", utterance.text, at_s)

    def _status(self, status: Status) -> None:
        from edgeassist.locale import t

        at_s = self._at_s(status.captured_ns)
        if status.state in (State.RUNNING, State.ENDED):
            self._end(status.module, at_s)
        elif status.state is not State.STARTING and status.module not in self._spells:
            self._begin(status.module, t(status.lost), at_s)

    def _at_s(self, now_ns: int) -> float:
        if self._last is None:
            return 0.0
        return self._last.at_s + max(0, now_ns - self._last.captured_ns) / NS

    def _begin(self, cause: str, text: str, at_s: float) -> None:
        self._spells[cause] = Spell(text, at_s)
        self.spells.append(self._spells[cause])

    def _end(self, cause: str, at_s: float) -> None:
        spell = self._spells.pop(cause, None)
        if spell is not None:
            spell.end_s = max(at_s, spell.begin_s)
            self.length_s = max(self.length_s, spell.end_s)


def _scaled(box: Box, scale: float) -> Box:
    return Box(
        label=box.label,
        score=box.score,
        x1=box.x1 * scale,
        y1=box.y1 * scale,
        x2=box.x2 * scale,
        y2=box.y2 * scale,
    )
