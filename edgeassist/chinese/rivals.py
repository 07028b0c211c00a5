"""What else decoded words could be, and how sure each of them is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from edgeassist.chinese.candidates import MODEL, Candidate, DecodedWord
from edgeassist.chinese.trigrams import Trigrams

_OTHERS = 6  # other words tried for each word
_HALVES = 2  # of each half of a word parted in two
_ORDER = 3  # words that the language model sees together
# Measured with tests/measure/confidence.py: how much a difference of scores says.
_SHARPNESS = 0.8

Fitting = Callable[[int], dict[int, list[Candidate]]]  # for every end the words that begin there


class Rival(NamedTuple):
    """`words` instead of words[first:last], and log10 of how much less likely that is (<= 0)."""

    score: float
    first: int
    last: int
    words: tuple[DecodedWord, ...]


class Judgement(NamedTuple):
    """How likely a word is right, 0 to 1; what else it can be and how likely, the best first."""

    confidence: float
    others: tuple[tuple[str, float], ...]


def rivals(
    model: Trigrams, words: Sequence[DecodedWord], fitting: Fitting, after: str = ""
) -> list[Rival]:
    """Other words of the same sounds: one changed, two as one, one as two; the best first."""
    chosen = [
        next(
            candidate for candidate in fitting(word.start)[word.end] if candidate.text == word.text
        )
        for word in words
    ]
    states = [model.after(after)]
    scores: list[float] = []
    for candidate in chosen:
        score, state = _step(model, states[-1], candidate)
        scores.append(score)
        states.append(state)
    scores.append(MODEL * model.end(states[-1]))
    found = []
    for first, last, others in _others(words, fitting):
        state, score = states[first], 0.0
        for other in others:
            added, state = _step(model, state, other)
            score += added
        until = min(len(words), last + _ORDER - 1)
        for candidate in chosen[last:until]:
            added, state = _step(model, state, candidate)
            score += added
        if until == len(words):
            score += MODEL * model.end(state)
        before = sum(scores[first:until]) + (scores[-1] if until == len(words) else 0.0)
        made = []
        at = words[first].start
        for other in others:
            made.append(other.decoded(at, at + len(other.tones)))
            at += len(other.tones)
        found.append(Rival(min(0.0, score - before), first, last, tuple(made)))
    found.sort(key=lambda rival: -rival.score)
    return found


def judge(words: Sequence[DecodedWord], found: Sequence[Rival]) -> list[Judgement]:
    """How likely each word is right, and what else it could be, as `found` by `rivals` says."""
    odds: list[dict[str, float]] = [defaultdict(float) for _ in words]
    for rival in found:
        text = "".join(word.text for word in rival.words)
        start = words[rival.first].start
        for place in range(rival.first, rival.last):
            word = words[place]
            other = text[word.start - start : word.end - start]
            if other != word.text:
                odds[place][other] += 10.0 ** (_SHARPNESS * rival.score)
    judged = []
    for word, others in zip(words, odds, strict=True):
        total = 1.0 + sum(others.values())
        ranked = sorted(others.items(), key=lambda item: -item[1])
        shares = tuple((text, share / total) for text, share in ranked)
        judged.append(Judgement(1.0 / total if word.text else 0.0, shares))
    return judged


def _step(model: Trigrams, state: Any, candidate: Candidate) -> tuple[float, Any]:
    if not candidate.modelled:
        return candidate.own, model.nothing
    following = model.state()
    return candidate.own + MODEL * model.score(state, candidate.text, following), following


def _others(
    words: Sequence[DecodedWord], fitting: Fitting
) -> Iterator[tuple[int, int, list[Candidate]]]:
    for place, word in enumerate(words):
        here = fitting(word.start)
        for other in here[word.end][:_OTHERS]:
            if other.text and other.text != word.text:
                yield place, place + 1, [other]
        for middle in range(word.start + 1, word.end):
            for one in here.get(middle, [])[:_HALVES]:
                for two in fitting(middle).get(word.end, [])[:_HALVES]:
                    if one.text and two.text and one.text + two.text != word.text:
                        yield place, place + 1, [one, two]
        if place + 1 < len(words):
            both = word.text + words[place + 1].text
            for other in here.get(words[place + 1].end, [])[:_HALVES]:
                if other.text and other.text != both:
                    yield place, place + 2, [other]
