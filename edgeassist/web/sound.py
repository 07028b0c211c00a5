"""The microphone as the page shows it: a level from 0 to 1, and a hint for as long as it holds."""

from __future__ import annotations

from typing import Any

from edgeassist.captions.loudness import LoudnessHints
from edgeassist.locale import LANGUAGES, t
from edgeassist.loop.clock import NS
from edgeassist.loop.events import AudioLevel, Status

_METER_FROM_DBFS = -60.0
_NOTHING_DBFS = -80.0
_FINE_S = 20.0  # a hint is taken away when the sound was right for so long


class Sound:
    """Follows the levels; used by one thread."""

    def __init__(self) -> None:
        self._hints = LoudnessHints()
        self._hint = ""
        self._wrong_ns = 0  # when the sound was last not right, or a hint was given

    def shown(self, level: AudioLevel) -> dict[str, Any]:
        """What the page shows of a level: `loudness`, `clipped`, `hint` in each language."""
        hint = self._hints.update(level)
        if hint or level.clipped or level.peak_dbfs <= _NOTHING_DBFS:
            self._wrong_ns = level.captured_ns
        if hint:
            self._hint = hint
        elif level.captured_ns - self._wrong_ns > _FINE_S * NS:
            self._hint = ""
        return {
            "loudness": round(min(max(1 - level.rms_dbfs / _METER_FROM_DBFS, 0.0), 1.0), 2),
            "clipped": level.clipped,
            "hint": {lang: t(self._hint, lang=lang) for lang in LANGUAGES} if self._hint else None,
        }

    def tells(self, status: Status) -> bool:
        """Whether a status says the same as the hint."""
        return bool(self._hint) and status.why == t(self._hint)
