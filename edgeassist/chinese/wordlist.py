"""jieba's words in a memory-mapped table: the cuts of rjieba in a tenth of its memory.

rjieba keeps its dictionary on the heap (33 MB) and cuts a million characters a second. Who reads a
clause now and then needs the memory more: the same words, counts and classes in a file, the same
best path through them, and rjieba's own Markov model (which has no table to load for the cuts) for
what the dictionary does not know. What comes out is equal (tests/chinese/test_wordlist.py).
"""

from __future__ import annotations

import importlib.util
import math
import struct
import sys
from collections.abc import Iterator
from functools import cache
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any, Protocol, cast

from edgeassist.chinese.cache import compiled, edition, kept, mapped
from edgeassist.errors import ModelError
from edgeassist.locale import t

_CARD, _LIST = "zh-words", "jieba.dict.utf8"
_FORMAT = 2
_COUNTS = struct.Struct("<II")  # how often a word was seen; what rjieba says if asked for it
_ALL = " all"  # the key of the sum of all counts
_NONE = "x"  # the class of what is no word
_GUESSED = " "  # before a character that is no word of the list: the class rjieba gives it
_BLOCKS = (range(0x3400, 0xA000), range(0xF900, 0xFB00), range(0x20000, 0x323B0))


class Segmenter(Protocol):
    """What cuts text into words; the module `rjieba` is one."""

    def tag(self, text: str, hmm: bool = True) -> list[tuple[str, str]]:
        """Words and their classes; `hmm`: what no dictionary has may be a word."""

    def has_word(self, word: str) -> bool:
        """Whether the dictionary has it."""

    def suggest_freq(self, word: str) -> int:
        """How often a word of the dictionary was seen."""


def quick() -> Segmenter:
    """The fastest one, with its dictionary on the heap."""
    import rjieba

    segmenter: Any = rjieba
    return cast(Segmenter, segmenter)


@cache
def lean() -> Segmenter:
    """The one that takes the least memory; the quick one where the word list is not installed."""
    try:
        return Wordlist()
    except ModelError:
        return quick()


class Wordlist:
    """Cuts text that consists of Chinese characters; raises `ModelError` without the word list."""

    def __init__(self) -> None:
        import marisa_trie

        self._trie: Any = marisa_trie.BytesTrie()
        mapped(self._trie, _table)
        self._log_all = math.log(_COUNTS.unpack_from(self._trie[_ALL][0])[0])
        self._model: Any = _extension().Jieba.empty()

    def tag(self, text: str, hmm: bool = True) -> list[tuple[str, str]]:
        """See `Segmenter`."""
        return list(self._tagged(text, hmm))

    def has_word(self, word: str) -> bool:
        """See `Segmenter`."""
        return self._found(word) is not None

    def suggest_freq(self, word: str) -> int:
        """See `Segmenter`; 0 for what the dictionary has not."""
        found = self._found(word)
        return int(_COUNTS.unpack_from(found[0])[1]) if found else 0

    def _found(self, word: str) -> Any:
        # To the trie a word ends at a zero: it would read on in whatever lies behind.
        return self._trie.get(word) if "\0" not in word else None

    def _tagged(self, text: str, hmm: bool) -> Iterator[tuple[str, str]]:
        singles = ""  # characters that follow each other and are no words together
        for word in self._best(text):
            if hmm and len(word) == 1:
                singles += word
                continue
            yield from self._unknown(singles)
            singles = ""
            yield word, self._kind(word)
        yield from self._unknown(singles)

    def _unknown(self, singles: str) -> Iterator[tuple[str, str]]:
        if len(singles) < 2 or self.has_word(singles):
            yield from ((sign, self._kind(sign, _NONE)) for sign in singles)
            return
        words = self._model.cut(singles, True)
        if all(len(word) == 1 or self.has_word(word) for word in words):
            yield from ((word, self._kind(word)) for word in words)
            return
        # The classes of made-up words: rjieba unpacks 7 MB for them, which most texts do not need.
        for word, kind in self._model.tag(singles, True):
            yield word, self._kind(word, kind)

    def _kind(self, word: str, otherwise: str = "") -> str:
        found = self._found(word)
        if found:
            return str(found[0][_COUNTS.size :], "ascii")
        guessed = None if otherwise else self._found(_GUESSED + word)
        return str(guessed[0], "ascii") if guessed else otherwise or _NONE

    def _best(self, text: str) -> list[str]:
        """The cut whose words are the likeliest together; the longer first word of two equals."""
        size = len(text)
        best: list[tuple[float, int]] = [(0.0, size)] * (size + 1)
        for start in range(size - 1, -1, -1):
            ways = []
            for word in self._trie.prefixes(text[start:]):
                count = _COUNTS.unpack_from(self._trie[word][0])[0]
                end = start + len(word)
                ways.append((math.log(count) - self._log_all + best[end][0], end))
            alone = (best[start + 1][0] - self._log_all, start + 1)
            best[start] = max(ways, default=alone)
        words = []
        at = 0
        while at < size:
            end = best[at][1]
            words.append(text[at:end])
            at = end
        return words


def _table() -> Path:
    """The compiled list; asks for the model only where it is not compiled yet: that takes 4 MB."""
    name = f"{_FORMAT}-{edition('rjieba')}"
    table = kept("words", name)
    if table is not None:
        return table
    from edgeassist.modelstore import installed

    source = installed(_CARD) / _LIST
    notice = t("Preparing the list of words (only this once)…")
    return compiled("words", name, notice, f"{__name__}:build", str(source))


def build(path: Path, source: str) -> None:
    """Write the table of the word list `source`, as far as rjieba has its words."""
    import marisa_trie
    import rjieba

    from edgeassist.chinese.phrases import Phrases

    def entries() -> Iterator[tuple[str, bytes]]:
        total = 0
        with Path(source).open(encoding="utf-8") as lines:
            listed = {word: (int(count), kind) for word, count, kind in map(_parted, lines)}
        # rjieba's list is a little longer than the one that can be had.
        for word in sorted({*listed, *Phrases().words()}):
            if not rjieba.has_word(word):
                continue
            asked = rjieba.suggest_freq(word)
            count, kind = listed.get(word) or (asked, rjieba.tag(word, hmm=False)[0][1])
            total += count
            yield word, _COUNTS.pack(count, asked) + kind.encode("ascii")
        yield _ALL, _COUNTS.pack(total, 0)
        for sign in (chr(code) for block in _BLOCKS for code in block):
            kind = rjieba.tag(sign, hmm=False)[0][1]
            if kind != _NONE and not rjieba.has_word(sign):
                yield _GUESSED + sign, kind.encode("ascii")

    marisa_trie.BytesTrie(entries()).save(str(path))


def _parted(line: str) -> list[str]:
    return line.rsplit(maxsplit=2)


def _extension() -> Any:
    """rjieba without the dictionary that its package loads when it is imported."""
    name = "rjieba.rjieba"
    if name in sys.modules:
        return sys.modules[name]
    package = importlib.util.find_spec("rjieba")
    folders = list(package.submodule_search_locations or ()) if package is not None else []
    found = PathFinder.find_spec(name, folders)
    if found is None or found.loader is None:
        return quick()
    module = sys.modules[name] = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module
