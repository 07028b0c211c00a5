"""Whether the machine was its own while something was measured: who else worked, what changed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from edgeassist.bench.sensors import Reading, words

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
    others = max(0.0, after.busy_s - before.busy_s - own_cpu_s) / max(seconds, 1e-9)
    if others > MOST_OTHERS:
        found.append(_doubt("noisy", f"other processes used {others:.2f} of a core meanwhile"))
    stolen = (after.stolen_s - before.stolen_s) / max(seconds, 1e-9)
    if stolen > MOST_STOLEN:
        found.append(
            _doubt("noisy", f"the host of this virtual machine kept {stolen:.2f} of a core back")
        )
    told: set[str] = set()
    for reading in readings:
        told.update(words(reading.throttled or 0))
    if told:
        found.append(_doubt("throttled", "the firmware says: " + ", ".join(sorted(told))))
    clocks = [reading.clock_mhz for reading in readings if reading.clock_mhz]
    if clocks and min(clocks) < (1 - MOST_CLOCK_CHANGE) * max(clocks):
        found.append(
            _doubt("clock", f"the clock went from {max(clocks):.0f} to {min(clocks):.0f} MHz")
        )
    return found


def _doubt(kind: str, why: str) -> dict[str, str]:
    return {"kind": kind, "why": why}
