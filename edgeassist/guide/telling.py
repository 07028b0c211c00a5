"""Warnings and notices as events: what is felt, what is said, what goes on record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from edgeassist.guide.alerts import Alert
from edgeassist.guide.outage import Cause, Notice, told_off, told_on
from edgeassist.guide.phrases import phrase
from edgeassist.guide.pipeline import Step
from edgeassist.loop.clock import NS
from edgeassist.loop.events import Event, Priority, Pulse, Side, Tone, Utterance
from edgeassist.loop.node import Context

EXPIRES_S = 2.0  # after its picture was taken; then the walker is somewhere else
# Strength and on/off milliseconds: three long for a danger, one for what stands in the way, a
# touch for what is near.
PULSES: Mapping[Priority, tuple[float, tuple[int, ...]]] = {
    Priority.DANGER: (1.0, (200, 80, 200, 80, 200)),
    Priority.MESSAGE: (0.6, (150,)),
    Priority.NOTIFICATION: (0.4, (60,)),
}
OFF, ON = (600, 200, 600), (100, 100, 100)  # as the supervisor's when a module fails; two short


class Telling:
    """Makes the events of one guide, in its user's language."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def warnings(self, step: Step) -> Iterator[Event]:
        """What one step has to tell of what is in the way."""
        if step.tap is not None:
            yield from self.tap(step.tap)
        if step.alert is not None:
            yield from self.warning(step.alert, felt=step.felt)

    def warning(self, alert: Alert, *, felt: bool) -> Iterator[Event]:
        """Felt first, unless it was a moment ago; then a tone (it is in `details`) and words."""
        if not felt:
            yield self.pulse(alert)
        nearest = alert.nearest
        language = self._context.language
        text = phrase(alert, language)
        yield Utterance(
            captured_ns=nearest.captured_ns,
            text=text,
            language=language,
            priority=alert.priority,
            expires_ns=nearest.captured_ns + round(EXPIRES_S * NS),
            merge_key=f"guide:{nearest.track}",
            details=details(alert, text, self._context.clock.now_ns()),
        )

    def tap(self, alert: Alert) -> Iterator[Event]:
        """What is felt, and of a danger heard, of a warning whose words have to wait."""
        yield self.pulse(alert)
        if alert.priority is Priority.DANGER:
            nearest = alert.nearest
            yield Tone(
                captured_ns=nearest.captured_ns,
                bearing_deg=nearest.bearing_deg,
                priority=alert.priority,
            )

    def pulse(self, alert: Alert) -> Pulse:
        """What is felt of a warning."""
        strength, pattern = PULSES[alert.priority]
        return Pulse(
            captured_ns=alert.nearest.captured_ns,
            side=alert.side,
            strength=strength,
            pattern=pattern,
        )

    def notice(
        self,
        notice: Notice,
        cause: Cause | None,
        captured_ns: int,
        at_s: float,
        *,
        ranged: bool,
    ) -> Iterator[Event]:
        """That warnings are off, as urgent as a danger, or on again; see `told_off`."""
        off = cause if notice is Notice.OFF else None
        language = self._context.language
        yield Pulse(
            captured_ns=captured_ns, side=Side.AHEAD, strength=1.0, pattern=OFF if off else ON
        )
        yield Utterance(
            captured_ns=captured_ns,
            text=told_off(off, language, ranged=ranged) if off else told_on(language),
            language=language,
            priority=Priority.DANGER if off else Priority.MESSAGE,
            merge_key="guide:sight",
            details={"t_s": round(at_s, 3), "sight": off.value if off else "clear"},
        )

    def utterance(
        self,
        text: str,
        captured_ns: int,
        *,
        expires_s: float | None = None,
        notice: str | None = None,
    ) -> Utterance:
        """Anything else the guide has to say."""
        return Utterance(
            captured_ns=captured_ns,
            text=text,
            language=self._context.language,
            priority=Priority.MESSAGE,
            expires_ns=None if expires_s is None else captured_ns + round(expires_s * NS),
            merge_key=f"guide:{notice or 'answer'}",
            details={} if notice is None else {"notice": notice},
        )


def details(alert: Alert, text: str, now_ns: int) -> dict[str, Any]:
    """An alert as the record that `edgeassist guide --json` prints; side and bearing pan tones."""
    nearest = alert.nearest
    return {
        "t_s": round(nearest.at_s, 3),
        "label": nearest.label,
        "side": alert.side.value,
        "bearing_deg": round(nearest.bearing_deg, 1),
        "distance_m": _rounded(nearest.distance_m),
        "ttc_s": _rounded(nearest.ttc_s),
        "text": text,
        "priority": alert.priority.name.lower(),
        "latency_ms": round((now_ns - nearest.captured_ns) / 1e6, 1),
        "count": alert.count,
        "track": nearest.track,
        "distance_low_m": _rounded(nearest.distance_low_m),
        "distance_high_m": _rounded(nearest.distance_high_m),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
