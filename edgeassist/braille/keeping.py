"""Text with marks where `to` would not write the cells that it was read from.

See `edgeassist.braille.marks`. Blanks are settled first, as the tones and short forms of a word
depend on where it ends; then the cells of single characters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edgeassist.braille.backward import ReadWord
from edgeassist.braille.cells import BLANK
from edgeassist.braille.encode import Scheme
from edgeassist.braille.forward import Translation, to_braille
from edgeassist.braille.marks import BLANK_HERE, NO_BLANK_HERE, marked, selectors
from edgeassist.braille.signs import CONNECTOR
from edgeassist.chinese.readings import Reader

_TRIES = 6  # after so many every blank is marked


@dataclass(slots=True)
class _Piece:
    """A character, or number, mark or cell, and its cells; `gap` is what stands before them."""

    text: str
    cells: str
    gap: str
    spaced: bool
    start: int  # place in the text without marks
    says_gap: bool = False
    says_cells: bool = False

    def marked(self) -> str:
        """The piece with its marks."""
        gap = (BLANK_HERE * len(self.gap) or NO_BLANK_HERE) if self.says_gap else ""
        cells = selectors(self.cells) if self.says_cells else ""
        return " " * self.spaced + gap + self.text + cells


def marked_text(
    cells: str, words: Sequence[ReadWord], scheme: Scheme, reads: Reader | None = None
) -> str:
    """The text of `words`, which `cells` were read as, with as few marks as are needed."""
    pieces = _pieces(cells, words)
    after = cells[words[-1].start + len(words[-1].cells) :] if words else cells
    end = BLANK_HERE * len(after)
    for attempt in range(2 * _TRIES):
        text = "".join(piece.marked() for piece in pieces) + end
        if attempt == _TRIES:
            for piece in pieces:
                piece.says_gap = True
        found = to_braille(text, scheme, reads=reads)
        if found.cells == cells:
            break
        if not _mark(pieces, found, cells_too=attempt > 0):
            break
    return _not_english(text)


def _pieces(cells: str, words: Sequence[ReadWord]) -> list[_Piece]:
    made: list[_Piece] = []
    end = start = 0
    for word in words:
        start += word.spaced
        owns = tuple(enumerate(word.cells, word.start)) if word.unreadable else word.pieces
        single = len(owns) == len(word.text)
        for number, (at, own) in enumerate(owns):
            text = word.text[number] if single else word.text
            gap = cells[end:at].replace(" ", BLANK)
            made.append(_Piece(text, own, gap, word.spaced and not number, start))
            start += len(text)
            end = at + len(own)
    return made


def _mark(pieces: list[_Piece], found: Translation, *, cells_too: bool) -> bool:
    """Mark what `found` writes otherwise; whether anything was."""
    written = _written(found)
    changed = False
    for number, piece in enumerate(pieces):
        before = pieces[number - 1] if number else None
        gap, cells = written.get(piece.start, (None, ""))
        if gap is None and before and not (before.says_cells and piece.says_gap):
            before.says_cells = piece.says_gap = changed = True  # else they would be one sign
        if gap != piece.gap and not piece.says_gap:
            if piece.gap == CONNECTOR and before:
                before.cells += CONNECTOR
                before.says_cells = True
                piece.gap = ""
            piece.says_gap = changed = True
        if cells_too and cells != piece.cells and not piece.says_cells:
            piece.says_cells = changed = True
    return changed or not cells_too


def _written(found: Translation) -> dict[int, tuple[str, str]]:
    """What stands before, and the cells of, each character or sign; by its place without marks."""
    written: dict[int, tuple[str, str]] = {}
    places = {place: index for index, place in enumerate(marked(found.text).places or ())}
    for word in found.words:
        place = places.get(word.start, word.start)
        gap = word.between
        if not word.syllables:
            written[place] = (gap, word.cells)
            continue
        cells: dict[int, str] = {}
        for source, cell in zip(word.source, word.cells, strict=True):
            cells[source] = cells.get(source, "") + cell
        for source, own in cells.items():
            written[places.get(source, source)] = (gap, own)
            gap = ""
    return written


def _not_english(text: str) -> str:
    """A line of English words is no Chinese line of Latin letters: say so where it was one."""
    from edgeassist.braille.english import is_english

    return NO_BLANK_HERE + text if is_english(text) else text
