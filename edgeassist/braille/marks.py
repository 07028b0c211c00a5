"""Invisible marks in a text that say how braille wrote it where the rules would write otherwise.

U+200B ZERO WIDTH SPACE is a blank here, several are as many; U+2060 WORD JOINER (or U+FEFF) is no
blank here. A character followed by code points of U+E01B0 to U+E01EF (variation selectors, one a
cell, dots in the order of Unicode braille) is written with exactly these cells; after a number or
Latin word they are those of the whole of it. A selector belongs to its character: it goes where
the character is deleted. Cells that do not read as what they follow (the character was replaced)
are not heeded. Other variation selectors only choose a glyph.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from edgeassist.braille.cells import BLANK
from edgeassist.braille.encode import Scheme, punctuation
from edgeassist.braille.signs import CONNECTOR, read_technical, starts_technical
from edgeassist.braille.spans import Kind, Span, spans, technical_text
from edgeassist.chinese.normal import is_hanzi

BLANK_HERE = "\u200b"
NO_BLANK_HERE = "\u2060"
_NO_BLANK = frozenset("\u2060\ufeff")
_FIRST_SELECTOR = 0xE01B0  # stands for the cell without dots
_LAST_SELECTOR = _FIRST_SELECTOR + 0x3F
_GLYPHS = "\ufe00-\ufe0f\U000e0100-\U000e01af"
_MARK = re.compile(f"[\u200b\u2060\ufeff{_GLYPHS}\U000e01b0-\U000e01ef]")


@dataclass(frozen=True, slots=True)
class Marked:
    """A text without its marks, and what they say.

    `cells` and `blanks` are by index in `text`: the cells written for what ends with that
    character, and how many blanks stand before it. `places[i]` is where character i stood, and
    one more: the end.
    """

    text: str
    cells: dict[int, str] = field(default_factory=dict)
    blanks: dict[int, int] = field(default_factory=dict)
    places: list[int] | None = None  # None: there were no marks

    def place(self, index: int) -> int:
        """Where a character of `text` stood in the marked text."""
        return index if self.places is None else self.places[index]


def without_marks(text: str) -> str:
    """The text alone."""
    return _MARK.sub("", text)


def marked(text: str) -> Marked:
    """Take the marks out of a text."""
    if not _MARK.search(text):
        return Marked(text)
    plain: list[str] = []
    places: list[int] = []
    cells: dict[int, str] = {}
    blanks: dict[int, int] = {}
    here: int | None = None
    for place, character in enumerate(text):
        if _FIRST_SELECTOR <= ord(character) <= _LAST_SELECTOR:
            if plain:
                cell = chr(0x2800 + ord(character) - _FIRST_SELECTOR)
                cells[len(plain) - 1] = cells.get(len(plain) - 1, "") + cell
        elif character == BLANK_HERE:
            here = (here or 0) + 1
        elif character in _NO_BLANK:
            here = here or 0
        elif not _MARK.match(character):
            if here is not None and not _is_space(character):
                if here or not (plain and _is_space(plain[-1])):  # a space stays a space
                    blanks[len(plain)] = here
                here = None
            plain.append(character)
            places.append(place)
    if here:
        blanks[len(plain)] = here
    return Marked("".join(plain), cells, blanks, [*places, len(text)])


def _is_space(character: str) -> bool:
    return character.isspace() or character == BLANK


def marked_spans(plain: str, marks: Marked, scheme: Scheme) -> list[Span]:
    """The spans of a normalised text; a mark's end is an end: of 。。。 that are no ellipsis."""
    found: list[Span] = []
    at = 0
    for span in _technical_spans(plain, marks):
        found += _spans(plain, at, span.start)
        found.append(span)
        at = span.end
    found += _spans(plain, at, len(plain))
    if not marks.blanks:
        return found
    return [piece for span in found for piece in _pieces(span, plain, marks, scheme)]


def _spans(plain: str, start: int, stop: int) -> list[Span]:
    if start == 0:
        return spans(plain[:stop])
    return [
        span._replace(start=span.start + start, end=span.end + start)
        for span in spans(plain[start:stop])
    ]


def _technical_spans(plain: str, marks: Marked) -> Iterator[Span]:
    """The numbers, Latin words and signs whose cells a mark gives, in the order of the text."""
    at = 0
    for last, cells in marks.cells.items():
        if not starts_technical(cells, 0):
            continue
        text, length = read_technical(cells, 0)
        start, end = last + 1 - len(text), last + 1
        whole = cells[length:] in ("", CONNECTOR) and technical_text(plain[start:end]) == text
        if (
            whole
            and start >= at
            and not (_inside(plain, start, marks) or _inside(plain, end, marks))
        ):
            yield Span(Kind.TECHNICAL, start, end)
            at = end


def _inside(plain: str, place: int, marks: Marked) -> bool:
    """Whether digits or letters stand on both sides: 1.2 became 1.25, and its mark is old."""
    around = plain[max(0, place - 1) : place + 1]
    word = all(character.isalnum() and not is_hanzi(character) for character in around)
    return len(around) == 2 and word and not marks.blanks.get(place)


def _pieces(span: Span, plain: str, marks: Marked, scheme: Scheme) -> list[Span]:
    if span.kind in (Kind.CHINESE, Kind.SPACE):
        return [span]
    for end in range(span.start + 1, span.end):
        cells = marks.cells.get(end - 1, "") if end in marks.blanks else ""
        if (
            not cells
            or _inside(plain, end, marks)
            or not reads_as(cells, plain[span.start : end], scheme)
        ):
            continue
        found = []
        for start, stop in ((span.start, end), (end, span.end)):
            for piece in _spans(plain, start, stop):
                found += _pieces(piece, plain, marks, scheme)
        return found
    return [span]


def selectors(cells: str) -> str:
    """The selectors that say `cells`."""
    return "".join(chr(_FIRST_SELECTOR + ord(cell) - 0x2800) for cell in cells)


def reads_as(cells: str, text: str, scheme: Scheme, syllables: tuple[str, ...] = ()) -> bool:
    """Whether `cells`, and maybe a connector, can stand for `text`.

    That is one character read as one of `syllables` (any if there are none), a mark, a number or
    Latin word, or the cells themselves.
    """
    if len(cells) > 1 and cells.endswith(CONNECTOR):
        cells = cells[:-1]
    if cells == text:
        return True
    if len(text) == 1 and is_hanzi(text):
        return _is_syllable(cells, text, scheme, syllables)
    signs = punctuation(scheme)
    if text in signs:
        return signs[text] == cells
    if text in ("-", "～") and cells == CONNECTOR:
        return True
    word = (technical_text(text), len(cells))
    return bool(cells) and starts_technical(cells, 0) and read_technical(cells, 0) == word


@cache
def _is_syllable(cells: str, character: str, scheme: Scheme, syllables: tuple[str, ...]) -> bool:
    from edgeassist.braille.decode import SyllableToken, parse

    found = list(parse(cells, scheme))
    if len(found) != 1 or not isinstance(found[0], SyllableToken) or BLANK in cells:
        return False
    token = found[0]
    letters = {syllable.rstrip("12345") for syllable in syllables}
    fits = not letters or not letters.isdisjoint(token.letters)
    return token.character in ("", character) and fits


@cache
def heteronyms(character: str) -> tuple[str, ...]:
    """All readings that pypinyin's dictionary has of a character."""
    from pypinyin import Style, pinyin

    (found,) = pinyin(character, style=Style.TONE3, heteronym=True, neutral_tone_with_five=True)
    return tuple(syllable.replace("v", "ü") for syllable in found)
