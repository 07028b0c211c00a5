"""A level meter in plain characters, which screen readers and logs can take too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeassist.locale import t

if TYPE_CHECKING:
    from edgeassist.loop.events import AudioLevel

_QUIETEST_DBFS = -60.0
_WIDTH = 12


def bar(level: AudioLevel) -> str:
    """One short text of always the same width: how loud the peak was, from -60 dB to full scale."""
    share = 1 - max(level.peak_dbfs, _QUIETEST_DBFS) / _QUIETEST_DBFS
    filled = round(share * _WIDTH)
    mark = "!" if level.clipped else " "
    return f"[{'#' * filled}{'.' * (_WIDTH - filled)}]{level.peak_dbfs:4.0f} dB{mark}"


class LevelLines:
    """Sums levels up to a line every few seconds, for where no line can be rewritten."""

    def __init__(self, every_s: float = 2.0) -> None:
        self._every_ns = every_s * 1e9
        self._levels: list[AudioLevel] = []

    def add(self, level: AudioLevel) -> str:
        """Take a level; a line, where one is due, or ""."""
        self._levels.append(level)
        if level.captured_ns - self._levels[0].captured_ns < self._every_ns:
            return ""
        levels, self._levels = self._levels, []
        return t(
            "level: peak {peak:.0f} dB, mean {mean:.0f} dB{clipped}",
            peak=max(one.peak_dbfs for one in levels),
            mean=sum(one.rms_dbfs for one in levels) / len(levels),
            clipped=t(", too loud") if any(one.clipped for one in levels) else "",
        )
