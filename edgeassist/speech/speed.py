"""How fast each voice is on this machine: measured once, kept in the user's cache."""

from __future__ import annotations

import json
import os
import platform
import time
from dataclasses import asdict, dataclass

from edgeassist.chinese.cache import cache_dir
from edgeassist.parsing import json_value
from edgeassist.speech.voice import Voice, render

_EDITION = 2  # raise it when engines have become faster or slower
_FILE = "voices.json"
_TEXTS = {"zh": "前方两米，有台阶。", "en": "Two steps ahead, on the left."}
_TRIES = 3  # the best counts: something else may be busy
# A voice that lags behind what it says is of no use, nor is one that lets a person wait.
_MOST_RTF = 0.5
_MOST_FIRST_MS = 800.0  # of a clause nobody has heard yet; warnings are made ahead of time


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """Time to make speech over the time it sounds, and until there is the first of it."""

    rtf: float
    first_ms: float

    @property
    def enough(self) -> bool:
        """Whether a voice of this speed can be listened to."""
        return self.rtf <= _MOST_RTF and self.first_ms <= _MOST_FIRST_MS


def measure(voice: Voice, language: str = "zh") -> Speed:
    """Let a voice say one short sentence three times; takes as long as it takes."""
    text = _TEXTS.get(language, _TEXTS["en"])
    found = []
    for _ in range(_TRIES):
        watch = _Watch()
        first_s, samples = 0.0, 0
        for piece in render(voice, text, language):
            first_s = first_s or watch.took_s()
            samples += len(piece)
        found.append((watch.took_s() * voice.rate_hz / max(1, samples), first_s * 1000))
    return Speed(
        rtf=round(min(rtf for rtf, _ in found), 4),
        first_ms=round(min(first_ms for _, first_ms in found), 1),
    )


class _Watch:
    """Time as it passes, but for what other programs took of the processor meanwhile."""

    def __init__(self) -> None:
        self._began_s = time.perf_counter(), time.process_time()

    def took_s(self) -> float:
        passed_s = time.perf_counter() - self._began_s[0]
        worked_s = time.process_time() - self._began_s[1]
        # An engine in a process of its own works there: then only what passed is known.
        return min(passed_s, worked_s) if worked_s > passed_s / 10 else passed_s


def known(name: str) -> Speed | None:
    """What was measured of a voice here; None if nothing was, or it was another machine."""
    kept = _kept().get(name)
    try:
        return Speed(rtf=float(kept["rtf"]), first_ms=float(kept["first_ms"])) if kept else None
    except (KeyError, TypeError, ValueError):
        return None


def keep(name: str, speed: Speed) -> None:
    """Keep it for the next time; where the cache cannot be written it is measured again then."""
    path = cache_dir() / _FILE
    voices = {**_kept(), name: asdict(speed)}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}")
        unfinished.write_text(json.dumps({"machine": _machine(), "voices": voices}), "utf-8")
        unfinished.replace(path)
    except OSError:
        return


def _kept() -> dict[str, dict[str, float]]:
    try:
        kept = json_value((cache_dir() / _FILE).read_text("utf-8"))
        voices = kept["voices"] if kept["machine"] == _machine() else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return voices if isinstance(voices, dict) else {}


def _machine() -> str:
    return f"{_EDITION} {platform.machine()} {os.cpu_count()} {platform.node()}"
