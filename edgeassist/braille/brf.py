"""BRF files: pages of ASCII braille, written as the text comes, whole at every moment."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Annotated, ClassVar

from annotated_types import Ge

from edgeassist.braille.brf_code import to_ascii
from edgeassist.braille.layout import Page
from edgeassist.braille.pages import Pages
from edgeassist.errors import InputError
from edgeassist.locale import t
from edgeassist.loop.events import BrailleLine, Event
from edgeassist.loop.node import Context


class BrfForm:
    """How pages are written in a BRF file: a form feed between them, ASCII braille."""

    closing = ""

    def opening(self, page: Page) -> str:
        """Nothing stands before the first page."""
        return ""

    def page_start(self, number: int) -> str:
        """What parts page `number` from the one before."""
        return "" if number == 1 else "\f"

    def row(self, cells: str) -> str:
        """One line."""
        return to_ascii(cells) + "\r\n"

    def page_end(self) -> str:
        """Nothing stands after a page."""
        return ""


class BrfFile:
    """Writes paragraphs to `file`, page by page. Each paragraph is on disk when `add` returns."""

    def __init__(self, file: IO[bytes], page: Page) -> None:
        self._file = file
        self._pages = Pages(self._write, BrfForm(), page)

    def add(self, cells: str, source: Sequence[int], text: str) -> None:
        """Write one paragraph; see `edgeassist.braille.layout.lines`."""
        self._pages.add(cells, source, text)
        self._keep()

    def finish(self) -> None:
        """End the last page."""
        self._pages.finish()
        self._keep()

    def _write(self, text: str) -> None:
        self._file.write(text.encode("ascii", "replace"))

    def _keep(self) -> None:
        self._file.flush()
        try:
            os.fsync(self._file.fileno())
        except OSError:
            return  # a pipe or terminal has nothing to sync


@dataclass(frozen=True, slots=True, kw_only=True)
class _Options:
    """What a config can say of a BRF file."""

    path: Path
    columns: Annotated[int, Ge(10)] = 30
    rows: Annotated[int, Ge(5)] = 25
    warnings: bool = False  # whether obstacle warnings are written too


class BrfWriter:
    """Writes every final braille line to a BRF file, a paragraph each."""

    Options: ClassVar[type[_Options]] = _Options
    consumes: ClassVar[tuple[type[Event], ...]] = (BrailleLine,)
    produces: ClassVar[tuple[type[Event], ...]] = ()
    lost: ClassVar[str] = "the braille file is no longer written"

    def __init__(self, options: _Options, context: Context) -> None:
        self._options = options
        self._raw: IO[bytes] | None = None
        self._brf: BrfFile | None = None

    def open(self) -> None:
        """Create the file; raises `InputError` where that is not possible."""
        path = self._options.path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._raw = path.open("wb")
        except OSError as error:
            raise InputError(
                str(path),
                t("cannot be written: {why}", why=error.strerror or error),
                fix=t("Choose another file."),
            ) from error
        size = Page(columns=self._options.columns, rows=self._options.rows)
        self._brf = BrfFile(self._raw, size)

    def handle(self, event: Event) -> Iterable[Event]:
        """Write one line."""
        if isinstance(event, BrailleLine) and self._wants(event) and self._brf:
            source, text = event.source, event.text
            if len(source) != len(event.cells) or not all(0 <= at < len(text) for at in source):
                source, text = tuple(range(len(event.cells))), event.cells  # a module's mistake
            self._brf.add(event.cells, source, text)
        return ()

    def _wants(self, line: BrailleLine) -> bool:
        return line.final and (self._options.warnings or not line.urgent)

    def finish(self) -> Iterable[Event]:
        """Fill up the last page."""
        if self._brf:
            self._brf.finish()
        return ()

    def close(self) -> None:
        """Close the file."""
        if self._raw:
            self._raw.close()
