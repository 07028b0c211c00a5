"""The likeliest words for a confusion network: what was heard, near sounds, a language model.

A word may be written with the characters that were heard, with others of the same sound, or with
others of a near sound, each of which costs something; what few hypotheses speak for costs more.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from edgeassist.captions.correction_network import NOTHING, Place, said
from edgeassist.captions.correction_sounds import near
from edgeassist.captions.hotwords import HotWords
from edgeassist.chinese.lexicon import LONGEST, Lexicon
from edgeassist.chinese.trigrams import Trigrams

# log10 units. Chosen on recordings kept here, in quiet, noise, fast, slow and through a telephone;
# held against tuning on one half of the speakers for the other, which only lost
# (tests/measure/captions_accuracy.py).
_MODEL = 0.85  # the language model's share; the rest is what the engine heard
_OTHER_CHARACTER = 0.5  # of the same toned syllable
_OTHER_TONE = 1.0
_NEUTRAL_TONE = 0.6
_NEAR_SOUND = 2.2
_NOT_SAID = 1.4  # that a place stands for nothing
_NO_WORD = -7.5  # a character no dictionary has as a word
_WHOLE = -3.0  # a Latin word
_BESIDE_WHOLE = 1.0  # another character beside one, where the model sees no context
_FARTHEST = 6.0
_BEAM = 8
_WINDOW = 6.0
_READ = (200, 60)  # words read of one sound: of one syllable, of more
_KEEP = (40, 16)
_KEEP_WINDOW = 5.0
_FAR = 99.0


class TooLateError(Exception):
    """There is no time left to search on."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place, as costs: of a character that was heard, of the tones of each toneless syllable.

    `skip` is what nothing costs (None: something was said), `whole` a number or Latin word.
    """

    heard: dict[str, float]
    sounds: dict[str, list[float]]
    skip: float | None = None
    whole: str = ""


class Found(NamedTuple):
    """A word, one character a place; `own` is its score apart from the model (`modelled`)."""

    own: float
    text: str
    modelled: bool
    rank: float
    places: tuple[int, ...]
    whole: bool = False  # a number or Latin word


class _Step(NamedTuple):
    score: float
    before: int
    state: Any
    found: Found | None


def slots(places: Sequence[Place]) -> list[Slot]:
    """What may stand at each place."""
    whole = [place.unit is not None and place.unit.whole for place in places]
    return [
        _slot(place, _BESIDE_WHOLE if any(whole[max(at - 1, 0) : at + 2]) else 0.0)
        for at, place in enumerate(places)
    ]


def _slot(place: Place, further: float) -> Slot:
    if place.unit is not None and place.unit.whole:
        return Slot({}, {}, whole=place.unit.text)
    heard: dict[str, float] = {}
    sounds: dict[str, list[float]] = {}
    skip = None
    for (character, syllable), share in place.shares.items():
        cost = -math.log10(max(share, 1e-9))
        if (character, syllable) == NOTHING:
            skip = cost + _NOT_SAID
            continue
        heard[character] = min(heard.get(character, _FAR), cost)
        if syllable:
            letters, tone = syllable[:-1], syllable[-1]
            other_character = cost + _OTHER_CHARACTER + further
            _hear(sounds, letters, tone, other_character)
            for other in near(letters):
                _hear(sounds, other, tone, other_character + _NEAR_SOUND)
    return Slot(heard, sounds, skip)


def _hear(sounds: dict[str, list[float]], letters: str, tone: str, cost: float) -> None:
    costs = sounds.setdefault(letters, [_FAR] * 5)
    for index, other in enumerate("12345"):
        unlike = _NEUTRAL_TONE if "5" in (other, tone) else _OTHER_TONE
        if other == tone:
            unlike = 0.0
        costs[index] = min(costs[index], cost + unlike)


class Search:
    """Holds the lexicon and the language model."""

    def __init__(self, lexicon: Lexicon, model: Trigrams) -> None:
        self._lexicon = lexicon
        self._model = model
        self._code = {letters: lexicon.key((letters,)) for letters in lexicon.letters()}

    def best(
        self, slots: Sequence[Slot], hot: HotWords, late: Callable[[], bool]
    ) -> dict[int, str]:
        """The text of each place; places that stand for nothing are left out.

        Raises `TooLateError` when `late` says so.
        """
        model = self._model
        reached: list[dict[Any, _Step]] = [{} for _ in range(len(slots) + 1)]
        reached[0][model.start] = _Step(0.0, -1, None, None)
        for start in range(len(slots)):
            if late():
                raise TooLateError
            states = _best(reached[start])
            if states:
                for end, words in self._words(slots, start, hot).items():
                    self._extend(states, start, words, reached[end])
        return self._trace(reached)

    def _extend(
        self,
        states: list[tuple[Any, float]],
        start: int,
        words: list[Found],
        reached: dict[Any, _Step],
    ) -> None:
        model = self._model
        for word in words:
            for state, before in states:
                score = before + word.own
                if word.modelled:
                    after = model.state()
                    score += _MODEL * model.score(state, word.text, after)
                elif word.whole:
                    added, after = self._number(state, word.text)
                    score += added
                else:
                    after = model.nothing if word.text else state
                known = reached.get(after)
                if known is None or known.score < score:
                    reached[after] = _Step(score, start, state, word)

    def _number(self, state: Any, whole: str) -> tuple[float, Any]:
        """A number stands between its neighbours as it is said: 第3次, 6号 are 第三次, 六号."""
        model = self._model
        spoken = said(whole)
        if not spoken:
            return _MODEL * _WHOLE, model.nothing
        first, last = model.state(), model.state()
        score = _MODEL * model.score(state, spoken[0], first)
        if len(spoken) == 1:
            return score, first
        model.score(model.nothing, spoken[-1], last)
        return score, last

    def _trace(self, reached: list[dict[Any, _Step]]) -> dict[int, str]:
        last = reached[-1]
        ends = {state: s.score + _MODEL * self._model.end(state) for state, s in last.items()}
        state = max(ends, key=ends.__getitem__)
        end = len(reached) - 1
        texts: dict[int, str] = {}
        while end > 0:
            step = reached[end][state]
            if step.found is not None and step.found.text:
                if len(step.found.places) == 1:
                    texts[step.found.places[0]] = step.found.text
                else:
                    texts.update(zip(step.found.places, step.found.text, strict=True))
            end, state = step.before, step.state
        return texts

    def _words(self, slots: Sequence[Slot], start: int, hot: HotWords) -> dict[int, list[Found]]:
        """For every end the likeliest words of slots[start:end]."""
        here = slots[start]
        if here.whole:
            return {start + 1: [Found(0.0, here.whole, False, 0.0, (start,), True)]}
        fitting: dict[int, dict[tuple[str, bool], Found]] = {start + 1: {}}
        for word in self._fitting(slots, start, hot):
            among = fitting.setdefault(word.places[-1] + 1, {})
            # A hot word that the model knows too is weighed both ways.
            known = among.get((word.text, word.modelled))
            if known is None or known.own < word.own:
                among[word.text, word.modelled] = word
        for character, cost in here.heard.items():
            among = fitting[start + 1]
            if (character, True) not in among and (character, False) not in among:
                own = _MODEL * _NO_WORD - cost
                among[character, False] = Found(own, character, False, own, (start,))
        words = {
            end: _likeliest(list(among.values()), here.heard if end == start + 1 else {})
            for end, among in fitting.items()
        }
        if here.skip is not None:
            words[start + 1].append(Found(-here.skip, "", False, 0.0, ()))
        return words

    def _fitting(self, slots: Sequence[Slot], start: int, hot: HotWords) -> Iterator[Found]:
        """All words that begin at `start`, of at most one near sound (hot words: of more)."""
        paths: list[tuple[str, tuple[str, ...], tuple[int, ...], int, float, int]] = [
            ("", (), (), start, 0.0, 0)
        ]
        while paths:
            key, letters, places, at, cost, nears = paths.pop()
            if at == len(slots) or len(places) == LONGEST or slots[at].whole:
                continue
            skip = slots[at].skip
            if skip is not None and places:
                paths.append((key, letters, places, at + 1, cost + skip, nears))
            for spelled, costs in slots[at].sounds.items():
                least = min(costs)
                further = nears + (least >= _OTHER_CHARACTER + _NEAR_SOUND)
                if cost + least > _FARTHEST:
                    continue
                path = (*letters, spelled)
                taken = (*places, at)
                longer = key + self._code.get(spelled, "?")
                known = further <= 1 and (not places or self._lexicon.begins(longer))
                if known:
                    yield from self._entries(longer, path, taken, slots)
                expected = hot.begins(path)
                if expected:
                    yield from _hot(hot, path, taken, slots)
                if known or expected:
                    paths.append((longer, path, taken, at + 1, cost + least, further))

    def _entries(
        self, key: str, letters: tuple[str, ...], places: tuple[int, ...], slots: Sequence[Slot]
    ) -> Iterator[Found]:
        for entry in self._lexicon.entries(key)[: _READ[len(key) > 1]]:
            cost = _cost(entry.word, entry.tones, letters, places, slots)
            if cost <= _FARTHEST + 2.0:
                rank = _MODEL * entry.score - cost
                own = -cost if entry.modelled else rank
                yield Found(own, entry.word, entry.modelled, rank, places)


def _hot(
    hot: HotWords, letters: tuple[str, ...], places: tuple[int, ...], slots: Sequence[Slot]
) -> Iterator[Found]:
    for word in hot.sounding(letters):
        cost = _cost(word.text, word.tones, letters, places, slots)
        own = _MODEL * word.score - cost
        yield Found(own, word.text, False, own, places)


def _cost(
    word: str,
    tones: str,
    letters: tuple[str, ...],
    places: tuple[int, ...],
    slots: Sequence[Slot],
) -> float:
    """What is unlike what was heard; places left out between count too."""
    total = 0.0
    for character, tone, spelled, place in zip(word, tones, letters, places, strict=True):
        one = slots[place]
        total += min(one.heard.get(character, _FAR), one.sounds[spelled][int(tone) - 1])
    if places[-1] - places[0] >= len(places):
        left_out = set(range(places[0], places[-1])).difference(places)
        total += sum(slots[place].skip or 0.0 for place in left_out)
    return total


def _likeliest(words: list[Found], heard: dict[str, float]) -> list[Found]:
    """The best by rank; what was heard is always among them."""
    if not words:
        return []
    words.sort(key=lambda word: -word.rank)
    least = words[0].rank - _KEEP_WINDOW
    keep = _KEEP[not heard]
    return [
        word
        for place, word in enumerate(words)
        if (place < keep and word.rank > least) or word.text in heard
    ]


def _best(states: dict[Any, _Step]) -> list[tuple[Any, float]]:
    ranked = sorted(
        ((state, step.score) for state, step in states.items()), key=lambda item: -item[1]
    )[:_BEAM]
    return [item for item in ranked if item[1] > ranked[0][1] - _WINDOW]
