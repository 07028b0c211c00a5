"""The scores as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from edgeassist.guide.simulator.scores import Scores, Warned
from edgeassist.locale import t


def table(scores: Scores) -> Iterator[str]:
    """One line a figure."""
    yield t("{walks} walks, {minutes} minutes", walks=scores.walks, minutes=f"{scores.minutes:.1f}")
    for kind, warned in scores.warned.items():
        yield _warned(kind, warned)
    if scores.false_per_10_min is not None:
        yield t(
            "false alerts in 10 minutes of street: {count} ({all} in {minutes} minutes)",
            count=f"{scores.false_per_10_min:.1f}",
            all=scores.street_false_alerts,
            minutes=f"{scores.street_minutes:.1f}",
        )
    yield t("false alerts in all walks: {count}", count=scores.false_alerts)
    yield t(
        "said again within 5 s: {repeated}; said while speaking: {overlapping}",
        repeated=scores.repeated,
        overlapping=scores.overlapping,
    )
    yield t(
        "alerts a minute: {alerts}; syllables a minute: {syllables}",
        alerts=f"{scores.alerts_a_minute:.1f}",
        syllables=f"{scores.syllables_a_minute:.0f}",
    )
    if scores.ttc_median is not None:
        yield t(
            "time to collision: median error {median}, within 30 %: {within}, known {known}",
            median=_percent(scores.ttc_median),
            within=_percent(scores.ttc_within_30),
            known=_percent(scores.ttc_known),
        )
    if scores.latency_p50_s is not None and scores.latency_p95_s is not None:
        yield t(
            "capture to decision: p50 {p50} ms, p95 {p95} ms; pictures lost: {lost}",
            p50=f"{scores.latency_p50_s * 1000:.0f}",
            p95=f"{scores.latency_p95_s * 1000:.0f}",
            lost=_percent(scores.lost),
        )


def _warned(kind: str, warned: Warned) -> str:
    return t(
        "{kind}: {share} warned {least} s ahead ({count} of {met}, {said} of them in words; "
        "never {never}; lead p50 {p50} s, p10 {p10} s)",
        kind=kind,
        share=_percent(warned.share),
        least=f"{warned.in_time_s:g}",
        count=warned.in_time,
        met=warned.met,
        said=warned.said_in_time,
        never=warned.never,
        p50=_seconds(warned.lead_p50_s),
        p10=_seconds(warned.lead_p10_s),
    )


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"
