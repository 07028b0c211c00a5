"""Paragraphs and headings into numbered pages, in whatever form a file has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from edgeassist.braille.cells import BLANK
from edgeassist.braille.layout import Page, continued, heading, lines, page_number

_NO_BLANK_AFTER = "（［《〈“‘。？！·-～—(["  # as in edgeassist.braille.forward
_HIGH = 2  # headings down to this level stand between blank lines (GB/T 44725-2024 §4.5.1)


def blank_after(text: str) -> str:
    """The blank, or nothing, that follows a part of a line that ends so."""
    return "" if not text or text[-1] in _NO_BLANK_AFTER else BLANK


class Form(Protocol):
    """How a file writes pages."""

    closing: str

    def opening(self, page: Page) -> str: ...  # noqa: D102
    def page_start(self, number: int) -> str: ...  # noqa: D102
    def row(self, cells: str) -> str: ...  # noqa: D102
    def page_end(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class PagePlace:
    """Where writing stands: page, lines on it, and the unfinished line of a long paragraph."""

    number: int = 1
    row: int = 0
    held: str | None = None
    blank: bool = False  # whether a blank follows `held`


class Pages:
    """Gives the text of a file to `write`, page by page, from `place` on."""

    def __init__(
        self,
        write: Callable[[str], None],
        form: Form,
        page: Page,
        place: PagePlace | None = None,
    ) -> None:
        place = place or PagePlace()
        self._write = write
        self._form = form
        self._page = page
        self._number = place.number
        self._row = place.row
        self._held = place.held
        self._blank = place.blank

    @property
    def place(self) -> PagePlace:
        """Where writing stands now."""
        return PagePlace(self._number, self._row, self._held, self._blank)

    def add(self, cells: str, source: Sequence[int], text: str, *, ends: bool = True) -> None:
        """Write a paragraph, or a part of one that goes on with the next call (not `ends`)."""
        if self._held is None:
            made = lines(cells, source, text, self._page)
        else:
            made = continued(self._held, cells, source, text, self._page, blank=self._blank)
        self._held = None
        if not ends and made:
            self._held = made.pop()
            self._blank = bool(blank_after(text)) if cells else self._blank
        for line in made:
            self._line(line)

    def heading(self, cells: str, source: Sequence[int], text: str, level: int) -> None:
        """Write a heading of `level` (1 is the highest); it never stands last on a page."""
        made = heading(cells, source, text, self._page)
        around = level <= _HIGH
        needed = len(made) + 1 + 2 * around
        if self._row and self._row + needed > self._page.rows:
            self._end_page()
        for line in ["", *made, ""] if around and self._row else [*made, *[""] * around]:
            self._line(line)

    def finish(self) -> None:
        """End the last page."""
        if self._held is not None:
            self._line(self._held)
            self._held = None
        if self._row:
            self._end_page()

    def _line(self, cells: str) -> None:
        if self._row == self._page.rows:
            self._end_page()
        if self._row == 0:
            self._write(self._form.page_start(self._number))
        self._write(self._form.row(cells))
        self._row += 1

    def _end_page(self) -> None:
        for _ in range(self._page.rows - self._row):
            self._write(self._form.row(""))
        self._write(self._form.row(page_number(self._number, self._page.columns)))
        self._write(self._form.page_end())
        self._number += 1
        self._row = 0
