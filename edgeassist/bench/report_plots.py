"""Pictures of a report: waiting times, right against quick, memory. Values in, SVG out.

Nothing is told by colour alone: shapes, dashes and words do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from edgeassist.bench.report_names import duration
from edgeassist.locale import t
from edgeassist.pages import svg
from edgeassist.pages.svg import Across, Row, Scale, scale

SCATTER_HIGH, AXIS_HIGH = 340, 30  # pixels
MIDDLE = svg.ROW_HIGH / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """One distribution; `doubt` says in words why it may be wrong."""

    name: str
    doubt: str
    least: float
    p50: float
    p90: float
    p99: float
    most: float
    theirs: bool = False  # a library's beside ours


def strips(label: str, found: Sequence[Strip]) -> Iterator[str]:
    """Rows of quantiles over one logarithmic axis of milliseconds."""
    ends = [value for one in found for value in (one.least, one.p50, one.most)]
    across = Across(scale(ends, log=True))
    return svg.rows(
        label,
        across,
        duration,
        [Row(one.name, one.doubt, tuple(_quantiles(one, across))) for one in found],
    )


def _quantiles(one: Strip, across: Across) -> Iterator[str]:
    least, p50, p90, p99, most = (
        across.x(value) for value in (one.least, one.p50, one.p90, one.p99, one.most)
    )
    kind = "theirs" if one.theirs else "ours"
    yield svg.line(least, MIDDLE, most, MIDDLE, "axis", "2 3" if one.theirs else "")
    yield svg.bar(p90, p99, MIDDLE, 6, kind)
    yield svg.bar(p50, p90, MIDDLE, 14, kind)
    yield svg.line(p50, MIDDLE - 10, p50, MIDDLE + 10, "median")
    yield svg.mark(3, p99, MIDDLE, "empty")
    yield svg.line(most, MIDDLE - 5, most, MIDDLE + 5, "axis")


def strips_legend(rows: Sequence[Strip]) -> Iterator[tuple[str, str]]:
    """What the pieces of a strip mean."""
    yield svg.key(svg.line(50, 2, 50, 22, "median")), t("half of all (p50)")
    yield svg.key(svg.bar(5, 95, 12, 14, "ours")), t("up to nine of ten (p90)")
    yield svg.key(svg.mark(3, 50, 12, "empty")), t("99 of 100 (p99)")
    yield svg.key(svg.line(5, 12, 95, 12, "axis")), t("from the least to the most")
    if any(row.theirs for row in rows):
        yield svg.key(svg.bar(5, 95, 12, 14, "theirs")), t("empty and dotted: theirs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One setting that may be chosen; `number` is its in the table, `shape` its model's."""

    number: int
    shape: int
    latency_ms: float
    quality: float
    doubtful: bool


def best_choices(choices: Sequence[Choice], *, higher_is_better: bool) -> list[Choice]:
    """Those no other is both quicker and at least as right as (Pareto), the quickest first."""
    sign = 1 if higher_is_better else -1
    found: list[Choice] = []
    for one in sorted(choices, key=lambda one: (one.latency_ms, -sign * one.quality)):
        if not found or sign * one.quality > sign * found[-1].quality:
            found.append(one)
    return found


def scatter(label: str, choices: Sequence[Choice], *, higher_is_better: bool) -> Iterator[str]:
    """The picture of `_scatter`."""
    return svg.picture(label, SCATTER_HIGH, _scatter(choices, higher_is_better))


def _scatter(choices: Sequence[Choice], higher_is_better: bool) -> Iterator[str]:
    """Right (up) against slow (to the right), with the line of the best choices."""
    across = Across(scale([one.latency_ms for one in choices], log=True), left=14.0, right=94.0)
    upward = scale([one.quality for one in choices])
    if max(one.quality for one in choices) <= 1:  # a share does not go beyond
        upward = Scale(max(upward.low, 0.0), min(upward.high, 1.0))
    top, bottom = 18.0, SCATTER_HIGH - AXIS_HIGH - 14.0

    def y(quality: float) -> float:
        share = upward.at(quality)
        return bottom - (bottom - top) * (share if higher_is_better else 1 - share)

    for tick in across.scale.ticks():
        yield svg.line(across.x(tick), top - 10, across.x(tick), bottom + 10, "grid")
        yield svg.text(across.x(tick), bottom + 30, duration(tick), "middle")
    for tick in upward.ticks():
        yield svg.line(across.left, y(tick), across.right + 3, y(tick), "grid")
        yield svg.text(across.left - 1.5, y(tick) + 5, f"{tick:g}", "end")
    best = best_choices(choices, higher_is_better=higher_is_better)
    for one, after in pairwise(best):
        x1, x2 = across.x(one.latency_ms), across.x(after.latency_ms)
        yield svg.line(x1, y(one.quality), x2, y(one.quality), "front", "7 4")
        yield svg.line(x2, y(one.quality), x2, y(after.quality), "front", "7 4")
    for one in choices:
        x = across.x(one.latency_ms)
        yield svg.mark(one.shape, x, y(one.quality), "full" if one in best else "empty")
    for one in choices:
        words = f"{one.number}?" if one.doubtful else str(one.number)
        below = 22 if one.number % 2 else -11
        yield svg.text(across.x(one.latency_ms), y(one.quality) + below, words, "middle", "number")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One amount of memory, and the part of it that is shared with nobody."""

    name: str
    doubt: str
    whole_mb: float
    own_mb: float | None


def bars(label: str, found: Sequence[Bar]) -> Iterator[str]:
    """Rows of bars over one axis of megabytes that begins at nothing."""
    across = Across(scale([one.whole_mb for one in found], zero=True))

    def content(one: Bar) -> Iterator[str]:
        yield svg.bar(across.x(0), across.x(one.whole_mb), MIDDLE, 14, "ours")
        if one.own_mb is not None:
            yield svg.mark(3, across.x(one.own_mb), MIDDLE, "empty")

    rows = [Row(one.name, one.doubt, tuple(content(one))) for one in found]
    return svg.rows(label, across, lambda mb: f"{mb:g} MB", rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """How much quicker than a library we are, with its 95 % interval."""

    name: str
    doubt: str
    value: float
    low: float
    high: float


def ratios(label: str, found: Sequence[Ratio]) -> Iterator[str]:
    """Rows of ratios over one logarithmic axis; the line at 1 is as quick as theirs."""
    ends = [value for one in found for value in (one.low, one.high, one.value)]
    across = Across(scale([*ends, 0.5, 2.0], log=True))

    def content(one: Ratio) -> Iterator[str]:
        yield svg.line(across.x(1), 0, across.x(1), svg.ROW_HIGH, "median")
        yield svg.line(across.x(one.low), MIDDLE, across.x(one.high), MIDDLE, "front")
        for end in (one.low, one.high):
            yield svg.line(across.x(end), MIDDLE - 6, across.x(end), MIDDLE + 6, "axis")
        yield svg.mark(0, across.x(one.value), MIDDLE, "full")

    rows = [Row(one.name, one.doubt, tuple(content(one))) for one in found]
    return svg.rows(label, across, lambda value: f"× {value:g}", rows)
