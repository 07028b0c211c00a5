"""Words by how they sound: a compact trie from toneless syllables to words, tones and frequency.

Built once from what is installed: the vocabulary of the language model, the dictionaries
of readings, the word list `zh-words`. Read through a memory map.
"""

from __future__ import annotations

import itertools
import math
import mmap
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from edgeassist.chinese.cache import compiled, edition, mapped
from edgeassist.chinese.normal import is_hanzi
from edgeassist.chinese.parts import Parts, decoded
from edgeassist.chinese.phrases import EVERYDAY, Phrases, everyday_edition
from edgeassist.chinese.pieces import pieced
from edgeassist.chinese.syllables import split
from edgeassist.errors import ModelError
from edgeassist.locale import t

if TYPE_CHECKING:
    from edgeassist.chinese.readings import Reader

_FORMAT = 6
_WORDS = "jieba.dict.utf8"
_TITLES = "zhwiki.dict"
_TITLES_FORMAT = 2
_TITLES_OF = (2, 3), (4, 6)  # characters: in two tables, so that building takes less memory
_TITLE = -7.8  # log10 of a title's frequency: together a few words in a hundred
_LETTERS_KEY = "#"
_PARTS_KEY = "$"
_FIRST = 0x100  # syllable number n is the character chr(_FIRST + n) of a key
_STEP = 20  # steps of a unit of log10 in a stored score
_JIEBA_TOTAL = 6.0e7
_RARE = -8.3  # log10 of a word of which only a dictionary knows
_SECOND_READING = -0.5
_REMEMBERED_IN_BUILDING = 2_000  # words, of which each comes once
_REMEMBERED = 20_000  # keys whose words are kept as Python objects
LONGEST = 8


class Entry(NamedTuple):
    """A word that sounds so: its tones one digit a syllable, log10 of its frequency."""

    word: str
    tones: str
    score: float
    modelled: bool  # whether the language model knows it
    share: float  # of `score`, what is due to this reading among those of the word, log10


class Lexicon:
    """Looks words up by toneless syllables."""

    def __init__(self, model: Path, most: int = _REMEMBERED) -> None:
        """With the language model's words; what it found of about `most` keys is kept at hand."""
        sources = edition("pypinyin", "pypinyin-dict", "rjieba")
        words = _file_of("zh-words", _WORDS)
        have = f"{model.stat().st_size}.{words.stat().st_size if words else 0}"
        named = f"{_FORMAT}.{everyday_edition()}-{have}-{sources}"
        self._trie = _mapped("lexicon", named, "build", model, words or "")
        self._most = most
        self._found: dict[str, list[Entry]] = {}
        self.parts = decoded(self._trie[_PARTS_KEY][0])
        letters = self._trie[_LETTERS_KEY][0].decode().split(" ")
        self._code = {spelled: chr(_FIRST + number) for number, spelled in enumerate(letters)}
        self._titles: list[Any] = []
        titles = _file_of("zh-titles", _TITLES)
        if titles is not None:
            have = f"{titles.stat().st_size}.{zlib.crc32(' '.join(letters).encode()):08x}"
            named = f"{_TITLES_FORMAT}.{have}-{edition('pypinyin', 'pypinyin-dict')}"
            for least, most in _TITLES_OF:
                given = titles, " ".join(letters), str(least), str(most)
                table = _mapped(f"titles{least}", named, "build_titles", *given)
                self._titles.append(table)

    def key(self, letters: Iterable[str]) -> str:
        """The key of a sequence of toneless syllables; it ends where one is no syllable."""
        key = ""
        for spelled in letters:
            code = self._code.get(spelled)
            if code is None:
                break
            key += code
        return key

    def letters(self) -> list[str]:
        """All toneless syllables."""
        return list(self._code)

    def prefixes(self, key: str) -> list[str]:
        """The keys of words that begin `key`."""
        found: list[str] = self._trie.prefixes(key)
        for titles in self._titles:
            found += [prefix for prefix in titles.prefixes(key) if prefix not in found]
        return found

    def begins(self, key: str) -> bool:
        """Whether any word's key begins with `key`, or is it."""
        return any(True for _ in self._trie.iterkeys(key))

    def entries(self, key: str) -> list[Entry]:
        """All words of a key, the most frequent first."""
        found = self._found.get(key)
        if found is None:
            if len(self._found) > self._most:
                self._found.clear()
            found = self._found[key] = self._read(key)
        return found

    def _read(self, key: str) -> list[Entry]:
        count = len(key)
        found = [
            Entry(
                value[3 + count :].decode(),
                value[3 : 3 + count].decode(),
                -value[0] / _STEP,
                bool(value[1]),
                -value[2] / _STEP,
            )
            for value in self._trie.get(key, ())
        ]
        have = {entry.word for entry in found} if self._titles else ()
        for titles in self._titles:
            for value in titles.get(key, ()):
                word = value[count:].decode()
                if word not in have:
                    found.append(Entry(word, value[:count].decode(), _TITLE, False, 0.0))
        return sorted(found, key=lambda entry: -entry.score)


def _file_of(model: str, name: str) -> Path | None:
    """A file of a model that may be missing: without it there are fewer words, not worse ones."""
    from edgeassist.modelstore import installed

    try:
        return installed(model) / name
    except ModelError:
        return None


def _mapped(kind: str, edition: str, builder: str, *given: Path | str) -> Any:
    import marisa_trie

    notice = t("Preparing the lexicon for reading braille (only this once)…")
    builder = f"edgeassist.chinese.lexicon:{builder}"
    return mapped(
        marisa_trie.BytesTrie(),
        lambda: compiled(kind, edition, notice, builder, *map(str, given)),
    )


def build_titles(path: Path, titles_file: str, letters: str, least: str, most: str) -> None:
    """Write the trie of titles of so many characters, keyed by the codes of `letters`."""
    import marisa_trie

    code = {spelled: chr(_FIRST + number) for number, spelled in enumerate(letters.split(" "))}
    lengths = range(int(least), int(most) + 1)
    marisa_trie.BytesTrie(_titled(Path(titles_file), code, lengths)).save(str(path))


def _titled(path: Path, code: Mapping[str, str], lengths: range) -> Iterator[tuple[str, bytes]]:
    from edgeassist.chinese.titles import titles

    phrases = Phrases(_REMEMBERED_IN_BUILDING)
    for word in titles(path):
        if len(word) in lengths and not phrases[word]:
            letters, tones = _taken_apart(pieced(word, phrases))
            if letters and all(spelled in code for spelled in letters):
                yield "".join(code[s] for s in letters), tones.encode() + word.encode()


def build(path: Path, model_file: str, words_file: str) -> None:
    """Write the trie of all words the language model or a dictionary has."""
    import kenlm
    import marisa_trie

    from edgeassist.chinese import reader
    from edgeassist.chinese.trigrams import language_model

    model_path, words = Path(model_file), Path(words_file) if words_file else None
    model = language_model(model_path)
    nothing, after = kenlm.State(), kenlm.State()
    model.NullContextWrite(nothing)
    phrases = Phrases(_REMEMBERED_IN_BUILDING)
    modelled = ((w, model.BaseScore(nothing, w, after), True) for w in _vocabulary(model_path))
    others = itertools.chain(_dictionary_words(phrases), _listed(words, phrases))
    further = ((word, score, False) for word, score in others if word not in model)
    scored = itertools.chain(modelled, further)
    parts = Parts()
    table = _table(_entries(parts.counting(scored), phrases, reader()), parts)
    marisa_trie.BytesTrie(table).save(str(path))


def _table(entries: Iterable[_Reading], parts: Parts) -> Iterator[tuple[str, bytes]]:
    """Keys and values of the trie, last all syllables in the order of their codes and `parts`."""
    code: dict[str, str] = {}
    for word, sounds, tones, share, score, modelled in entries:
        numbers = _quantised(score + share), modelled, _quantised(share)
        value = bytes(numbers) + tones.encode() + word.encode()
        yield "".join(code.setdefault(s, chr(_FIRST + len(code))) for s in sounds), value
    yield _LETTERS_KEY, " ".join(code).encode()
    yield _PARTS_KEY, parts.encoded()


def _quantised(logarithm: float) -> int:
    return max(0, min(255, round(-logarithm * _STEP)))


def _vocabulary(model_path: Path) -> Iterator[str]:
    """The Chinese words of a KenLM file, whose vocabulary stands at its end, NUL after each."""
    with (
        model_path.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
    ):
        data.seek(data.find(b"<unk>"))
        left = b""
        while block := data.read(1 << 16):
            *whole, left = (left + block).split(b"\0")
            yield from _chinese(whole)
        yield from _chinese([left])


def _chinese(encoded: Iterable[bytes]) -> Iterator[str]:
    for one in encoded:
        word = one.decode("utf-8", "replace")
        if word and len(word) <= LONGEST and all(map(is_hanzi, word)):
            yield word


def _dictionary_words(phrases: Phrases) -> Iterator[tuple[str, float]]:
    import rjieba

    for word in phrases.words():
        if 1 < len(word) <= LONGEST and all(map(is_hanzi, word)):
            known = rjieba.has_word(word)
            yield word, _of_jieba(rjieba.suggest_freq(word)) if known else _RARE


def _listed(path: Path | None, phrases: Phrases) -> Iterator[tuple[str, float]]:
    """What no dictionary has of a list whose lines are a word, jieba's count of it, its class."""
    if path is not None:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                word, count, _ = line.split(" ")
                wanted = 1 < len(word) <= LONGEST and all(map(is_hanzi, word))
                if wanted and not phrases[word]:
                    yield word, _of_jieba(int(count))


def _of_jieba(count: int) -> float:
    return math.log10(max(count, 1) / _JIEBA_TOTAL) - 1.0


_Scored = tuple[str, float, bool]  # word, log10 of its frequency, whether the model knows it
_Reading = tuple[str, tuple[str, ...], str, float, float, bool]


def _entries(words: Iterable[_Scored], phrases: Phrases, reads: Reader) -> Iterator[_Reading]:
    """Every reading of every word: word, toneless syllables, tones, share, score, modelled."""
    heard: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    alone: dict[str, float] = {}
    for word, score, modelled in words:
        if len(word) == 1:
            alone[word] = score
            continue
        for rank, syllables in enumerate(_readings(word, phrases, reads)):
            if rank == 0:
                for character, syllable in zip(word, syllables, strict=True):
                    heard[character][syllable] += 10**score
            yield word, *_taken_apart(syllables), rank * _SECOND_READING, score, modelled
    for character in reads.characters():
        score, modelled = alone.get(character, _RARE), character in alone
        for syllable, share in _single(character, 10**score, heard[character], phrases, reads):
            yield character, *_taken_apart((syllable,)), math.log10(share), score, modelled


def _readings(word: str, phrases: Phrases, reads: Reader) -> list[tuple[str, ...]]:
    votes = phrases[word]
    if EVERYDAY in votes:
        return [votes[EVERYDAY]]
    if votes:
        return list(dict.fromkeys(votes.values()))
    syllables = tuple(s for part in reads.read(word) for s in part.syllables)
    fitting = len(syllables) == len(word) and all(s[:-1].isalpha() for s in syllables)
    return [syllables] if fitting else []  # 瓩 is read as two syllables


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
