"""Chinese text as the pinyin a synthesiser reads: syllables with tone digits, ASCII punctuation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from edgeassist.chinese.normal import normalise
from edgeassist.chinese.readings import Reader
from edgeassist.chinese.wordlist import lean

_PAUSES = {
    **dict(zip(map(ord, "，。！？；：、…—\n"), ",.!?;:,,, ", strict=True)),
    **dict.fromkeys(map(ord, "“”‘’（）《》〈〉【】「」『』()[]·"), " "),
}
_RHOTIC = "er5"  # 儿 that colours the syllable before it: 花儿 is one syllable


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """One word's syllables as they are said, or (without syllables) the signs between words."""

    syllables: tuple[str, ...]
    signs: str = ""  # ASCII punctuation, or letters that are no Chinese


def spoken_pinyin(text: str, *, joined: bool = False) -> str:
    """`text` with every Chinese character in pinyin, one word a syllable; or words `joined`.

    Tone changes of 一 and 不 are written (those of third tones are left to the synthesiser, which
    knows where it breathes). ü stays ü, the neutral tone is 5. The first call loads the reading
    tables (0.3 s).

    >>> spoken_pinyin("不是一个，绿色。")
    'bu2 shi4 yi2 ge4, lü4 se4.'
    """
    between = "" if joined else " "
    said = "".join(
        f" {between.join(word.syllables)} " if word.syllables else word.signs
        for word in spoken_words(text)
    )
    said = re.sub(r"\s+", " ", said)
    return re.sub(r" +(?=[,.!?;:])", "", said).strip()


def spoken_words(text: str) -> list[SpokenWord]:
    """The words of `text` with the signs between them, in order.

    Tones of 一 and 不 are as they change before the next syllable; third tones are as written
    (see `third_tones`). The first call loads the reading tables (0.3 s).
    """
    text = normalise(text)
    words = {word.start: word for word in _reader().read(text)}
    read = {
        word.start + place: syllable
        for word in words.values()
        for place, syllable in enumerate(word.syllables)
    }
    said = sandhi(text, [read.get(place, "") for place in range(len(text))])
    found: list[SpokenWord] = []
    at = 0
    while at < len(text):
        length = len(words[at].syllables) if at in words else 0
        if length:
            found.append(SpokenWord(tuple(said[at : at + length])))
        elif found and found[-1].signs:
            found[-1] = SpokenWord((), found[-1].signs + text[at].translate(_PAUSES))
        else:
            found.append(SpokenWord((), text[at].translate(_PAUSES)))
        at += length or 1
    return found


def sandhi(text: str, readings: Sequence[str]) -> list[str]:
    """`readings` (one a sign, "" for what is none) with the tones 一 and 不 take before the next.

    一 is yi2 before a fourth tone, yi4 before another, yi1 at the end, as an ordinal (第一) and
    within numbers (十一, 一九); 不 is bu2 before a fourth tone.
    """
    said = list(readings)
    for place, sign in enumerate(text[:-1]):
        tone = said[place + 1][-1:]
        if sign == "不" and said[place] == "bu4" and tone == "4":
            said[place] = "bu2"
        elif sign == "一" and said[place] == "yi1" and tone and not _counted(text, place):
            said[place] = "yi2" if tone == "4" else "yi4"
    return said


def third_tones(words: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The words of one breath with the second tone where a third tone meets another.

    It does so within a word, and within a foot of two single syllables said together (我也, 很好),
    from left to right; between feet the third tone stays.

    >>> third_tones([("wo3",), ("ye3",), ("xiang3",), ("xi3", "lian3")])
    [('wo2',), ('ye3',), ('xiang3',), ('xi2', 'lian3')]
    """
    said = [tuple(_risen(word)) for word in words]
    at = 0
    while at + 1 < len(said):
        one, two = said[at], said[at + 1]
        if len(one) == len(two) == 1:
            risen = _risen((*one, *two))
            said[at], said[at + 1] = (risen[0],), (risen[1],)
            at += 1
        elif len(one) == 1 and _third(one[0]) and _third(two[0]):
            said[at] = (one[0][:-1] + "2",)
        at += 1
    return said


def rhotic(syllable: str) -> bool:
    """Whether this is the 儿 that only colours the syllable before it."""
    return syllable == _RHOTIC


def _risen(word: Sequence[str]) -> list[str]:
    later = [*word[1:], ""]
    return [
        one[:-1] + "2" if _third(one) and _third(two) else one
        for one, two in zip(word, later, strict=True)
    ]


def _third(syllable: str) -> bool:
    return syllable.endswith("3")


def _counted(text: str, place: int) -> bool:
    """Whether this 一 is a digit or an ordinal, which keep their tone."""
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    return before in tuple("第零〇一二三四五六七八九十点初") or after in tuple(
        "零〇一二三四五六七八九十点月号日"
    )


@cache
def _reader() -> Reader:
    return Reader(jieba=lean())
