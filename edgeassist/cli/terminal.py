"""The terminal as an output of the loop: plain lines, each beginning with what it is."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from edgeassist.locale import t
from edgeassist.loop.events import (
    BrailleLine,
    Caption,
    Event,
    Priority,
    State,
    Status,
    Utterance,
)
from edgeassist.loop.node import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalOptions:
    """What is shown."""

    captions: bool = True
    partials: bool = True  # on a terminal only: one line that is rewritten
    braille: bool = True
    warnings: bool = True


class Terminal:
    """Prints captions, braille, warnings and troubles to standard output."""

    Options = TerminalOptions
    consumes = (Caption, BrailleLine, Utterance, Status)
    produces: ClassVar[tuple[type[Event], ...]] = ()
    lost = "the terminal output is off"

    def __init__(self, options: TerminalOptions, context: Context) -> None:
        self._options = options
        self._live = options.partials and sys.stdout.isatty()
        self._partial_shown = False

    def open(self) -> None:
        """Nothing to get."""

    def handle(self, event: Event) -> Iterable[Event]:
        """Print one event, if it is of a kind that is shown."""
        line = self._line(event)
        if line:
            self._print(line)
        elif isinstance(event, Caption) and event.final:
            self._take_partial_back()  # nothing was said after all
        elif isinstance(event, Caption) and self._live:
            # Cut to what one line surely holds: a wrapped line cannot be rewritten.
            sys.stdout.write("\r\x1b[K… " + event.text[-36:])
            sys.stdout.flush()
            self._partial_shown = True
        return ()

    def finish(self) -> Iterable[Event]:
        """Leave the cursor on a fresh line."""
        if self._partial_shown:
            self._print("")
        return ()

    def close(self) -> None:
        """Nothing to release."""

    def _line(self, event: Event) -> str:
        show = self._options
        if isinstance(event, Caption) and event.final and event.text and show.captions:
            return t("caption") + f"  {_clock(event.start_s)}  {event.text}"
        if isinstance(event, BrailleLine) and event.final and show.braille:
            return t("braille") + f"  {event.cells}"
        if isinstance(event, Utterance) and show.warnings:
            kind = t("DANGER") if event.priority is Priority.DANGER else t("warning")
            return f"{kind}  {event.text}"
        if isinstance(event, Status) and event.why and event.state is not State.ENDED:
            how = "" if event.state is State.RUNNING else f"{event.state.value}. "
            return t("trouble") + f"  {event.module}: {how}{event.why}"
        return ""

    def _print(self, line: str) -> None:
        self._take_partial_back()
        print(line, flush=True)

    def _take_partial_back(self) -> None:
        if self._partial_shown:
            sys.stdout.write("\r\x1b[K")
            self._partial_shown = False


def _clock(seconds: float) -> str:
    if not math.isfinite(seconds):
        return "--:--"
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes):02d}:{rest:04.1f}"
