"""The display module of the loop: braille lines and troubles onto a braille display.

Keys go by brltty's names, which its help shows for each display: FWINLT and FWINRT pan, LNUP and
LNDN go to the line before and after, LNBEG and LNEND to the line's ends, TOP to the oldest line,
HOME, RETURN or BOT back to live. brltty keeps all other keys. What was tried with a real brltty,
and that none of it was tried on a display of metal, is in `edgeassist.devices.brlapi`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, ClassVar

from annotated_types import Ge

from edgeassist.braille.display_screen import Screen
from edgeassist.braille.display_session import CELLS_PER_S, HISTORY, HOLD_S, Session
from edgeassist.devices.braille_display import Output, VirtualDisplay
from edgeassist.devices.brlapi import BrlApi
from edgeassist.errors import EdgeAssistError
from edgeassist.locale import t
from edgeassist.loop.events import BrailleLine, Event, State, Status, Utterance
from edgeassist.loop.node import Context
from edgeassist.loop.supervisor import announcement

log = logging.getLogger("edgeassist.braille")

_CELLS = 40  # before the display has said how many it has


class DisplayOutput(StrEnum):
    """Which display."""

    AUTO = "auto"  # brltty's; goes on without one, and takes it as soon as it is there
    BRLAPI = "brlapi"  # brltty's; it has to be there at the start
    VIRTUAL = "virtual"  # none: in memory, and in a file if `path` is given


@dataclass(frozen=True, slots=True, kw_only=True)
class DisplayOptions:
    """What a config can say of the braille display."""

    output: DisplayOutput = DisplayOutput.AUTO
    cells: Annotated[int, Ge(1)] | None = None  # how many to use; all if not given
    host: str | None = None  # brltty's BrlAPI: ":0" is this machine
    key_file: Path | None = None  # brltty's secret, where not in /etc/brlapi.key
    tty: Annotated[int, Ge(1)] | None = None  # only on this virtual terminal; everywhere if not
    hold_s: Annotated[float, Ge(0.5)] = HOLD_S  # how long a danger stays if no key is pressed
    cells_per_s: Annotated[float, Ge(0)] = CELLS_PER_S  # reading pace; 0: only keys move on
    history: Annotated[int, Ge(1)] = HISTORY  # lines to go back in
    path: Path | None = None  # of output = "virtual": a file that gets every frame as a line


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed(Event):
    """A reader pressed the routing key above a character: `text[index]`."""

    text: str
    index: int


class Display:
    """Shows captions and warnings on a braille display; see `display_session` for the rules.

    Of the troubles of other modules it shows what the user has to do without.
    """

    Options: ClassVar[type[DisplayOptions]] = DisplayOptions
    consumes: ClassVar[tuple[type[Event], ...]] = (BrailleLine, Status)
    produces: ClassVar[tuple[type[Event], ...]] = (Routed,)
    lost = "the braille display is off"
    called = "braille display"

    def __init__(self, options: DisplayOptions, context: Context) -> None:
        self._options = options
        self._context = context
        self._states: dict[str, State] = {}
        self.output: Output | None = None
        self._screen: Screen | None = None
        self._session: Session | None = None

    def open(self) -> None:
        """Get the display.

        Raises `ConfigError` for a wrong host, and `DeviceError` where the output has to be there
        at the start and is not.
        """
        options = self._options
        if options.output is DisplayOutput.VIRTUAL:
            self.output = VirtualDisplay(options.cells or _CELLS, options.path)
        else:
            self.output = BrlApi(options.host, options.key_file, options.tty)
        self._session = Session(
            options.cells or _CELLS,
            history=options.history,
            hold_s=options.hold_s,
            cells_per_s=options.cells_per_s,
        )
        self._screen = Screen(
            self._session,
            self.output,
            self._context.clock,
            cells=options.cells,
            touched=self._touched,
            told=self._told,
        )
        if options.output is not DisplayOutput.AUTO:
            self._screen.connect()

    def handle(self, event: Event) -> Iterable[Event]:
        """Hand on one line, or the news of another module."""
        if self._screen is None:
            return ()
        # Only now: whatever the display has to tell comes after this module is known to run.
        self._screen.start()
        if isinstance(event, BrailleLine):
            self._screen.show(event)
        elif isinstance(event, Status) and event.module != self._context.name:
            self._show_status(self._screen, event)
        return ()

    def lacks(self) -> str:
        """That there is no display yet, which is taken when it comes."""
        there = self._screen is not None and self._screen.connected
        return "" if there else t("not connected", lang=self._context.language)

    def finish(self) -> Iterable[Event]:
        """Nothing is held back: what was not read in time is in the transcript."""
        if self._session is not None and self._session.unread:
            log.info("%s", t("{count} lines were never shown", count=self._session.unread))
        return ()

    def close(self) -> None:
        """Give the display back."""
        if self._screen is not None:
            self._screen.close()
            self._screen = None

    def _show_status(self, screen: Screen, status: Status) -> None:
        was = self._states.get(status.module)
        self._states[status.module] = status.state
        for told in announcement(status, was, self._context.language):
            if isinstance(told, Utterance):
                line = _in_braille(told)
                if line is not None:
                    screen.show(line)

    def _touched(self, line: BrailleLine, index: int) -> None:
        now_ns = self._context.clock.now_ns()
        self._context.emit(Routed(captured_ns=now_ns, text=line.text, index=index))

    def _told(self, why: str) -> None:
        self._context.emit(
            Status(
                captured_ns=self._context.clock.now_ns(),
                module=self._context.name,
                state=State.DEGRADED if why else State.RUNNING,
                why=why,
                lost=self.lost,
            )
        )


def _in_braille(told: Utterance) -> BrailleLine | None:
    """A trouble as a line that interrupts; None where it cannot be written in braille."""
    from edgeassist.braille import translate

    try:
        found = translate(told.text, language=told.language)
    except EdgeAssistError as error:
        log.warning("%s", error)
        return None
    return BrailleLine(
        captured_ns=told.captured_ns,
        text=told.text,
        cells=found.cells,
        source=tuple(found.source),
        urgent=True,
    )
