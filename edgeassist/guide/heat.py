"""Whether the board is too hot to keep its pace: a Raspberry Pi slows itself down from 80 °C."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ZONES = Path("/sys/class/thermal")  # where Linux tells temperatures
COOLER_C = 8.0  # than the limit: then it may be told again
EVERY_S = 10.0
PROCESSORS = ("cpu", "soc", "pkg")  # in the kernel's names for what we mean


def hottest_c(zones: Path = ZONES) -> float | None:
    """The processor's temperature in °C, the hottest of several; None where nothing tells it."""
    named: list[float] = []
    others: list[float] = []
    for zone in sorted(zones.glob("thermal_zone*")):
        try:
            celsius = int((zone / "temp").read_text()) / 1000
            kind = (zone / "type").read_text().strip().lower()
        except (OSError, ValueError):  # a sensor that sleeps answers with an error
            continue
        (named if any(word in kind for word in PROCESSORS) else others).append(celsius)
    return max(named or others, default=None)


@dataclass(slots=True)
class HeatWatch:
    """Tells once when it gets too hot, and again only after it has cooled down."""

    limit_c: float
    _hot: bool = False

    def step(self, celsius: float | None) -> bool:
        """Whether to tell now."""
        if celsius is None:
            return False
        was, self._hot = self._hot, celsius >= self.limit_c - (COOLER_C if self._hot else 0)
        return self._hot and not was
