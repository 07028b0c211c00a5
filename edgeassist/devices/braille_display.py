"""What any braille display is to us: cells to feel, keys to press; and a virtual one for tests."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, Protocol

from edgeassist.errors import DeviceError
from edgeassist.locale import t


class Key(StrEnum):
    """What a reader asks for, whatever the key is called on the display."""

    PAN_LEFT = "pan-left"  # back by what fits on the display
    PAN_RIGHT = "pan-right"  # on by what fits on the display
    LINE_BACK = "line-back"
    LINE_ON = "line-on"
    LINE_START = "line-start"
    LINE_END = "line-end"
    FIRST = "first"  # the oldest line kept
    LIVE = "live"  # the newest line, and follow from there


@dataclass(frozen=True, slots=True)
class Touch:
    """A routing key: the one above cell `cell`, counted from 0 at the left."""

    cell: int


@dataclass(frozen=True, slots=True)
class Resized:
    """The display was unplugged (no cells) or another one connected: open the output again."""

    cells: int


@dataclass(frozen=True, slots=True)
class Lost:
    """The connection is gone, and why; the output may be opened again."""

    why: str


Heard = Key | Touch | Resized | Lost


class Output(Protocol):
    """A braille display; `show` and `open` from one thread.

    Dots are one byte a cell, bit 0 for dot 1 to bit 7 for dot 8 (ISO 11548-1, the low byte of
    Unicode braille).
    """

    def open(self, hear: Callable[[Heard], None]) -> int:
        """Connect; return the number of cells, 0 if none is plugged in.

        `hear` is called from another thread with what happens. Raises `DeviceError`.
        """

    def show(self, dots: bytes, cursor: int | None) -> None:
        """Raise `dots`, as many as there are cells; `cursor` is a cell counted from 0.

        Raises `DeviceError` if the connection is lost.
        """

    def close(self) -> None:
        """Give the display back; it may be opened again."""


class VirtualDisplay:
    """A display in memory: keeps what it showed, and has keys that a test presses.

    With `path`, every frame is also a line of Unicode braille in that file. `plug` changes the
    number of cells, as when a display is unplugged (0) or another one connected.
    """

    def __init__(self, cells: int = 40, path: Path | None = None) -> None:
        self.frames: list[tuple[str, int | None]] = []  # cells in Unicode braille, cursor
        self._cells = cells
        self._path = path
        self._file: IO[str] | None = None
        self._hear: Callable[[Heard], None] | None = None
        self._changed = threading.Condition()

    def open(self, hear: Callable[[Heard], None]) -> int:
        """Connect; raises `DeviceError` if the file cannot be written."""
        if self._path is not None:
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._file = self._path.open("w", encoding="utf-8")
            except OSError as error:
                raise DeviceError(
                    str(self._path),
                    t("cannot be written: {why}", why=error.strerror),
                    fix=t("Name a file in a folder you may write to"),
                ) from error
        self._hear = hear
        return self._cells

    def show(self, dots: bytes, cursor: int | None) -> None:
        """Keep a frame."""
        text = "".join(chr(0x2800 + byte) for byte in dots)
        if self._file is not None:
            self._file.write(text + "\n")
            self._file.flush()
        with self._changed:
            self.frames.append((text, cursor))
            self._changed.notify_all()

    def close(self) -> None:
        """Disconnect."""
        self._hear = None
        if self._file is not None:
            self._file.close()
            self._file = None

    def press(self, key: Key | Touch) -> None:
        """Press a key, as the reader would."""
        if self._hear is not None:
            self._hear(key)

    def plug(self, cells: int) -> None:
        """Connect a display of so many cells, or none."""
        self._cells = cells
        if self._hear is not None:
            self._hear(Resized(cells))

    def reads(self, cells: str, timeout_s: float = 5.0) -> bool:
        """Wait until just these cells are shown; blanks at the end and dots 7 and 8 aside."""

        def shown() -> bool:
            frame = self.frames[-1][0] if self.frames else ""
            return "".join(chr(ord(cell) & ~0xC0) for cell in frame).rstrip("\u2800") == cells

        with self._changed:
            return self._changed.wait_for(shown, timeout_s)
