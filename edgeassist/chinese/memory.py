"""What a document or a user has taught: words with their syllables, that the decoder lets win."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from edgeassist.chinese.candidates import DecodedWord
    from edgeassist.chinese.userwords import UserWord

USER = 30.0  # what a word of the user's dictionary weighs; a word met once weighs 1
_UNSEEN = 1000.0  # words a text is thought to have had before the first is remembered


class Remembered(NamedTuple):
    """A word, one digit of tone a syllable, its toneless syllables."""

    word: str
    tones: str
    letters: tuple[str, ...]


class Memory:
    """Holds at most `most` words, the lightest of the older forgotten first.

    Nothing is remembered that is not added: `add` what a user says or has corrected, `learn` what
    has been decoded. One memory belongs to one document, or to one user.
    """

    def __init__(self, most: int = 20_000) -> None:
        self._most = most
        self._weights: dict[Remembered, float] = {}
        self._sounding: dict[tuple[str, ...], list[Remembered]] = defaultdict(list)
        self._total = _UNSEEN
        self.longest = 0  # syllables of the longest word so far

    def __len__(self) -> int:
        return len(self._weights)

    def add(self, word: str, syllables: Sequence[str], weight: float = 1.0) -> None:
        """Remember one more time (`weight` times) that `word` sounds like `syllables` ("hang2").

        Raises `ValueError` where there is not one syllable, with its tone, for each character.
        """
        if not word or len(word) != len(syllables) or not all(map(_is_toned, syllables)):
            raise ValueError(f"{word!r} needs one toned syllable a character, not {syllables!r}")
        letters = tuple(syllable[:-1] for syllable in syllables)
        known = Remembered(word, "".join(syllable[-1] for syllable in syllables), letters)
        if known not in self._weights:
            self._sounding[letters].append(known)
            self.longest = max(self.longest, len(letters))
        self._weights[known] = self._weights.pop(known, 0.0) + weight  # it is the newest now
        self._total += weight
        if len(self._weights) > self._most:
            self._forget()

    def add_user_words(self, words: Mapping[str, UserWord]) -> None:
        """Remember all words of a user's dictionary, each more than a text could teach."""
        for word, entry in words.items():
            self.add(word, entry.syllables, USER)

    def learn(self, words: Iterable[DecodedWord]) -> None:
        """Remember the rare ones of decoded words; the common ones need no help."""
        for word in words:
            if word.rare and len(word.text) > 1:
                self.add(word.text, word.syllables)

    def sounding(self, letters: tuple[str, ...]) -> Sequence[Remembered]:
        """The words of these toneless syllables."""
        return self._sounding.get(letters, ())

    def score(self, known: Remembered) -> float:
        """log10 of the word's share of all words met; they count as a thousand from the start."""
        return math.log10(self._weights[known] / self._total)

    def _forget(self) -> None:
        """Drop a quarter, so that it need not be done again at the next word."""
        kept = len(self._weights) - self._most // 4 - 1
        newest, *older = list(self._weights)[::-1]
        heaviest = sorted(older, key=lambda known: -self._weights[known])[: kept - 1]
        keep = {newest, *heaviest}
        self._weights = {known: w for known, w in self._weights.items() if known in keep}
        self._sounding = defaultdict(list)
        for known in self._weights:
            self._sounding[known.letters].append(known)


def _is_toned(syllable: str) -> bool:
    return len(syllable) > 1 and syllable[-1] in "12345"
