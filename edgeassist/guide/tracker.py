"""Boxes of one picture after another made into things that stay the same thing.

A thing is taken seriously once it was seen in 3 of 5 pictures and their scores add up to what
three boxes just sure enough to begin a thing would give; then it is waited for during 1 s after
it was last seen. Time is the source's own, so pictures may come as irregularly as they like. Low
scores go on with a thing but never begin one (ByteTrack, Zhang et al., ECCV 2022).
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgeassist.loop.events import Box

Vector = NDArray[np.float64]  # centre x, centre y, log width, log height

SEEN_NEEDED, SEEN_OF = 3, 5
FORGET_AFTER_S = 1.0
LEAST_OVERLAP = 0.25  # IoU for the same thing
SAME_LABEL = 0.3  # what agreeing on the class is worth, as IoU
REACH = 0.75  # of its size: how far from its expected place a lost thing may turn up again
GROWTH = 1.6  # by which its size may have changed then

# Standard deviations relative to the box's size: of a measurement, of the acceleration (1/s²).
MEASURED = np.array([0.04, 0.04, 0.06, 0.06])
ACCELERATION = np.array([1.5, 1.5, 0.8, 0.8])


@dataclass(slots=True)
class Track:
    """One thing: `box` is where it is thought to be, `found` the box it was last found in."""

    number: int
    label: str
    found: Box
    at_s: float  # of the last picture
    seen_s: float  # of the last picture that showed it
    place: Vector
    speed: Vector
    # Of place and speed; the four coordinates are filtered apart, each with a 2 x 2 covariance.
    covariance: NDArray[np.float64]
    votes: dict[str, float]  # the scores it got under each label
    needed: float  # sum of scores in the history from which it is believed
    history: deque[float]  # its score in the last pictures, 0 in those that do not show it
    confirmed: bool = False

    @property
    def seen(self) -> bool:
        """Whether the last picture showed it."""
        return self.history[-1] > 0

    @property
    def box(self) -> Box:
        """Where it is in the last picture, in pixels; it may reach out of the picture."""
        x, y = self.place[:2]
        half_w, half_h = np.exp(self.place[2:]) / 2
        return Box(
            label=self.label,
            score=self.found.score,
            x1=float(x - half_w),
            y1=float(y - half_h),
            x2=float(x + half_w),
            y2=float(y + half_h),
        )

    def predict(self, at_s: float) -> None:
        """Move on to a later moment at constant speed."""
        dt = at_s - self.at_s
        self.at_s = at_s
        self.place = self.place + self.speed * dt
        push = self._scaled(ACCELERATION) ** 2
        noise = np.array([[dt**4 / 4, dt**3 / 2], [dt**3 / 2, dt**2]])
        move = np.array([[1.0, dt], [0.0, 1.0]])
        self.covariance = move @ self.covariance @ move.T + push[:, None, None] * noise
        self.history.append(0.0)

    def update(self, box: Box) -> None:
        """The picture of this moment shows it in `box`."""
        spread = self._scaled(MEASURED) ** 2
        off = _place(box) - self.place
        total = self.covariance[:, 0, 0] + spread
        gain = self.covariance[:, :, 0] / total[:, None]
        self.place = self.place + gain[:, 0] * off
        self.speed = self.speed + gain[:, 1] * off
        self.covariance = self.covariance - gain[:, :, None] * self.covariance[:, None, 0, :]
        self.history[-1] = box.score
        self.seen_s = self.at_s
        self.found = box
        self.votes[box.label] = self.votes.get(box.label, 0.0) + box.score
        self.label = max(self.votes, key=lambda label: self.votes[label])
        enough = sum(score > 0 for score in self.history) >= SEEN_NEEDED
        self.confirmed |= enough and sum(self.history) >= self.needed

    def _scaled(self, relative: Vector) -> Vector:
        """Positions count in box sizes; log sizes are relative by themselves."""
        size = math.exp((self.place[2] + self.place[3]) / 2)
        scaled: Vector = relative * np.array([size, size, 1.0, 1.0])
        return scaled


class Tracker:
    """Follows things from picture to picture; `step` once a picture."""

    def __init__(self, new_score: float) -> None:
        """Things begin with a box of at least `new_score`."""
        self._new_score = new_score
        self._tracks: list[Track] = []
        self._last_number = 0
        self._at_s = -math.inf

    def step(self, at_s: float, boxes: Sequence[Box]) -> list[Track]:
        """Take the boxes of the picture at `at_s`; return the confirmed things it shows.

        A time before the last one starts anew: it is another film.
        """
        if at_s < self._at_s:
            self._tracks.clear()
        self._at_s = at_s
        for track in self._tracks:
            track.predict(at_s)
        left = sorted(boxes, key=lambda box: -box.score)
        sure = [box for box in left if box.score >= self._new_score]
        unsure = [box for box in left if box.score < self._new_score]
        waiting, sure = _match(self._tracks, sure, _overlap)
        waiting, unsure = _match(waiting, unsure, _overlap)
        waiting, sure = _match([track for track in waiting if track.confirmed], sure, _nearness)
        self._tracks = [track for track in self._tracks if self._is_kept(track)]
        self._tracks += [self._begin(at_s, box) for box in sure]
        return [track for track in self._tracks if track.confirmed and track.seen]

    def _is_kept(self, track: Track) -> bool:
        """Confirmed things are waited for; others go once 3 of 5 is out of reach."""
        if track.confirmed:
            return track.at_s - track.seen_s <= FORGET_AFTER_S
        misses = sum(score == 0 for score in track.history)
        return misses <= SEEN_OF - SEEN_NEEDED and track.at_s - track.seen_s <= FORGET_AFTER_S

    def _begin(self, at_s: float, box: Box) -> Track:
        self._last_number += 1
        size = math.sqrt((box.x2 - box.x1) * (box.y2 - box.y1))
        scale = np.array([size, size, 1.0, 1.0])
        covariance = np.zeros((4, 2, 2))
        covariance[:, 0, 0] = (MEASURED * scale) ** 2
        covariance[:, 1, 1] = scale**2  # it may cross its own size in a second
        return Track(
            number=self._last_number,
            label=box.label,
            found=box,
            at_s=at_s,
            seen_s=at_s,
            place=_place(box),
            speed=np.zeros(4),
            covariance=covariance,
            votes={box.label: box.score},
            needed=SEEN_NEEDED * self._new_score,
            history=deque([box.score], maxlen=SEEN_OF),
        )


def iou(a: Box, b: Box) -> float:
    """Common area by joint area."""
    wide = min(a.x2, b.x2) - max(a.x1, b.x1)
    high = min(a.y2, b.y2) - max(a.y1, b.y1)
    if wide <= 0 or high <= 0:
        return 0.0
    both = wide * high
    total = (a.x2 - a.x1) * (a.y2 - a.y1) + (b.x2 - b.x1) * (b.y2 - b.y1)
    return both / (total - both)


def _place(box: Box) -> Vector:
    wide, high = max(box.x2 - box.x1, 1e-3), max(box.y2 - box.y1, 1e-3)
    return np.array([(box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2, math.log(wide), math.log(high)])


def _overlap(track: Track, expected: Box, box: Box) -> float:
    """How well a box continues a thing by overlap; 0 for not at all."""
    common = iou(expected, box)
    if common < LEAST_OVERLAP:
        return 0.0
    return common + (SAME_LABEL if box.label in track.votes else 0.0)


def _nearness(track: Track, expected: Box, box: Box) -> float:
    """How well a box continues a thing it does not overlap: as big, and not far; 0 for not."""
    if box.label not in track.votes:
        return 0.0
    place = _place(box)
    if np.abs(place[2:] - track.place[2:]).max() > math.log(GROWTH):
        return 0.0
    size = math.exp((track.place[2] + track.place[3]) / 2)
    away = math.hypot(*(place[:2] - track.place[:2])) / size
    return max(0.0, 1 - away / REACH)


def _match(
    tracks: Sequence[Track], boxes: Sequence[Box], likeness: Callable[[Track, Box, Box], float]
) -> tuple[list[Track], list[Box]]:
    """Give each thing its likest box, the likest pairs first; return what found no partner."""
    pairs: list[tuple[float, int, int]] = []
    for i, track in enumerate(tracks):
        expected = track.box
        for j, box in enumerate(boxes):
            like = likeness(track, expected, box)
            if like > 0:
                pairs.append((like, i, j))
    taken_tracks: set[int] = set()
    taken_boxes: set[int] = set()
    for _, i, j in sorted(pairs, reverse=True):
        if i not in taken_tracks and j not in taken_boxes:
            tracks[i].update(boxes[j])
            taken_tracks.add(i)
            taken_boxes.add(j)
    return (
        [track for i, track in enumerate(tracks) if i not in taken_tracks],
        [box for j, box in enumerate(boxes) if j not in taken_boxes],
    )
