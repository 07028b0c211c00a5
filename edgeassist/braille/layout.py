"""Braille text into lines and pages: GB/T 44725-2024 as far as known, and printed books.

Cells are Unicode braille. A paragraph begins two cells in. A word that does not fit is broken after
a complete syllable and goes on after ⠤ on the next line (§4.8.4, GF 0019-2018 p5). The page number
stands alone on the last line of odd pages, flush right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from edgeassist.braille.cells import BLANK
from edgeassist.braille.signs import CONNECTOR, DIGITS, NUMBER
from edgeassist.chinese.normal import is_hanzi

_FOOTER = re.compile(f"{BLANK}{{8,}}{NUMBER}[{''.join(DIGITS.values())}]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The size of a page: `columns` cells, `rows` lines of text and one line for its number."""

    columns: int = 30
    rows: int = 25
    indent: int = 2


@dataclass(frozen=True, slots=True)
class _Piece:
    """Cells that stay together, and what is written if a line is broken before them."""

    cells: str
    join: str | None  # None: a blank stands before it


def lines(cells: str, source: Sequence[int], text: str, page: Page) -> list[str]:
    """One paragraph in lines of at most `page.columns` cells.

    `source` gives for each cell the index in `text` of its character: lines break only between
    characters.
    """
    return _flow(_pieces(cells, source, text), BLANK * page.indent, True, page.columns)


def continued(
    begun: str, cells: str, source: Sequence[int], text: str, page: Page, *, blank: bool
) -> list[str]:
    """The lines that come of more of a paragraph whose last line, so far, is `begun`.

    `blank` says whether a blank stands between what was and what comes.
    """
    pieces = _pieces(cells, source, text)
    first = next(pieces, None)
    if first is None:
        return [begun]
    first = _Piece(first.cells, None if blank else "")
    return _flow(chain([first], pieces), begun, False, page.columns)


def heading(cells: str, source: Sequence[int], text: str, page: Page) -> list[str]:
    """The lines of a heading: centred, at least four blank cells before each (§4.5.1)."""
    width = page.columns - (8 if page.columns >= 20 else 4)
    made = lines(cells, source, text, Page(columns=width, indent=0))
    return [BLANK * max(4, (page.columns - len(line)) // 2) + line for line in made]


def _flow(pieces: Iterable[_Piece], line: str, empty: bool, columns: int) -> list[str]:
    """Lines filled with `pieces`; `line` is begun already, `empty` where nothing stands in it."""
    made: list[str] = []
    for piece in pieces:
        gap = BLANK if piece.join is None and not empty else ""
        if len(line) + len(gap) + len(piece.cells) <= columns:
            line += gap + piece.cells
        else:
            if not empty:
                made.append(line)
                line = piece.join or ""
            line = _cut_long(made, line + piece.cells, columns)
        empty = False
    if not empty:
        made.append(line)
    return made


def _cut_long(made: list[str], line: str, columns: int) -> str:
    """Put full lines of what is longer than a line into `made`; return the rest."""
    while len(line) > columns:
        made.append(line[:columns])
        line = CONNECTOR + line[columns:]
    return line


def _pieces(cells: str, source: Sequence[int], text: str) -> Iterator[_Piece]:
    start = 0
    join: str | None = None
    for place, cell in enumerate(cells):
        if cell == BLANK:
            if place > start:
                yield _Piece(cells[start:place], join)
            start, join = place + 1, None
            continue
        if place == start or source[place] == source[place - 1]:
            continue
        sign = _break(text[source[place - 1]], text[source[place]])
        if sign is not None:
            yield _Piece(cells[start:place], join)
            start, join = place, sign
    if start < len(cells):
        yield _Piece(cells[start:], join)


def _break(before: str, after: str) -> str | None:
    """What joins two lines broken between these characters; None where no break is allowed."""
    if is_hanzi(after):
        if is_hanzi(before):
            return CONNECTOR
        return "" if before in "。？！?!.…”’）》」』" else None
    return "" if before in "。？！?!." and after.isalnum() else None


def paragraphs(rows: Iterable[str], indent: int = 2) -> Iterator[str]:
    """Lines of pages joined again: the inverse of `lines`, with page numbers left out.

    A line with a form feed begins a page; `indent` blanks begin a paragraph.
    """
    paragraph: list[str] = []
    for begins, cells in paragraph_rows(((row, True) for row in rows), indent):
        if begins and paragraph:
            yield "".join(paragraph)
            paragraph = []
        paragraph.append(cells)
    if paragraph:
        yield "".join(paragraph)


def paragraph_rows(rows: Iterable[tuple[str, bool]], indent: int = 2) -> Iterator[tuple[bool, str]]:
    """What each row adds to its paragraph, and whether it begins one.

    With each row goes whether it begins, or only goes on with the row before, for one too long.
    """
    inside = False
    for row, begins in rows:
        line = row.replace("\f", "")
        if not begins:
            yield False, line
            continue
        line = line.rstrip(BLANK + " ")
        if not line or _FOOTER.fullmatch(line):
            continue
        if line.startswith(CONNECTOR) and inside:
            yield False, line[1:]
        elif line.startswith(BLANK * indent) or not inside:
            yield True, line.lstrip(BLANK)
        else:
            yield False, BLANK + line
        inside = True


def page_number(number: int, columns: int) -> str:
    """The footer of page `number`: empty on even pages."""
    if number % 2 == 0:
        return ""
    sign = NUMBER + "".join(DIGITS[digit] for digit in str(number))
    return BLANK * (columns - len(sign)) + sign
