"""How often the service was started anew for a hung module: a restart that does not help is rare.

A camera whose driver hangs at each start must not cost a deaf person the captions once a minute:
the first restart comes at once, the next ones for the same module after 2, 10 and 30 minutes.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

WAITS_S = (0, 120, 600, 1800)
FORGOTTEN_AFTER_S = 7200  # without a restart for it a module begins anew


def default_path() -> Path:
    """In the folder of the voice's socket, which is empty after a start of the machine."""
    from edgeassist.speech.control import folder

    return folder() / "hangs.json"


def wait_s(restarts_s: list[float], now_s: float) -> float:
    """How long after its last restart the next may come.

    >>> wait_s([], 50), wait_s([40], 50), wait_s([40, 170], 180), wait_s([40, 170], 9000)
    (0, 120, 600, 0)
    """
    recent = [at_s for at_s in restarts_s if now_s - at_s < FORGOTTEN_AFTER_S]
    return WAITS_S[min(len(recent), len(WAITS_S) - 1)]


class Hangs:
    """The restarts of this boot, by module, in a file that outlives the process.

    A file that cannot be read or written counts as no restart: a hung module outweighs it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._restarts_s: dict[str, list[float]] = {}
        with suppress(OSError, ValueError, TypeError, AttributeError):
            kept = json.loads(path.read_text("utf-8"))
            self._restarts_s = {str(name): [float(at) for at in ats] for name, ats in kept.items()}

    def may_restart(self, modules: Iterable[str]) -> bool:
        """Whether one of these hung modules is worth a restart now."""
        now_s = _since_boot_s()
        return any(self._may(self._restarts_s.get(name, []), now_s) for name in modules)

    def restarting(self, modules: Iterable[str]) -> None:
        """Note that the service is started anew for these."""
        for name in modules:
            self._restarts_s.setdefault(name, []).append(int(_since_boot_s()))
            del self._restarts_s[name][: -len(WAITS_S)]
        new = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        with suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            new.write_text(json.dumps(self._restarts_s), "utf-8")
            new.replace(self._path)

    @staticmethod
    def _may(restarts_s: list[float], now_s: float) -> bool:
        past = [at_s for at_s in restarts_s if at_s <= now_s]  # others are of another boot
        return not past or now_s - past[-1] >= wait_s(past, now_s)


def _since_boot_s() -> float:
    """By the clock that no one sets and that sleep does not stop."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
