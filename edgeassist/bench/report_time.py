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
    readings = _readings(result, points)
    told = [name for name in SENSORS if _curve(readings, name).places]
    if not told:
        yield Words(t("This board told neither temperature, nor clock, nor power."))
        return
    hot = [(at_s, bool(words(one["throttled"] or 0))) for at_s, one in readings]
    for name in told:
        curve = _curve(readings, name)
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
            count=sum(so for _, so in hot),
        )
        legend = ((svg.key(svg.mark(4, 50, 12, "full")), t("throttled")),) if spells(hot) else ()
        lines = svg.picture(
            label, HIGH, curves([curve], SENSORS[name], spells(hot), least=name == "clock_mhz")
        )
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
        known = {(one["minute"], one["stage"]): one for one in point["minutes"]}
        yield Table(
            t("Milliseconds, p50 / p99, minute by minute: {point}", point=point_name(point)),
            (t("minute"), *(distribution_name(stage) for stage in stages)),
            tuple(
                (str(minute + 1), *(_half_and_most(known.get((minute, stage))) for stage in stages))
                for minute in sorted({minute for minute, _ in known})
            ),
        )


def _half_and_most(one: dict[str, Any] | None) -> str:
    return "" if one is None else f"{digits(one['p50_ms'])} / {digits(one['p99_ms'])}"


def curves(
    found: Sequence[Curve],
    unit: str,
    marked: Sequence[tuple[float, float]] = (),
    *,
    least: bool = False,
) -> Iterator[str]:
    """Lines over time, told apart by dashes and numbers; bars on top for `marked` spells.

    `least`: it is the lowest values that must not be lost.
    """
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
        kept = thinned(curve.places, least=least)
        shares = [(across.scale.at(at_s), upward.at(value)) for at_s, value in kept]
        yield svg.curve(shares, across.left, across.right, TOP + 14, bottom, dash=dash)
        at_s, value = kept[-1]
        if len(kept) == 1:
            yield svg.mark(0, across.x(at_s), y(value), "full")
        if len(found) > 1:
            yield svg.text(across.x(at_s), y(value) - 5, str(number), "end", "number")
    for begin_s, end_s in marked:
        yield svg.bar(across.x(begin_s), across.x(end_s), TOP, 5, "full")
        yield svg.mark(4, across.x(begin_s), TOP, "full")


def thinned(
    places: Sequence[tuple[float, float]], *, least: bool = False
) -> list[tuple[float, float]]:
    """At most 150 of them, each the highest (or lowest) of its neighbours: no peak is lost."""
    step = -(-len(places) // MOST_PLACES)
    extreme = min if least else max
    return [
        extreme(places[begin : begin + step], key=lambda place: place[1])
        for begin in range(0, len(places), max(1, step))
    ]


def _dashes(found: Sequence[Curve]) -> list[str]:
    return [svg.DASHES[place % len(svg.DASHES)] for place in range(len(found))]


def _curve(readings: Sequence[tuple[float, dict[str, Any]]], name: str) -> Curve:
    return Curve(name, tuple((at_s, one[name]) for at_s, one in readings if one[name] is not None))


def spells(places: Sequence[tuple[float, bool]]) -> list[tuple[float, float]]:
    """From when to when it was so, of (seconds, whether it is so) in order."""
    found: list[tuple[float, float]] = []
    before = False
    for at_s, now in places:
        if now and before:
            found[-1] = (found[-1][0], at_s)
        elif now:
            found.append((at_s, at_s))
        before = now
    return found


def _readings(
    result: dict[str, Any], points: Sequence[dict[str, Any]]
) -> list[tuple[float, dict[str, Any]]]:
    """All readings with their time since the run began, in order."""
    began = datetime.fromisoformat(result["started"])
    found = [
        ((datetime.fromisoformat(point["started"]) - began).total_seconds() + one["at_s"], one)
        for point in points
        for one in point["sensors"]
    ]
    return sorted(found, key=lambda reading: reading[0])


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
