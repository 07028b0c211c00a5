"""What else decoded words could be: the same sounds with one word changed."""

from __future__ import annotations

from collections.abc import Sequence

from edgeassist.chinese.candidates import MODEL, Candidate, DecodedWord
from edgeassist.chinese.trigrams import Trigrams

_OTHERS = 6  # other words tried for each word

Fitting = dict[int, list[Candidate]]  # for every end the words that begin at a place


def alternatives(
    model: Trigrams, words: Sequence[DecodedWord], fitting: Sequence[Fitting], after: str
) -> list[tuple[float, list[DecodedWord]]]:
    """Other readings of `words`, with log10 of how much less likely each is, the best first.

    `fitting` holds for each word what could stand where it begins; `after` is a word before them.
    """
    chosen = [
        next(candidate for candidate in found[word.end] if candidate.text == word.text)
        for word, found in zip(words, fitting, strict=True)
    ]
    best = _total(model, chosen, after)
    others = []
    for place, (word, found) in enumerate(zip(words, fitting, strict=True)):
        for other in found[word.end][:_OTHERS]:
            if other.text and other.text != word.text:
                trial = [*chosen[:place], other, *chosen[place + 1 :]]
                score = min(0.0, _total(model, trial, after) - best)
                changed = other.decoded(word.start, word.end)
                others.append((score, [*words[:place], changed, *words[place + 1 :]]))
    others.sort(key=lambda item: -item[0])
    return others


def _total(model: Trigrams, candidates: Sequence[Candidate], after: str) -> float:
    state = model.after(after)
    total = 0.0
    for candidate in candidates:
        total += candidate.own
        if candidate.modelled:
            following = model.state()
            total += MODEL * model.score(state, candidate.text, following)
            state = following
        else:
            state = model.nothing
    return total + MODEL * model.end(state)
