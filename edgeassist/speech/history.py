"""What was said lately, for `repeat`, `spell` and `history`; in memory alone."""

from __future__ import annotations

from collections import deque

from edgeassist.loop.events import Spoken, SpokenHow


class History:
    """The last `size` things that were heard, if only in part; 0 keeps none."""

    def __init__(self, size: int) -> None:
        self._heard: deque[Spoken] = deque(maxlen=size)

    def add(self, spoken: Spoken) -> None:
        """Keep it, if any of it was heard and it does not just repeat the last one."""
        if spoken.started_ns is None or spoken.how is SpokenHow.FAILED:
            return
        if not self._heard or self._heard[-1].text != spoken.text:
            self._heard.append(spoken)

    def back(self, number: int = 1) -> Spoken | None:
        """The last thing (1), the one before it (2), …"""
        return self._heard[-number] if 0 < number <= len(self._heard) else None

    def texts(self) -> list[str]:
        """All, oldest first."""
        return [spoken.text for spoken in self._heard]

    def forget(self) -> None:
        """Keep nothing of it."""
        self._heard.clear()
