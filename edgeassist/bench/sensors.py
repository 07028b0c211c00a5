"""What the board tells of itself: temperature, clock, throttling, power. All from sysfs.

`root` is "/" but in tests. What a board does not offer is None.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from edgeassist.locale import t

# The Raspberry Pi firmware's answer (documentation of `vcgencmd get_throttled`): a bit for what
# is so now, and 16 bits higher for what was so since the start.
THROTTLED = {
    0: "under-voltage",
    1: "the clock is capped",
    2: "throttled",
    3: "the soft temperature limit is reached",
}
_NOW = 0xF
_FIRMWARE = "sys/devices/platform/soc/soc:firmware/get_throttled"
_CPU = ("cpu", "x86_pkg_temp", "soc", "coretemp", "k10temp")


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at the board."""

    temperature_c: float | None
    clock_mhz: float | None  # of the slowest core
    power_w: float | None
    throttled: int | None  # the firmware's bits


def read(root: Path = Path("/")) -> Reading:
    """Look once; a millisecond."""
    return Reading(_temperature(root), _clock(root), _power(root), _throttled(root))


def governor(root: Path = Path("/")) -> str:
    """Of the first core's clock, or empty."""
    return _text(root / "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")


def words(bits: int) -> list[str]:
    """What is so now, by the firmware's bits, in the user's language."""
    return [t(text) for bit, text in THROTTLED.items() if bits & _NOW & 1 << bit]


def _temperature(root: Path) -> float | None:
    """The processor's zone if one says so by its name, else the hottest of all."""
    zones = {}
    for zone in sorted((root / "sys/class/thermal").glob("thermal_zone*")):
        value = _number(zone / "temp")
        if value is not None:
            zones[_text(zone / "type")] = value / 1000
    if not zones:
        for sensor in sorted((root / "sys/class/hwmon").glob("hwmon*")):
            value = _number(sensor / "temp1_input")
            if value is not None:
                zones[_text(sensor / "name")] = value / 1000
    own = [value for name, value in zones.items() if any(part in name for part in _CPU)]
    return max(own or zones.values(), default=None)


def _clock(root: Path) -> float | None:
    cores = (root / "sys/devices/system/cpu").glob("cpu[0-9]*/cpufreq/scaling_cur_freq")
    found = [value for file in cores if (value := _number(file)) is not None]
    return min(found) / 1000 if found else None


def _power(root: Path) -> float | None:
    """Of a sensor that measures it, else voltage times current of one that measures both."""
    for sensor in sorted((root / "sys/class/hwmon").glob("hwmon*")):
        for kind in ("power1_input", "power1_average"):
            value = _number(sensor / kind)
            if value is not None:
                return value / 1e6
    for supply in sorted((root / "sys/class/power_supply").glob("*")):
        volts, amperes = _number(supply / "voltage_now"), _number(supply / "current_now")
        if volts is not None and amperes is not None and _text(supply / "online") != "0":
            return abs(volts * amperes) / 1e12
    return None


def _throttled(root: Path) -> int | None:
    try:
        return int(_text(root / _FIRMWARE), 16)
    except ValueError:
        return None


def _number(file: Path) -> float | None:
    try:
        return float(_text(file))
    except ValueError:
        return None


def _text(file: Path) -> str:
    try:
        return file.read_text("ascii", "replace").strip()
    except OSError:
        return ""
