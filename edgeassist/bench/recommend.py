"""Which of the measured models to take under a budget, and what the next better one would cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from edgeassist.bench.results import done, value
from edgeassist.errors import InputError
from edgeassist.locale import t

# By module: the figure that says how right it is, whether more of it is better, the scenarios
# that are looked at, and the distribution whose p90 a person waits for.
QUALITY = {
    "guide": ("ap50", True, ("single",), "latency"),
    "captions": ("cer", False, ("paced", "single"), "final"),
    "speech": ("readback_cer", False, ("single",), "first_sound"),
    "braille": ("cell_accuracy", True, ("single",), "latency"),
}
ENGLISH = {"captions": ("wer", False, ("paced", "single"), "final")}
WAITED_FOR = "p90"


def question(module: str, language: str) -> tuple[str, bool, tuple[str, ...], str]:
    """What to ask of a module's points, as in `QUALITY`."""
    return ENGLISH.get(module, QUALITY[module]) if language == "en" else QUALITY[module]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One setting of one model; `quality` None where it was not scored."""

    id: str
    subject: str
    threads: int
    quality: float | None
    latency_ms: float
    memory_mb: float
    doubts: int

    def record(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "id": self.id,
            "subject": self.subject,
            "threads": self.threads,
            "quality": self.quality,
            "latency_ms": self.latency_ms,
            "memory_mb": self.memory_mb,
            "doubts": self.doubts,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """The one to take (None: nothing fits the budget), and the next better one, if there is."""

    metric: str
    higher_is_better: bool
    best: Candidate | None
    better: Candidate | None  # more right than `best`, and cheapest of those; over the budget
    considered: int
    estimate: bool

    def record(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "metric": self.metric,
            "higher_is_better": self.higher_is_better,
            "best": self.best.record() if self.best else None,
            "better": self.better.record() if self.better else None,
            "considered": self.considered,
            "estimate": self.estimate,
        }

    def lines(self) -> Iterator[str]:
        """For people."""
        if self.estimate:
            yield t("ESTIMATES: measured on an emulated board")
        if self.best is None:
            yield t("Nothing that was measured fits ({count} settings)", count=self.considered)
        else:
            yield t("Take {what}", what=self._told(self.best))
            if self.best.doubts:
                yield t("Its figures may be wrong; see: edgeassist bench show")
        if self.better is not None:
            yield t("The next better one: {what}", what=self._told(self.better))
        elif self.best is not None:
            yield t("Nothing that was measured is more right")
        if self.best is not None and self.better is not None:
            yield t(
                "  It takes {ms} ms and {mb} MB",
                ms=f"{self.better.latency_ms - self.best.latency_ms:+.0f}",
                mb=f"{self.better.memory_mb - self.best.memory_mb:+.0f}",
            )

    def _told(self, one: Candidate) -> str:
        return t(
            "{subject}, {threads} threads: {metric} {quality:.3f}, p90 {ms:.1f} ms, {mb:.0f} MB",
            subject=one.subject,
            threads=one.threads,
            metric=self.metric,
            quality=one.quality,
            ms=one.latency_ms,
            mb=one.memory_mb,
        )


def recommend(
    result: dict[str, Any],
    module: str,
    *,
    most_ms: float | None = None,
    most_mb: float | None = None,
    most_threads: int | None = None,
    language: str = "zh",
) -> Advice:
    """Advice from a result, for speech and captions in one language.

    Raises `InputError` where the module was not measured or scored.
    """
    metric, higher, _, _ = question(module, language)
    every = [
        one
        for one in candidates(result, module, language)
        if most_threads is None or one.threads <= most_threads
    ]
    scored = [one for one in every if one.quality is not None]
    if not scored:
        raise InputError(
            module,
            t("nothing in this result says how right it is ({metric})", metric=metric),
            fix=t("Measure it: edgeassist bench run {module}", module=module),
        )

    def rightness(one: Candidate) -> float:
        assert one.quality is not None
        return one.quality if higher else -one.quality

    fitting = [
        one
        for one in scored
        if (most_ms is None or one.latency_ms <= most_ms)
        and (most_mb is None or one.memory_mb <= most_mb)
    ]
    # Equally right: the quicker one.
    best = max(fitting, key=lambda one: (rightness(one), -one.latency_ms), default=None)
    more = [one for one in scored if best is None or rightness(one) > rightness(best)]
    better = min(more, key=lambda one: _excess(one, most_ms, most_mb), default=None)
    return Advice(
        metric=metric,
        higher_is_better=higher,
        best=best,
        better=better,
        considered=len(every),
        estimate=result["emulation"] is not None,
    )


def candidates(result: dict[str, Any], module: str, language: str = "zh") -> list[Candidate]:
    """Every setting of the module that was measured, in the scenario that matters most."""
    metric, _, scenarios, waited_for = question(module, language)
    points = [
        point
        for point in done(result)
        if point["module"] == module and point["options"].get("language", language) == language
    ]
    scores = _scores(points, metric)
    for scenario in scenarios:
        found = []
        for point in points:
            known = point["distributions"].get(waited_for) or point["distributions"].get("latency")
            if point["scenario"] != scenario or known is None:
                continue
            found.append(
                Candidate(
                    id=point["id"],
                    subject=point["subject"],
                    threads=point["threads"],
                    # Threads do not change what is right; it may have been scored only once, and
                    # over more recordings where they were not played at their own pace.
                    quality=scores.get(point["subject"], value(point, metric)),
                    latency_ms=known[WAITED_FOR],
                    memory_mb=value(point, "rss_mb") or 0.0,
                    doubts=len(point["doubts"]),
                )
            )
        if any(one.quality is not None for one in found):
            return found
    return found


def _scores(points: list[dict[str, Any]], metric: str) -> dict[str, float]:
    """By subject, from the point that was scored on most."""
    found: dict[str, tuple[int, float]] = {}
    for point in points:
        figure = point["figures"].get(metric)
        if figure is not None:
            scored = (int(figure.get("n", 0)), float(figure["value"]))
            if scored[0] > found.get(point["subject"], (-1, 0.0))[0]:
                found[point["subject"]] = scored
    return {subject: score for subject, (_, score) in found.items()}


def _excess(one: Candidate, most_ms: float | None, most_mb: float | None) -> float:
    """How far over the budget, as a share of it."""
    over_ms = one.latency_ms / most_ms if most_ms else 0.0
    over_mb = one.memory_mb / most_mb if most_mb else 0.0
    return max(over_ms, over_mb) or one.latency_ms
