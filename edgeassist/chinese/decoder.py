"""Syllables to Chinese characters: a lattice of words, weighed by a trigram language model.

Braille and captions share it. A syllable may leave its tone or even its letters open; word
boundaries are hints that cost something to cross, not walls.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from edgeassist.chinese.candidates import CROSSING, MODEL, Candidate, Candidates
from edgeassist.chinese.candidates import DecodedWord as DecodedWord
from edgeassist.chinese.lexicon import Lexicon
from edgeassist.chinese.rivals import Rival, rivals
from edgeassist.chinese.sounds import Sound as Sound
from edgeassist.chinese.trigrams import Trigrams

if TYPE_CHECKING:
    from edgeassist.chinese.memory import Memory

_BEAM = 8
_WINDOW = 4.0


class _Step(NamedTuple):
    score: float
    before: int
    state: Any
    candidate: Candidate | None


class Decoder:
    """Holds the lexicon and the language model `zh_CN.lm`."""

    def __init__(self, model: Path) -> None:
        self._model = Trigrams(model)
        self._candidates = Candidates(Lexicon(model))

    def decode(
        self,
        sounds: Sequence[Sound],
        breaks: frozenset[int] = frozenset(),
        after: str = "",
        *,
        known: Memory | None = None,
        crossing: float = CROSSING,
    ) -> list[DecodedWord]:
        """The likeliest words; `breaks` holds the places before which a boundary is written.

        `after` is a word that stands before them; `known` are words that win; `crossing` is what
        a word costs, in log10, for each boundary inside it.
        """
        return self._trace(self._search(sounds, breaks, after, known, crossing), len(sounds))

    def weight(self, sounds: Sequence[Sound]) -> float:
        """How likely these are Chinese, as log10: to weigh what the same signs may stand for."""
        last = self._search(sounds, frozenset(), "", None, CROSSING)[-1]
        return max(step.score + MODEL * self._model.end(state) for state, step in last.items())

    def _search(
        self,
        sounds: Sequence[Sound],
        breaks: frozenset[int],
        after: str,
        known: Memory | None,
        crossing: float,
    ) -> list[dict[Any, _Step]]:
        """What reaches each place between the sounds, and how."""
        count = len(sounds)
        reached: list[dict[Any, _Step]] = [{} for _ in range(count + 1)]
        reached[0][self._model.after(after)] = _Step(0.0, -1, None, None)
        for start in range(count):
            states = _best(reached[start])
            if states:
                found = self._candidates.at(sounds, start, breaks, known, crossing)
                for end, candidates in found.items():
                    self._extend(states, start, candidates, reached[end])
        return reached

    def rivals(
        self,
        sounds: Sequence[Sound],
        breaks: frozenset[int],
        words: Sequence[DecodedWord],
        after: str = "",
        *,
        known: Memory | None = None,
        crossing: float = CROSSING,
    ) -> list[Rival]:
        """What else `words`, as `decode` gave them for the same arguments, could be; best first."""

        @cache
        def fitting(start: int) -> dict[int, list[Candidate]]:
            return self._candidates.at(sounds, start, breaks, known, crossing)

        return rivals(self._model, words, fitting, after)

    def alternatives(
        self,
        sounds: Sequence[Sound],
        breaks: frozenset[int],
        words: Sequence[DecodedWord],
        after: str = "",
        *,
        known: Memory | None = None,
        crossing: float = CROSSING,
    ) -> list[tuple[float, list[DecodedWord]]]:
        """The whole of `words` with each of `rivals`, and log10 of how much less likely it is."""
        found = self.rivals(sounds, breaks, words, after, known=known, crossing=crossing)
        return [
            (rival.score, [*words[: rival.first], *rival.words, *words[rival.last :]])
            for rival in found
        ]

    def _extend(
        self,
        states: list[tuple[Any, float]],
        start: int,
        candidates: list[Candidate],
        reached: dict[Any, _Step],
    ) -> None:
        score_of, new_state, nothing = self._model.score, self._model.state, self._model.nothing
        best = max((step[0] for step in reached.values()), default=-math.inf)
        for candidate in candidates:
            own, text, modelled = candidate.own, candidate.text, candidate.modelled
            for state, before in states:
                score = before + own
                if score < best - _WINDOW:
                    break  # the model can only take away, and the next states are worse
                if modelled:
                    after = new_state()
                    score += MODEL * score_of(state, text, after)
                else:
                    after = nothing
                known = reached.get(after)
                if known is None or known[0] < score:
                    reached[after] = _Step(score, start, state, candidate)
                    best = max(best, score)

    def _trace(self, reached: list[dict[Any, _Step]], count: int) -> list[DecodedWord]:
        if not count:
            return []
        ends = {
            state: step.score + MODEL * self._model.end(state)
            for state, step in reached[count].items()
        }
        state = max(ends, key=ends.__getitem__)
        words = []
        end = count
        while end > 0:
            step = reached[end][state]
            if step.candidate is not None:
                words.append(step.candidate.decoded(step.before, end))
            end, state = step.before, step.state
        return words[::-1]


def _best(states: dict[Any, _Step]) -> list[tuple[Any, float]]:
    ranked = sorted(
        ((state, step.score) for state, step in states.items()), key=lambda item: -item[1]
    )[:_BEAM]
    return [item for item in ranked if item[1] > ranked[0][1] - _WINDOW]


@cache
def decoder() -> Decoder:
    """The process's one decoder. Raises `ModelError` where the model is not installed."""
    from edgeassist.modelstore import installed

    return Decoder(installed("zh-lm") / "zh_CN.lm")
