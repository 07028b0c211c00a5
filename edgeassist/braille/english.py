"""Lines that are English as a whole: Unified English Braille by liblouis."""

from __future__ import annotations

import re

from edgeassist.braille import liblouis
from edgeassist.braille.cells import BLANK
from edgeassist.braille.forward import BrailleWord, Translation
from edgeassist.chinese.normal import is_hanzi, normalise

_WORDS = re.compile(r"[A-Za-z]{2,}|\b[aAI]\b")
_PRINTABLE = re.compile(r"[\x20-\x7e‘’“”–—…£€]*")


def is_english(text: str, *, sure: bool = False) -> bool:
    """Whether `text` is English: no Chinese character and at least two words (one if `sure`)."""
    if any(map(is_hanzi, text)) or not _PRINTABLE.fullmatch(text):
        return False
    return len(_WORDS.findall(text)) >= (1 if sure else 2)


def english_reading(cells: str) -> str | None:
    """The English text of a line of cells; None if it is none or liblouis is not installed."""
    if not liblouis.available():
        return None
    text = liblouis.back(cells).replace("’", "'")
    if not is_english(text):
        return None
    again, _ = liblouis.translate(text)
    return text if again.replace(" ", BLANK) == cells else None


def english_line(text: str) -> Translation | None:
    """`text` by liblouis' uncontracted UEB table; None where liblouis is not installed."""
    if not liblouis.available():
        return None
    plain = normalise(text)
    cells, source = liblouis.translate(plain)
    cells = cells.replace(" ", BLANK)
    words = []
    for match in re.finditer(rf"[^{BLANK}]+", cells):
        start, end = match.span()
        first, last = source[start], source[end] if end < len(cells) else len(plain)
        words.append(
            BrailleWord(
                text[first:last].strip(), first, match.group(), source[start:end], technical=True
            )
        )
    return Translation(text, cells, source, words, [])
