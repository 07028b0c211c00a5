"""Syllables to Chinese characters: a lattice of words, weighed by a trigram language model.

Braille and captions share it. A syllable may leave its tone or even its letters open; word
boundaries are hints that cost something to cross, not walls.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from edgeassist.chinese.lexicon import LONGEST, Lexicon
from edgeassist.chinese.names import Names
from edgeassist.chinese.parts import FIRST, LAST
from edgeassist.chinese.sounds import Sound as Sound

# log10 units, chosen on sentences of Wikipedia and of every day: tests/measure/braille.py back
_MODEL = 0.7  # the trigram's share; the rest is the word's own frequency
_SHARE = 0.8  # of what speaks against a rare reading (弟 is di4; 的 is too, but hardly ever)
_WRONG_TONE = 3.0
_NEUTRAL = 1.0  # neutral instead of full, or the reverse
_CROSSING = 2.0  # a word across a written boundary
_FARTHEST = 6.0
_UNMODELLED = 0.5
_NAME = -2.5  # that a written word is a name no dictionary has; -3.5 where no words are written
_NAME_ANYWHERE = -3.5
_PART = 0.4  # how far a syllable joined to what stands before or after it is judged as a part
_PART_CHANGE = 2.0
_NO_WORD = -8.0
_BEAM = 8
_WINDOW = 4.5
_OTHERS = 6  # other words tried for each word
_KEEP = 12
_KEEP_SINGLE = 20
_KEEP_WINDOW = 4.5


@dataclass(frozen=True, slots=True)
class DecodedWord:
    """A word at sounds[start:end]; `syllables` are its own; `text` is "" where there is none."""

    text: str
    start: int
    end: int
    syllables: tuple[str, ...]


class _Candidate(NamedTuple):
    text: str
    tones: str
    letters: tuple[str, ...]
    own: float  # what it scores apart from the language model
    modelled: bool


class _Step(NamedTuple):
    score: float
    before: int
    state: Any
    candidate: _Candidate | None


class Decoder:
    """Holds the lexicon and the language model `zh_CN.lm`."""

    def __init__(self, model: Path) -> None:
        import kenlm

        self._lexicon = Lexicon(model)
        self._names = Names(self._lexicon)
        self._model: Any = kenlm.Model(str(model))
        self._new_state: Any = kenlm.State
        self._start = kenlm.State()
        self._model.BeginSentenceWrite(self._start)
        self._nothing = kenlm.State()
        self._model.NullContextWrite(self._nothing)
        self._found: dict[tuple[Any, ...], list[_Candidate]] = {}

    def decode(
        self, sounds: Sequence[Sound], breaks: frozenset[int] = frozenset(), after: str = ""
    ) -> list[DecodedWord]:
        """The likeliest words; `breaks` holds the places before which a boundary is written.

        `after` is a word that stands before them.
        """
        count = len(sounds)
        reached: list[dict[Any, _Step]] = [{} for _ in range(count + 1)]
        reached[0][self._state_after(after)] = _Step(0.0, -1, None, None)
        for start in range(count):
            states = self._best(reached[start])
            if states:
                for end, candidates in self._candidates(sounds, start, breaks):
                    self._extend(states, start, candidates, reached[end])
        return self._trace(reached, count)

    def alternatives(
        self,
        sounds: Sequence[Sound],
        breaks: frozenset[int],
        words: Sequence[DecodedWord],
        after: str = "",
    ) -> list[tuple[float, list[DecodedWord]]]:
        """What else `words`, as `decode` gave them, could be: one word changed in each.

        With each goes how many times less likely it is, as log10 (0 or less), the best first.
        """
        chosen = [self._same(sounds, breaks, word) for word in words]
        best = self._total(chosen, after)
        found = []
        for place, word in enumerate(words):
            others = dict(self._candidates(sounds, word.start, breaks)).get(word.end, [])
            for other in others[:_OTHERS]:
                if other.text and other.text != word.text:
                    trial = [*chosen[:place], other, *chosen[place + 1 :]]
                    changed = _decoded(other, word.start, word.end)
                    score = min(0.0, self._total(trial, after) - best)
                    found.append((score, [*words[:place], changed, *words[place + 1 :]]))
        found.sort(key=lambda item: -item[0])
        return found

    def _same(
        self, sounds: Sequence[Sound], breaks: frozenset[int], word: DecodedWord
    ) -> _Candidate:
        fitting = dict(self._candidates(sounds, word.start, breaks))[word.end]
        return next(candidate for candidate in fitting if candidate.text == word.text)

    def _total(self, candidates: Sequence[_Candidate], after: str) -> float:
        state = self._state_after(after)
        total = 0.0
        for candidate in candidates:
            total += candidate.own
            if candidate.modelled:
                following = self._new_state()
                total += _MODEL * self._model.BaseScore(state, candidate.text, following)
                state = following
            else:
                state = self._nothing
        return total + _MODEL * float(self._model.BaseScore(state, "</s>", self._new_state()))

    def _state_after(self, word: str) -> Any:
        if not word:
            return self._start
        state = self._new_state()
        self._model.BaseScore(self._start, word, state)
        return state

    def _best(self, states: dict[Any, _Step]) -> list[tuple[Any, float]]:
        ranked = sorted(
            ((state, step.score) for state, step in states.items()), key=lambda item: -item[1]
        )[:_BEAM]
        return [item for item in ranked if item[1] > ranked[0][1] - _WINDOW]

    def _extend(
        self,
        states: list[tuple[Any, float]],
        start: int,
        candidates: list[_Candidate],
        reached: dict[Any, _Step],
    ) -> None:
        score_of, new_state = self._model.BaseScore, self._new_state
        best = max((step[0] for step in reached.values()), default=-math.inf)
        for candidate in candidates:
            own, text, modelled = candidate.own, candidate.text, candidate.modelled
            for state, before in states:
                score = before + own
                if score < best - _WINDOW:
                    break  # the model can only take away, and the next states are worse
                if modelled:
                    after = new_state()
                    score += _MODEL * score_of(state, text, after)
                else:
                    after = self._nothing
                known = reached.get(after)
                if known is None or known[0] < score:
                    reached[after] = _Step(score, start, state, candidate)
                    best = max(best, score)

    def _trace(self, reached: list[dict[Any, _Step]], count: int) -> list[DecodedWord]:
        if not count:
            return []
        last = self._new_state()
        ends = {
            state: step.score + _MODEL * self._model.BaseScore(state, "</s>", last)
            for state, step in reached[count].items()
        }
        state = max(ends, key=ends.__getitem__)
        words = []
        end = count
        while end > 0:
            step = reached[end][state]
            found = step.candidate
            if found is not None:
                syllables = tuple(
                    letters + tone for letters, tone in zip(found.letters, found.tones, strict=True)
                )
                words.append(DecodedWord(found.text, step.before, end, syllables))
            end, state = step.before, step.state
        return words[::-1]

    def _candidates(
        self, sounds: Sequence[Sound], start: int, breaks: frozenset[int]
    ) -> list[tuple[int, list[_Candidate]]]:
        """For every end the words that fit sounds[start:end]; a stand-in where there is none."""
        found: dict[int, list[_Candidate]] = {}
        window = sounds[start : start + LONGEST]
        for letters in itertools.islice(itertools.product(*(s.letters for s in window)), 16):
            for key in self._lexicon.prefixes(self._lexicon.key(letters)):
                length = len(key)
                crossed = sum(start < place < start + length for place in breaks) if breaks else 0
                if crossed * _CROSSING > _FARTHEST:
                    continue
                fitting = self._fitting(
                    key,
                    letters[:length],
                    tuple(sound.tones for sound in window[:length]),
                    tuple((sound.character, sound.excluded) for sound in window[:length]),
                    crossed,
                    _part(start, len(sounds), breaks) if length == 1 else None,
                )
                if fitting:
                    known = found.setdefault(start + length, [])
                    known += [candidate for candidate in fitting if candidate not in known]
        for name in self._names_at(sounds, start, breaks):
            known = found.setdefault(start + len(name.text), [])
            if all(candidate.text != name.text for candidate in known):
                known.append(name)
        if start + 1 not in found:
            sound = window[0]
            found[start + 1] = [
                _Candidate(sound.character, sound.tones[0], sound.letters[:1], _NO_WORD, False)
            ]
        return list(found.items())

    def _names_at(
        self, sounds: Sequence[Sound], start: int, breaks: frozenset[int]
    ) -> Iterator[_Candidate]:
        """Names that are a whole written word, or anywhere if no boundaries are written."""
        if breaks and start and start not in breaks:
            return
        prior = _NAME if breaks else _NAME_ANYWHERE
        for end in range(start + 2, min(start + 3, len(sounds)) + 1):
            if end - 1 in breaks:
                return
            if not breaks or end in breaks or end == len(sounds):
                for name in self._names.of(sounds[start:end]):
                    yield _Candidate(name.text, name.tones, name.letters, prior + name.score, False)

    def _fitting(
        self,
        key: str,
        letters: tuple[str, ...],
        tones: tuple[str, ...],
        characters: tuple[tuple[str, str], ...],
        crossed: int,
        part: int | None,
    ) -> list[_Candidate]:
        asked = (key, tones, characters, crossed, part)
        candidates = self._found.get(asked)
        if candidates is None:
            if len(self._found) > 100_000:
                self._found.clear()
            candidates = self._weigh(key, letters, tones, characters, crossed, part)
            self._found[asked] = candidates
        return candidates

    def _weigh(
        self,
        key: str,
        letters: tuple[str, ...],
        tones: tuple[str, ...],
        characters: tuple[tuple[str, str], ...],
        crossed: int,
        part: int | None,
    ) -> list[_Candidate]:
        ranked: list[tuple[float, _Candidate]] = []
        best = -math.inf
        fixed = [(place, fix) for place, (fix, _) in enumerate(characters) if fix]
        excluded = [(place, out) for place, (_, out) in enumerate(characters) if out]
        for entry in self._lexicon.entries(key):
            if entry.score < best - _KEEP_WINDOW:
                break  # the next are rarer still
            if any(entry.word[place] != fix for place, fix in fixed):
                continue
            if excluded and any(entry.word[place] in out for place, out in excluded):
                continue
            penalty = crossed * _CROSSING + sum(
                _NEUTRAL if tone == "5" or allowed == "5" else _WRONG_TONE
                for tone, allowed in zip(entry.tones, tones, strict=True)
                if tone not in allowed
            )
            score = entry.score - penalty
            if entry.modelled:
                own = (1 - _MODEL) * (entry.score - entry.share) + _SHARE * entry.share
                if part is not None:
                    change = self._lexicon.parts.share(entry.word, part) - entry.score + entry.share
                    own += _PART * max(-_PART_CHANGE, min(_PART_CHANGE, change))
            else:
                own = entry.score + _UNMODELLED
            candidate = _Candidate(entry.word, entry.tones, letters, own - penalty, entry.modelled)
            ranked.append((score, candidate))
            best = max(best, score)
        if not ranked:
            return []
        ranked.sort(key=lambda item: -item[0])
        least = best - _KEEP_WINDOW
        keep = _KEEP_SINGLE if len(key) == 1 else _KEEP
        return [candidate for score, candidate in ranked[:keep] if score > least]


def _part(start: int, count: int, breaks: frozenset[int]) -> int | None:
    """Whether a syllable ends or begins a written word of more than one; None: neither, or both."""
    if not breaks:
        return None
    begins = start == 0 or start in breaks
    ends = start + 1 == count or start + 1 in breaks
    return None if begins == ends else FIRST if begins else LAST


def _decoded(candidate: _Candidate, start: int, end: int) -> DecodedWord:
    pairs = zip(candidate.letters, candidate.tones, strict=True)
    return DecodedWord(candidate.text, start, end, tuple(sound + tone for sound, tone in pairs))


@cache
def decoder() -> Decoder:
    """The process's one decoder. Raises `ModelError` where the model is not installed."""
    from edgeassist.modelstore import installed

    return Decoder(installed("zh-lm") / "zh_CN.lm")
