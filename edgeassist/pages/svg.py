"""Pieces of pictures in SVG that are as wide as the page: values to places, ticks, marks.

Places from left to right are in per cent of the picture, from top to bottom in pixels. So one
picture fits a telephone and a desk, and its letters stay as large as those of the page.
"""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

ROW_HIGH = 26  # pixels
SHAPES = 8  # that `mark` knows
DASHES = ("", "9 3", "2 3", "9 3 2 3", "14 4", "5 5")
_STEPS = (1.0, 2.0, 5.0)
# Corners around (0, 0); a circle is drawn as one.
_CORNERS = (
    (),
    ((-6, -6), (6, -6), (6, 6), (-6, 6)),
    ((0, -8), (8, 6), (-8, 6)),
    ((0, -8), (8, 0), (0, 8), (-8, 0)),
    ((0, 8), (8, -6), (-8, -6)),
    (
        *((-2, -8), (2, -8), (2, -2), (8, -2), (8, 2), (2, 2)),
        *((2, 8), (-2, 8), (-2, 2), (-8, 2), (-8, -2), (-2, -2)),
    ),
    ((-8, -6), (8, -6), (-8, 6), (8, 6)),
    ((-4, -8), (4, -8), (8, 0), (4, 8), (-4, 8), (-8, 0)),
)


@dataclass(frozen=True, slots=True)
class Scale:
    """Where values from `low` to `high` stand, as shares from 0 to 1; `log` needs `low` > 0."""

    low: float
    high: float
    log: bool = False

    def at(self, value: float) -> float:
        """The place of a value; beyond the ends it is at the end."""
        low, high = self.low, self.high
        value = min(max(value, low), high)
        if self.log:
            low, high, value = math.log(low), math.log(high), math.log(value)
        return (value - low) / (high - low)

    def ticks(self, most: int = 5) -> list[float]:
        """Round values to name, at most `most` (at least 2), from the lowest to the highest."""
        if not self.log:
            step = _step(self.high - self.low, most - 1)
            first = math.ceil(self.low / step - 1e-9)
            last = math.floor(self.high / step + 1e-9)
            return [float(f"{number * step:.6g}") for number in range(first, last + 1)]
        lowest, highest = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
        found: list[float] = []
        for steps, every in ((_STEPS, 1), *(((1.0,), every) for every in range(1, 60))):
            found = [
                float(f"{step * 10.0**power:.6g}")
                for power in range(lowest, highest + 1, every)
                for step in steps
                if self.low * 0.999 <= step * 10.0**power <= self.high * 1.001
            ]
            if len(found) <= most:
                break
        return found


def scale(values: Iterable[float], *, log: bool = False, zero: bool = False) -> Scale:
    """A scale with round ends that holds all values; `zero`: it begins there.

    With `log`, values that are not above 0 stand at its lower end.
    """
    known = [value for value in values if math.isfinite(value) and (value > 0 or not log)] or [1.0]
    low, high = min(known), max(known)
    if log:
        return Scale(_down(low), _up(high if high > low else high * 1.01), log=True)
    if zero:
        low = min(0.0, low)
    if high - low < 1e-9 * max(abs(high), 1e-9):
        spread = abs(high) * 0.05 or 1.0
        low, high = (low if zero else low - spread), high + spread
    step = _step(high - low, 4)
    return Scale(math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step)


def _down(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    return max((step * power for step in _STEPS if step * power <= value), default=power)


def _up(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    return min(step * power for step in (*_STEPS, 10.0, 20.0) if step * power >= value)


def _step(span: float, most: int) -> float:
    """The least round step of which `most` span it."""
    least = span / most
    power = 10.0 ** math.floor(math.log10(least))
    return next(step * power for step in (*_STEPS, 10.0, 20.0) if step * power >= least * 0.999999)


@dataclass(frozen=True, slots=True)
class Across:
    """The part of the picture's width that a scale covers, in per cent."""

    scale: Scale
    left: float = 2.0
    right: float = 96.0

    def x(self, value: float) -> float:
        """Where a value stands, in per cent."""
        return self.left + (self.right - self.left) * self.scale.at(value)


def picture(label: str, high: float, content: Iterable[str]) -> Iterator[str]:
    """A picture `high` pixels high; `label` says in words what it shows."""
    yield f"<svg class='plot' role='img' aria-label='{html.escape(label)}' height='{high:.0f}'>"
    yield from content
    yield "</svg>"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a picture: what it is called, why it may be wrong, and its SVG `ROW_HIGH` high."""

    name: str
    doubt: str
    content: tuple[str, ...]


def rows(
    label: str, across: Across, named: Callable[[float], str], found: Sequence[Row]
) -> Iterator[str]:
    """Rows over one axis; `named` says what a value is called there.

    Names are words of the page, not of the picture: they break into lines and grow with its
    letters. `label` says in words what all of it shows.
    """
    ticks = across.scale.ticks()
    grid = "".join(line(across.x(tick), 0, across.x(tick), ROW_HIGH, "grid") for tick in ticks)
    yield f"<div class='rows' role='img' aria-label='{html.escape(label)}'>"
    for row in found:
        doubt = f" <i>? {html.escape(row.doubt)}</i>" if row.doubt else ""
        yield f"<p>{html.escape(row.name)}{doubt}</p>"
        yield f"<svg class='plot' height='{ROW_HIGH}'>{grid}{''.join(row.content)}</svg>"
    yield "<p></p><svg class='plot' height='22'>"
    for tick in ticks:
        x = across.x(tick)
        anchor = "start" if x < 6 else "end" if x > 92 else "middle"
        yield text({"start": 0.0, "end": 100.0}.get(anchor, x), 16, named(tick), anchor)
    yield "</svg></div>"


def text(x: float, y: float, words: str, anchor: str = "start", kind: str = "") -> str:
    """Words; `anchor` is start, middle or end."""
    named = f" class='{kind}'" if kind else ""
    return (
        f"<text{named} x='{x:.2f}%' y='{y:.1f}' text-anchor='{anchor}'>{html.escape(words)}</text>"
    )


def line(x1: float, y1: float, x2: float, y2: float, kind: str, dash: str = "") -> str:
    """A line."""
    dashed = f" stroke-dasharray='{dash}'" if dash else ""
    return (
        f"<line class='{kind}'{dashed} x1='{x1:.2f}%' y1='{y1:.1f}' x2='{x2:.2f}%' y2='{y2:.1f}'/>"
    )


def curve(
    shares: Iterable[tuple[float, float]],
    left: float,
    right: float,
    top: float,
    bottom: float,
    *,
    dash: str = "",
) -> str:
    """A line through places that are given as shares, from the left and from the bottom.

    It lies from `left` to `right` per cent and from `top` to `bottom` pixels.
    """
    places = " ".join(f"{100 * x:.2f},{100 * (1 - y):.2f}" for x, y in shares)
    return (
        f"<svg x='{left}%' width='{right - left}%' y='{top}' height='{bottom - top}' "
        "viewBox='0 0 100 100' preserveAspectRatio='none' overflow='visible'>"
        f"<polyline class='curve' vector-effect='non-scaling-stroke' stroke-dasharray='{dash}' "
        f"points='{places}'/></svg>"
    )


def bar(x1: float, x2: float, middle: float, thick: float, kind: str) -> str:
    """A bar from left to right, never too thin to be seen."""
    return (
        f"<rect class='{kind}' x='{x1:.2f}%' width='{max(x2 - x1, 0.3):.2f}%' "
        f"y='{middle - thick / 2:.1f}' height='{thick:.1f}'/>"
    )


def mark(number: int, x: float, y: float, kind: str) -> str:
    """One of eight shapes that are told apart without colour, by `number`."""
    corners = _CORNERS[number % SHAPES]
    inside = f"<circle class='{kind}' r='6.5'/>"
    if corners:
        points = " ".join(f"{right},{down}" for right, down in corners)
        inside = f"<polygon class='{kind}' points='{points}'/>"
    return f"<svg x='{x:.2f}%' y='{y:.1f}' width='1' height='1' overflow='visible'>{inside}</svg>"


def key(inside: str) -> str:
    """A small picture for a legend; `inside` is drawn with its middle at 50 %, 12 px."""
    return f"<svg width='30' height='24' aria-hidden='true'>{inside}</svg>"
