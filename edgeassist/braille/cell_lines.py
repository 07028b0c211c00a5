"""Lines of cells of a file or stream, however long: in parts cut where a sentence or word ends."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from edgeassist.braille.brf_code import from_ascii
from edgeassist.braille.cells import BLANK
from edgeassist.braille.layout import paragraph_rows
from edgeassist.chinese.files import Piece

LONGEST = 4096  # cells read together
_ENDS = (
    re.compile("(?:⠐⠆|⠐⠄|⠰⠂)(?![⠘⠠⠤⠰])"),  # 。？！ unless a mark follows
    re.compile("[⠐⠰⠈⠤⠘⠆⠂]⠀+"),
    re.compile("⠀+"),
)


@dataclass(frozen=True, slots=True)
class CellPart:
    """A line of cells, or a part of a long one: its number, where it begins, whether it ends."""

    number: int
    start: int
    cells: str
    ends: bool


def line_parts(pieces: Iterable[Piece]) -> Iterator[CellPart]:
    """Each line of a text of Unicode braille or ASCII braille, told line by line."""
    return _cut(_in_cells(pieces))


def paragraph_parts(pieces: Iterable[Piece]) -> Iterator[CellPart]:
    """Each paragraph of pages of ASCII or Unicode braille (BRF)."""
    return _cut(_paragraphs(_in_cells(pieces)))


_Chunk = tuple[int, str, bool]  # number of the line, more of its cells, whether it ends


def _in_cells(pieces: Iterable[Piece]) -> Iterator[_Chunk]:
    unicode: bool | None = None
    for piece in pieces:
        if unicode is None and piece.text.strip():
            # as `brf_code.cells_of`, by what a long line begins with
            unicode = not piece.text.isascii()
        cells = piece.text.replace(" ", BLANK) if unicode else from_ascii(piece.text)
        yield piece.number, cells, piece.ends
        if piece.ends:
            unicode = None


def _paragraphs(chunks: Iterable[_Chunk]) -> Iterator[_Chunk]:
    number = 0
    inside = False
    for begins, cells in paragraph_rows(_rows(chunks)):
        if begins:
            if inside:
                yield number, "", True
            number += 1
            inside = True
        yield number, cells, False
    if inside:
        yield number, "", True


def _rows(chunks: Iterable[_Chunk]) -> Iterator[tuple[str, bool]]:
    """Rows and whether they begin one; not one longer than a chunk."""
    begins = True
    for _, cells, ends in chunks:
        yield cells, begins
        begins = ends


def _cut(chunks: Iterable[_Chunk]) -> Iterator[CellPart]:
    held, start = "", 0
    for number, cells, ends in chunks:
        held += cells
        while len(held) > LONGEST:
            place = _place(held)
            yield CellPart(number, start, held[:place], False)
            held, start = held[place:], start + place
        if ends:
            yield CellPart(number, start, held, True)
            held, start = "", 0
    if held:
        yield CellPart(number, start, held, True)


def _place(cells: str) -> int:
    """Where to cut what is too long; within words only where no blank and no mark is near."""
    for pattern in _ENDS:
        found = [match.end() for match in pattern.finditer(cells, 0, LONGEST)]
        if found:
            return found[-1]
    from edgeassist.braille.decode import parse

    return max(token.start for token in parse(cells[:LONGEST])) or LONGEST
