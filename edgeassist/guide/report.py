"""A walk on one HTML page: what was warned of, when, what else was there, when it was blind.

The page holds all it needs, pictures too, and asks nothing of the network. It is written for
screen readers as much as for eyes: what the timeline shows also stands in tables.
"""

from __future__ import annotations

import base64
import html
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edgeassist.guide.classes import class_of
from edgeassist.guide.report_record import Seen, Walk, Warned
from edgeassist.guide.report_style import STYLE
from edgeassist.guide.report_timeline import shape, timeline
from edgeassist.locale import language, t
from edgeassist.loop.events import Priority, Side
from edgeassist.pages import parts
from edgeassist.pages.parts import InLanguage
from edgeassist.profile import CameraProfile

# What was in view for less, or stayed further off, is not listed unless it was warned of.
LASTING_S, NEAR_M = 1.0, 10.0
LEVELS = (Priority.DANGER, Priority.MESSAGE, Priority.NOTIFICATION)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the report is of."""

    name: str  # of the film, or "camera"
    language: str  # the warnings are in it
    camera: CameraProfile
    real_pace: bool  # then the time from picture to warning means something


def write_report(path: Path, walk: Walk, about: About) -> None:
    """Write the page, whole or not at all; raises `InputError` where it cannot be written."""
    parts.write(path, page(walk, about))


def page(walk: Walk, about: About) -> Iterator[str]:
    """The page's lines, in the user's language."""
    title = t("Obstacle warnings: {name}", name=about.name)
    return parts.page(title, _body(walk, about), STYLE)


def _body(walk: Walk, about: About) -> Iterator[str]:
    yield from parts.table(t("In short"), (t("what"), t("how much")), _summary(walk, about))
    yield from _timeline(walk)
    yield parts.heading(t("Warnings"))
    yield from _warnings(walk.warned, about)
    yield from _pictures(walk.warned, about)
    yield parts.heading(t("What was in view"))
    yield from _things(walk)
    yield parts.heading(t("When no warning was possible"))
    yield from _blind(walk)
    yield parts.paragraph(
        t(
            "Distances rest on the camera's height, tilt and field of view ({height} m, {tilt}°, "
            "{fov}°) and on the usual size of things. One camera does not see everything: no "
            "warning does not mean a free way.",
            height=f"{about.camera.height_m:g}",
            tilt=f"{about.camera.tilt_deg:g}",
            fov=f"{about.camera.fov_deg:g}",
        )
    )


def _summary(walk: Walk, about: About) -> Iterator[tuple[str, str]]:
    yield t("length"), _seconds(walk.length_s)
    yield t("pictures"), str(walk.pictures)
    counts = Counter(one.level for one in walk.warned)
    for level in LEVELS:
        yield t("warnings: {level}", level=_level(level)), str(counts[level])
    if walk.length_s >= 1:
        rate = 60 * len(walk.warned) / walk.length_s
        yield t("warnings a minute"), f"{rate:.1f}"
    late = [float(one.record["latency_ms"]) for one in walk.warned]
    if about.real_pace and late:
        p50, p95 = np.percentile(late, (50, 95))
        yield t("from picture to warning, half / 95 % within"), f"{p50:.0f} / {p95:.0f} ms"
    ends = [walk.length_s if spell.end_s is None else spell.end_s for spell in walk.spells]
    blind_s = sum(end - spell.begin_s for end, spell in zip(ends, walk.spells, strict=True))
    yield t("time without possible warnings"), _seconds(blind_s)


def _timeline(walk: Walk) -> Iterator[str]:
    yield parts.heading(t("Timeline"))
    yield parts.paragraph(
        t(
            "From left to right in time: warnings by side and level, with their number in the "
            "table below; how far things were, nearest at the bottom; seconds to collision; when "
            "it was blind. Lines of things that were warned of bear the number of the first "
            "warning, thin dotted lines were not warned of."
        )
    )
    yield "<ul class='legend'>"
    for level in LEVELS:
        mark = shape(level, 12, 12)
        yield (
            f"<li><svg width='24' height='24' viewBox='0 0 24 24' aria-hidden='true'>{mark}</svg> "
            f"{html.escape(_level(level))}</li>"
        )
    yield "</ul>"
    label = html.escape(t("Timeline, can be scrolled sideways"))
    yield f"<div class='wide' role='region' tabindex='0' aria-label='{label}'>"
    seen = [walk.seen[number] for number in sorted(walk.seen)]
    yield from timeline(walk.warned, seen, walk.spells, walk.length_s)
    yield "</div>"


def _warnings(warned: Sequence[Warned], about: About) -> Iterator[str]:
    head = (
        t("number"),
        t("at"),
        t("level"),
        t("warning"),
        t("side"),
        t("bearing"),
        t("distance"),
        t("to collision"),
    )
    rows = (
        (
            str(number),
            _seconds(one.at_s),
            _level(one.level),
            InLanguage(str(one.record["text"]), about.language),
            _side(str(one.record["side"])),
            f"{one.record['bearing_deg']:.0f}°",
            _distance(one),
            _known(one.record["ttc_s"], "s"),
        )
        for number, one in enumerate(warned, 1)
    )
    yield from parts.table(t("All warnings in their order"), head, rows)


def _pictures(warned: Sequence[Warned], about: About) -> Iterator[str]:
    shown = [(number, one) for number, one in enumerate(warned, 1) if one.picture]
    if not shown:
        return
    yield parts.heading(t("Pictures at the warnings"))
    yield "<div class='pictures'>"
    for number, one in shown:
        assert one.picture is not None
        encoded = base64.b64encode(one.picture).decode()
        text = parts.cell(InLanguage(str(one.record["text"]), about.language))
        told = html.escape(t("Warning {number} at {at}", number=number, at=_seconds(one.at_s)))
        seen = html.escape(
            t(
                "The camera at warning {number}; what it is about is boxed: {label}, {side}",
                number=number,
                label=_name(str(one.record["label"])),
                side=_side(str(one.record["side"])),
            )
        )
        yield (
            f"<figure><img alt='{seen}' src='data:image/jpeg;base64,{encoded}'>"
            f"<figcaption>{told}: {text}</figcaption></figure>"
        )
    yield "</div>"
    without = len(warned) - len(shown)
    if without:
        yield parts.paragraph(t("Without a picture: {count} warnings.", count=without))


def _things(walk: Walk) -> Iterator[str]:
    told: dict[int, list[str]] = {}
    for number, one in enumerate(walk.warned, 1):
        told.setdefault(one.record.get("track", -1), []).append(str(number))
    listed = [one for one in walk.seen.values() if one.track in told or _counts(one)]
    head = (
        t("thing"),
        t("since"),
        t("until"),
        t("nearest"),
        t("soonest collision"),
        t("warnings"),
    )
    rows = (
        (
            _name(one.label),
            _seconds(one.samples[0].at_s),
            _seconds(one.samples[-1].at_s),
            _known(_least(sample.distance_m for sample in one.samples), "m"),
            _known(_least(sample.ttc_s for sample in one.samples), "s"),
            ", ".join(told.get(one.track, [])) or t("none"),
        )
        for one in sorted(listed, key=lambda one: one.samples[0].at_s)
    )
    yield from parts.table(
        t("What came within 10 m for a second or more, or was warned of"), head, rows
    )
    short = len(walk.seen) - len(listed)
    if short:
        yield parts.paragraph(t("Further off, or passed at once: {count} things.", count=short))


def _blind(walk: Walk) -> Iterator[str]:
    rows = (
        (
            spell.text,
            _seconds(spell.begin_s),
            t("to the end") if spell.end_s is None else _seconds(spell.end_s),
        )
        for spell in walk.spells
    )
    yield from parts.table(t("Blind times"), (t("why"), t("since"), t("until")), rows)


def _level(level: Priority) -> str:
    match level:
        case Priority.DANGER:
            return t("danger")
        case Priority.MESSAGE:
            return t("in the way")
        case _:
            return t("nearby")


def _side(side: str) -> str:
    return {Side.LEFT: t("left"), Side.AHEAD: t("ahead"), Side.RIGHT: t("right")}[Side(side)]


def _name(label: str) -> str:
    return class_of(label).zh if language() == "zh" else label


def _distance(one: Warned) -> str:
    known = _known(one.record["distance_m"], "m")
    low, high = one.record.get("distance_low_m"), one.record.get("distance_high_m")
    return known if low is None or high is None else f"{known} ({low:.1f}–{high:.1f})"


def _known(value: float | None, unit: str) -> str:
    return t("unknown") if value is None else f"{value:.1f} {unit}"


def _least(values: Iterable[float | None]) -> float | None:
    return min((value for value in values if value is not None), default=None)


def _counts(one: Seen) -> bool:
    """Whether a thing that was not warned of is worth a row."""
    lasted_s = one.samples[-1].at_s - one.samples[0].at_s
    nearest_m = _least(sample.distance_m for sample in one.samples)
    return lasted_s >= LASTING_S and nearest_m is not None and nearest_m <= NEAR_M


def _seconds(value: float) -> str:
    return f"{value:.1f} s"
