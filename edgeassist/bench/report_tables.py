"""The figures of a module: how long, how right, at what cost; each picture with its table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from edgeassist.bench.figures import MEANINGS, PEER
from edgeassist.bench.recommend import QUALITY, Candidate, candidates, question
from edgeassist.bench.report_blocks import Block, Plot, Table, Words, without_empty_columns
from edgeassist.bench.report_names import (
    digits,
    distribution_name,
    doubt_words,
    figure_name,
    figure_text,
    in_language,
    module_name,
    point_name,
    with_interval,
)
from edgeassist.bench.report_plots import (
    Bar,
    Choice,
    Strip,
    bars,
    best_choices,
    scatter,
    strips,
    strips_legend,
)
from edgeassist.bench.results import value
from edgeassist.locale import t
from edgeassist.pages import svg
from edgeassist.pages.parts import InLanguage

# Shown elsewhere: in pictures, or as what the bench itself costs.
ELSEWHERE = ("rss_mb", "pss_mb", "time_ratio", "overhead_us", "harness_percent")
OF_THE_BOARD = ("temperature_c", "clock_mhz", "power_w")


def waiting(module: str, points: Sequence[dict[str, Any]]) -> Iterator[Block]:
    """How long one waits: a strip and a row for each distribution."""
    rows, cells = [], []
    for point in points:
        for name, known in point["distributions"].items():
            what = distribution_name(name)
            more = len(point["distributions"]) > 1
            rows.append(
                Strip(
                    name=f"{point_name(point)}: {what}" if more else point_name(point),
                    doubt=doubt_words(point),
                    least=known["min"],
                    p50=known["p50"],
                    p90=known["p90"],
                    p99=known["p99"],
                    most=known["max"],
                    theirs=name.startswith(PEER),
                )
            )
            quantiles = (
                with_interval(known[key], known[f"{key}_low"], known[f"{key}_high"])
                for key in ("p50", "p90", "p99")
            )
            ends = (digits(known["min"]), digits(known["max"]))
            cells.append(
                (point_name(point), what, str(known["n"]), *quantiles, *ends, doubt_words(point))
            )
    if not rows:
        return
    name = module_name(module)
    by_median = sorted(rows, key=lambda row: row.p50)
    label = t(
        "How long one waits, {module}: {count} strips on a logarithmic axis; half within {low} ms "
        "({quick}) to {high} ms ({slow})",
        module=name,
        count=len(rows),
        low=digits(by_median[0].p50),
        quick=by_median[0].name,
        high=digits(by_median[-1].p50),
        slow=by_median[-1].name,
    )
    title = t("How long one waits: {module}", module=name)
    yield Plot(title, label, tuple(strips(label, rows)), tuple(strips_legend(rows)))
    yield Table(
        t("Milliseconds of waiting, with 95 % intervals: {module}", module=name),
        (
            t("point"),
            t("what"),
            "n",
            "p50",
            "p90",
            "p99",
            t("least"),
            t("most"),
            t("doubts"),
        ),
        tuple(cells),
    )


def trade(result: dict[str, Any], module: str) -> Iterator[Block]:
    """Right against quick: which settings are worth thinking about."""
    if module not in QUALITY:
        return
    for language, name in in_language(module):
        metric, higher, _, waited_for = question(module, language)
        every = candidates(result, module, language)
        scored = [one for one in every if one.quality is not None]
        scored.sort(key=lambda one: one.latency_ms)
        quality, waited = figure_name(metric), distribution_name(waited_for)
        choices = _choices(scored, bool(result["emulation"]))
        best = best_choices(choices, higher_is_better=higher)
        if len(choices) > 1:
            title = t("Right against quick: {module}", module=name)
            label = t(
                "{title}. Up: {quality}; to the right: nine of ten wait at most so long "
                "({waited}). {count} settings; no other is both quicker and as right as: {best}",
                title=title,
                quality=quality,
                waited=waited,
                count=len(choices),
                best=", ".join(scored[one.number - 1].subject for one in best),
            )
            lines = tuple(scatter(label, choices, higher_is_better=higher))
            yield Plot(title, label, lines, tuple(_scatter_legend(scored, quality, waited)))
        if not choices:
            continue
        doubts = {point["id"]: doubt_words(point) for point in result["points"]}
        yield Table(
            t("Settings to choose from, the quickest first: {module}", module=name),
            (
                t("number"),
                t("model"),
                t("threads"),
                quality,
                t("p90 ms, {what}", what=waited),
                "MB",
                t("best choice"),
                t("doubts"),
            ),
            tuple(
                (
                    str(choice.number),
                    one.subject,
                    str(one.threads),
                    digits(choice.quality),
                    digits(one.latency_ms),
                    digits(one.memory_mb),
                    t("yes") if choice in best else t("no"),
                    doubts[one.id],
                )
                for one, choice in zip(scored, choices, strict=True)
            ),
        )


def _choices(scored: Sequence[Candidate], estimates: bool) -> list[Choice]:
    subjects = _subjects(scored)
    return [
        Choice(
            number=number,
            shape=subjects.index(one.subject),
            latency_ms=one.latency_ms,
            quality=one.quality or 0.0,
            doubtful=estimates or one.doubts > 0,
        )
        for number, one in enumerate(scored, 1)
    ]


def _subjects(scored: Sequence[Candidate]) -> list[str]:
    return sorted({one.subject for one in scored})


def _scatter_legend(
    scored: Sequence[Candidate], quality: str, waited: str
) -> Iterator[tuple[str, str]]:
    yield "<b>↑</b>", quality
    yield "<b>→</b>", t("p90 ms, {what}", what=waited)
    for place, subject in enumerate(_subjects(scored)):
        yield svg.key(svg.mark(place, 50, 12, "empty")), subject
    yield svg.key(svg.mark(0, 50, 12, "full")), t("filled: among the best choices")
    yield svg.key(svg.line(3, 12, 97, 12, "front", "7 4")), t("the line of the best choices")
    yield "<b>1?</b>", t("number in the table; with ? it may be wrong")


def rightness(module: str, points: Sequence[dict[str, Any]]) -> Iterator[Block]:
    """How right it is, with intervals and the number of what was judged."""
    rows: list[tuple[str, ...]] = []
    for point in points:
        for name, figure in point["figures"].items():
            if figure["quality"]:
                count = str(figure["n"]) if "n" in figure else ""
                told = figure_text(figure)
                rows.append((point_name(point), figure_name(name), told, count, doubt_words(point)))
    if rows:
        yield without_empty_columns(
            Table(
                t("How right it is, from 0 to 1: {module}", module=module_name(module)),
                (t("point"), t("what"), t("value"), "n", t("doubts")),
                tuple(rows),
            )
        )
    for note in dict.fromkeys(note for point in points for note in point["notes"]):
        yield Words(InLanguage(note, "en"))


def cost(module: str, points: Sequence[dict[str, Any]]) -> Iterator[Block]:
    """Everything else that was measured, a row a point."""
    names = [
        name
        for name, meaning in MEANINGS.items()
        if not meaning.quality and name not in (*ELSEWHERE, *OF_THE_BOARD)
    ]
    table = Table(
        t("What it costs and how much gets done: {module}", module=module_name(module)),
        (t("point"), *(figure_name(name) for name in names), t("doubts")),
        tuple(
            (
                point_name(point),
                *(figure_text(point["figures"].get(name)) for name in names),
                doubt_words(point),
            )
            for point in points
        ),
    )
    yield without_empty_columns(table)


def memory(module: str, points: Sequence[dict[str, Any]]) -> Iterator[Block]:
    """Of each model and way of working the point that took the most."""
    most: dict[tuple[str, str], dict[str, Any]] = {}
    for point in points:
        known, way = value(point, "rss_mb"), (point["subject"], point["scenario"])
        if known is not None and (way not in most or known > (value(most[way], "rss_mb") or 0)):
            most[way] = point
    if not most:
        return
    rows = [
        Bar(
            name=point_name(point),
            doubt=doubt_words(point),
            whole_mb=value(point, "rss_mb") or 0.0,
            own_mb=value(point, "pss_mb"),
        )
        for point in most.values()
    ]
    title = t("Memory: {module}", module=module_name(module))
    largest = max(rows, key=lambda row: row.whole_mb)
    label = t(
        "{title}: {count} bars, the longest {mb} MB ({subject})",
        title=title,
        count=len(rows),
        mb=digits(largest.whole_mb),
        subject=largest.name,
    )
    legend = (
        (svg.key(svg.bar(5, 95, 12, 14, "ours")), t("all that is resident (RSS)")),
        (svg.key(svg.mark(3, 50, 12, "empty")), t("shared pages by their share (PSS)")),
    )
    yield Plot(title, label, tuple(bars(label, rows)), legend)
    yield Table(
        t("Megabytes at most: {module}", module=module_name(module)),
        (t("point"), "RSS MB", "PSS MB", t("doubts")),
        tuple(
            (
                row.name,
                digits(row.whole_mb),
                "" if row.own_mb is None else digits(row.own_mb),
                row.doubt,
            )
            for row in rows
        ),
    )
