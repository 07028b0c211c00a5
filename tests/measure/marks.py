"""Measures the round trip of published pages, plain and with marks: python -m tests.measure.marks.

WHAT: pages memory (both by default). EDGEASSIST_EVAL names the folder with braille/published.
"""

from __future__ import annotations

import sys
from difflib import SequenceMatcher

from edgeassist.braille import Scheme, translate
from edgeassist.braille.backward import Document, from_braille
from edgeassist.braille.cells import BLANK, TONES
from edgeassist.braille.marks import without_marks
from tests.measure.braille import EVAL, clauses

BOOKS = ("chinese_grade9_book2", "massage")
_TONES = str.maketrans("", "", "".join(cell for cell in TONES.values() if cell))


def pages() -> None:
    """Cells the same after text; and of the plain text's without blanks, without tones too."""
    for book in BOOKS:
        lines = list(clauses(EVAL / "published" / f"{book}.txt"))
        plain = [from_braille(c, Scheme.CURRENT, alternatives=0).text for c in lines]
        kept = [
            from_braille(c, Scheme.CURRENT, alternatives=0, keep_marks=True).text for c in lines
        ]
        again = [translate(text, Scheme.CURRENT, language="zh").cells for text in plain]
        exact = [translate(text, Scheme.CURRENT, language="zh").cells for text in kept]
        marks = sum(len(text) - len(without_marks(text)) for text in kept)
        print(
            f"{book}: plain {same(lines, again):.4f} of cells the same"
            f" ({same(bare(lines), bare(again)):.4f} blanks aside,"
            f" {same(bare(lines, True), bare(again, True)):.4f} blanks and tones aside),"
            f" with marks {same(lines, exact):.4f},"
            f" {marks} marks in {sum(map(len, plain))} characters"
        )


def bare(lines: list[str], tones: bool = False) -> list[str]:
    """Cells without blanks, and without tones."""
    found = [line.replace(BLANK, "") for line in lines]
    return [line.translate(_TONES) for line in found] if tones else found


def same(lines: list[str], again: list[str]) -> float:
    """How many cells came back."""
    right = total = 0
    for cells, found in zip(lines, again, strict=True):
        blocks = SequenceMatcher(None, cells, found, autojunk=False).get_matching_blocks()
        right += sum(block.size for block in blocks)
        total += max(len(cells), len(found))
    return right / total


def memory() -> None:
    """What the memory of a document changes: cells the same, and every change to be judged."""
    for book in BOOKS:
        lines = list(clauses(EVAL / "published" / f"{book}.txt"))
        texts = {}
        for learns in (False, True):
            document = Document(Scheme.CURRENT, alternatives=0, learns=learns)
            texts[learns] = [document.read(cells).text for cells in lines]
            again = [translate(text, Scheme.CURRENT, language="zh").cells for text in texts[learns]]
            print(f"{book}: {'with' if learns else 'without'} memory {same(lines, again):.4f}")
        for one, other in zip(texts[False], texts[True], strict=True):
            if one != other:
                print(f"  {one} -> {other}")


MEASURES = {"pages": pages, "memory": memory}

if __name__ == "__main__":
    for name in sys.argv[1:] or MEASURES:
        MEASURES[name]()
