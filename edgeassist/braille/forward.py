"""Text to braille: spans, words, readings, joined words, cells, and the blanks between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from edgeassist.braille.blanks import between
from edgeassist.braille.cells import BLANK, UNKNOWN
from edgeassist.braille.encode import Scheme, punctuation, word_cells
from edgeassist.braille.joints import Idioms, joint, part_of, parted
from edgeassist.braille.marks import Marked, heteronyms, marked, marked_spans, reads_as
from edgeassist.braille.signs import CONNECTOR, technical
from edgeassist.braille.spans import Kind, Span, technical_text
from edgeassist.chinese import reader
from edgeassist.chinese.normal import normalise
from edgeassist.chinese.readings import Reader, Word
from edgeassist.chinese.syllables import is_syllable

_LONGEST = 2000  # characters read together
_LAST_CELL = "\u283f"
_MORE = "…"  # something that is no Chinese word follows


@dataclass(slots=True)
class BrailleWord:
    """A connected word, a punctuation mark or an unknown character: text, readings, cells.

    `start` is its place in the line; `source` gives for each cell a character's place in the line.
    """

    text: str
    start: int
    cells: str
    source: list[int]
    syllables: tuple[str, ...] = ()
    sign: str = ""  # for punctuation: the mark
    technical: bool = False
    unknown: bool = False
    spaced: bool = False  # a space stood before it
    between: str = ""  # the cells between the word before and it
    parts: list[Word] = field(default_factory=list)
    joints: list[tuple[str, str]] = field(default_factory=list)  # rule and source of each joint


@dataclass(slots=True)
class Translation:
    """A line in braille. `source[i]` is the place in `text` of the character cell i stands for."""

    text: str
    cells: str
    source: list[int]
    words: list[BrailleWord]
    unknown: list[tuple[int, str]]  # place and character of what has no sign
    scheme: Scheme = Scheme.GF0019


def to_braille(
    text: str,
    scheme: Scheme = Scheme.GF0019,
    *,
    full_tones: bool = False,
    idioms: Idioms = Idioms.PARTED,
    reads: Reader | None = None,
) -> Translation:
    """Write one line of text in braille; `reads` is a reader with a user's words."""
    marks = marked(text)
    how = _How(marks.text, marks, scheme, full_tones, idioms, reads or reader())
    words = list(_words(normalise(marks.text), how))
    cells: list[str] = []
    source: list[int] = []
    before: BrailleWord | None = None
    for word in words:
        word.between = between(before, word, marks, scheme)
        word.start, word.source = marks.place(word.start), list(map(marks.place, word.source))
        cells += word.between, word.cells
        source += [word.start] * len(word.between)
        source += word.source
        before = word
    cells.append(BLANK * marks.blanks.get(len(marks.text), 0))
    source += [len(text) - 1] * len(cells[-1])
    unknown = [(word.start, word.text) for word in words if word.unknown]
    return Translation(text, "".join(cells), source, words, unknown, scheme)


class _How(NamedTuple):
    """What is written, without its marks, and how."""

    text: str
    marks: Marked
    scheme: Scheme
    full_tones: bool
    idioms: Idioms
    reads: Reader


def _words(plain: str, how: _How) -> Iterator[BrailleWord]:
    found = marked_spans(plain, how.marks, how.scheme)
    readings = _readings(how.text, plain, how.reads)
    spaced = False
    for index, span in enumerate(found):
        if span.kind is Kind.SPACE:
            spaced = True
            continue
        if span.kind is Kind.CHINESE:
            final = index + 1 == len(found) or found[index + 1].kind is Kind.PUNCTUATION
            run = [
                piece
                for word in parted(_take(readings, span), how.idioms)
                for piece in _at_blanks(word, how.marks.blanks)
            ]
            made: Iterator[BrailleWord] = _chinese(run, final, how)
        else:
            made = iter([_other(plain, span, how)])
        for word in made:
            word.spaced = spaced
            spaced = False
            yield word


def _readings(text: str, plain: str, reads: Reader) -> Iterator[Word]:
    """The words of the line, read sentence by sentence where the line is long."""
    if len(plain) <= _LONGEST:
        yield from reads.read(plain, text)
        return
    start = 0
    while start < len(plain):
        end = _break(plain, start)
        for word in reads.read(plain[start:end], text[start:end]):
            word.start += start
            yield word
        start = end


def _break(plain: str, start: int) -> int:
    end = min(start + _LONGEST, len(plain))
    if end < len(plain):
        for marks in ("。！？\n", "，；、 "):
            stop = max(plain.rfind(mark, start, end) for mark in marks)
            if stop > start:
                return stop + 1
    return end


def _take(readings: Iterator[Word], span: Span) -> Iterator[Word]:
    at = span.start
    while at < span.end:
        word = next(readings)
        at += len(word.text)
        yield word


def _at_blanks(word: Word, blanks: dict[int, int]) -> Iterator[Word]:
    """A word cut where a mark says that a blank is written."""
    inside = range(1, len(word.text))
    cuts = [place for place in inside if blanks.get(word.start + place)] if blanks else []
    for start, end in pairwise((0, *cuts, len(word.text))):
        yield part_of(word, start, end) if cuts else word


def _chinese(run: list[Word], final: bool, how: _How) -> Iterator[BrailleWord]:
    """The connected words of a Chinese run; `final` says that a pause follows it."""
    group: list[Word] = []
    joints: list[tuple[str, str]] = []
    length = 0
    for index, word in enumerate(run):
        if group:
            following = run[index + 1].text if index + 1 < len(run) else "" if final else _MORE
            blanks = how.marks.blanks.get(word.start)
            # 他用: two syllables alone are one word (GF 12.2.2)
            whole = len(how.text) == 2 and word.cut is None and not blanks
            rule = joint(group[-1], word, length, following) if blanks is None else None
            if whole or rule or blanks == 0:
                group.append(word)
                length += len(word.text)
                if rule and not whole:
                    joints.append((rule.name, rule.source))
                continue
            yield from _connected(group, joints, how)
        group, joints, length = [word], [], len(word.text)
    if group:
        yield from _connected(group, joints, how)


def _connected(
    group: list[Word], joints: list[tuple[str, str]], how: _How
) -> Iterator[BrailleWord]:
    start = group[0].start
    plain = "".join(word.text for word in group)
    syllables = tuple(syllable for word in group for syllable in word.syllables)
    if not all(map(is_syllable, syllables)):
        # A character without any known reading: shown as such, the rest of the word around it.
        yield from _around_unknown(group, how)
        return
    written = _cells_of(plain, start, syllables, how)
    source = [start + place for place, cell in enumerate(written) for _ in cell]
    yield BrailleWord(
        how.text[start : start + len(plain)],
        start,
        "".join(written),
        source,
        syllables,
        parts=group,
        joints=joints,
    )


def _around_unknown(group: list[Word], how: _How) -> Iterator[BrailleWord]:
    for word in group:
        for place, (character, syllable) in enumerate(zip(word.text, word.syllables, strict=True)):
            at = word.start + place
            known = is_syllable(syllable)
            cells = _marked_cells(character, syllable, at, how)
            if known or cells:
                cells = cells or _cells_of(character, at, (syllable,), how)[0]
                yield BrailleWord(how.text[at], at, cells, [at] * len(cells), (syllable,))
            else:
                yield BrailleWord(how.text[at], at, UNKNOWN, [at] * len(UNKNOWN), unknown=True)


@cache
def _frequent(word: str, syllables: tuple[str, ...], scheme: Scheme, full_tones: bool) -> list[str]:
    return word_cells(word, syllables, scheme, full_tones=full_tones)


def _cells_of(word: str, start: int, syllables: tuple[str, ...], how: _How) -> list[str]:
    """The cells of each character of a connected word: a mark's, or the rules'."""
    written = (_frequent if len(word) <= 3 else word_cells)(
        word, syllables, how.scheme, full_tones=how.full_tones
    )
    if not how.marks.cells:
        return written
    return [
        _marked_cells(character, syllable, start + place, how) or cells
        for place, (character, syllable, cells) in enumerate(
            zip(word, syllables, written, strict=True)
        )
    ]


def _marked_cells(character: str, syllable: str, at: int, how: _How) -> str:
    """The cells a mark gives a character, "" where there is no mark or it says something else."""
    cells = how.marks.cells.get(at, "")
    if not cells:
        return ""
    known = (syllable, *how.reads.readings(character), *heteronyms(character))
    readings = tuple(filter(is_syllable, known))
    return cells if reads_as(cells, character, how.scheme, readings) else ""


def _other(plain: str, span: Span, how: _How) -> BrailleWord:
    start, end = span.start, span.end
    original = how.text[start:end]
    cells = how.marks.cells.get(end - 1, "")
    if cells and reads_as(cells, plain[start:end], how.scheme):
        is_technical = span.kind is Kind.TECHNICAL
        source = [start] * len(cells)
        return BrailleWord(original, start, cells, source, sign=span.sign, technical=is_technical)
    if span.kind is Kind.TECHNICAL:
        cells, places = technical(technical_text(plain[start:end]))
        return BrailleWord(
            original, start, cells, [start + place for place in places], technical=True
        )
    if span.kind is Kind.PUNCTUATION:
        if span.sign in ("-", "～"):
            cells = CONNECTOR
        else:
            signs = punctuation(how.scheme)
            cells = signs.get(original) or signs[span.sign]  # 〔 has a sign of its own in one
        return BrailleWord(original, start, cells, [start] * len(cells), sign=span.sign)
    if BLANK < original <= _LAST_CELL:
        return BrailleWord(original, start, original, [start])  # braille stays as it is
    return BrailleWord(plain[start:end], start, UNKNOWN, [start] * len(UNKNOWN), unknown=True)
