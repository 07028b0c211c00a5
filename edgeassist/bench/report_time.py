"""What changed while it was measured: temperature, clock and power; a long run minute by minute."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from edgeassist.bench.report_blocks import Block, Plot, Table, Words
from edgeassist.bench.report_names import digits, distribution_name, doubt_words, point_name
from edgeassist.bench.sensors import words
from edgeassist.locale import t
from edgeassist.pages import svg
from edgeassist.pages.svg import Across, scale

HIGH, TOP, BELOW = 250, 16, 46  # pixels
MOST_PLACES = 150  # of a line; more cannot be seen
SENSORS = {"temperature_c": "°C", "clock_mhz": "MHz", "power_w": "W"}


@dataclass(frozen=True, slots=True)
class Curve:
    """Values over time, (seconds, value), in order."""

    name: str
    places: tuple[tuple[float, float], ...]


def sensor_blocks(result: dict[str, Any], points: Sequence[dict[str, Any]]) -> Iterator[Block]:
    """A picture for each thing the board tells of, then all of it in one table."""
    told = [name for name in SENSORS if any(_curve(result, points, name).places)]
    if not told:
        yield Words(t("This board told neither temperature, nor clock, nor power."))
        return
    hot = [at_s for at_s, bits in _throttled(result, points) if words(bits)]
    for name in told:
        curve = _curve(result, points, name)
        values = [value for _, value in curve.places]
        title = {
            "temperature_c": t("Temperature over time"),
            "clock_mhz": t("Clock over time"),
            "power_w": t("Power over time"),
        }[name]
        label = t(
            "{title}: {low} to {high} {unit}, at the end {last}; throttled in {count} readings",
            title=title,
            low=digits(min(values)),
            high=digits(max(values)),
            unit=SENSORS[name],
            last=digits(values[-1]),
            count=len(hot),
        )
        legend = ((svg.key(svg.mark(4, 50, 12, "full")), t("throttled")),) if hot else ()
        lines = svg.picture(label, HIGH, curves([curve], SENSORS[name], hot))
        yield Plot(title, label, tuple(lines), legend)
    yield _sensor_table(points)


def minute_blocks(points: Sequence[dict[str, Any]]) -> Iterator[Block]:
    """A long run of all modules: is it as quick at its end as at its beginning?"""
    for point in points:
        if not point["minutes"]:
            continue
        stages = dict.fromkeys(one["stage"] for one in point["minutes"])
        found = [
            Curve(
                distribution_name(stage),
                tuple(
                    (60.0 * one["minute"], one["p99_ms"])
                    for one in point["minutes"]
                    if one["stage"] == stage
                ),
            )
            for stage in stages
        ]
        title = t("Slowest of a hundred (p99), minute by minute")
        if max(len(curve.places) for curve in found) > 1:
            label = t("{title}: {count} lines, in numbers below", title=title, count=len(found))
            legend = tuple(
                (svg.key(svg.line(3, 12, 97, 12, "curve", dash)), f"{number} {curve.name}")
                for number, (curve, dash) in enumerate(zip(found, _dashes(found), strict=True), 1)
            )
            yield Plot(title, label, tuple(svg.picture(label, HIGH, curves(found, "ms"))), legend)
        yield Table(
            t("Minute by minute: {point}", point=point_name(point)),
            (t("minute"), t("what"), "n", "p50 ms", "p99 ms"),
            tuple(
                (
                    str(one["minute"] + 1),
                    distribution_name(one["stage"]),
                    str(one["n"]),
                    digits(one["p50_ms"]),
                    digits(one["p99_ms"]),
                )
                for one in point["minutes"]
            ),
        )


def curves(found: Sequence[Curve], unit: str, marked: Sequence[float] = ()) -> Iterator[str]:
    """Lines over time, told apart by dashes and numbers; triangles on top at `marked` seconds."""
    every = [place for curve in found for place in curve.places]
    across = Across(scale([at_s for at_s, _ in every], zero=True), left=14.0)
    upward = scale([value for _, value in every])
    bottom = HIGH - BELOW

    def y(value: float) -> float:
        return bottom - (bottom - TOP - 14) * upward.at(value)

    for tick in upward.ticks():
        yield svg.line(across.left, y(tick), across.right, y(tick), "grid")
        yield svg.text(across.left - 1.5, y(tick) + 5, f"{tick:g}", "end")
    yield svg.text(0, TOP - 2, unit)
    in_minutes = across.scale.high > 180
    for tick in scale([0, across.scale.high / 60]).ticks() if in_minutes else across.scale.ticks():
        seconds = tick * 60 if in_minutes else tick
        if seconds <= across.scale.high:
            x = across.x(seconds)
            yield svg.line(x, TOP, x, bottom + 6, "grid")
            yield svg.text(
                x, bottom + 24, f"{tick:g} min" if in_minutes else f"{tick:g} s", "middle"
            )
    for number, (curve, dash) in enumerate(zip(found, _dashes(found), strict=True), 1):
        kept = thinned(curve.places)
        shares = [(across.scale.at(at_s), upward.at(value)) for at_s, value in kept]
        yield svg.curve(shares, across.left, across.right, TOP + 14, bottom, dash=dash)
        if len(found) > 1 or len(kept) == 1:
            at_s, value = kept[-1]
            yield svg.text(across.x(at_s), y(value) - 5, str(number), "end", "number")
    for at_s, _ in thinned([(at_s, 1.0) for at_s in marked]):
        yield svg.mark(4, across.x(at_s), TOP, "full")


def thinned(places: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """At most 150 of them, each the highest of its neighbours: a peak is never lost."""
    step = -(-len(places) // MOST_PLACES)
    return [
        max(places[begin : begin + step], key=lambda place: place[1])
        for begin in range(0, len(places), max(1, step))
    ]


def _dashes(found: Sequence[Curve]) -> list[str]:
    return [svg.DASHES[place % len(svg.DASHES)] for place in range(len(found))]


def _curve(result: dict[str, Any], points: Sequence[dict[str, Any]], name: str) -> Curve:
    return Curve(
        name,
        tuple(
            (at_s, reading[name])
            for at_s, reading in _readings(result, points)
            if reading[name] is not None
        ),
    )


def _throttled(
    result: dict[str, Any], points: Sequence[dict[str, Any]]
) -> Iterator[tuple[float, int]]:
    for at_s, reading in _readings(result, points):
        yield at_s, reading["throttled"] or 0


def _readings(
    result: dict[str, Any], points: Sequence[dict[str, Any]]
) -> Iterator[tuple[float, dict[str, Any]]]:
    """All readings with their time since the run began."""
    began = datetime.fromisoformat(result["started"])
    for point in points:
        since_s = (datetime.fromisoformat(point["started"]) - began).total_seconds()
        for reading in point["sensors"]:
            yield since_s + reading["at_s"], reading


def _sensor_table(points: Sequence[dict[str, Any]]) -> Table:
    def spread(point: dict[str, Any], name: str) -> str:
        values = [one[name] for one in point["sensors"] if one[name] is not None]
        return f"{digits(min(values))}–{digits(max(values))}" if values else ""

    def said(point: dict[str, Any]) -> str:
        found = {word for one in point["sensors"] for word in words(one["throttled"] or 0)}
        return ", ".join(sorted(found))

    return Table(
        t("What the board told, lowest and highest"),
        (t("point"), "°C", "MHz", "W", t("the firmware says"), t("doubts")),
        tuple(
            (
                point["id"],
                *(spread(point, name) for name in SENSORS),
                said(point),
                doubt_words(point),
            )
            for point in points
        ),
    )
