"""Whether the machine was its own while something was measured: who else worked, what changed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from edgeassist.bench.sensors import Reading, words
from edgeassist.locale import t

MOST_OTHERS = 0.10  # of one core that other processes may use
MOST_STOLEN = 0.01  # of the time that a virtual machine may be kept waiting
MOST_CLOCK_CHANGE = 0.05
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Work:
    """Processor seconds of the whole machine since it started."""

    busy_s: float
    stolen_s: float


def machine_work(root: Path = Path("/")) -> Work:
    """From /proc/stat; guests count within their hosts."""
    first = (root / "proc/stat").read_text("ascii").split("\n", 1)[0].split()
    user, nice, system, _idle, _wait, irq, soft, stolen = (int(part) for part in first[1:9])
    return Work((user + nice + system + irq + soft) * _TICK_S, stolen * _TICK_S)


def doubts(
    before: Work, after: Work, own_cpu_s: float, seconds: float, readings: Sequence[Reading]
) -> list[dict[str, str]]:
    """Why figures of `seconds`, of which `own_cpu_s` were our own work, may be wrong."""
    found = []

    def doubt(kind: str, why: str) -> None:
        found.append({"kind": kind, "why": why})

    cores = max(0.0, after.busy_s - before.busy_s - own_cpu_s) / max(seconds, 1e-9)
    if cores > MOST_OTHERS:
        doubt("noisy", t("other processes used {cores:.2f} of a core meanwhile", cores=cores))
    cores = (after.stolen_s - before.stolen_s) / max(seconds, 1e-9)
    if cores > MOST_STOLEN:
        doubt("noisy", t("the virtual machine's host kept {cores:.2f} of a core back", cores=cores))
    told: set[str] = set()
    for reading in readings:
        told.update(words(reading.throttled or 0))
    if told:
        doubt("throttled", t("the firmware says: {what}", what=", ".join(sorted(told))))
    clocks = [reading.clock_mhz for reading in readings if reading.clock_mhz]
    if clocks and min(clocks) < (1 - MOST_CLOCK_CHANGE) * max(clocks):
        high, low = max(clocks), min(clocks)
        doubt("clock", t("the clock went from {high:.0f} to {low:.0f} MHz", high=high, low=low))
    return found
