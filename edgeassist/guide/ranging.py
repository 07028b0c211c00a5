"""Range sensors and the camera told as one: a metre measured beats a metre guessed.

Sound and laser see glass, thin wire and the dark, where a camera does not; a camera sees what is
soft, slanted or beside the beam. So a reading narrows what the camera saw in its beam, or stands
for something the camera missed; it never takes away what the camera saw.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from edgeassist.guide.geometry import View
from edgeassist.loop.clock import NS
from edgeassist.loop.events import Box, Obstacle, RangeReading

FRESH_S = 0.3  # between a reading and the picture it is told with
LATE_S = 0.1  # a reading may be that much newer than the picture
SURE_M, SURE = 0.03, 0.05  # of a reading: off by that, and by that share of it
MEMORY_S = 0.8  # for the closing speed
LEAST_READINGS, LEAST_SPAN_S = 4, 0.3
CLOSING_M_S = 0.25  # less is a swaying body
MOST_ROUGH_M = 0.12  # off a straight line (median): two things take turns in the beam
FIRST_NUMBER = 2_000_000  # of its tracks, one a sensor
LABEL = "obstacle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranged:
    """A sensor's newest reading, and how soon what it sees will be reached; None if unsure."""

    number: int
    reading: RangeReading
    ttc_s: float | None


@dataclass(slots=True)
class Ranges:
    """Remembers the readings of every sensor; `take` each as it comes."""

    _sensors: dict[str, deque[RangeReading]] = field(default_factory=dict)

    def take(self, reading: RangeReading) -> None:
        """Note a reading; what is too old for a speed, or from before time ran back, goes."""
        kept = self._sensors.setdefault(reading.sensor, deque())
        if kept and reading.captured_ns <= kept[-1].captured_ns:
            kept.clear()
        kept.append(reading)
        while kept[0].captured_ns < reading.captured_ns - MEMORY_S * NS:
            kept.popleft()

    def at(self, captured_ns: int) -> list[Ranged]:
        """What the sensors say of that moment, without old readings and without "nothing"."""
        found = []
        for number, kept in enumerate(self._sensors.values()):
            newest = kept[-1]
            age_s = (captured_ns - newest.captured_ns) / NS
            if _is_measured(newest) and -LATE_S <= age_s <= FRESH_S:
                found.append(Ranged(number=number, reading=newest, ttc_s=_ttc_s(kept)))
        return found


def fused(
    obstacles: Sequence[Obstacle],
    ranged: Iterable[Ranged],
    view: View,
    *,
    captured_ns: int,
    at_s: float,
    frame: int,
) -> list[Obstacle]:
    """The obstacles of one picture with what the range sensors measured taken in.

    The nearest obstacle in a beam whose interval holds the reading (or has none) gets the
    reading's interval. Where none does, the reading is an obstacle of its own.
    """
    told = list(obstacles)
    for one in ranged:
        reading = one.reading
        if reading.distance_m is None:
            continue
        low_m, high_m = interval_m(reading)
        inside = [
            (obstacle.distance_m or math.inf, i)
            for i, obstacle in enumerate(told)
            if _in_beam(obstacle, reading, view) and _agrees(obstacle, low_m, high_m)
        ]
        if inside:
            i = min(inside)[1]
            told[i] = replace(
                told[i],
                distance_m=_along_ground_m(reading),
                distance_low_m=low_m,
                distance_high_m=high_m,
                ttc_s=told[i].ttc_s if one.ttc_s is None else one.ttc_s,
            )
        else:
            told.append(
                Obstacle(
                    captured_ns=min(captured_ns, reading.captured_ns),
                    track=FIRST_NUMBER + one.number,
                    label=LABEL,
                    box=beam(reading, view),
                    bearing_deg=reading.bearing_deg,
                    distance_m=_along_ground_m(reading),
                    distance_low_m=low_m,
                    distance_high_m=high_m,
                    ttc_s=one.ttc_s,
                    at_s=at_s,
                    frame=frame,
                )
            )
    return told


def _is_measured(reading: RangeReading) -> bool:
    """Whether there is a distance, and numbers that a sensor can mean."""
    numbers = (reading.distance_m, reading.bearing_deg, reading.beam_deg, reading.elevation_deg)
    return all(number is not None and math.isfinite(number) for number in numbers)


def interval_m(reading: RangeReading) -> tuple[float, float]:
    """From where to where, along the ground, what a reading with a distance measured may be."""
    far_m = _along_ground_m(reading)
    off_m = SURE_M + SURE * far_m
    return max(0.0, far_m - off_m), far_m + off_m


def beam(reading: RangeReading, view: View) -> Box:
    """The part of the picture that the beam covers, within the picture."""
    half = math.radians(reading.beam_deg) / 2
    side, up = math.radians(reading.bearing_deg), math.radians(reading.elevation_deg)
    left, right = (view.focal_px * math.tan(side + edge) for edge in (-half, half))
    # The camera looks down by its tilt, so what is level is above the picture's middle.
    top, bottom = (
        view.focal_px * math.tan(max(-1.4, min(1.4, -up - view.tilt_rad + edge)))
        for edge in (-half, half)
    )
    x1, x2 = (min(max(view.width / 2 + x, 0.0), view.width) for x in (left, right))
    y1, y2 = (min(max(view.height / 2 + y, 0.0), view.height) for y in (top, bottom))
    return Box(label=LABEL, score=1.0, x1=x1, y1=y1, x2=x2, y2=y2)


def _along_ground_m(reading: RangeReading) -> float:
    assert reading.distance_m is not None
    return reading.distance_m * math.cos(math.radians(reading.elevation_deg))


def _in_beam(obstacle: Obstacle, reading: RangeReading, view: View) -> bool:
    """Whether any of it is in the beam, seen from above: both start at the walker's chest."""
    half = reading.beam_deg / 2
    middle = (obstacle.box.y1 + obstacle.box.y2) / 2
    left = view.bearing_deg(obstacle.box.x1, middle)
    right = view.bearing_deg(obstacle.box.x2, middle)
    return left < reading.bearing_deg + half and right > reading.bearing_deg - half


def _agrees(obstacle: Obstacle, low_m: float, high_m: float) -> bool:
    """Whether the camera's interval holds the reading; without one it may be anywhere."""
    if obstacle.distance_low_m is None or obstacle.distance_high_m is None:
        return True
    return obstacle.distance_low_m <= high_m and obstacle.distance_high_m >= low_m


def _ttc_s(kept: Iterable[RangeReading]) -> float | None:
    """Seconds until the distance is used up, from the median slope (Theil-Sen); None if unsure."""
    measured = [
        (reading.captured_ns / NS, reading.distance_m)
        for reading in kept
        if reading.distance_m is not None
    ]
    if len(measured) < LEAST_READINGS or measured[-1][0] - measured[0][0] < LEAST_SPAN_S:
        return None
    times, metres = np.array(measured).T
    first, second = np.triu_indices(len(times), 1)
    speed = float(np.median((metres[first] - metres[second]) / (times[second] - times[first])))
    if speed < CLOSING_M_S:
        return None
    line = metres + speed * (times - times[-1])
    now_m = float(np.median(line))
    if float(np.median(np.abs(line - now_m))) > MOST_ROUGH_M or now_m <= 0:
        return None
    return now_m / speed
