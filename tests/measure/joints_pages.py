"""Published pages as clauses: their cells, what we read there, and what we write for it again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from edgeassist.braille import Scheme, translate
from edgeassist.braille.backward import from_braille
from edgeassist.braille.decode import SyllableToken, parse
from edgeassist.braille.forward import Translation

BOOKS = ("chinese_grade9_book2", "massage")
_PAGE = "\ue000"  # stands where a page begins
_TONES = {"⠁": "1", "⠂": "2", "⠄": "3", "⠆": "4"}


@dataclass(frozen=True, slots=True)
class Printed:
    """A syllable on a page: its cells, whether they end with a tone, whether a word ends there."""

    cells: str
    toned: bool
    ends: bool

    @property
    def bare(self) -> str:
        """Without its tone."""
        return self.cells[:-1] if self.toned else self.cells

    @property
    def tone(self) -> str:
        """The tone that is written, "" if none is."""
        return _TONES[self.cells[-1]] if self.toned else ""


@dataclass(frozen=True, slots=True)
class Clause:
    """Syllables between two marks of a page; `again` is what we write for what we read."""

    book: str
    page: int
    cells: str
    text: str
    printed: list[Printed] | None  # None where something is no syllable
    again: Translation

    def written(self) -> list[Printed] | None:
        """Our syllables, if they are as many as on the page."""
        ours = syllables(self.again.cells)
        if self.printed is None or ours is None or len(ours) != len(self.printed):
            return None
        return ours if len(self.text) == len(ours) else None

    def readings(self) -> list[str]:
        """The syllable of each character as we read it."""
        return [syllable for word in self.again.words for syllable in word.syllables]


def clauses(folder: Path, book: str, scheme: Scheme = Scheme.CURRENT) -> Iterator[Clause]:
    """The clauses of a book with at least three words, each on the page on which it begins."""
    pages = (folder / f"{book}.txt").read_text("utf-8").split("\f")
    text = re.sub(f"\n({_PAGE}?)⠤", r"\1", "".join(_PAGE + page for page in pages))
    page = 0
    for paragraph in re.split(f"\n(?={_PAGE}?⠀⠀+)", text):
        for cells in re.split(r"⠐⠆|⠐⠄|⠰⠂|[⠐⠈⠰⠤⠘⠠⠼⠨]+", paragraph.replace("\n", "⠀")):
            turned = cells.count(_PAGE)
            begins = page + turned if cells.strip("⠀").startswith(_PAGE) else page
            page += turned
            plain = re.sub(r"⠀+", "⠀", cells.replace(_PAGE, "⠀")).strip("⠀")
            if plain.count("⠀") >= 2:
                read = from_braille(plain, scheme, alternatives=0).text
                again = translate(read, scheme, language="zh")
                yield Clause(book, begins, plain, read, syllables(plain, scheme), again)


def syllables(cells: str, scheme: Scheme = Scheme.CURRENT) -> list[Printed] | None:
    """The syllables of a clause; None where something is no syllable."""
    tokens = list(parse(cells, scheme))
    found = []
    for place, token in enumerate(tokens):
        if not isinstance(token, SyllableToken):
            return None
        written = cells[token.start : token.end]
        toned = token.written and written[-1] in _TONES
        ends = place + 1 == len(tokens) or not tokens[place + 1].joined
        found.append(Printed(written, toned, ends))
    return found
