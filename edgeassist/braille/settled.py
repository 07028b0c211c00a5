"""What the words already read of a document teach about those to come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from edgeassist.chinese.candidates import DecodedWord
from edgeassist.chinese.memory import Memory
from edgeassist.chinese.rivals import Judgement

# Chosen by eye on two printed books: tests/measure/marks.py memory shows what changes.
_SURE = 0.9  # of every word that is to be learnt
_TIMES = 2  # a word seen so often is settled
_LENGTHS = range(3, 7)  # characters of a written word of several words (腕关节, 操作时)
_MOST = 20_000  # words that wait for being seen again


class Settled:
    """Adds to a memory what was read often and surely enough: rare words, whole written words."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._seen: dict[tuple[str, tuple[str, ...]], int] = {}

    def learn(
        self, words: Sequence[DecodedWord], judged: Sequence[Judgement], breaks: frozenset[int]
    ) -> None:
        """Take in the words of a stretch; `breaks` are the places of its blanks."""
        for text, syllables in _lessons(words, judged, breaks):
            known = (text, syllables)
            times = self._seen.pop(known, 0) + 1
            if times >= _TIMES:
                self._memory.add(text, syllables)
            self._seen[known] = times  # last, as the newest
        while len(self._seen) > _MOST:
            del self._seen[next(iter(self._seen))]


def _lessons(
    words: Sequence[DecodedWord], judged: Sequence[Judgement], breaks: frozenset[int]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    group: list[DecodedWord] = []
    sure = True
    for word, about in zip(words, judged, strict=True):
        if word.start in breaks or not breaks:
            yield from _lesson(group, sure)
            group, sure = [], True
        group.append(word)
        sure = sure and about.confidence >= _SURE
    yield from _lesson(group, sure)


def _lesson(group: list[DecodedWord], sure: bool) -> Iterator[tuple[str, tuple[str, ...]]]:
    text = "".join(word.text for word in group)
    several = len(group) > 1 and len(text) in _LENGTHS
    if sure and (several or (len(group) == 1 and group[0].rare and len(text) > 1)):
        yield text, tuple(syllable for word in group for syllable in word.syllables)
