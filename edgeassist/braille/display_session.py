"""What a braille display shows: a pure state machine of lines, keys and time.

- *Following*: the display moves on by itself at reading pace, window by window and line by line.
  No text is skipped, so a line stays until there was time to read it.
- *Reading*: as soon as the reader presses a key, only keys move the display. Panning right beyond
  the newest line, or the live key, goes back to following.
- A *danger* is on the display with the next frame, whatever was there. What was being read comes
  back, at the same place, when the reader presses a key or after a hold time. Panning right goes
  through a danger that is longer than the display first. A key pressed before the danger can have
  been felt was meant for the line, and does not take the danger away.

A history of bounded length is kept to go back in; the line on the display stays even where the
history has lost it. Dots 7 and 8 of the last cell say that panning right leads on.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from edgeassist.braille.display_windows import BLANK, windows
from edgeassist.devices.braille_display import Key
from edgeassist.loop.clock import NS
from edgeassist.loop.events import BrailleLine

HOLD_S = 4.0  # how long a danger stays if no key is pressed
CELLS_PER_S = 6.0  # following pace: our choice, well within what practised readers reach
LEAST_S = 1.5  # no window goes sooner
FELT_S = 0.5  # a key pressed sooner after a danger came was meant for what was there before
HISTORY = 200  # lines
_DOTS_78 = 0xC0
_PANNING = (Key.PAN_LEFT, Key.PAN_RIGHT)
_ONWARD = (Key.PAN_RIGHT, Key.LINE_ON)


@dataclass(frozen=True, slots=True)
class Frame:
    """What is on the display now: one character a cell, Unicode braille."""

    cells: str
    cursor: int | None = None  # the cell last touched with a routing key
    more: bool = False  # whether panning right leads on

    def dots(self) -> bytes:
        """One byte a cell, bit 0 for dot 1; dots 7 and 8 of the last say that there is more."""
        raised = bytearray(ord(cell) & 0xFF for cell in self.cells)
        if self.more and raised:
            raised[-1] |= _DOTS_78
        return bytes(raised)


@dataclass(slots=True)
class _Entry:
    number: int  # in order of arrival
    line: BrailleLine


@dataclass(slots=True)
class _Place:
    """A window: the one that holds cell `cell` of an entry; shown since a tick, if it was."""

    entry: _Entry
    cell: int = 0
    since_ns: int | None = None
    felt: bool = False  # of a danger: whether the reader can have noticed it

    def shown_ns(self, now_ns: int) -> int:
        """How long it is on the display; this may be the first moment."""
        if self.since_ns is None:
            self.since_ns = now_ns
        return now_ns - self.since_ns


class Session:
    """Decides what `cells` cells show. Times are the loop clock's; nothing here waits."""

    def __init__(
        self,
        cells: int,
        *,
        history: int = HISTORY,
        hold_s: float = HOLD_S,
        cells_per_s: float = CELLS_PER_S,
    ) -> None:
        if history < 1:
            raise ValueError(f"history is at least one line, got {history}")
        self.following = True
        self.unread = 0  # lines that left the history before they were ever shown
        self._cells = cells
        self._most = history
        self._hold_ns = round(hold_s * NS)
        self._cells_per_s = cells_per_s  # 0: only keys move on
        self._lines: deque[_Entry] = deque()
        self._count = 0
        self._newest_shown = -1
        self._at: _Place | None = None
        self._danger: _Place | None = None
        self._cursor: int | None = None

    @property
    def lines(self) -> tuple[BrailleLine, ...]:
        """The history, oldest first."""
        return tuple(entry.line for entry in self._lines)

    def show(self, line: BrailleLine) -> None:
        """Take a new line; the next `tick` shows it if it is urgent or nothing is being read.

        A line that is not final is replaced by the next one that is not urgent. A line without any
        dot is left out.
        """
        if not line.cells.strip(BLANK):
            return
        partial = None if line.urgent else self._partial()
        if partial is not None:
            partial.line = line
            return
        entry = _Entry(self._count, line)
        self._count += 1
        if len(self._lines) == self._most:
            gone = self._lines.popleft()
            self.unread += gone.number > self._newest_shown and not gone.line.urgent
        self._lines.append(entry)
        if line.urgent:
            self._danger = _Place(entry)
            self._cursor = None
        elif self._at is None:
            self._at = _Place(entry)

    def key(self, key: Key, now_ns: int | None = None) -> None:
        """Do what a key asks for. While a danger is shown, a key takes it away, or pans in it.

        `now_ns` is when it was pressed; without it whatever was shown counts as felt.
        """
        self._cursor = None
        if self._danger is not None and self._is_felt(self._danger, now_ns):
            if key not in _PANNING or not self._pan(self._danger, key):
                self._dismiss()
            return
        if key is Key.LIVE:
            self.following = True
            place = self._newest()
        elif self._at is not None and self._pan(self._at, key):
            self.following = False
            place = self._at
        else:
            place = self._beside(key)
            self.following = place is None and (key in _ONWARD or self._at is None)
        if place is not None:
            place.since_ns = None
            self._at = place

    def route(self, cell: int) -> tuple[BrailleLine, int] | None:
        """The line under the routing key at `cell`, and the index in its text of the character.

        None where no character stands. The cursor is shown there.
        """
        place = self._danger or self._at
        if place is None:
            return None
        start, end = self._window(place)
        line = place.entry.line
        at = start + cell
        if not 0 <= cell < self._cells or at >= end or at >= len(line.source):
            return None
        self._cursor = cell
        if place is self._at:
            self.following = False
        return line, line.source[at]

    def resize(self, cells: int) -> None:
        """Go on with another number of cells; what was at the left edge stays on the display."""
        self._cells = cells
        self._cursor = None

    def expire(self, now_ns: int) -> None:
        """Let a danger grow old; called alone while there is no display to show it on."""
        if self._danger is not None and self._danger.shown_ns(now_ns) >= self._hold_ns:
            self._dismiss()

    def tick(self, now_ns: int) -> Frame:
        """What is to be shown at this moment; moves on where it is time to."""
        self.expire(now_ns)
        if self._danger is None and self._at is not None:
            following = self.following and self._cells_per_s > 0
            if self._at.shown_ns(now_ns) >= self._reading_ns(self._at) and following:
                self._move_on(now_ns)
            self._newest_shown = max(self._newest_shown, self._at.entry.number)
        return self._frame()

    def due_ns(self) -> int | None:
        """When `tick` next changes anything by itself; None while only keys or lines can."""
        if self._danger is not None:
            place, stays_ns = self._danger, self._hold_ns
        elif (
            self._at is None
            or not self.following
            or self._cells_per_s <= 0
            or self._next(self._at) is None
        ):
            return None
        else:
            place, stays_ns = self._at, self._reading_ns(self._at)
        return None if place.since_ns is None else place.since_ns + stays_ns

    def _is_felt(self, danger: _Place, now_ns: int | None) -> bool:
        if not danger.felt and danger.since_ns is not None:
            danger.felt = now_ns is None or now_ns - danger.since_ns >= FELT_S * NS
        return danger.felt

    def _dismiss(self) -> None:
        """Go back from the danger to what was being read; the danger stays in the history."""
        self._danger = None
        if self._at is not None:
            self._at.since_ns = None

    def _frame(self) -> Frame:
        place = self._danger or self._at
        if place is None or self._cells < 1:
            return Frame(BLANK * self._cells)
        start, end = self._window(place)
        cells = place.entry.line.cells[start:end][: self._cells]
        more = end < len(place.entry.line.cells) or (
            place is self._at and self._lines[-1].number > place.entry.number
        )
        return Frame(cells.ljust(self._cells, BLANK), self._cursor, more)

    def _windows(self, entry: _Entry) -> tuple[tuple[int, int], ...]:
        return windows(entry.line.cells, max(self._cells, 1), entry.line.source)

    def _window(self, place: _Place) -> tuple[int, int]:
        """The window on the display: that with the cell in it (a partial may have shrunk)."""
        found = self._windows(place.entry)
        return next((window for window in found if place.cell < window[1]), found[-1])

    def _pan(self, place: _Place, key: Key) -> bool:
        """Move within the line; return whether there was a window to move to."""
        found = self._windows(place.entry)
        now = found.index(self._window(place))
        to = {
            Key.PAN_LEFT: now - 1,
            Key.PAN_RIGHT: now + 1,
            Key.LINE_START: 0,
            Key.LINE_END: len(found) - 1,
        }.get(key)
        if to is None or not 0 <= to < len(found):
            return False
        place.cell, place.since_ns = found[to][0], None
        return True

    def _beside(self, key: Key) -> _Place | None:
        """Where a key leads that leaves the line; None where there is no further line."""
        number = self._count if self._at is None else self._at.entry.number
        if key is Key.FIRST and self._lines:
            return _Place(self._lines[0])
        if key in _ONWARD:
            after = next((entry for entry in self._lines if entry.number > number), None)
            return None if after is None else _Place(after)
        before = next((entry for entry in reversed(self._lines) if entry.number < number), None)
        if before is None:
            return None
        return _Place(before, self._windows(before)[-1][0] if key is Key.PAN_LEFT else 0)

    def _newest(self) -> _Place | None:
        newest = next((e for e in reversed(self._lines) if not e.line.urgent), None)
        return None if newest is None else _Place(newest)

    def _partial(self) -> _Entry | None:
        newest = next((e for e in reversed(self._lines) if not e.line.urgent), None)
        return None if newest is None or newest.line.final else newest

    def _next(self, place: _Place) -> _Place | None:
        """The window or line that following leads to."""
        end = self._window(place)[1]
        if end < len(place.entry.line.cells):
            return _Place(place.entry, end)
        # A danger was shown when it came: following passes it by, keys lead to it.
        number = place.entry.number
        lines = (e for e in self._lines if e.number > number and not e.line.urgent)
        after = next(lines, None)
        return None if after is None else _Place(after)

    def _move_on(self, now_ns: int) -> None:
        if self._at is not None and (following := self._next(self._at)) is not None:
            self._at = following
            self._at.since_ns = now_ns
            self._cursor = None

    def _reading_ns(self, place: _Place) -> int:
        start, end = self._window(place)
        pace = self._cells_per_s or 1.0
        return round(max(LEAST_S, (end - start) / pace) * NS)
