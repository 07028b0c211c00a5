"""How often a character is the last or first part of a longer word, or stands in a given name.

A syllable written joined to a word that no dictionary continues is more often 县 or 式 than what
it would be alone (线, 是). Counted in the words of the lexicon while it is built.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TypeVar

# The commonest family names, most frequent first (as the Ministry of Public Security lists them,
# from memory, without those that are rather other words).
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高梁郑谢宋唐许韩冯邓曹彭曾肖萧田董袁潘于蒋蔡余杜"
    "叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾"
    "毛郝龚邵万钱严覃武戴莫孔向汤温康施牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟申耿关兰焦俞左柳甘"
    "祝包宁尚符舒阮柯纪梅童凌毕单裴霍涂成苗谷曲盛冉翁蓝路游辛靳管柴鲍华祁房滕屈饶解牟艾尤时阳"
    "阎卜蒙杭竺殷司"
)
LAST, FIRST, GIVEN = range(3)
_RARELY = 0.2  # what a character that was never seen so counts
_LEAST_GIVEN = 3

_Word = TypeVar("_Word", bound="tuple[str, float, bool]")


class Parts:
    """log10 of how many of all last parts, first parts and given names a character makes up."""

    def __init__(self, counts: tuple[Counter[str], Counter[str], Counter[str]] | None = None):
        self._counts = counts or (Counter(), Counter(), Counter())
        self._totals = [max(1, sum(count.values())) for count in self._counts]

    def share(self, character: str, kind: int) -> float:
        """`kind` is LAST, FIRST or GIVEN."""
        return math.log10((self._counts[kind][character] or _RARELY) / self._totals[kind])

    def given(self) -> list[str]:
        """Characters of given names."""
        return [c for c, count in self._counts[GIVEN].items() if count >= _LEAST_GIVEN]

    def counting(self, words: Iterable[_Word]) -> Iterator[_Word]:
        """The same words, counted as they pass."""
        import rjieba

        last, first, given = self._counts
        for word in words:
            text = word[0]
            if len(text) == 3:
                last[text[2]] += rjieba.has_word(text[:2])
                first[text[0]] += rjieba.has_word(text[1:])
            if len(text) in (2, 3) and text[0] in SURNAMES and rjieba.tag(text) == [(text, "nr")]:
                given.update(text[1:])
            yield word

    def encoded(self) -> bytes:
        """All counts, for `decoded`."""
        return "\n".join(
            " ".join(f"{character}{count}" for character, count in counter.items() if count)
            for counter in self._counts
        ).encode()


def decoded(data: bytes) -> Parts:
    """What `Parts.encoded` wrote."""
    last, first, given = (
        Counter({item[0]: int(item[1:]) for item in line.split(" ") if item})
        for line in data.decode().split("\n")
    )
    return Parts((last, first, given))
