"""What many walks come to: who was warned in time, and how much was said in vain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from edgeassist.guide.simulator.records import Met, Told, Walked
from edgeassist.guide.simulator.speech import seconds, syllables

REPEATED_S = 5.0
IN_TIME_S: Mapping[str, float] = {"person": 2.0, "bicycle": 2.0}
ELSE_IN_TIME_S = 1.0
TTC_NEAR = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """Of the things of one kind that were run into: how many were told, and how early."""

    met: int
    in_time: int
    in_time_s: float  # what counts as in time
    never: int
    said_in_time: int  # in words; the others were felt
    lead_p50_s: float | None  # of those told
    lead_p10_s: float | None

    @property
    def share(self) -> float:
        """Told in time, 0 to 1."""
        return self.in_time / self.met if self.met else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """The figures of a run; None where nothing was measured."""

    walks: int
    minutes: float
    warned: Mapping[str, Warned]  # by kind of thing
    false_alerts: int  # about what passes with room, or about nothing
    street_minutes: float  # of the walks where nothing is in the way
    street_false_alerts: int
    repeated: int  # the same words within 5 s
    overlapping: int  # begun while another, as urgent or more, was being said
    alerts_a_minute: float
    syllables_a_minute: float
    ttc_median: float | None  # of the absolute relative errors of closing things
    ttc_within_30: float | None
    ttc_known: float | None  # share of the pictures of closing things with an estimate
    latency_p50_s: float | None  # from capture to decision
    latency_p95_s: float | None
    lost: float  # share of pictures that came while it was busy

    @property
    def false_per_10_min(self) -> float | None:
        """False alerts in ten minutes of streets with passers-by."""
        if not self.street_minutes:
            return None
        return 10 * self.street_false_alerts / self.street_minutes

    def to_json(self) -> dict[str, Any]:
        """As one JSON object; shares lie between 0 and 1."""
        record = asdict(self)
        record["warned"] = {
            kind: {**asdict(warned), "share": round(warned.share, 4)}
            for kind, warned in self.warned.items()
        }
        record["false_per_10_min"] = self.false_per_10_min
        return {"type": "scores", **_short(record)}


def score(walks: Iterable[Walked]) -> Scores:
    """The figures of those walks."""
    walks = list(walks)
    street = [walk for walk in walks if walk.kind == "street"]
    minutes = sum(walk.seconds for walk in walks) / 60
    told = [alert for walk in walks for alert in walk.told]
    said = [alert for alert in told if alert.way == "said"]
    errors = np.abs([error for walk in walks for error in walk.ttc_errors])
    unknown = sum(walk.ttc_unknown for walk in walks)
    latencies = np.array([latency for walk in walks for latency in walk.latencies_s])
    lost = sum(walk.lost for walk in walks)
    return Scores(
        walks=len(walks),
        minutes=minutes,
        warned=_warned(walks),
        false_alerts=sum(needless(walk) for walk in walks),
        street_minutes=sum(walk.seconds for walk in street) / 60,
        street_false_alerts=sum(needless(walk) for walk in street),
        repeated=sum(repeated(walk) for walk in walks),
        overlapping=sum(overlapping(walk) for walk in walks),
        alerts_a_minute=len(said) / minutes if minutes else 0.0,
        syllables_a_minute=sum(syllables(alert.text) for alert in said) / minutes
        if minutes
        else 0.0,
        ttc_median=float(np.median(errors)) if len(errors) else None,
        ttc_within_30=float((errors <= TTC_NEAR).mean()) if len(errors) else None,
        ttc_known=len(errors) / (len(errors) + unknown) if len(errors) + unknown else None,
        latency_p50_s=float(np.percentile(latencies, 50)) if len(latencies) else None,
        latency_p95_s=float(np.percentile(latencies, 95)) if len(latencies) else None,
        lost=lost / (lost + len(latencies)) if len(latencies) else 0.0,
    )


def needless(walk: Walked) -> int:
    """False alerts; one that is felt and then said counts once."""
    felt: list[Told] = []
    count = 0
    for alert in walk.told:
        if alert.right is not False:
            continue
        if alert.way == "felt":
            felt.append(alert)
        elif any(
            before.label == alert.label and alert.at_s - before.at_s < REPEATED_S for before in felt
        ):
            continue
        count += 1
    return count


def repeated(walk: Walked) -> int:
    """Alerts whose very words were said less than 5 s before."""
    count = 0
    said = [alert for alert in walk.told if alert.way == "said"]
    for number, alert in enumerate(said):
        before = (other for other in said[:number] if other.text == alert.text)
        count += any(alert.decided_s - other.decided_s < REPEATED_S for other in before)
    return count


def overlapping(walk: Walked) -> int:
    """Alerts that fall into the words of another; a danger may cut short what is less urgent."""
    count = 0
    said = [alert for alert in walk.told if alert.way == "said"]
    for before, alert in pairwise(said):
        speaks = alert.decided_s < before.decided_s + seconds(before.text)
        count += speaks and not (alert.priority == "danger" and before.priority != "danger")
    return count


def _warned(walks: Sequence[Walked]) -> dict[str, Warned]:
    things: dict[str, list[Met]] = defaultdict(list)
    for walk in walks:
        for met in walk.met:
            things[met.kind].append(met)
    warned = {}
    for kind, found in sorted(things.items()):
        least = IN_TIME_S.get(kind, ELSE_IN_TIME_S)
        told = [met.warned_s for met in found if met.warned_s is not None]
        warned[kind] = Warned(
            met=len(found),
            in_time=sum(lead >= least for lead in told),
            in_time_s=least,
            never=len(found) - len(told),
            said_in_time=sum(met.said_s is not None and met.said_s >= least for met in found),
            lead_p50_s=float(np.percentile(told, 50)) if told else None,
            lead_p10_s=float(np.percentile(told, 10)) if told else None,
        )
    return warned


def _short(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: _short(inner) for key, inner in value.items()}
    return value
