"""What is measured, said as plain values: one point is one process with one load at one setting."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Measured(StrEnum):
    """What is measured: the modules, and the harness itself."""

    CAPTIONS = "captions"
    SPEECH = "speech"
    BRAILLE = "braille"
    GUIDE = "guide"
    HARNESS = "harness"
    ALL = "all"  # every module in one loop


class Scenario(StrEnum):
    """How the work arrives."""

    SINGLE = "single"  # one stream, one piece of work after the other
    PACED = "paced"  # at a fixed rate, as a microphone or a camera gives it
    OFFLINE = "offline"  # all is there; only how much gets done counts
    SOAK = "soak"  # every module in one loop, for minutes
    BESIDE = "beside"  # ours and a plain call of somebody's library, in turns


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One thing to measure; `subject` is a model's or an engine's name for people.

    `options` are the load's own (see `loads`). It ends after `seconds` and `queries`, whichever
    comes later, but not after `most_s`.
    """

    module: Measured
    subject: str
    scenario: Scenario
    threads: int = 1
    options: dict[str, Any] = field(default_factory=dict)
    seconds: float = 10.0
    queries: int = 100
    most_s: float = 120.0
    neural: bool = True  # a network's arithmetic rather than Python and tables; for emulation

    @property
    def id(self) -> str:
        """Its name in results: module/subject/scenario/t1, with the rate of a paced one."""
        rate = self.options.get("rate")
        how = f"{self.scenario}-{rate:g}" if rate else str(self.scenario)
        return f"{self.module}/{self.subject}/{how}/t{self.threads}"

    @property
    def slug(self) -> str:
        """A file name of its own: another plan makes another one."""
        digest = hashlib.sha256(json.dumps(self.record(), sort_keys=True).encode()).hexdigest()
        plain = "".join(c if c.isalnum() or c in "-." else "_" for c in self.id)
        return f"{plain[:80]}-{digest[:10]}"

    def record(self) -> dict[str, Any]:
        """As JSON takes it."""
        return asdict(self)

    @classmethod
    def of(cls, record: dict[str, Any]) -> Point:
        """The point that `record` gave that record."""
        known = dict(record)
        known["module"] = Measured(known["module"])
        known["scenario"] = Scenario(known["scenario"])
        return cls(**known)
