"""The words that fit a stretch of sounds, weighed apart from the language model."""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from edgeassist.chinese.lexicon import LONGEST, Entry, Lexicon
from edgeassist.chinese.names import Names
from edgeassist.chinese.parts import FIRST, LAST
from edgeassist.chinese.sounds import Sound

if TYPE_CHECKING:
    from edgeassist.chinese.memory import Memory, Remembered

# log10 units, chosen on sentences of Wikipedia and of every day: tests/measure/back_other.py
MODEL = 0.85  # the trigram's share; the rest is the word's own frequency
CROSSING = 1.5  # a word across a written boundary
_SHARE = 0.8  # of what speaks against a rare reading (弟 is di4; 的 is too, but hardly ever)
_WRONG_TONE = 3.0
_NEUTRAL = 1.0  # neutral instead of full, or the reverse
_FARTHEST = 6.0
_UNMODELLED = 1.0
_NAME = -2.5  # that a written word is a name no dictionary has; -3.5 where no words are written
_NAME_ANYWHERE = -3.5
_PART = 0.6  # how far a syllable joined to what stands before or after it is judged as a part
_PART_CHANGE = 2.0
_NO_WORD = -8.0
_RARE = -5.5  # log10 of a word's frequency below which a text may well teach it
_KEEP = 8
_KEEP_SINGLE = 14
_KEEP_WINDOW = 4.0
_by_score = operator.itemgetter(0)


@dataclass(frozen=True, slots=True)
class DecodedWord:
    """A word at sounds[start:end]; `syllables` are its own; `text` is "" where there is none."""

    text: str
    start: int
    end: int
    syllables: tuple[str, ...]
    rare: bool = False  # so rare that a text may well teach it


class Candidate(NamedTuple):
    """A word, its tones and letters.

    `score` is log10 of its frequency, `own` what it scores apart from the language model; both
    less what is unlike the sounds.
    """

    text: str
    tones: str
    letters: tuple[str, ...]
    own: float
    modelled: bool
    score: float

    def decoded(self, start: int, end: int) -> DecodedWord:
        """As a word at sounds[start:end]."""
        pairs = zip(self.letters, self.tones, strict=True)
        syllables = tuple(letters + tone for letters, tone in pairs)
        rare = bool(self.text) and (not self.modelled or self.score < _RARE)
        return DecodedWord(self.text, start, end, syllables, rare)


class Candidates:
    """Finds the words that begin at a place."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._names = Names(lexicon)
        self._found: dict[tuple[Any, ...], list[Candidate]] = {}

    def at(
        self,
        sounds: Sequence[Sound],
        start: int,
        breaks: frozenset[int],
        known: Memory | None = None,
        crossing: float = CROSSING,
    ) -> dict[int, list[Candidate]]:
        """For every end the words that fit sounds[start:end]; a stand-in where there is none."""
        found: dict[int, list[Candidate]] = {}
        window = sounds[start : start + LONGEST]
        tones = tuple(sound.tones for sound in window)
        characters = tuple((sound.character, sound.excluded) for sound in window)
        for letters in itertools.islice(itertools.product(*(s.letters for s in window)), 16):
            for key in self._lexicon.prefixes(self._lexicon.key(letters)):
                length = len(key)
                crossed = _crossed(breaks, start, length)
                if crossed * crossing > _FARTHEST:
                    continue
                fitting = self._fitting(
                    key,
                    letters[:length],
                    tones[:length],
                    characters[:length],
                    crossed * crossing,
                    _part(start, len(sounds), breaks) if length == 1 else None,
                )
                if fitting:
                    among = found.setdefault(start + length, [])
                    among += [candidate for candidate in fitting if candidate not in among]
        for name in self._names_at(sounds, start, breaks):
            among = found.setdefault(start + len(name.text), [])
            if all(candidate.text != name.text for candidate in among):
                among.append(name)
        if known:
            for candidate in self._remembered(sounds, start, breaks, known, crossing):
                among = found.setdefault(start + len(candidate.text), [])
                found[start + len(candidate.text)] = _with(among, candidate)
        if start + 1 not in found:
            sound = window[0]
            stand_in = Candidate(
                sound.character, sound.tones[0], sound.letters[:1], _NO_WORD, False, _NO_WORD
            )
            found[start + 1] = [stand_in]
        return found

    def _names_at(
        self, sounds: Sequence[Sound], start: int, breaks: frozenset[int]
    ) -> Iterator[Candidate]:
        """Names that are a whole written word, or anywhere if no boundaries are written."""
        if breaks and start and start not in breaks:
            return
        prior = _NAME if breaks else _NAME_ANYWHERE
        for end in range(start + 2, min(start + 3, len(sounds)) + 1):
            if end - 1 in breaks:
                return
            if not breaks or end in breaks or end == len(sounds):
                for name in self._names.of(sounds[start:end]):
                    own = prior + name.score
                    yield Candidate(name.text, name.tones, name.letters, own, False, own)

    def _remembered(
        self,
        sounds: Sequence[Sound],
        start: int,
        breaks: frozenset[int],
        known: Memory,
        crossing: float,
    ) -> Iterator[Candidate]:
        """Words that the text or the user has taught."""
        window = sounds[start : start + known.longest]
        for length in range(1, len(window) + 1):
            crossed = _crossed(breaks, start, length)
            spelled = itertools.product(*(sound.letters for sound in window[:length]))
            for letters in itertools.islice(spelled, 16):
                for word in known.sounding(letters):
                    penalty = _penalty(word, window) + crossed * crossing
                    if penalty <= _FARTHEST:
                        own = known.score(word) - penalty
                        yield Candidate(word.word, word.tones, letters, own, False, own)

    def _fitting(
        self,
        key: str,
        letters: tuple[str, ...],
        tones: tuple[str, ...],
        characters: tuple[tuple[str, str], ...],
        penalty: float,
        part: int | None,
    ) -> list[Candidate]:
        asked = (key, tones, characters, penalty, part)
        candidates = self._found.get(asked)
        if candidates is None:
            if len(self._found) > 100_000:
                self._found.clear()
            candidates = self._weigh(key, letters, tones, characters, penalty, part)
            self._found[asked] = candidates
        return candidates

    def _weigh(
        self,
        key: str,
        letters: tuple[str, ...],
        tones: tuple[str, ...],
        characters: tuple[tuple[str, str], ...],
        crossed: float,
        part: int | None,
    ) -> list[Candidate]:
        ranked: list[tuple[float, float, Entry]] = []  # score, penalty
        best = -math.inf
        limited = any(fixed or excluded for fixed, excluded in characters)
        for entry in self._lexicon.entries(key):
            if entry.score < best - _KEEP_WINDOW:
                break  # the next are rarer still
            if limited and not _allowed(entry.word, characters):
                continue
            penalty = crossed + _mistuned(entry.tones, tones)
            score = entry.score - penalty
            if score > best:
                best = score
            ranked.append((score, penalty, entry))
        least = best - _KEEP_WINDOW
        ranked = [one for one in ranked if one[0] > least]
        ranked.sort(key=_by_score, reverse=True)
        keep = _KEEP_SINGLE if len(key) == 1 else _KEEP
        return [
            Candidate(
                entry.word,
                entry.tones,
                letters,
                self._own(entry, part) - penalty,
                entry.modelled,
                score,
            )
            for score, penalty, entry in ranked[:keep]
        ]

    def _own(self, entry: Entry, part: int | None) -> float:
        """What a word scores apart from the language model."""
        if not entry.modelled:
            return entry.score + _UNMODELLED
        own = (1 - MODEL) * (entry.score - entry.share) + _SHARE * entry.share
        if part is not None:
            change = self._lexicon.parts.share(entry.word, part) - entry.score + entry.share
            own += _PART * max(-_PART_CHANGE, min(_PART_CHANGE, change))
        return own


def _crossed(breaks: frozenset[int], start: int, length: int) -> int:
    """How many boundaries are written inside sounds[start:start + length]."""
    if not breaks:
        return 0
    return sum(place in breaks for place in range(start + 1, start + length))


def _allowed(word: str, characters: Sequence[tuple[str, str]]) -> bool:
    """Whether a word has the characters that are fixed and none that is excluded."""
    return all(
        (not fixed or character == fixed) and character not in excluded
        for character, (fixed, excluded) in zip(word, characters, strict=True)
    )


def _mistuned(tones: str, allowed: Sequence[str]) -> float:
    """What the tones cost that are not the written ones."""
    cost = 0.0
    for tone, choice in zip(tones, allowed, strict=True):
        if tone not in choice:
            cost += _NEUTRAL if tone == "5" or choice == "5" else _WRONG_TONE
    return cost


def _penalty(word: Remembered, window: Sequence[Sound]) -> float:
    sounds = window[: len(word.word)]
    for character, sound in zip(word.word, sounds, strict=True):
        if sound.character not in ("", character) or character in sound.excluded:
            return math.inf
    return _mistuned(word.tones, [sound.tones for sound in sounds])


def _with(candidates: list[Candidate], one: Candidate) -> list[Candidate]:
    """The candidates with `one`; a word that is there already is lifted to what `one` scores.

    So a word that the language model knows keeps its context.
    """
    for place, other in enumerate(candidates):
        if other.text == one.text:
            lifted = other._replace(own=other.own + max(0.0, one.own - other.score))
            return [*candidates[:place], lifted, *candidates[place + 1 :]]
    return [*candidates, one]


def _part(start: int, count: int, breaks: frozenset[int]) -> int | None:
    """Whether a syllable ends or begins a written word of more than one; None: neither, or both."""
    if not breaks:
        return None
    begins = start == 0 or start in breaks
    ends = start + 1 == count or start + 1 in breaks
    return None if begins == ends else FIRST if begins else LAST
