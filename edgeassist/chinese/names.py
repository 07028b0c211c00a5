"""Persons' names that no dictionary has: a family name and one or two characters of given names."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from edgeassist.chinese.lexicon import Lexicon
from edgeassist.chinese.parts import GIVEN, SURNAMES
from edgeassist.chinese.sounds import Sound

_FIRST_SURNAME = -1.1  # log10 of the share of people called 王, about 7 %
_NEXT_SURNAME = -0.012
_LEAST_SHARE = -0.7  # a reading that fewer than one in five have is no reading of a name
_SURNAMES_TRIED = 3
_FIRST_TRIED = 4
_SECOND_TRIED = 3


class Name(NamedTuple):
    """A name: its characters, tones and letters, log10 of its frequency among names."""

    text: str
    tones: str
    letters: tuple[str, ...]
    score: float


class Names:
    """Makes names of two or three syllables."""

    def __init__(self, lexicon: Lexicon) -> None:
        surnames = {c: _FIRST_SURNAME + _NEXT_SURNAME * rank for rank, c in enumerate(SURNAMES)}
        given = {c: lexicon.parts.share(c, GIVEN) for c in lexicon.parts.given()}
        self._surnames = _by_sound(lexicon, surnames)
        self._given = _by_sound(lexicon, given)

    def of(self, sounds: Sequence[Sound]) -> Iterator[Name]:
        """The likely names of two or three sounds."""
        family, *given = sounds
        names = _fitting(self._surnames, family, _SURNAMES_TRIED)
        for sound, tried in zip(given, (_FIRST_TRIED, _SECOND_TRIED), strict=False):
            added = _fitting(self._given, sound, tried) if names else []
            names = [
                Name(a.text + b.text, a.tones + b.tones, a.letters + b.letters, a.score + b.score)
                for a in names
                for b in added
            ]
        yield from names


def _by_sound(lexicon: Lexicon, scores: dict[str, float]) -> dict[str, list[Name]]:
    table: dict[str, list[Name]] = defaultdict(list)
    for letters in lexicon.letters():
        for entry in lexicon.entries(lexicon.key((letters,))):
            score = scores.get(entry.word, -math.inf) + entry.share
            if score > -math.inf and entry.share > _LEAST_SHARE:
                table[letters].append(Name(entry.word, entry.tones, (letters,), score))
        table[letters].sort(key=lambda name: -name.score)
    return table


def _fitting(table: dict[str, list[Name]], sound: Sound, most: int) -> list[Name]:
    if sound.character:
        return []
    found: Iterable[Name] = (name for spelled in sound.letters for name in table.get(spelled, ()))
    fitting = [n for n in found if n.tones in sound.tones and n.text not in sound.excluded]
    return fitting[:most]
