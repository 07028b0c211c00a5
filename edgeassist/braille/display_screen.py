"""Keeps a session on a display: draws what it decides, hears keys, connects again when cut off.

One thread of its own does all that may take time with the display, so that the loop never waits
for it. All waiting is by the loop's clock.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable

from edgeassist.braille.display_session import Session
from edgeassist.braille.display_windows import BLANK
from edgeassist.devices.braille_display import Heard, Key, Output, Resized, Touch
from edgeassist.errors import DeviceError
from edgeassist.locale import t
from edgeassist.loop.clock import NS, Clock
from edgeassist.loop.events import BrailleLine

log = logging.getLogger("edgeassist.braille")

FIRST_RETRY_S = 1.0
LAST_RETRY_S = 5.0
CHANGED_RETRY_S = 0.2  # a display that is being changed says so more than once
FOUND_WITHIN_S = 3.0  # brltty answers before it has found its display: that is no trouble yet
_CLOSE_WITHIN_S = 1.0


class Screen:
    """A session on an output. `start` once, `close` once; `show` from any thread.

    `touched(line, index)` is called for a routing key, with the index in the line's text.
    `told(why)` is called when the display cannot be reached any more, and with "" when it can
    again. `cells` limits how many of its cells are used.
    """

    def __init__(
        self,
        session: Session,
        output: Output,
        clock: Clock,
        *,
        cells: int | None = None,
        touched: Callable[[BrailleLine, int], None] = lambda line, index: None,
        told: Callable[[str], None] = lambda why: None,
    ) -> None:
        self._session = session
        self._output = output
        self._clock = clock
        self._most_cells = cells
        self._touched = touched
        self._told = told
        self._changed = threading.Condition()  # guards the session and what was heard
        self._heard: deque[Heard] = deque()
        self._new = False
        self._closing = False
        self._thread: threading.Thread | None = None
        # Of the display's thread:
        self._connected = False
        self._cells = 0  # of the display; 0: none is plugged in
        self._drawn: tuple[bytes, int | None] | None = None
        self._trouble = ""
        self._retry_ns: int | None = None
        self._retry_s = FIRST_RETRY_S
        self._found_by_ns: int | None = None  # when a display not found yet becomes a trouble

    def connect(self) -> None:
        """Connect now rather than in the background; raises `DeviceError`, also for no display."""
        cells = self._output.open(self._hear)
        if not cells:
            self._output.close()
            raise _none_plugged_in()
        self._connected = True
        self._resize(cells, self._clock.now_ns())

    @property
    def connected(self) -> bool:
        """Whether there is a display to draw on."""
        return self._connected and self._cells > 0

    def start(self) -> None:
        """Begin to draw."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._live, name="display", daemon=True)
            self._thread.start()

    def show(self, line: BrailleLine) -> None:
        """Give the session a line."""
        with self._changed:
            self._session.show(line)
            self._new = True
            self._changed.notify_all()

    def close(self) -> None:
        """Stop, and give the display back."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self._thread is None:
            self._output.close()
        else:
            self._thread.join(_CLOSE_WITHIN_S)

    def _hear(self, heard: Heard) -> None:
        with self._changed:
            self._heard.append(heard)
            self._changed.notify_all()

    def _live(self) -> None:
        try:
            while True:
                now_ns = self._clock.now_ns()
                closing = self._closing
                due = self._retry_ns is None or now_ns >= self._retry_ns
                if due and not self._connected and not closing:
                    self._try_to_connect(now_ns)
                self._take_heard(now_ns)
                due_ns = self._draw(now_ns)
                if closing:
                    return
                self._wait(due_ns)
        finally:
            self._output.close()

    def _try_to_connect(self, now_ns: int) -> None:
        try:
            cells = self._output.open(self._hear)
        except DeviceError as error:
            self._retry_ns = now_ns + round(self._retry_s * NS)
            self._retry_s = min(2 * self._retry_s, LAST_RETRY_S)
            self._tell(str(error))
            return
        self._connected = True
        self._retry_s = FIRST_RETRY_S
        self._resize(cells, now_ns)

    def _take_heard(self, now_ns: int) -> None:
        while self._heard:
            heard = self._heard.popleft()
            if isinstance(heard, Key):
                with self._changed:
                    self._session.key(heard, now_ns)
            elif isinstance(heard, Touch):
                with self._changed:
                    touched = self._session.route(heard.cell)
                if touched is not None:
                    self._touched(*touched)
            elif isinstance(heard, Resized):
                why = "" if heard.cells else str(_none_plugged_in())
                self._lose(why, now_ns, CHANGED_RETRY_S)
            else:
                self._lose(heard.why, now_ns, FIRST_RETRY_S)

    def _resize(self, cells: int, now_ns: int) -> None:
        self._cells = cells
        self._drawn = None
        self._found_by_ns = None if cells else now_ns + round(FOUND_WITHIN_S * NS)
        if cells:
            with self._changed:
                self._session.resize(min(cells, self._most_cells or cells))
            self._tell("")

    def _lose(self, why: str, now_ns: int, retry_s: float) -> None:
        self._output.close()
        self._connected = False
        self._cells = 0
        self._found_by_ns = None
        self._retry_ns = now_ns + round(retry_s * NS)
        if why:
            self._tell(why)

    def _tell(self, why: str) -> None:
        """Say once that the display is off, and once that it is back."""
        if bool(why) != bool(self._trouble):
            if why:
                log.warning("%s", why)
            self._told(why)
        self._trouble = why

    def _draw(self, now_ns: int) -> int | None:
        """Show what is to be shown; return when to look again."""
        with self._changed:
            self._new = False
            if self._cells:
                frame = self._session.tick(now_ns)
                due_ns = self._session.due_ns()
            else:
                self._session.expire(now_ns)
        if not self._cells:
            return self._not_found(now_ns) if self._connected else self._retry_ns
        wanted = (frame.dots().ljust(self._cells, b"\0"), frame.cursor)
        # Before the first line the display stays brltty's own.
        untouched = self._drawn is None and not frame.cells.strip(BLANK)
        if wanted != self._drawn and not untouched:
            try:
                self._output.show(*wanted)
            except DeviceError as error:
                self._lose(str(error), now_ns, FIRST_RETRY_S)
                return self._retry_ns
            self._drawn = wanted
        return due_ns

    def _not_found(self, now_ns: int) -> int | None:
        """Tell of a display that brltty has not found in time; return when that will be."""
        if self._found_by_ns is not None and now_ns >= self._found_by_ns:
            self._found_by_ns = None
            self._tell(str(_none_plugged_in()))
        return self._found_by_ns

    def _wait(self, due_ns: int | None) -> None:
        with self._changed:
            left_s = None if due_ns is None else max(0.0, (due_ns - self._clock.now_ns()) / NS)
            self._clock.wait_for(
                self._changed,
                lambda: bool(self._heard) or self._new or self._closing,
                left_s,
            )


def _none_plugged_in() -> DeviceError:
    return DeviceError(
        t("braille display"),
        t("brltty runs but has found no display"),
        fix=t("Connect it and switch it on; brltty's own log says what it tries"),
    )
