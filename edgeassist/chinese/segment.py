"""Chinese text into words with their word classes, by jieba's dictionary."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from edgeassist.chinese.wordlist import Segmenter

# Words round these are often none: jieba's Markov model makes them up (他长, 我用), and its
# dictionary lists rare phrases (地走了, 很漂亮).
_FUNCTION = (
    "的了着过得地我你您他她它这那在是不没很太真就也都还又再把被让给和与跟从向对为之所以而但只"
    "才有要会能可去来说个们么吗呢吧啊呀上下里"
)
_APART = re.compile(f"[{_FUNCTION}]|[^{_FUNCTION}]+")
_HAS_FUNCTION = re.compile(f"[{_FUNCTION}]")
# 梳了梳 头发: what follows a repeated verb begins a word.
_REPEATED = re.compile(r"([^一二三四五六七八九十百千万两了])[了一]\1(?=.)")
_RARE = 10  # jieba's count of a word
_NAMES = ("nr", "ns", "nt", "nz")


class Word(NamedTuple):
    """A word and its class as jieba's dictionary gives it ("v", "n", "uj", …), context unseen."""

    text: str
    kind: str


def segment(text: str, known: Callable[[str], object], jieba: Segmenter) -> list[Word]:
    """Cut `text` into words; nothing is lost: joined again they are `text`.

    `known` tells of a word whether a dictionary has it.
    """
    words: list[Word] = []
    start = 0
    for repeated in _REPEATED.finditer(text):
        words += _words(text[start : repeated.end()], known, jieba)
        start = repeated.end()
    words += _words(text[start:], known, jieba)
    return _suffixed(words, known)


def _suffixed(words: list[Word], known: Callable[[str], object]) -> list[Word]:
    """With 子 at its noun, where the segmentation took it off: 带 子 没."""
    joined: list[Word] = []
    for word in words:
        before = joined[-1].text if joined else ""
        if word.text == "子" and len(before) == 1 and known(f"{before}子"):
            joined[-1] = Word(f"{before}子", "n")
        else:
            joined.append(word)
    return joined


def _words(text: str, known: Callable[[str], object], jieba: Segmenter) -> Iterator[Word]:
    for word, kind in jieba.tag(text):
        if len(word) == 1 or known(word) or kind.startswith(_NAMES):
            yield Word(word, kind)
        elif jieba.has_word(word):
            if len(word) > 2 and jieba.suggest_freq(word) <= _RARE:
                yield from _recut(word, known, jieba)
            elif word[1] in "得着" and jieba.suggest_freq(word) <= 5 * _RARE:
                yield from _apart(word, jieba)
            else:
                yield Word(word, kind)
        elif _HAS_FUNCTION.search(word):
            yield from _plain(word, jieba)
        else:
            yield Word(word, kind)


def _recut(word: str, known: Callable[[str], object], jieba: Segmenter) -> Iterator[Word]:
    """Cut a made-up word: dictionary words first, then round the function words."""
    rest = ""
    at = 0
    while at < len(word):
        length = next((n for n in range(len(word) - at, 1, -1) if known(word[at : at + n])), 0)
        if not length:
            rest += word[at]
            at += 1
            continue
        yield from _apart(rest, jieba)
        rest = ""
        yield from _plain(word[at : at + length], jieba)
        at += length
    yield from _apart(rest, jieba)


def _apart(word: str, jieba: Segmenter) -> Iterator[Word]:
    for part in _APART.findall(word):
        yield from _plain(part, jieba)


def _plain(word: str, jieba: Segmenter) -> Iterator[Word]:
    for part, kind in jieba.tag(word, hmm=False):
        yield Word(part, kind)
