"""分词连写: which words of the segmentation are written joined, which apart (data/joints.toml).

GF 0019-2018 §12 gives principles only; the rules here are its clauses and what printed books do,
each with its source in the data file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from itertools import pairwise

from edgeassist.chinese.readings import Word

_FINAL = ("", "吗", "呢", "吧", "啊", "呀", "嘛")  # a pause follows
_IDIOM = "i"  # jieba's class of idioms
_PHRASES = (_IDIOM, "l")  # and of other set phrases
_SUFFIXES = "者家员手机器性化率度学式型界论"  # GF 12.2.5: 手工业者 is one word
COMMON = 50  # in jieba's count of a word
_APART_FROM_BEFORE = (0,)  # the cut of a part of a user's word
_PER_MINUTE = ("每", "分钟")  # 每分 钟 in books, 5 to 0: 每 takes one syllable (GF 12.2.6)
# Words of the segmentation that are two in braille, and where the second begins.
_APART = {
    "有人": 1,
    "从来不": 2,
    "从未有": 2,
    "发脾气": 1,
    "张开嘴": 2,
    "进一步提高": 3,
    "用手": 1,
    "用手掌": 1,
}


class Idioms(StrEnum):
    """How idioms of four syllables are written; printed books and writers disagree."""

    PARTED = "parted"  # 不近 人情: so the printed books we have
    WHOLE = "whole"  # 不近人情: as dictionaries of pinyin


@dataclass(frozen=True, slots=True)
class Rule:
    """Join two neighbours; a side matches by its text or by its class, and by its length."""

    name: str
    source: str
    left: frozenset[str]
    left_kinds: tuple[str, ...]
    left_length: int
    right: frozenset[str]
    right_kinds: tuple[str, ...]
    right_length: int
    longest: int
    least: int  # characters of the joined word before the right one
    right_next: frozenset[str]  # what must follow the right one
    unless_left: frozenset[str]
    unless_right: frozenset[str]
    unless_final: bool

    def joins(self, left: Word, right: Word, joined: int, following: str) -> bool:
        """Whether `left`, already part of a word of `joined` characters, takes `right` in.

        `following` is the word after `right`, "" where `right` ends its clause.
        """
        return (
            self.least <= joined <= self.longest - len(right.text)
            and _matches(left, self.left, self.left_kinds, self.left_length)
            and _matches(right, self.right, self.right_kinds, self.right_length)
            and left.text not in self.unless_left
            and right.text not in self.unless_right
            and not (self.unless_final and following in _FINAL)
            and (not self.right_next or following in self.right_next)
        )


def _matches(word: Word, texts: frozenset[str], kinds: tuple[str, ...], length: int) -> bool:
    if length and len(word.text) != length:
        return False
    if texts and word.text in texts:
        return True
    if kinds:
        return word.kind.startswith(kinds)
    return not texts


@cache
def rules() -> tuple[Rule, ...]:
    """All rules in their order."""
    text = resources.files("edgeassist.braille").joinpath("data/joints.toml").read_text("utf-8")
    return tuple(
        Rule(
            name=entry["name"],
            source=entry["source"],
            left=frozenset(entry.get("left", "").split()),
            left_kinds=tuple(entry.get("left_kinds", "").split()),
            left_length=entry.get("left_length", 0),
            right=frozenset(entry.get("right", "").split()),
            right_kinds=tuple(entry.get("right_kinds", "").split()),
            right_length=entry.get("right_length", 0),
            longest=entry.get("longest", 4),
            least=entry.get("least", 1),
            right_next=frozenset(entry.get("right_next", "").split()),
            unless_left=frozenset(entry.get("unless_left", "").split()),
            unless_right=frozenset(entry.get("unless_right", "").split()),
            unless_final=entry.get("unless_final", False),
        )
        for entry in tomllib.loads(text)["rule"]
    )


def parted(words: Iterable[Word], idioms: Idioms = Idioms.PARTED) -> Iterator[Word]:
    """Words of the segmentation that are written apart: 义务 教育, 研究 研究, 从来 不知道.

    GF 0019-2018 12.2.3 and 12.2.4; in printed books words and idioms of four syllables stand two
    and two (波澜 起伏, 不近 人情, 血液 循环; none was found whole), AABB and persons' names
    together. Longer words and the names of places and bodies are parted in the same way (北京 大学,
    中华 人民 共和国), as in pinyin (GB/T 16159-2012). 红红 的 and 慢慢 地 are
    parted as any 的 and 地. `idioms` may keep idioms of four syllables whole. A user's word is
    parted as the user says.
    """
    before = ""
    for word in words:
        cuts = word.cut if word.cut is not None else _parting(word, idioms)
        if (before, word.text) == _PER_MINUTE:
            cuts = (1,)
        before = word.text
        if not cuts:
            yield word
            continue
        for start, end in pairwise((0, *cuts, len(word.text))):
            piece = part_of(word, start, end)
            if start and word.cut:
                piece.cut = _APART_FROM_BEFORE
            yield piece


def _parting(word: Word, idioms: Idioms) -> tuple[int, ...]:
    """Where a word of the segmentation is parted; nowhere for persons' names and AABB."""
    import rjieba

    text = word.text
    if text in _APART:
        return (_APART[text],)
    if len(text) == 3 and text[0] == text[1] and text[2] in "的地":
        return (2,)
    if len(text) < 4 or word.kind.startswith("nr"):
        return ()
    if len(text) == 4:
        if text[0] == text[1] and text[2] == text[3]:
            return ()
        if text[:2] == text[2:]:
            return (2,)
        if text[3] in _SUFFIXES and rjieba.has_word(text[:3]):
            return ()
        if word.kind == _IDIOM and idioms is Idioms.WHOLE:
            return ()
        if word.kind in _PHRASES:
            return (2,)
    return _cuts(text)


@cache
def _cuts(text: str) -> tuple[int, ...]:
    """Where a long word falls into common dictionary words; () where it does not."""
    cuts = _fewest(text)
    halved = {
        start + 2
        for start, end in pairwise((0, *cuts, len(text)))
        if end - start == 4 and cuts and _fewest(text[start:end])
    }
    return tuple(sorted({*cuts, *halved}))


def _fewest(text: str) -> tuple[int, ...]:
    """The cut into fewest common words of two to four characters, not leaving it whole."""
    best: list[tuple[int, ...] | None] = [()] + [None] * len(text)
    for end in range(2, len(text) + 1):
        for start in range(max(0, end - 4), end - 1):
            before = best[start]
            if before is None or end - start == len(text):
                continue
            found = (*before, start) if start else before
            kept = best[end]
            if (kept is None or len(found) < len(kept)) and _is_common(text[start:end]):
                best[end] = found
    return best[len(text)] or ()


def _is_common(text: str) -> bool:
    """Rare entries of jieba's dictionary are pieces of foreign names (加利|福尼亚)."""
    import rjieba

    return rjieba.has_word(text) and rjieba.suggest_freq(text) >= COMMON


def part_of(word: Word, start: int, end: int) -> Word:
    """Characters [start:end] of a word as a word."""
    return Word(
        word.text[start:end],
        word.start + start,
        word.kind,
        word.syllables[start:end],
        {at - start: odds for at, odds in word.doubts.items() if start <= at < end},
    )


def joint(left: Word, right: Word, joined: int, following: str) -> Rule | None:
    """The rule that joins two neighbouring words, if any."""
    if right.cut == _APART_FROM_BEFORE:
        return None
    return next((rule for rule in rules() if rule.joins(left, right, joined, following)), None)
