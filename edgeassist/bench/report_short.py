"""What a reader wants first: ours beside plain calls, which model to take, what changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from edgeassist.bench.compare import Change, Verdict, changed, compare
from edgeassist.bench.recommend import Candidate, question, recommend
from edgeassist.bench.report_blocks import Block, Plot, Table, Words
from edgeassist.bench.report_names import (
    digits,
    distribution_name,
    doubt_words,
    figure_name,
    in_language,
    measured,
    threads,
    with_interval,
)
from edgeassist.bench.report_plots import Ratio, ratios
from edgeassist.bench.results import done, value
from edgeassist.errors import InputError
from edgeassist.locale import t
from edgeassist.pages import svg

# What a person may be made to wait, in ms. Guide: a picture at 30, 15 and 10 a second. Captions:
# what is bearable in a talk. Speech: a warning's first sound. Braille: while one reads or types.
BUDGETS_MS = {
    "guide": (33, 67, 100),
    "captions": (1000, 2000, 4000),
    "speech": (100, 500, 2000),
    "braille": (1, 10, 100),
}


def in_short(result: dict[str, Any]) -> Iterator[Block]:
    """The machine, and how far the figures can be trusted."""
    machine, harness = result["machine"], result["harness"]
    points = done(result)
    if result["emulation"]:
        board = result["emulation"]["board"]
        yield Words(t("ESTIMATES: every figure is of an emulated {board}", board=board))
    yield Words(
        t(
            "Measured on {board}, {cpu}, {cores} × {architecture}, {memory} MB, at {when} "
            "UTC, by: {command}",
            board=machine["board"],
            cpu=machine["cpu"],
            cores=machine["cores"],
            architecture=machine["architecture"],
            memory=machine["memory_mb"],
            when=result["started"].replace("T", " ").split("+")[0],
            command=result["command"],
        )
    )
    if not result["complete"]:
        yield Words(t("This run was stopped: points are missing."))
    if result["mode"] == "quick":
        yield Words(t("A quick run shows an order; its p99 means little."))
    doubtful = sum(bool(one["doubts"]) for one in points)
    failed = sum(one["state"] == "failed" for one in result["points"])
    yield Words(
        t(
            "{count} points were measured; {doubtful} of them may be wrong, {failed} failed. Each "
            "figure that may be wrong is marked with ? or says why.",
            count=len(points),
            doubtful=doubtful,
            failed=failed,
        )
    )
    if harness["largest_percent"] is not None:
        yield Words(
            t(
                "Measuring itself costs {us} µs each time: at most {percent} % ({where}).",
                us=digits(harness["overhead_us"]),
                percent=digits(harness["largest_percent"]),
                where=harness["largest_at"],
            )
        )


def beside(points: Sequence[dict[str, Any]]) -> Iterator[Block]:
    """Ratios: the same work done by us and by a plain call of a library, in turns."""
    those = [point for point in points if point["scenario"] == "beside"]
    if not those:
        return
    yield Words(
        t(
            "The same work, done in turns by us and by a plain call of a library in the same "
            "process. Above 1 ours is quicker. Ours does more where it is more right."
        )
    )
    rows, cells = [], []
    for point in those:
        known = point["figures"]["time_ratio"]
        name = f"{point['subject'].removesuffix(', ' + point['options']['peer'])} / "
        name += str(point["options"]["peer"])
        doubt = doubt_words(point)
        rows.append(
            Ratio(
                name=f"{name}: × {digits(known['value'])}",
                doubt=doubt,
                value=known["value"],
                low=known["low"],
                high=known["high"],
            )
        )
        ours, theirs = (point["distributions"][one] for one in ("latency", "peer_latency"))
        right = [
            f"{figure_name(metric)}: {digits(mine)} / {digits(others)}"
            for metric in point["figures"]
            if (mine := value(point, metric)) is not None
            and point["figures"][metric]["quality"]
            and (others := value(point, f"peer_{metric}")) is not None
        ]
        cells.append(
            (
                name,
                "× " + with_interval(known["value"], known["low"], known["high"]),
                f"{digits(ours['p50'])} / {digits(theirs['p50'])}",
                f"{digits(ours['p90'])} / {digits(theirs['p90'])}",
                "; ".join(right),
                doubt,
            )
        )
    title = t("Ours beside plain calls")
    label = t("{title}: {all}", title=title, all="; ".join(row.name for row in rows))
    legend = (
        (svg.key(svg.mark(0, 50, 12, "full")), t("their time over ours")),
        (svg.key(svg.line(3, 12, 97, 12, "front")), t("95 % interval")),
        (svg.key(svg.line(50, 2, 50, 22, "median")), t("as quick as theirs")),
    )
    yield Plot(title, label, tuple(ratios(label, rows)), legend)
    yield Table(
        t("Ours / theirs"),
        (
            t("ours / theirs"),
            t("their time over ours"),
            t("p50 ms, ours / theirs"),
            t("p90 ms, ours / theirs"),
            t("how right, ours / theirs"),
            t("doubts"),
        ),
        tuple(cells),
    )


def advice(result: dict[str, Any], points: Sequence[dict[str, Any]]) -> Iterator[Block]:
    """The most right setting within three budgets for each module that was scored."""
    rows: list[tuple[str, ...]] = []
    for module, budgets in BUDGETS_MS.items():
        if not any(point["module"] == module for point in points):
            continue
        for language, name in in_language(module):
            rows += _advised(result, module, language, name, budgets)
    if rows:
        yield Table(
            t("The most right model for what one is willing to wait, nine times of ten"),
            (t("module"), t("budget"), t("take"), t("the next better one")),
            tuple(rows),
        )
        yield Words(
            t(
                "For other budgets: edgeassist bench recommend RESULT --module guide "
                "--max-latency 100ms --max-memory 300MB"
            )
        )


def _advised(
    result: dict[str, Any], module: str, language: str, name: str, budgets: Sequence[int]
) -> Iterator[tuple[str, ...]]:
    """A row for each advice, with all the budgets it is for."""
    found: dict[tuple[str, str], list[int]] = {}
    for most_ms in budgets:
        try:
            one = recommend(result, module, most_ms=float(most_ms), language=language)
        except InputError:
            return  # nothing says how right it is
        metric = figure_name(one.metric)
        take = _told(one.best, metric) if one.best else t("nothing fits")
        better = _told(one.better, metric) if one.better else t("nothing is more right")
        found.setdefault((take, better), []).append(most_ms)
    waited = distribution_name(question(module, language)[3])
    for (take, better), those in found.items():
        yield name, f"{waited}: ≤ {' / '.join(str(ms) for ms in those)} ms", take, better


def difference(
    old: dict[str, Any], new: dict[str, Any], *, fail_over: float = 0.10
) -> Iterator[Block]:
    """What changed since another run; raises `InputError` for runs that are unlike."""
    changes = compare(old, new, fail_over=fail_over)
    for what in changed(old, new):
        yield Words(t("changed: {what}", what=what))
    for caption, verdict in (
        (t("What got worse"), Verdict.WORSE),
        (t("What got better"), Verdict.BETTER),
        (t("Unsure, for something disturbed a run; measure again"), Verdict.UNSURE),
    ):
        those = [one for one in changes if one.verdict is verdict]
        if those:
            yield Table(
                caption,
                (t("point"), t("what"), t("before"), t("now"), t("change")),
                tuple(_change(one) for one in those),
            )
    same = sum(one.verdict is Verdict.SAME for one in changes)
    yield Words(t("{same} of {all} figures are the same within noise", same=same, all=len(changes)))


def _change(one: Change) -> tuple[str, ...]:
    name, _, percent = one.name.partition(" ")
    called = f"{distribution_name(name)}, {percent}" if percent else figure_name(name)
    return (
        one.point,
        called,
        measured(one.before, one.unit),
        measured(one.after, one.unit),
        f"{100 * one.share:+.0f} %" if abs(one.share) < 1e6 else t("from nothing"),
    )


def _told(one: Candidate, metric: str) -> str:
    return t(
        "{subject}, {threads}: {metric} {quality}, {ms} ms, {mb} MB",
        subject=one.subject,
        threads=threads(one.threads),
        metric=metric,
        quality=digits(one.quality or 0.0),
        ms=digits(one.latency_ms),
        mb=digits(one.memory_mb),
    ) + (t(" (may be wrong)") if one.doubts else "")
