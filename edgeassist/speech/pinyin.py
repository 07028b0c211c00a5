"""Chinese text as the pinyin a synthesiser reads: syllables with tone digits, ASCII punctuation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from edgeassist.chinese.normal import normalise
from edgeassist.chinese.readings import Reader

_PAUSES = {
    **dict(zip(map(ord, "，。！？；：、…—\n"), ",.!?;:,,, ", strict=True)),
    **dict.fromkeys(map(ord, "“”‘’（）《》〈〉【】「」『』()[]·"), " "),
}


def spoken_pinyin(text: str) -> str:
    """`text` with every Chinese character in pinyin, one word a syllable.

    Tone changes of 一 and 不 are written (those of third tones are left to the synthesiser, which
    knows where it breathes). ü stays ü, the neutral tone is 5. The first call loads the reading
    tables (0.3 s).

    >>> spoken_pinyin("不是一个，绿色。")
    'bu2 shi4 yi2 ge4, lü4 se4.'
    """
    text = normalise(text)
    read = {
        word.start + place: syllable
        for word in _reader().read(text)
        for place, syllable in enumerate(word.syllables)
    }
    signs = sandhi(text, [read.get(place, "") for place in range(len(text))])
    said = "".join(
        f" {syllable} " if syllable else sign.translate(_PAUSES)
        for sign, syllable in zip(text, signs, strict=True)
    )
    said = re.sub(r"\s+", " ", said)
    return re.sub(r" +(?=[,.!?;:])", "", said).strip()


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


def _counted(text: str, place: int) -> bool:
    """Whether this 一 is a digit or an ordinal, which keep their tone."""
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    return before in tuple("第零〇一二三四五六七八九十点初") or after in tuple(
        "零〇一二三四五六七八九十点月号日"
    )


@cache
def _reader() -> Reader:
    return Reader()
