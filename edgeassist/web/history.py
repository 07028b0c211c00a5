"""The lines a page can show: those of the journal, and those said since.

A line of the journal is named by its place in the file, so a viewer that comes back, even to a
program that was started anew, is given just what it lacks. A final that the disk did not take is
shown all the same, under a name of its own.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict, deque
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from edgeassist.captions.following import Follower, Kept
from edgeassist.captions.formats import cue
from edgeassist.loop.events import Caption

MOST_LINES = 5000  # about a day of conversation
_UNSEEN = 300  # more than can wait between the transcript and the page (a lane holds 256)

Said = tuple[float, float, str]  # from, to (s of its sound), text


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A final on the page."""

    key: str  # its name, the same for ever; "j…" is in the journal, "m…" in memory alone
    text: str
    language: str
    ended: float  # Unix time
    said: Said


class History:
    """All lines since `since` (Unix time), in order; used by one thread at a time."""

    def __init__(self, journal: Path | None, *, since: float = 0.0, most: int = MOST_LINES) -> None:
        self._follower = Follower(journal) if journal is not None else None
        self._lines: deque[Line] = deque()
        self._gone = 0  # lines that were dropped at the front
        self._places: dict[str, int] = {}
        self._most = most
        # Read from the journal, their event is still to come; and the other way round.
        self._unseen: OrderedDict[Said, None] = OrderedDict()
        self._unkept: OrderedDict[Said, None] = OrderedDict()
        self._unkept_count = 0
        self._run = secrets.token_hex(4)
        for kept in self._new():
            if kept.ended >= since:
                self._take(kept)

    def __len__(self) -> int:
        """How many lines there have been, those that were dropped included."""
        return self._gone + len(self._lines)

    def add(self, caption: Caption, ended: float) -> None:
        """Take a final that was said at `ended`; a line it already has is not taken twice."""
        for kept in self._new():
            self._take(kept)
        one = cue(caption)
        said = (round(one.start_s, 3), round(one.end_s, 3), one.text)
        if said in self._unseen:
            del self._unseen[said]
            return
        self._unkept_count += 1
        _remember(self._unkept, said, self._most)
        key = f"m{self._run}-{self._unkept_count}"
        self._append(
            Line(key=key, text=one.text, language=one.language, ended=ended, said=said),
        )

    def place_after(self, key: str) -> int | None:
        """Where a viewer goes on whose last line was `key`; None if that is not known here."""
        place = self._places.get(key)
        return None if place is None else place + 1

    def lines(self, place: int, most: int) -> tuple[list[Line], int]:
        """Up to `most` lines from `place` on, and where the next begins."""
        first = max(place - self._gone, 0)
        given = list(islice(self._lines, first, first + most))
        return given, self._gone + first + len(given)

    def _new(self) -> list[Kept]:
        return self._follower.read() if self._follower is not None else []

    def _take(self, kept: Kept) -> None:
        one = kept.cue
        said = (round(one.start_s, 3), round(one.end_s, 3), one.text)
        if said in self._unkept:  # shown while the disk was full, written down now
            del self._unkept[said]
            return
        _remember(self._unseen, said, _UNSEEN)
        self._append(
            Line(
                key=f"j{kept.at}",
                text=one.text,
                language=one.language,
                ended=kept.ended,
                said=said,
            )
        )

    def _append(self, line: Line) -> None:
        self._places[line.key] = len(self)
        self._lines.append(line)
        if len(self._lines) > self._most:
            del self._places[self._lines.popleft().key]
            self._gone += 1


def _remember(those: OrderedDict[Said, None], said: Said, most: int) -> None:
    those[said] = None
    if len(those) > most:
        those.popitem(last=False)
