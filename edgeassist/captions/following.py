"""Reads a transcript's journal on while it grows; each line is known by the byte it begins at."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from pathlib import Path

from edgeassist.captions.formats import Cue, from_plain
from edgeassist.parsing import json_value

_SESSION = b'{"type": "session"'
_MOST_AT_ONCE = 10_000  # lines; of a longer journal only the last are given


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A final as it stands in the journal."""

    at: int  # where its line begins in the file: the journal only grows, so this is its name
    zero: float  # Unix time at which its session's sound began
    cue: Cue

    @property
    def ended(self) -> float:
        """Unix time at which it had been said."""
        return self.zero + self.cue.end_s


class Follower:
    """Gives the finals that came since it was last asked; the writer is not disturbed."""

    def __init__(self, path: Path) -> None:
        self._path = path.expanduser()
        self._at = 0
        self._zero = 0.0

    def read(self) -> list[Kept]:
        """The new finals; none while the file is missing or cannot be read.

        A torn last line waits until it is whole; a damaged one is passed over.
        """
        lines: deque[tuple[int, float, bytes]] = deque(maxlen=_MOST_AT_ONCE)
        try:
            with self._path.open("rb") as file:
                if file.seek(0, 2) < self._at:  # another file took its place
                    self._at, self._zero = 0, 0.0
                file.seek(self._at)
                for line in file:
                    if not line.endswith(b"\n"):
                        break
                    if line.startswith(_SESSION):
                        self._zero = _zero(line, self._zero)
                    else:
                        lines.append((self._at, self._zero, line))
                    self._at += len(line)
        except OSError:
            return []
        return [kept for line in lines if (kept := _kept(*line)) is not None]


def _zero(line: bytes, before: float) -> float:
    try:
        return float(json_value(line)["zero"])
    except (ValueError, KeyError, TypeError):
        return before


def _kept(at: int, zero: float, line: bytes) -> Kept | None:
    try:
        cue = from_plain(json_value(line))
    except (ValueError, KeyError, TypeError):
        return None
    return Kept(at=at, zero=zero, cue=cue)
