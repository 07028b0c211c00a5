"""A walk as a picture: warnings by level and side, distances, times to collision, blind times.

Inline SVG in strips of time. Levels differ by shape, things by dashes and numbers, blind times by
hatching: nothing by colour alone. The report's tables tell the same in words.
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from edgeassist.guide.report_record import Sample, Seen, Spell, Warned
from edgeassist.locale import t
from edgeassist.loop.events import Priority, Side

WIDTH, LEFT = 960, 132  # of a strip, and of the names beside it; in the picture's own pixels
STRIP_S, MOST_STRIPS = 60.0, 30  # a longer walk has longer strips, not more of them
ROW = 42  # height of the row of warnings of one side
FAR_M, LATE_S = 10.0, 8.0  # the tops of the curves
DISTANCE_HIGH, TTC_HIGH, SIGHT_HIGH, AXIS_HIGH, APART = 130, 90, 26, 26, 22
BROKEN_S = 1.0  # a thing unseen for so long: its curve is broken
STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)
MOST_TICKS = 12
DASHES = ("", "9 3", "2 3", "9 3 2 3", "5 5")
SIDES = (Side.LEFT, Side.AHEAD, Side.RIGHT)


@dataclass(frozen=True, slots=True)
class Strip:
    """A part of the walk and how it is laid out."""

    begin_s: float
    end_s: float

    @property
    def sides_top(self) -> float:
        """Where the rows of warnings begin."""
        return 0

    @property
    def distance_top(self) -> float:
        """Where the curves of distances begin."""
        return self.sides_top + ROW * len(SIDES) + APART

    @property
    def ttc_top(self) -> float:
        """Where the curves of times to collision begin."""
        return self.distance_top + DISTANCE_HIGH + APART

    @property
    def sight_top(self) -> float:
        """Where the row of blind times begins."""
        return self.ttc_top + TTC_HIGH + APART

    @property
    def high(self) -> float:
        """The whole strip."""
        return self.sight_top + SIGHT_HIGH + AXIS_HIGH

    def x(self, at_s: float) -> float:
        """Where a moment stands, within the strip."""
        share = (at_s - self.begin_s) / (self.end_s - self.begin_s)
        return LEFT + min(1.0, max(0.0, share)) * (WIDTH - LEFT - 12)

    def has(self, at_s: float) -> bool:
        """Whether a moment lies in it."""
        return self.begin_s <= at_s < self.end_s


def strips(length_s: float) -> list[Strip]:
    """Strips of equal length that hold the walk; a short walk is one as long as itself."""
    length_s = max(1.0, length_s * 1.001)  # its last moment lies in it
    if length_s <= 1.5 * STRIP_S:
        return [Strip(0.0, length_s)]
    each_s = STRIP_S * math.ceil(length_s / STRIP_S / MOST_STRIPS)
    count = math.ceil(length_s / each_s)
    return [Strip(number * each_s, (number + 1) * each_s) for number in range(count)]


def timeline(
    warned: Sequence[Warned], seen: Sequence[Seen], spells: Sequence[Spell], length_s: float
) -> Iterator[str]:
    """The strips as SVG elements; warnings bear their number in `warned`, from 1."""
    numbers: dict[int, int] = {}  # of the first warning of each thing
    for number, one in enumerate(warned, 1):
        numbers.setdefault(one.record.get("track", -number), number)
    parts = strips(length_s)
    for place, strip in enumerate(parts):
        here = sum(strip.has(one.at_s) for one in warned)
        name = t(
            "Part {part} of {parts}, {begin} to {end} s: {count} warnings",
            part=place + 1,
            parts=len(parts),
            begin=f"{strip.begin_s:.0f}",
            end=f"{min(strip.end_s, max(length_s, 1)):.0f}",
            count=here,
        )
        yield (
            f"<svg class='strip' role='img' aria-label='{html.escape(name)}' "
            f"viewBox='0 0 {WIDTH} {strip.high:.0f}' width='{WIDTH}' height='{strip.high:.0f}'>"
        )
        yield from _frame(strip)
        yield from _curves(strip, seen, numbers)
        yield from _spells(strip, spells, length_s)
        for number, one in enumerate(warned, 1):
            if strip.has(one.at_s):
                yield _mark(strip, one, number)
        yield "</svg>"


def shape(level: Priority, x: float, y: float) -> str:
    """The mark of a level: a filled triangle, a filled square, an empty circle."""
    match level:
        case Priority.DANGER:
            points = f"{x:.1f},{y - 9:.1f} {x + 10:.1f},{y + 8:.1f} {x - 10:.1f},{y + 8:.1f}"
            return f"<polygon class='danger' points='{points}'/>"
        case Priority.MESSAGE:
            return f"<rect class='message' x='{x - 7:.1f}' y='{y - 7:.1f}' width='14' height='14'/>"
        case _:
            return f"<circle class='near' cx='{x:.1f}' cy='{y:.1f}' r='6'/>"


def segments(samples: Sequence[Sample], strip: Strip, what: str) -> list[list[tuple[float, float]]]:
    """A thing's curve within a strip as runs of (x, value): the least value of each pixel.

    `what` is "distance_m" or "ttc_s". A run ends where the value is unknown or the thing was out
    of sight.
    """
    runs: list[list[tuple[float, float]]] = []
    last_s: float | None = None
    for sample in samples:
        value: float | None = getattr(sample, what)
        if not strip.has(sample.at_s) or value is None:
            last_s = None
            continue
        x = float(round(strip.x(sample.at_s)))
        if last_s is None or sample.at_s - last_s > BROKEN_S:
            runs.append([(x, value)])
        elif runs[-1][-1][0] == x:
            runs[-1][-1] = (x, min(value, runs[-1][-1][1]))
        else:
            runs[-1].append((x, value))
        last_s = sample.at_s
    return runs


def _frame(strip: Strip) -> Iterator[str]:
    """Names, grid and time axis."""
    right = WIDTH - 12
    words = {Side.LEFT: t("left"), Side.AHEAD: t("ahead"), Side.RIGHT: t("right")}
    for row, side in enumerate(SIDES):
        y = strip.sides_top + ROW * (row + 0.62)
        yield _text(4, y + 5, words[side])
        yield f"<line class='grid' x1='{LEFT}' y1='{y}' x2='{right}' y2='{y}'/>"
    for top, high, most, unit, values in (
        (strip.distance_top, DISTANCE_HIGH, FAR_M, "m", (0, 2, 5, 10)),
        (strip.ttc_top, TTC_HIGH, LATE_S, "s", (0, 2, 4, 8)),
    ):
        for value in values:
            y = top + high * (1 - value / most)
            yield f"<line class='grid' x1='{LEFT}' y1='{y:.1f}' x2='{right}' y2='{y:.1f}'/>"
            yield _text(LEFT - 10, y + 5, f"{value} {unit}", "end")
    yield _text(4, strip.distance_top + DISTANCE_HIGH / 2 + 5, t("distance"))
    yield _text(4, strip.ttc_top + TTC_HIGH / 2 + 5, t("collision"))
    yield _text(4, strip.sight_top + 18, t("blind"))
    axis = strip.sight_top + SIGHT_HIGH
    yield f"<line class='axis' x1='{LEFT}' y1='{axis}' x2='{right}' y2='{axis}'/>"
    length_s = strip.end_s - strip.begin_s
    step_s = next((step for step in STEPS_S if length_s / step <= MOST_TICKS), 2 * STEPS_S[-1])
    tick_s = math.ceil(strip.begin_s / step_s) * step_s
    while tick_s <= strip.end_s:
        x = strip.x(tick_s)
        yield f"<line class='axis' x1='{x:.1f}' y1='{axis}' x2='{x:.1f}' y2='{axis + 6}'/>"
        yield _text(x, axis + 21, f"{tick_s:g} s", "middle" if x < right - 20 else "end")
        tick_s += step_s


def _curves(strip: Strip, seen: Sequence[Seen], numbers: dict[int, int]) -> Iterator[str]:
    # What was warned of lies on top.
    for one in sorted(seen, key=lambda one: one.track in numbers):
        number = numbers.get(one.track)
        kind = "seen" if number is None else "told"
        dash = "2 4" if number is None else DASHES[number % len(DASHES)]
        for what, top, high, most in (
            ("distance_m", strip.distance_top, DISTANCE_HIGH, FAR_M),
            ("ttc_s", strip.ttc_top, TTC_HIGH, LATE_S),
        ):
            runs = segments(one.samples, strip, what)
            for run in runs:
                points = " ".join(
                    f"{x:.0f},{top + high * (1 - min(value, most) / most):.1f}" for x, value in run
                )
                if len(run) > 1:
                    yield f"<polyline class='{kind}' stroke-dasharray='{dash}' points='{points}'/>"
            if runs and number is not None:
                x, value = runs[0][0]
                y = top + high * (1 - min(value, most) / most)
                yield _text(x, max(y - 4, top + 10), str(number), "start", "number")


def _spells(strip: Strip, spells: Sequence[Spell], length_s: float) -> Iterator[str]:
    for spell in spells:
        end_s = length_s if spell.end_s is None else spell.end_s
        if end_s < strip.begin_s or spell.begin_s >= strip.end_s:
            continue
        x1, x2 = strip.x(spell.begin_s), max(strip.x(end_s), strip.x(spell.begin_s) + 3)
        y = strip.sight_top + 3
        yield f"<rect class='blind' x='{x1:.1f}' y='{y}' width='{x2 - x1:.1f}' height='20'/>"
        for x in range(math.ceil(x1), math.floor(x2), 8):
            yield f"<line class='hatch' x1='{x}' y1='{y + 20}' x2='{min(x + 8, x2):.0f}' y2='{y}'/>"


def _mark(strip: Strip, one: Warned, number: int) -> str:
    side = Side(str(one.record["side"]))
    x, y = strip.x(one.at_s), strip.sides_top + ROW * (SIDES.index(side) + 0.62)
    mark = shape(one.level, x, y)
    return mark + _text(x, y - 11, str(number), "middle", "number")


def _text(x: float, y: float, text: str, anchor: str = "start", kind: str = "") -> str:
    named = f" class='{kind}'" if kind else ""
    return f"<text{named} x='{x:.1f}' y='{y:.1f}' text-anchor='{anchor}'>{html.escape(text)}</text>"
