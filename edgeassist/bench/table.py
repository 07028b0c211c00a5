"""A result in a terminal: one line a point, then what is to be doubted, then the ratios."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from edgeassist.bench.results import done, value
from edgeassist.locale import t

RATES = (
    ("rtf", "RTF {:.2f}"),
    ("pictures_per_s", "{:.0f}/s"),
    ("characters_per_s", "{:.0f}/s"),
    ("sound_s_per_s", "{:.1f} s/s"),
)
QUALITIES = (
    ("cer", "CER"),
    ("wer", "WER"),
    ("ap50", "AP50"),
    ("readback_cer", "CER"),
    ("cell_accuracy", ""),
    ("character_accuracy", ""),
)
# Of a point that has no latency of queries: what a person waits for.
WAITS = ("latency", "age", "final", "Caption final")


def lines(result: dict[str, Any]) -> Iterator[str]:
    """All of it."""
    machine = result["machine"]
    yield f"{machine['board']}, {machine['cpu']}, {machine['cores']} × {machine['architecture']}"
    if result["emulation"]:
        board = result["emulation"]["board"]
        yield t("ESTIMATES: every figure is of an emulated {board}", board=board)
    yield ""
    points = done(result)
    rows: list[tuple[str, ...]]
    rows = [(t("milliseconds"), "n", "p50", "p90", "p99", t("rate"), t("how right"), "MB", "")]
    rows += [row(point) for point in points if point["scenario"] != "beside"]
    yield from aligned(rows)
    beside = [point for point in points if point["scenario"] == "beside"]
    if beside:
        yield ""
        yield t("Beside plain calls, in turns (above 1: ours is quicker):")
        yield from aligned([ratio(point) for point in beside])
    others = [one for one in result["points"] if one["state"] != "done"]
    if others:
        yield ""
        yield t("Not measured:")
        yield from (f"  {one['id']}: {one['why']}" for one in others)
    yield from _doubts(points)
    harness = result["harness"]
    if harness["largest_percent"] is not None:
        yield ""
        yield t(
            "Measuring itself costs {us:.1f} µs a query: at most {percent} % ({where})",
            us=harness["overhead_us"],
            percent=harness["largest_percent"],
            where=harness["largest_at"],
        )


def row(point: dict[str, Any]) -> tuple[str, ...]:
    """One point as cells."""
    known = next(
        (point["distributions"][name] for name in WAITS if name in point["distributions"]), None
    )
    times: tuple[str, ...] = ("", "", "", "")
    if known is not None:
        times = (str(known["n"]), *(short(known[key]) for key in ("p50", "p90", "p99")))
    rates = [form.format(found) for name, form in RATES if (found := value(point, name))]
    dropped = value(point, "dropped_percent")
    if dropped is not None:
        rates.append(t("{share:.0f} % lost", share=dropped))
    right = [
        f"{label} {found:.3f}".strip()
        for name, label in QUALITIES
        if (found := value(point, name)) is not None
    ]
    memory = value(point, "rss_mb")
    return (
        point["id"],
        *times,
        ", ".join(rates),
        ", ".join(right),
        f"{memory:.0f}" if memory is not None else "",
        "!" if point["doubts"] else "",
    )


def ratio(point: dict[str, Any]) -> tuple[str, ...]:
    """One comparison with a library as cells."""
    found = point["figures"]["time_ratio"]
    both = [
        f"{label or t('how right')} {ours:.3f} / {theirs:.3f}"
        for name, label in QUALITIES
        if (ours := value(point, name)) is not None
        and (theirs := value(point, f"peer_{name}")) is not None
    ]
    times = [short(point["distributions"][name]["p50"]) for name in ("latency", "peer_latency")]
    return (
        f"{point['subject']} / {point['options']['peer']}",
        f"× {found['value']:.2f} [{found['low']:.2f}, {found['high']:.2f}]",
        " / ".join(times) + " ms",
        ", ".join(both),
        "!" if point["doubts"] else "",
    )


def short(number: float) -> str:
    """Three digits, as many as are worth reading."""
    if number >= 100:
        return f"{number:.0f}"
    return f"{number:.1f}" if number >= 10 else f"{number:.2f}"


def aligned(rows: list[tuple[str, ...]]) -> Iterator[str]:
    """Cells in columns; the first to the left, numbers to the right."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for cells in rows:
        first, *rest = cells
        line = "  " + first.ljust(widths[0])
        for cell, width in zip(rest, widths[1:], strict=True):
            line += "  " + cell.rjust(width)
        yield line.rstrip()


def _doubts(points: list[dict[str, Any]]) -> Iterator[str]:
    """Why some figures may be wrong: each reason once, with how many points it is about."""
    reasons: dict[str, list[str]] = {}
    for point in points:
        for doubt in point["doubts"]:
            reasons.setdefault(doubt["kind"], []).append(f"{point['id']}: {doubt['why']}")
    if not reasons:
        return
    yield ""
    yield t("! These figures may be wrong:")
    for kind, those in reasons.items():
        yield "  " + t(
            "{kind}: {count} points, such as {one}", kind=t(kind), count=len(those), one=those[0]
        )
