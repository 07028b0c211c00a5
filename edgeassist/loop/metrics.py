"""Latency from capture and time at work, per module, in constant memory."""

from __future__ import annotations

import math
import threading
from dataclasses import asdict, dataclass
from typing import Any

from edgeassist.loop.events import Caption, Event, Spoken

_GROWTH = math.log(1.02)  # a bucket is 2 % wide: percentiles are right to 1 %


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantiles:
    """A distribution in milliseconds."""

    count: int
    p50_ms: float
    p90_ms: float
    p99_ms: float
    max_ms: float


class Histogram:
    """Durations in logarithmic buckets from 1 µs up."""

    def __init__(self) -> None:
        self._buckets: dict[int, int] = {}
        self._count = 0
        self._max_ms = 0.0

    def add(self, duration_ns: int) -> None:
        """Count one duration; a negative one counts as nothing waited."""
        ms = max(duration_ns, 0) / 1e6
        bucket = max(0, round(math.log(max(ms, 1e-3) / 1e-3) / _GROWTH))
        self._buckets[bucket] = self._buckets.get(bucket, 0) + 1
        self._count += 1
        self._max_ms = max(self._max_ms, ms)

    def quantiles(self) -> Quantiles:
        """The distribution so far."""
        return Quantiles(
            count=self._count,
            p50_ms=self._at(0.50),
            p90_ms=self._at(0.90),
            p99_ms=self._at(0.99),
            max_ms=round(self._max_ms, 3),
        )

    def _at(self, share: float) -> float:
        seen = 0
        for bucket in sorted(self._buckets):
            seen += self._buckets[bucket]
            if seen >= share * self._count:
                return round(min(1e-3 * math.exp(bucket * _GROWTH), self._max_ms), 3)
        return 0.0


class Metrics:
    """What the loop measured; safe to use from every node's thread."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._latency: dict[tuple[str, str], Histogram] = {}
        self._work: dict[str, Histogram] = {}

    def emitted(self, module: str, event: Event, now_ns: int) -> None:
        """`module` gave `event` now; counts the time since its cause was captured.

        For speech, until its first sample was handed to the speaker; what was never begun is
        left out.
        """
        until_ns = now_ns
        if isinstance(event, Spoken):
            if event.started_ns is None:
                return
            until_ns = event.started_ns
        key = (module, stage_name(event))
        with self._guard:
            self._latency.setdefault(key, Histogram()).add(until_ns - event.captured_ns)

    def worked(self, module: str, duration_ns: int) -> None:
        """`module` was busy with one event for that long."""
        with self._guard:
            self._work.setdefault(module, Histogram()).add(duration_ns)

    def stages(self) -> list[dict[str, Any]]:
        """Per module and event, the latency since capture."""
        with self._guard:
            return [
                {"module": module, "event": event, **asdict(histogram.quantiles())}
                for (module, event), histogram in self._latency.items()
            ]

    def work(self) -> list[dict[str, Any]]:
        """Per module, the time one event takes it."""
        with self._guard:
            return [
                {"module": module, **asdict(histogram.quantiles())}
                for module, histogram in self._work.items()
            ]


def stage_name(event: Event) -> str:
    """The name a stage has in tables: partial and final captions are told apart."""
    if isinstance(event, Caption):
        return "Caption final" if event.final else "Caption partial"
    return type(event).__name__
