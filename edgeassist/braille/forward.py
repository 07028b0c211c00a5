"""Text to braille: spans, words, readings, joined words, cells, and the blanks between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from edgeassist.braille.cells import BLANK, PUNCTUATION, UNKNOWN
from edgeassist.braille.encode import Scheme, word_cells
from edgeassist.braille.joints import joint, parted
from edgeassist.braille.signs import CONNECTOR, technical
from edgeassist.braille.spans import Kind, Span, spans, technical_text
from edgeassist.chinese import reader
from edgeassist.chinese.normal import normalise
from edgeassist.chinese.readings import Reader, Word

# Blanks round punctuation: GB/T 44725-2024 §4.8.1-4.8.3, and counted in printed books.
_OPENING = frozenset("（［《〈“‘")
_CLOSING = frozenset("，、；：。？！）］》〉”’") | {"……"}
_NO_BLANK_AFTER = frozenset("（［《〈“‘。？！·-～") | {"——"}
_NO_BLANK_BEFORE = _CLOSING | {"·", "-", "～", "——"}

# What follows a number or letter as one word, joined by the connector (BRAILLE: books, brailix).
_AFTER_NUMBER = frozenset("月日号元版次页个时点分秒岁级届期章节条项卷册楼层室路世")
_AFTER_LETTER = frozenset("超轴型盘照级座点股区站口线式组班类图罩柱片相波")
_BEFORE_LETTER = ("维生素", "卡拉")
_LONGEST = 2000  # characters read together
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


def to_braille(
    text: str,
    scheme: Scheme = Scheme.GF0019,
    *,
    full_tones: bool = False,
    reads: Reader | None = None,
) -> Translation:
    """Write one line of text in braille; `reads` is a reader with a user's words."""
    plain = normalise(text)
    words = list(_words(text, plain, scheme, full_tones, reads or reader()))
    cells: list[str] = []
    source: list[int] = []
    before: BrailleWord | None = None
    for word in words:
        between = _between(before, word) if before else ""
        cells += between, word.cells
        source += [word.start] * len(between)
        source += word.source
        before = word
    unknown = [(word.start, word.text) for word in words if word.unknown]
    return Translation(text, "".join(cells), source, words, unknown)


def _words(
    text: str, plain: str, scheme: Scheme, full_tones: bool, reads: Reader
) -> Iterator[BrailleWord]:
    found = spans(plain)
    readings = _readings(text, plain, reads)
    spaced = False
    for index, span in enumerate(found):
        if span.kind is Kind.SPACE:
            spaced = True
            continue
        if span.kind is Kind.CHINESE:
            final = index + 1 == len(found) or found[index + 1].kind is Kind.PUNCTUATION
            run = list(parted(_take(readings, span)))
            made: Iterator[BrailleWord] = _chinese(text, run, final, scheme, full_tones)
        else:
            made = iter([_other(text, plain, span)])
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


def _chinese(
    text: str, run: list[Word], final: bool, scheme: Scheme, full_tones: bool
) -> Iterator[BrailleWord]:
    """The connected words of a Chinese run; `final` says that a pause follows it."""
    group: list[Word] = []
    joints: list[tuple[str, str]] = []
    length = 0
    for index, word in enumerate(run):
        if group:
            following = run[index + 1].text if index + 1 < len(run) else "" if final else _MORE
            # 他用: two syllables alone are one word (GF 12.2.2)
            whole = len(text) == 2 and word.cut is None
            rule = joint(group[-1], word, length, following)
            if whole:
                group.append(word)
                continue
            if rule:
                group.append(word)
                joints.append((rule.name, rule.source))
                length += len(word.text)
                continue
            yield from _connected(text, group, joints, scheme, full_tones)
        group, joints, length = [word], [], len(word.text)
    if group:
        yield from _connected(text, group, joints, scheme, full_tones)


def _connected(
    text: str,
    group: list[Word],
    joints: list[tuple[str, str]],
    scheme: Scheme,
    full_tones: bool,
) -> Iterator[BrailleWord]:
    start = group[0].start
    plain = "".join(word.text for word in group)
    syllables = tuple(syllable for word in group for syllable in word.syllables)
    if "" in syllables:
        # A character without any known reading: shown as such, the rest of the word around it.
        yield from _around_unknown(text, group, scheme, full_tones)
        return
    written = _cells_of(plain, syllables, scheme, full_tones)
    source = [start + place for place, cell in enumerate(written) for _ in cell]
    yield BrailleWord(
        text[start : start + len(plain)],
        start,
        "".join(written),
        source,
        syllables,
        parts=group,
        joints=joints,
    )


def _around_unknown(
    text: str, group: list[Word], scheme: Scheme, full_tones: bool
) -> Iterator[BrailleWord]:
    for word in group:
        for place, (character, syllable) in enumerate(zip(word.text, word.syllables, strict=True)):
            at = word.start + place
            if syllable:
                cells = _cells_of(character, (syllable,), scheme, full_tones)[0]
                yield BrailleWord(text[at], at, cells, [at] * len(cells), (syllable,))
            else:
                yield BrailleWord(text[at], at, UNKNOWN, [at] * len(UNKNOWN), unknown=True)


@cache
def _frequent(word: str, syllables: tuple[str, ...], scheme: Scheme, full_tones: bool) -> list[str]:
    return word_cells(word, syllables, scheme, full_tones=full_tones)


def _cells_of(word: str, syllables: tuple[str, ...], scheme: Scheme, full_tones: bool) -> list[str]:
    if len(word) <= 3:
        return _frequent(word, syllables, scheme, full_tones)
    return word_cells(word, syllables, scheme, full_tones=full_tones)


def _other(text: str, plain: str, span: Span) -> BrailleWord:
    start, end = span.start, span.end
    original = text[start:end]
    if span.kind is Kind.TECHNICAL:
        cells, places = technical(technical_text(plain[start:end]))
        return BrailleWord(
            original, start, cells, [start + place for place in places], technical=True
        )
    if span.kind is Kind.PUNCTUATION:
        cells = CONNECTOR if span.sign in ("-", "～") else PUNCTUATION[span.sign]
        return BrailleWord(original, start, cells, [start] * len(cells), sign=span.sign)
    return BrailleWord(plain[start:end], start, UNKNOWN, [start] * len(UNKNOWN), unknown=True)


def _between(before: BrailleWord, word: BrailleWord) -> str:
    """What is written between two neighbours: a blank, the connector, or nothing."""
    if word.sign:
        if word.sign in _OPENING:
            return "" if before.sign in _NO_BLANK_AFTER else BLANK
        if word.sign in _NO_BLANK_BEFORE:
            return ""
    if before.sign:
        return "" if before.sign in _NO_BLANK_AFTER else BLANK
    if word.unknown and before.unknown and not word.spaced:
        return ""
    if word.spaced:
        return BLANK
    if before.technical and word.syllables:
        return _after_technical(before.text, word)
    if before.syllables and word.technical:
        return _before_technical(before.text, word.text)
    return BLANK


def _after_technical(token: str, word: BrailleWord) -> str:
    """Number or letters, then Chinese."""
    first = word.text[0]
    if token[-1].isdigit():
        if first == "年":
            return ""  # 2014年 ⠼⠃⠚⠁⠙⠝⠩
        measures = first in _AFTER_NUMBER or (word.parts and word.parts[0].kind[:1] in "qm")
        return CONNECTOR if measures else BLANK
    if token[-1].isalpha() and first in _AFTER_LETTER:
        return CONNECTOR
    return BLANK


def _before_technical(word: str, token: str) -> str:
    """Chinese, then number or letters."""
    if token[0].isdigit():
        return "" if word == "第" else BLANK  # 第1版 ⠙⠊⠼⠁⠤⠃⠧
    return CONNECTOR if word.endswith(_BEFORE_LETTER) else BLANK
