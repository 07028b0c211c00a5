"""What stands between two neighbours of a braille line: a blank, the connector, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeassist.braille.cells import BLANK
from edgeassist.braille.encode import Scheme
from edgeassist.braille.marks import Marked
from edgeassist.braille.signs import CONNECTOR

if TYPE_CHECKING:
    from edgeassist.braille.forward import BrailleWord

# Blanks round punctuation: GB/T 44725-2024 §4.8.1-4.8.3, and counted in printed books.
_OPENING = frozenset("（［《〈“‘")
_CLOSING = frozenset("，、；：。？！）］》〉”’") | {"……"}
_NO_BLANK_AFTER = frozenset("（［《〈“‘。？！·-～") | {"——"}
_NO_BLANK_BEFORE = _CLOSING | {"·", "-", "～", "——"}

# What follows a number or letter as one word, joined by the connector (BRAILLE: books, brailix).
_AFTER_NUMBER = frozenset("月日号元版次页个时点分秒岁级届期章节条项卷册楼层室路世")
_AFTER_LETTER = frozenset("超轴型盘照级座点股区站口线式组班类图罩柱片相波")
_BEFORE_LETTER = ("维生素", "卡拉")


def between(
    before: BrailleWord | None, word: BrailleWord, marks: Marked, scheme: Scheme = Scheme.GF0019
) -> str:
    """What is written between two neighbours: a blank, the connector, or nothing."""
    blanks = marks.blanks.get(word.start)
    if blanks is not None:
        return BLANK * blanks
    if before is None:
        return ""
    if word.sign:
        if word.sign in _OPENING:
            if scheme is Scheme.SHUANGPIN and before.sign == "：" and word.sign in "“‘":
                return ""  # 4 of 4 in its printed pages
            return "" if before.sign in _NO_BLANK_AFTER else BLANK
        if word.sign in _NO_BLANK_BEFORE:
            return ""
    if before.sign:
        return "" if before.sign in _NO_BLANK_AFTER else BLANK
    alike = (word.unknown and before.unknown) or (_is_cell(word) and _is_cell(before))
    if alike and not word.spaced:
        return ""
    if word.spaced:
        return BLANK
    if before.technical and word.syllables:
        return _after_technical(before.text, word)
    if before.syllables and word.technical:
        return _before_technical(before.text, word.text)
    return BLANK


def _is_cell(word: BrailleWord) -> bool:
    return word.text == word.cells


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
