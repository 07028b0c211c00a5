"""North American ASCII braille, the code of BRF files: one character a cell.

The table is the one of GB/T 18028-2010 Annex B too.
"""

from __future__ import annotations

_BY_CELL = " A1B'K2L@CIF/MSP\"E3H9O6R^DJG>NTQ,*5<-U8V.%[$+X!&;:4\\0Z7(_?W]#Y)="
_TO_ASCII = {0x2800 + cell: character for cell, character in enumerate(_BY_CELL)}
_FROM_ASCII = {ord(character): 0x2800 + cell for cell, character in enumerate(_BY_CELL)}
_FROM_ASCII |= {
    ord(c.lower()): cell for c, cell in zip(_BY_CELL, _FROM_ASCII.values(), strict=True)
}


def to_ascii(cells: str) -> str:
    """Unicode cells to ASCII braille; other characters stay."""
    return cells.translate(_TO_ASCII)


def from_ascii(text: str) -> str:
    """ASCII braille to Unicode cells; other characters stay."""
    return text.translate(_FROM_ASCII)


def cells_of(line: str) -> str:
    """A line of Unicode braille as it is; a line without any, as ASCII braille, in Unicode cells.

    Spaces become blank cells.
    """
    if any(0x2800 <= ord(character) <= 0x28FF for character in line) or not line.isascii():
        return line.replace(" ", "\u2800")
    return from_ascii(line)
