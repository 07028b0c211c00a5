"""How each character of a Chinese text is read: dictionaries and a polyphone model together.

Neither alone is right: the model misreads everyday words (银行, 了解), dictionaries know nothing of
single characters. So each reading gets the model's log probability, plus a fixed weight
for every dictionary that gives this reading for the word the character stands in.
"""

from __future__ import annotations

import math
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from edgeassist.chinese.context import Choices, Placed, settle
from edgeassist.chinese.normal import is_hanzi
from edgeassist.chinese.phrases import CEDICT, EVERYDAY, PYPINYIN, Phrases, Votes
from edgeassist.chinese.polyphones import Polyphones
from edgeassist.chinese.segment import Word as Cut
from edgeassist.chinese.segment import segment
from edgeassist.chinese.userwords import UserWord
from edgeassist.chinese.wordlist import Segmenter, quick

# Natural-log weights, chosen on the CPP dev sentences and everyday sentences: a dictionary that
# knows a word outweighs the model, which is often sure and wrong of everyday words.
_WEIGHTS = {EVERYDAY: 100.0, PYPINYIN: 14.0, CEDICT: 13.9}
_IDIOM = 3.0  # times as much of a word of four characters or more: 如鱼得水, 罪有应得
_USER = 1000.0
_USER_KIND = "n"  # the class of a word that only the user knows
_NAMES = ("ns", "nt", "nz", "nrt")
_LOOSE = "得着了"  # what ends with these is often a verb and a particle: 过得, 点着
_FULL = "是个上下里来去"  # CC-CEDICT writes these without a tone more often than others do
_LEAST = 1e-6  # the model cannot be surer than a dictionary that lists the word
_GLYPH = 8.0  # a traditional glyph that has one reading only
_SOFTER = 2.0  # the model is surer than it is right: what `doubts` says is softened by this
_UNSEEN = math.log(1e-3)  # a reading of which the model has never heard
_NEUTRALISED = math.log(0.2)  # the neutral form of a character's only reading


@dataclass(slots=True)
class Word:
    """A word of a text: where it stands, its class, one syllable for each character.

    `doubts` holds, for characters of uncertain reading (by index in the word), the probabilities
    of all readings. `cut` is what a user's word says of its parts (`userwords.UserWord`).
    """

    text: str
    start: int
    kind: str
    syllables: tuple[str, ...]
    doubts: dict[int, dict[str, float]] = field(default_factory=dict)
    cut: tuple[int, ...] | None = None


class Reader:
    """Reads simplified Chinese text. Loads its tables (0.3 s) when first used.

    `user` wins over everything else: its words are words wherever their characters follow each
    other (the longest first), its single characters where they are words by themselves.
    `jieba` cuts the words, the quickest if it is not given; all of them cut alike.
    """

    def __init__(
        self, user: dict[str, UserWord] | None = None, jieba: Segmenter | None = None
    ) -> None:
        self._jieba = jieba or quick()
        self._phrases = Phrases()
        self._polyphones = Polyphones()
        self._user = user or {}
        self._longest = max([self._phrases.longest, *map(len, self._user)])

    def read(self, text: str, original: str = "") -> list[Word]:
        """The words of `text`, which is one sentence or clause and may hold other signs.

        Whatever is no Chinese character is left out; `start` tells where each word stands.
        `original` is the text before it was simplified: a traditional glyph often has one reading
        (髮 fà, 發 fā) where its simplified form has several.
        """
        words = []
        for start, run in _runs(text):
            at = start
            for piece, kind, cut in self._segmented(run):
                words.append(Word(piece, at, kind, (), cut=cut))
                at += len(piece)
        choices = self._choices(text, words)
        if original and original != text:
            self._heed_glyphs(original, text, choices)
        placed = [
            Placed(w.text, w.start, w.kind, self._bound(w), bool(self._knows(w.text)))
            for w in words
        ]
        settle(text, placed, choices)
        for word in words:
            self._decide(word, choices)
        return words

    def characters(self) -> list[str]:
        """All characters with a known reading."""
        return [word for word in self._phrases.words() if len(word) == 1]

    def readings(self, character: str) -> tuple[str, ...]:
        """All readings of a character, the usual one first."""
        votes = self._phrases[character]
        usual = votes.get(EVERYDAY, votes.get(PYPINYIN, ()))
        return tuple(dict.fromkeys((*usual, *self._polyphones.readings(character))))

    def _segmented(self, run: str) -> Iterator[tuple[str, str, tuple[int, ...] | None]]:
        """Words, their classes and cuts: the user's words, and what lies between them."""
        between = at = 0
        while self._user and at < len(run):
            word = self._user_word(run, at)
            if not word:
                at += 1
                continue
            for piece, kind in self._cut(run[between:at]):
                yield piece, kind, None
            kinds = self._cut(word)
            yield word, kinds[0].kind if len(kinds) == 1 else _USER_KIND, self._user[word].cut
            between = at = at + len(word)
        for piece, kind in self._cut(run[between:]):
            yield piece, kind, None

    def _cut(self, run: str) -> list[Cut]:
        return segment(run, self._knows, self._jieba)

    def _user_word(self, run: str, at: int) -> str:
        lengths = range(min(self._longest, len(run) - at), 1, -1)
        return next((run[at : at + n] for n in lengths if run[at : at + n] in self._user), "")

    def _knows(self, word: str) -> object:
        return word in self._user or self._phrases[word]

    def _bound(self, word: Word) -> Container[int]:
        """Which characters cannot be words by themselves: a context rule may ask for that."""
        text = word.text
        if len(text) == 1:
            return ()
        if not self._invented(word):
            return range(len(text))
        return (
            {
                i
                for at in range(len(text) - 1)
                if self._knows(text[at : at + 2])
                for i in (at, at + 1)
            }
            if len(text) > 2
            else ()
        )

    def _invented(self, word: Word) -> bool:
        """Whether these characters may be no word at all, or a verb and what belongs to it."""
        text = word.text
        if self._knows(text):
            return len(text) == 2 and text[1] in _LOOSE and self._only_listed(text)
        name = word.kind.startswith(_NAMES) and text[-1] not in _LOOSE
        return len(text) in (2, 3) and not name

    def _only_listed(self, word: str) -> bool:
        return word not in self._user and list(self._phrases[word]) in ([CEDICT], [PYPINYIN])

    def _choices(self, text: str, words: list[Word]) -> Choices:
        ambiguous = self._polyphones.ambiguous
        positions = [i for word in words for i in _span(word) if ambiguous(text[i])]
        choices: Choices = {}
        for position, odds in zip(
            positions, self._polyphones.probabilities(text, positions), strict=True
        ):
            bound = _bound_readings().get(text[position], ())
            free = {r: p for r, p in odds.items() if r not in bound} or odds
            total = sum(free.values()) + _LEAST
            choices[position] = {r: math.log(p / total + _LEAST) for r, p in free.items()}
        for word in words:
            for position in _span(word):
                if position not in choices:
                    choices[position] = self._only(text[position])
            if len(word.text) > 1 or word.text in self._user:
                self._vote(word.text, word.start, choices)
        return choices

    def _only(self, character: str) -> dict[str, float]:
        reading = self._polyphones.only(character)
        if not reading:
            votes = self._phrases[character]
            reading = votes[PYPINYIN][0] if PYPINYIN in votes else ""
        if not reading:
            return {}
        neutral = reading[:-1] + "5"
        return {reading: 0.0, neutral: _NEUTRALISED} if neutral != reading else {reading: 0.0}

    def _heed_glyphs(self, original: str, text: str, choices: Choices) -> None:
        for position, odds in choices.items():
            glyph = original[position]
            if glyph == text[position] or glyph == "著":  # 著 is also written for 着
                continue
            if self._polyphones.ambiguous(glyph):
                continue
            single = next(iter(self.readings(glyph)), "")
            if single:
                odds[single] = odds.get(single, _UNSEEN) + _GLYPH

    def _vote(self, word: str, start: int, choices: Choices) -> None:
        """Let the dictionaries speak of `word`; of its parts where they do not know it whole."""
        if word in self._user:
            self._add(self._user[word].syllables, start, _USER, choices)
            return
        votes = self._phrases[word] if len(word) <= self._longest else {}
        votes = self._neutral(word, votes)
        surer = _IDIOM if len(word) >= 4 else 1.0
        for source, syllables in votes.items():
            self._add(syllables, start, surer * _WEIGHTS[source], choices)
        if votes or len(word) == 2:
            return
        at = 0
        while at < len(word) - 1:
            for length in range(min(len(word) - at, self._longest), 1, -1):
                part = word[at : at + length]
                if length < len(word) and self._phrases[part]:
                    self._vote(part, start + at, choices)
                    at += length
                    break
            else:
                at += 1

    def _neutral(self, word: str, votes: Votes) -> Votes:
        """The votes for `word`, neutral where CC-CEDICT or our own words have a neutral ending."""
        if EVERYDAY in votes or not votes or word[-1] in _FULL:
            return votes
        endings = [votes[CEDICT][-1]] if CEDICT in votes else []
        if len(word) == 3:
            endings += [s[-1] for s in [self._phrases[word[1:]].get(EVERYDAY)] if s]
        neutral = [ending for ending in endings if ending.endswith("5")]
        return {
            source: (*said[:-1], neutral[0])
            if neutral and said[-1][:-1] == neutral[0][:-1]
            else said
            for source, said in votes.items()
        }

    @staticmethod
    def _add(syllables: tuple[str, ...], start: int, weight: float, choices: Choices) -> None:
        for position, syllable in enumerate(syllables, start):
            odds = choices[position]
            odds[syllable] = odds.get(syllable, _UNSEEN) + weight

    def _decide(self, word: Word, choices: Choices) -> None:
        chosen = []
        for index, position in enumerate(_span(word)):
            odds = choices[position]
            if not odds:
                chosen.append("")
                continue
            best = max(odds, key=odds.__getitem__)
            chosen.append(best)
            if len(odds) > 1 and self._polyphones.ambiguous(word.text[index]):
                total = sum(math.exp((score - odds[best]) / _SOFTER) for score in odds.values())
                if total > 1.05:
                    word.doubts[index] = {
                        reading: round(math.exp((score - odds[best]) / _SOFTER) / total, 3)
                        for reading, score in sorted(odds.items(), key=lambda item: -item[1])
                    }
        word.syllables = tuple(chosen)


@cache
def _bound_readings() -> dict[str, tuple[str, ...]]:
    """Readings that a character has in listed words only, of which the model may not think."""
    text = resources.files("edgeassist.chinese").joinpath("data/bound.tsv").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return {character: tuple(readings.split()) for character, readings in rows}


def _span(word: Word) -> range:
    return range(word.start, word.start + len(word.text))


def _runs(text: str) -> list[tuple[int, str]]:
    """The stretches of Chinese characters in `text` and where they begin."""
    runs = []
    start = None
    for position, character in enumerate(text):
        if is_hanzi(character):
            if start is None:
                start = position
        elif start is not None:
            runs.append((start, text[start:position]))
            start = None
    if start is not None:
        runs.append((start, text[start:]))
    return runs
