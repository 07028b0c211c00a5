"""Readings of words as dictionaries give them, compiled into one memory-mapped trie.

Sources, each used where it is installed: pypinyin's phrases and characters (MIT), CC-CEDICT as
carried by pypinyin-dict (CC BY-SA 4.0, neutral tones), and our own everyday words
(data/everyday.tsv), which win over both.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import sys
import zlib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from edgeassist.chinese.cache import compiled, edition, mapped
from edgeassist.chinese.syllables import from_tone_marks
from edgeassist.locale import t

EVERYDAY, PYPINYIN, CEDICT = "e", "p", "c"
_FORMAT = 1
_BASE_TONES = {"一": "yi1", "不": "bu4"}  # GF 0019-2018 10.1: no tone sandhi

Votes = dict[str, tuple[str, ...]]  # source -> one reading for each character


class Phrases:
    """Looks words up, and keeps what it found of about `most` of them.

    `longest` is the length of the longest word worth asking for.
    """

    longest = 8

    def __init__(self, most: int = 50_000) -> None:
        import marisa_trie

        self._trie: Any = marisa_trie.BytesTrie()
        notice = t("Preparing the dictionary of readings (only this once)…")
        builder = "edgeassist.chinese.phrases:build"
        mapped(self._trie, lambda: compiled("readings", _edition(), notice, builder))
        self._most = most
        self._found: dict[str, Votes] = {}

    def __getitem__(self, word: str) -> Votes:
        """What each source says of `word`; empty where none knows it."""
        found = self._found.get(word)
        if found is None:
            if len(self._found) > self._most:
                self._found.clear()
            found = {}
            # To the trie a word ends at a zero: it would read on in whatever lies behind.
            for value in self._trie.get(word, ()) if "\0" not in word else ():
                source, *syllables = value.decode().split(" ")
                found[source] = tuple(syllables)
            self._found[word] = found
        return found

    def words(self) -> list[str]:
        """All words and characters known."""
        keys: list[str] = self._trie.keys()
        return keys


def _edition() -> str:
    sources = edition("pypinyin", "pypinyin-dict")
    return f"{_FORMAT}.{everyday_edition()}-{sources}"


def everyday_edition() -> str:
    """Changes when our own words change."""
    return f"{zlib.crc32(_everyday_text().encode()):08x}"


def build(path: Path) -> None:
    """Write the trie of all words and their readings; takes about 130 MB of memory."""
    import marisa_trie

    entries = (
        (word, " ".join((source, *syllables)).encode())
        for source, words in _sources()
        for word, syllables in words
        if len(word) == len(syllables)
    )
    marisa_trie.BytesTrie(entries).save(str(path))


def _sources() -> Iterator[tuple[str, Iterator[tuple[str, tuple[str, ...]]]]]:
    yield EVERYDAY, everyday()
    folder = Path(importlib.util.find_spec("pypinyin").origin or "").parent  # type: ignore[union-attr]
    characters = json.loads((folder / "pinyin_dict.json").read_text("utf-8"))
    yield (
        PYPINYIN,
        ((chr(int(code)), (_plain(marks.split(",")[0]),)) for code, marks in characters.items()),
    )
    phrases = json.loads((folder / "phrases_dict.json").read_text("utf-8"))
    yield PYPINYIN, ((word, _base(word, syllables)) for word, syllables in phrases.items())
    if importlib.util.find_spec("pypinyin_dict"):
        yield CEDICT, ((word, _base(word, marks)) for word, marks in _cedict())


def _cedict() -> Iterator[tuple[str, list[list[str]]]]:
    """pypinyin-dict's CC-CEDICT, one of its modules at a time: together they take 150 MB."""
    package = importlib.import_module("pypinyin_dict.phrase_pinyin_data")
    for file in sorted(Path(package.__path__[0]).glob("cc_cedict_*.py")):
        name = f"{package.__name__}.{file.stem}"
        yield from importlib.import_module(name).phrases_dict.items()
        del sys.modules[name]


def _base(word: str, marks: list[list[str]]) -> tuple[str, ...]:
    syllables = tuple(_plain(choices[0]) for choices in marks)
    return tuple(
        _BASE_TONES[character]
        if syllable[:-1] == _BASE_TONES.get(character, "?")[:-1]
        else syllable
        for character, syllable in zip(word, syllables, strict=False)
    )


def _plain(marked: str) -> str:
    return from_tone_marks(marked.replace("v", "ü"))


def everyday() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Our own words: (word, syllables)."""
    for line in _everyday_text().splitlines():
        if line and not line.startswith("#"):
            word, _, syllables = line.partition("\t")
            yield word, tuple(syllables.split())


@cache
def _everyday_text() -> str:
    return resources.files("edgeassist.chinese").joinpath("data/everyday.tsv").read_text("utf-8")
