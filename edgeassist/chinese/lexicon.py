"""Words by how they sound: a compact trie from toneless syllables to words, tones and frequency.

Built once from what is installed: the vocabulary of the language model, the dictionaries
of readings, jieba's word list. Read through a memory map.
"""

from __future__ import annotations

import math
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from edgeassist.chinese.cache import compiled, edition
from edgeassist.chinese.normal import is_hanzi
from edgeassist.chinese.phrases import EVERYDAY, Phrases, everyday_edition
from edgeassist.chinese.syllables import split
from edgeassist.locale import t

if TYPE_CHECKING:
    from edgeassist.chinese.readings import Reader

_FORMAT = 4
_LETTERS_KEY = "#"
_FIRST = 0x100  # syllable number n is the character chr(_FIRST + n) of a key
_STEP = 20  # steps of a unit of log10 in a stored score
_JIEBA_TOTAL = 6.0e7
_RARE = -8.3  # log10 of a word of which only a dictionary knows
_SECOND_READING = -0.5
_REMEMBERED = 20_000  # keys whose words are kept as Python objects
LONGEST = 8


class Entry(NamedTuple):
    """A word that sounds so: its tones one digit a syllable, log10 of its frequency."""

    word: str
    tones: str
    score: float
    modelled: bool  # whether the language model knows it


class Lexicon:
    """Looks words up by toneless syllables."""

    def __init__(self, model: Path) -> None:
        import marisa_trie

        sources = edition("pypinyin", "pypinyin-dict", "rjieba")
        name = f"lexicon-{_FORMAT}.{everyday_edition()}-{model.stat().st_size}-{sources}.marisa"
        path = compiled(name, lambda path: _build(path, model))
        self._trie: Any = marisa_trie.BytesTrie()
        self._trie.mmap(str(path))
        self._found: dict[str, list[Entry]] = {}
        letters = self._trie[_LETTERS_KEY][0].decode().split(" ")
        self._code = {spelled: chr(_FIRST + number) for number, spelled in enumerate(letters)}

    def key(self, letters: Iterable[str]) -> str:
        """The key of a sequence of toneless syllables; it ends where one is no syllable."""
        key = ""
        for spelled in letters:
            code = self._code.get(spelled)
            if code is None:
                break
            key += code
        return key

    def prefixes(self, key: str) -> list[str]:
        """The keys of words that begin `key`."""
        found: list[str] = self._trie.prefixes(key)
        return found

    def entries(self, key: str) -> list[Entry]:
        """All words of a key, the most frequent first."""
        found = self._found.get(key)
        if found is None:
            if len(self._found) > _REMEMBERED:
                self._found.clear()
            found = self._found[key] = self._read(key)
        return found

    def _read(self, key: str) -> list[Entry]:
        count = len(key)
        found = [
            Entry(
                value[2 + count :].decode(),
                value[2 : 2 + count].decode(),
                -value[0] / _STEP,
                bool(value[1]),
            )
            for value in self._trie.get(key, ())
        ]
        return sorted(found, key=lambda entry: -entry.score)


def _build(path: Path, model_path: Path) -> None:
    import kenlm
    import marisa_trie

    from edgeassist.chinese import reader

    print(
        t("Preparing the lexicon for reading braille (only this once)…"),
        file=sys.stderr,
        flush=True,
    )
    model = kenlm.Model(str(model_path))
    nothing, after = kenlm.State(), kenlm.State()
    model.NullContextWrite(nothing)
    phrases = Phrases()
    scores = {
        word: (model.BaseScore(nothing, word, after), True) for word in _vocabulary(model_path)
    }
    for word, score in _dictionary_words(phrases):
        scores.setdefault(word, (score, False))
    table = _table(_entries(scores, phrases, reader()))
    marisa_trie.BytesTrie(table).save(str(path))


def _table(entries: Iterable[_Reading]) -> Iterator[tuple[str, bytes]]:
    """Keys and values of the trie, last the list of all syllables in the order of their codes."""
    code: dict[str, str] = {}
    for word, sounds, tones, (score, modelled) in entries:
        quantised = max(0, min(255, round(-score * _STEP)))
        value = bytes((quantised, modelled)) + tones.encode() + word.encode()
        yield "".join(code.setdefault(s, chr(_FIRST + len(code))) for s in sounds), value
    yield _LETTERS_KEY, " ".join(code).encode()


def _vocabulary(model_path: Path) -> Iterator[str]:
    """The Chinese words of a KenLM file, whose vocabulary stands at its end, NUL after each."""
    data = model_path.read_bytes()
    for word in data[data.find(b"<unk>") :].decode("utf-8", "replace").split("\0"):
        if word and len(word) <= LONGEST and all(map(is_hanzi, word)):
            yield word


def _dictionary_words(phrases: Phrases) -> Iterator[tuple[str, float]]:
    import rjieba

    for word in phrases.words():
        if 1 < len(word) <= LONGEST and all(map(is_hanzi, word)):
            if rjieba.has_word(word):
                yield word, math.log10(max(rjieba.suggest_freq(word), 1) / _JIEBA_TOTAL) - 1.0
            else:
                yield word, _RARE


Scored = tuple[float, bool]
_Reading = tuple[str, tuple[str, ...], str, Scored]


def _entries(scores: dict[str, Scored], phrases: Phrases, reads: Reader) -> Iterator[_Reading]:
    """(word, toneless syllables, tones, score) for every reading of every word."""
    heard: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for word, (score, modelled) in scores.items():
        if len(word) == 1:
            continue
        for rank, syllables in enumerate(_readings(word, phrases, reads)):
            if rank == 0:
                for character, syllable in zip(word, syllables, strict=True):
                    heard[character][syllable] += 10**score
            penalised = (score + rank * _SECOND_READING, modelled)
            yield word, *_taken_apart(syllables), penalised
    for character in reads.characters():
        score, modelled = scores.get(character, (_RARE, False))
        for syllable, share in _single(character, 10**score, heard[character], phrases, reads):
            scored = (score + max(math.log10(share), -3.0), modelled)
            yield character, *_taken_apart((syllable,)), scored


def _readings(word: str, phrases: Phrases, reads: Reader) -> list[tuple[str, ...]]:
    votes = phrases[word]
    if EVERYDAY in votes:
        return [votes[EVERYDAY]]
    if votes:
        return list(dict.fromkeys(votes.values()))
    syllables = tuple(s for part in reads.read(word) for s in part.syllables)
    return [syllables] if len(syllables) == len(word) and all(syllables) else []


def _single(
    character: str, alone: float, heard: dict[str, float], phrases: Phrases, reads: Reader
) -> Iterator[tuple[str, float]]:
    """The readings of a character that is a word by itself, with their shares."""
    readings = reads.readings(character)
    votes = phrases[character]
    first = votes[EVERYDAY][0] if EVERYDAY in votes else readings[0] if readings else ""
    if EVERYDAY in votes:
        alone *= 10.0  # we know how it is read alone; words say less
    total = sum(heard.values()) + 0.5 * alone
    for syllable in dict.fromkeys((first, *readings)):
        if syllable[:-1].isalpha():  # 兛 is read as two syllables
            weight = heard.get(syllable, 0.0) + (0.5 * alone if syllable == first else 0.0)
            yield syllable, max(weight / total, 1e-3)


def _taken_apart(syllables: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    return tuple(s[:-1] for s in syllables), "".join(str(split(s).tone) for s in syllables)
